/** A look at the first samples of a split, which are there for its readers all the same. */

import type { Batch, BatchOptions, Split } from "./source.js";
import { StreamSplit } from "./stream-split.js";

/**
 * The first `samples` samples, or all if there are fewer; of a stream its first batch as it comes. What
 * is read from a stream for it stands in front of the `batches` that come next.
 *
 * @param options those that the split will be read with, for streams that are made by a function
 * @returns null where there are none
 * @throws as `batches` and its iterator do
 */
export async function peek(
  split: Split,
  samples: number,
  options: BatchOptions,
): Promise<Batch | null> {
  if (split instanceof StreamSplit) return await split.peek(options);
  const iterator = split.batches({
    ...options,
    ...{ batchSize: samples, shuffle: false, dropLast: false, prefetch: 0 },
  });
  try {
    const { value, done } = await iterator.next();
    return done ? null : value;
  } finally {
    await iterator.return();
  }
}

/** Closes what `peek` has begun to read, where no `batches` went on with it. */
export async function unpeek(split: Split): Promise<void> {
  if (split instanceof StreamSplit) await split.unpeek();
}

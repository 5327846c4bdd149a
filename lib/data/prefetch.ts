/** Keeps batches in the making ahead of the consumer. */

import { PotstillError } from "../native/errors.js";
import type { Batch, BatchIterator, IteratorState } from "./source.js";

export interface PrefetchOptions {
  /** Starts the next batch; null after the last. Called in order, without waiting for the one before. */
  start: () => Promise<Batch | null>;
  /** What a batch goes through after that; it owns the batch. Default: nothing. */
  place?: ((batch: Batch) => Promise<Batch>) | undefined;
  /** Batches ahead of the one asked for. */
  depth: number;
  signal: AbortSignal | undefined;
  /** State after `handedOut` batches of this iterator. */
  state: (handedOut: number) => IteratorState;
  /**
   * Whether the end of the iteration waits for the batches still in the making: yes where they are
   * bound to arrive, no where they come from somebody else's iterable.
   */
  settle: boolean;
  /** Called once when the iteration ends, however it ends, if it had begun. */
  finish?: () => Promise<void>;
}

/**
 * An iterator over the batches that `start` makes, `depth` of them ahead of the consumer. An error
 * surfaces where its batch would have come. When the iteration ends early, the batches that nobody
 * asked for are disposed.
 */
export function prefetch(options: PrefetchOptions): BatchIterator {
  let handedOut = 0;
  const generator = generate(options, () => {
    handedOut += 1;
  });
  const iterator: BatchIterator = {
    next: () => generator.next(),
    return: () => generator.return(undefined),
    throw: (error?: unknown) => generator.throw(error),
    state: () => options.state(handedOut),
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

async function* generate(
  options: PrefetchOptions,
  onHandOut: () => void,
): AsyncGenerator<Batch, undefined> {
  const { start, place, depth, signal, settle, finish } = options;
  const made = place
    ? async () => {
        const batch = await start();
        return batch === null ? null : await place(batch);
      }
    : start;
  const queue: Promise<Batch | null>[] = [];
  try {
    for (;;) {
      if (signal?.aborted) throw aborted(signal);
      while (queue.length <= depth) {
        const batch = made();
        // It is reported when its turn comes; until then it is no unhandled rejection.
        batch.catch(() => {});
        queue.push(batch);
      }
      const batch = await abortable(queue[0] as Promise<Batch | null>, signal);
      queue.shift();
      if (batch === null) return;
      onHandOut();
      yield batch;
    }
  } finally {
    const disposed = queue.map((batch) =>
      batch.then(
        (unused) => unused?.dispose(),
        () => {},
      ),
    );
    if (settle) await Promise.all(disposed);
    await finish?.();
  }
}

/** The promise, or a rejection as soon as the signal is aborted. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(aborted(signal));
    const settle = () => signal.removeEventListener("abort", onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(settle);
  });
}

function aborted(signal: AbortSignal): PotstillError {
  return new PotstillError("ERR_ABORTED", "reading the data was stopped", { cause: signal.reason });
}

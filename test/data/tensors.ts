/** Small tensors for tests of data sets. */

import { expect } from "vitest";
import type { Batch, BatchIterator, Split } from "../../lib/data/index.js";
import { fromTypedArray, type Tensor } from "../../lib/tensor/index.js";

/** uint8 images `shape`, every pixel a different value as far as bytes go. */
export function byteImages(shape: readonly number[], step = 7): Tensor {
  const length = shape.reduce((a, b) => a * b, 1);
  return fromTypedArray(
    Uint8Array.from({ length }, (_, i) => (i * step) % 256),
    shape,
  );
}

/** float32 rows `[length, width]`: row i holds i, i + 0.25, …. */
export function rowsOf(length: number, width = 2): Tensor {
  const data = Float32Array.from(
    { length: length * width },
    (_, i) => Math.floor(i / width) + (i % width) / 4,
  );
  return fromTypedArray(data, [length, width]);
}

export function int64(values: ArrayLike<number>): Tensor {
  return fromTypedArray(BigInt64Array.from(Array.from(values), BigInt));
}

export function numbers(tensor: Tensor | null): number[] {
  if (tensor === null) throw new Error("expected a tensor");
  return Array.from(tensor.dataSync() as ArrayLike<number | bigint>, Number);
}

export function inputsOf(batch: Batch): Tensor {
  return batch.inputs as Tensor;
}

/** What a batch holds, as plain data. */
export interface Seen {
  ids: number[];
  labels: number[] | null;
  inputs: number[];
  size: number;
}

/** Reads batches to the end and disposes them. */
export async function readAll(iterator: BatchIterator): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const batch of iterator) {
    seen.push({
      ids: numbers(batch.ids),
      labels: batch.labels === null ? null : numbers(batch.labels),
      inputs: numbers(inputsOf(batch)),
      size: batch.size,
    });
    batch.dispose();
  }
  return seen;
}

/** Ids of a whole epoch. */
export async function idsOf(
  split: Split,
  options: Partial<Parameters<Split["batches"]>[0]> = {},
): Promise<number[]> {
  const seen = await readAll(split.batches({ batchSize: 4, ...options }));
  return seen.flatMap(({ ids }) => ids);
}

/** A matcher for a PotstillError. */
export function failure(code: string, message: RegExp): Error {
  return expect.objectContaining({ code, message: expect.stringMatching(message) }) as Error;
}

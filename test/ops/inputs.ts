/** Inputs that test/oracles/soft_target_ce.py makes by the same formulas, and comparing. */

import { expect } from "vitest";
import { type DType, type Tensor, tensor } from "../../lib/tensor/index.js";

/** Logits of shape [rows, classes]; `seed` 0.3 is the student of the oracle, 2.1 its teacher. */
export function logits(
  rows: number,
  classes: number,
  seed: number,
  dtype: DType = "float32",
): Tensor {
  const values = Array.from(
    { length: rows * classes },
    (_, i) => 3 * Math.sin(seed + 1.7 * i) * Math.cos(0.37 * i * i),
  );
  return tensor(values, { shape: [rows, classes], dtype });
}

/** One label per row, -100 for the ignored rows. */
export function labelsOf(rows: number, classes: number, ignored: readonly number[] = []): Tensor {
  const values = Array.from({ length: rows }, (_, row) =>
    ignored.includes(row) ? -100 : (7 * row + 3) % classes,
  );
  return tensor(values, { dtype: "int64" });
}

/** Elements as numbers. */
export function numbers(of: Tensor): number[] {
  return Array.from(of.dataSync() as ArrayLike<number | bigint>, Number);
}

/** The largest difference of two tensors or lists; NaN if one has a NaN that the other lacks. */
export function distance(a: Tensor | readonly number[], b: Tensor | readonly number[]): number {
  const list = (side: Tensor | readonly number[]): readonly number[] =>
    "dtype" in side ? numbers(side) : side;
  const [x, y] = [list(a), list(b)];
  expect(x.length).toBe(y.length);
  let worst = 0;
  for (const [i, value] of x.entries()) {
    const other = y[i]!;
    if (value === other || (Number.isNaN(value) && Number.isNaN(other))) continue;
    const apart = Math.abs(value - other);
    if (!(apart <= worst)) worst = apart;
  }
  return worst;
}

/** What `toThrowError` takes for a PotstillError. */
export function coded(code: string, message: RegExp): Error {
  return expect.objectContaining({ code, message: expect.stringMatching(message) }) as Error;
}

/** Reads the values that PyTorch computed, and holds tensors against them. */

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { type DType, isFloatingPoint, Tensor, tensor } from "../../lib/tensor/index.js";

/** A tensor in the files of `test/oracles`; float32 without `d`. */
export interface OracleTensor {
  t: (number | "nan" | "inf" | "-inf")[];
  s: number[];
  d?: DType;
}

export function readOracle<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../oracles/${name}.json`, import.meta.url), "utf8")) as T;
}

export function isOracleTensor(value: unknown): value is OracleTensor {
  return typeof value === "object" && value !== null && "t" in value && "s" in value;
}

export function number(value: number | string): number {
  if (typeof value === "number") return value;
  return value === "nan" ? Number.NaN : value === "inf" ? Infinity : -Infinity;
}

export function toTensor(value: OracleTensor): Tensor {
  return tensor(value.t.map(number), { shape: value.s, dtype: value.d ?? "float32" });
}

/** Relative and absolute tolerance by dtype; integers and bool are exact. */
const TOLERANCE: Partial<Record<DType, number>> = {
  float64: 1e-11,
  float32: 2e-6,
  float16: 2e-3,
  bfloat16: 1e-2,
};

/** How far `a` is from `b` in units of what is allowed; 0 where they are the same. */
function excess(a: number, b: number, tolerance: number): number {
  if (Object.is(a, b) || a === b) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Infinity;
  return Math.abs(a - b) / (tolerance * Math.max(1, Math.abs(b)));
}

/** Holds a tensor against the oracle: dtype, shape and elements, to the bit where `exact`. */
export function expectTensor(actual: unknown, expected: OracleTensor, exact = false): void {
  expect(actual).toBeInstanceOf(Tensor);
  const made = actual as Tensor;
  expect(made.dtype).toBe(expected.d ?? "float32");
  expect(made.shape).toEqual(expected.s);
  const values = Array.from(made.dataSync() as ArrayLike<number | bigint>, Number);
  const wanted = Array.from(toTensor(expected).dataSync() as ArrayLike<number | bigint>, Number);
  const tolerance = exact || !isFloatingPoint(made.dtype) ? 0 : (TOLERANCE[made.dtype] ?? 0);
  const worst = Math.max(0, ...values.map((value, i) => excess(value, wanted[i]!, tolerance)));
  if (worst > 1) expect(values).toEqual(wanted); // shows both
}

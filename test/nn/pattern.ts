/** Values that Python (test/fixtures/pattern.py) and TypeScript compute alike, bit for bit. */

import { type DType, type Tensor, tensor } from "../../lib/tensor/index.js";

export interface InputSpec {
  name: string;
  shape: number[];
  dtype: "float64" | "int64" | "bool";
  below?: number;
  scale?: number;
}

/** `count` numbers in [-1, 1] that depend on the name. */
export function pattern(name: string, count: number): Float64Array {
  let seed = 0;
  for (let i = 0; i < name.length; i++) seed += name.charCodeAt(i) * (i + 1);
  seed %= 1000;
  return Float64Array.from(
    { length: count },
    (_, i) => (((i * 7919 + seed * 104729) % 2001) - 1000) / 1000,
  );
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The value that a parameter or buffer gets on both sides. */
export function stateTensor(name: string, shape: number[], dtype: DType = "float64"): Tensor {
  const v = pattern(name, size(shape));
  const scale = Math.sqrt(size(shape.slice(1)));
  const value = (x: number) => {
    if (name.endsWith("num_batches_tracked")) return 0;
    if (name.endsWith("running_var")) return 1 + 0.5 * x;
    if (shape.length >= 2) return x / scale;
    return name.endsWith("weight") ? 1 + 0.1 * x : 0.1 * x;
  };
  return tensor(v.map(value), { shape, dtype });
}

export function inputTensor(spec: InputSpec): Tensor {
  const v = pattern(spec.name, size(spec.shape));
  if (spec.dtype === "float64")
    return tensor(
      v.map((x) => x * (spec.scale ?? 1)),
      { shape: spec.shape },
    );
  if (spec.dtype === "bool") {
    return tensor(
      Uint8Array.from(v, (x) => (x > 0.5 ? 1 : 0)),
      { shape: spec.shape, dtype: "bool" },
    );
  }
  const below = spec.below as number;
  return tensor(
    BigInt64Array.from(Array.from(v, (x) => BigInt(Math.round((x + 1) * 1000) % below))),
    { shape: spec.shape },
  );
}

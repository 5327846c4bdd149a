/** Element types: their names, kinds and the typed arrays that carry them. */

import type { DType, TypedArray } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";

export type { DType, TypedArray };

interface DTypeInfo {
  kind: "float" | "integer" | "bool";
  /** Bytes per element in libtorch. */
  size: number;
  /** What carries the elements on the JavaScript side. */
  array: new (
    length: number,
  ) => TypedArray;
  /** Range of the integers; absent for floating types. */
  least?: number;
  most?: number;
}

/** Every dtype; half types travel as Float32Array, int64 as BigInt64Array, bool as Uint8Array. */
export const DTYPES: Readonly<Record<DType, DTypeInfo>> = {
  float32: { kind: "float", size: 4, array: Float32Array },
  float64: { kind: "float", size: 8, array: Float64Array },
  float16: { kind: "float", size: 2, array: Float32Array },
  bfloat16: { kind: "float", size: 2, array: Float32Array },
  int8: { kind: "integer", size: 1, array: Int8Array, least: -128, most: 127 },
  int16: { kind: "integer", size: 2, array: Int16Array, least: -32768, most: 32767 },
  int32: { kind: "integer", size: 4, array: Int32Array, least: -(2 ** 31), most: 2 ** 31 - 1 },
  int64: {
    kind: "integer",
    size: 8,
    array: BigInt64Array,
    least: -(2 ** 63),
    most: 2 ** 63 - 1024,
  },
  uint8: { kind: "integer", size: 1, array: Uint8Array, least: 0, most: 255 },
  bool: { kind: "bool", size: 1, array: Uint8Array },
};

/** Whether `value` is the name of a dtype. */
export function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(DTYPES, value);
}

/** Whether the dtype holds fractions: float32, float64, float16 or bfloat16. */
export function isFloatingPoint(dtype: DType): boolean {
  return dtypeInfo(dtype).kind === "float";
}

/**
 * What is known about a dtype.
 * @throws PotstillError `ERR_DTYPE` for an unknown name, with the names there are.
 */
export function dtypeInfo(dtype: DType): DTypeInfo {
  if (!isDType(dtype)) {
    throw new PotstillError(
      "ERR_DTYPE",
      `There is no dtype ${JSON.stringify(dtype)}; there are ${Object.keys(DTYPES).join(", ")}.`,
    );
  }
  return DTYPES[dtype];
}

/**
 * The dtype whose elements a typed array holds.
 * @throws PotstillError `ERR_DTYPE` where libtorch has no such type.
 */
export function dtypeOf(array: ArrayBufferView): DType {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Uint8Array || array instanceof Uint8ClampedArray) return "uint8";
  if (array instanceof BigInt64Array) return "int64";
  if (array instanceof Int32Array) return "int32";
  if (array instanceof Int16Array) return "int16";
  if (array instanceof Int8Array) return "int8";
  throw new PotstillError(
    "ERR_DTYPE",
    `A ${array.constructor.name} has no dtype here; copy it into one of Float32Array, ` +
      "Float64Array, Int8Array, Int16Array, Int32Array, BigInt64Array or Uint8Array.",
  );
}

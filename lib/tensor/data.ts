/** From JavaScript's numbers, nested arrays and typed arrays to elements that libtorch can copy. */

import { PotstillError } from "../native/errors.js";
import { type DType, dtypeInfo, dtypeOf, type TypedArray } from "./dtype.js";

/** What `tensor` takes: a value, a typed array, or nested arrays of them. */
export type TensorData =
  | number
  | bigint
  | boolean
  | TypedArray
  | Uint8ClampedArray
  | readonly TensorData[];

export interface Elements {
  data: TypedArray;
  shape: number[];
  dtype: DType;
}

type Value = number | bigint | boolean;

function isArray(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return `an object of ${value.constructor?.name ?? "no class"}`;
  return `a ${typeof value}`;
}

/** Shape by the first element of each level; `flatten` holds the others against it. */
function shapeOf(data: unknown): number[] {
  const shape: number[] = [];
  for (let level = data; isArray(level); level = level[0]) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}

/** Values in order; every array has to have the length of its level. */
function flatten(data: unknown, shape: readonly number[]): Value[] {
  const values: Value[] = [];
  const path: number[] = [];
  const where = (): string => (path.length === 0 ? "data" : `data[${path.join("][")}]`);
  const visit = (item: unknown, depth: number): void => {
    if (isArray(item)) {
      if (depth === shape.length || item.length !== shape[depth]) {
        const wanted = depth === shape.length ? "a value" : `${shape[depth]} elements as before it`;
        throw new PotstillError(
          "ERR_SHAPE",
          `tensor(): ${where()} is an array of ${item.length} where ${wanted} should be; ` +
            "nested arrays must be of one shape.",
        );
      }
      for (let i = 0; i < item.length; i++) {
        path.push(i);
        visit(item[i], depth + 1);
        path.pop();
      }
    } else if (typeof item === "number" || typeof item === "bigint" || typeof item === "boolean") {
      if (depth !== shape.length) {
        throw new PotstillError(
          "ERR_SHAPE",
          `tensor(): ${where()} is a value where an array of ${shape[depth]} should be; nested ` +
            "arrays must be of one shape.",
        );
      }
      values.push(item);
    } else {
      throw new PotstillError(
        "ERR_DTYPE",
        `tensor(): ${where()} is ${describe(item)}; elements are numbers, bigints and booleans` +
          (item !== null && typeof item === "object" ? " (stack() joins tensors)." : "."),
      );
    }
  };
  visit(data, 0);
  return values;
}

/** Numbers make float32, bigints int64, booleans bool; a mixture of numbers and booleans float32. */
function inferredDtype(values: readonly Value[]): DType {
  let numbers = 0;
  let bigints = 0;
  for (const value of values) {
    if (typeof value === "number") numbers++;
    else if (typeof value === "bigint") bigints++;
  }
  if (bigints === 0) return numbers === 0 && values.length > 0 ? "bool" : "float32";
  if (bigints === values.length) return "int64";
  throw new PotstillError(
    "ERR_DTYPE",
    "tensor(): bigints mixed with other values; say which dtype they should have.",
  );
}

/**
 * Elements converted to a dtype, in the typed array that carries it. Fractions are cut off for
 * integers, as PyTorch does; a value out of range is `ERR_DTYPE`.
 */
export function convert(values: ArrayLike<Value>, dtype: DType): TypedArray {
  const { kind, array, least = 0, most = 0 } = dtypeInfo(dtype);
  const out = new array(values.length) as Float64Array;
  if (kind === "float") {
    for (let i = 0; i < values.length; i++) out[i] = Number(values[i]);
    return out;
  }
  if (kind === "bool") {
    // As in Python NaN counts as true.
    for (let i = 0; i < values.length; i++) out[i] = Number(values[i]) === 0 ? 0 : 1;
    return out;
  }
  const wide = dtype === "int64" ? (out as unknown as BigInt64Array) : null;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as Value;
    if (wide !== null && typeof value === "bigint") {
      if (BigInt.asIntN(64, value) !== value) throw outOfRange(value, i, dtype);
      wide[i] = value;
      continue;
    }
    const whole = Math.trunc(Number(value));
    if (!(whole >= least && whole <= most)) throw outOfRange(value, i, dtype);
    if (wide !== null) wide[i] = BigInt(whole);
    else out[i] = whole;
  }
  return out;
}

function outOfRange(value: Value, index: number, dtype: DType): PotstillError {
  return new PotstillError(
    "ERR_DTYPE",
    `Element ${index} of the data is ${value}, which ${dtype} cannot hold.`,
  );
}

/** A given shape held against the number of elements; one size may be -1. */
function fitShape(shape: readonly number[], count: number): number[] {
  const open = shape.filter((size) => size === -1).length;
  const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const valid = shape.every((size) => Number.isInteger(size) && size >= -1);
  if (valid && open === 0 && known === count) return [...shape];
  if (valid && open === 1 && known > 0 && count % known === 0) {
    return shape.map((size) => (size === -1 ? count / known : size));
  }
  throw new PotstillError(
    "ERR_SHAPE",
    `A shape of [${shape.join(", ")}] does not fit ${count} elements.`,
  );
}

/**
 * Reads data of any accepted form.
 *
 * @param shape Wanted shape, or undefined for that of the data.
 * @param dtype Wanted dtype, or undefined for the one that the data suggests.
 */
export function readElements(
  input: unknown,
  shape: readonly number[] | undefined,
  dtype: DType | undefined,
): Elements {
  if (ArrayBuffer.isView(input)) {
    const own = dtypeOf(input);
    const values = input as TypedArray;
    const wanted = dtype ?? own;
    const carries = dtypeInfo(wanted).array === dtypeInfo(own).array && wanted !== "bool";
    return {
      data: carries ? values : convert(values as ArrayLike<Value>, wanted),
      shape: fitShape(shape ?? [values.length], values.length),
      dtype: wanted,
    };
  }
  const natural = shapeOf(input);
  const values = flatten(input, natural);
  const wanted = dtype ?? inferredDtype(values);
  return {
    data: convert(values, wanted),
    shape: shape === undefined ? natural : fitShape(shape, values.length),
    dtype: wanted,
  };
}

/** Functions that make tensors. */

import { native } from "../native/index.js";
import { readElements, type TensorData } from "./data.js";
import { type DType, dtypeInfo, type TypedArray } from "./dtype.js";
import type { Scalar } from "./operator-types.js";
import { ops } from "./ops.js";
import { Tensor } from "./tensor.js";

const { aten } = ops;

export interface FactoryOptions {
  dtype?: DType | undefined;
  /** Such as `cpu` (the default) or `cuda:0`. */
  device?: string | undefined;
  requiresGrad?: boolean | undefined;
}

export interface TensorOptions extends FactoryOptions {
  /** Shape of flat data; one size may be -1. */
  shape?: readonly number[] | undefined;
}

/** Sizes of the dimensions; a number is a vector of that length. */
export type Shape = number | readonly number[];

/** Where a tensor is accepted, and data that becomes one by `tensor`'s rules as well. */
export type TensorLike = Tensor | TensorData;

const sizes = (shape: Shape): readonly number[] => (typeof shape === "number" ? [shape] : shape);

function record(
  options: FactoryOptions | undefined,
  fallback?: DType,
): { dtype: DType | null; device: string | null } {
  const dtype = options?.dtype ?? fallback ?? null;
  if (dtype !== null) dtypeInfo(dtype); // an unknown name is refused with the ones there are
  return { dtype, device: options?.device ?? null };
}

function finish(made: Tensor, options: FactoryOptions | undefined): Tensor {
  return options?.requiresGrad ? made.requiresGrad_() : made;
}

/**
 * A tensor from a value, nested arrays or a typed array, copied.
 *
 * Numbers make float32, bigints int64, booleans bool, and a typed array the dtype of its elements,
 * unless `dtype` says otherwise; half types take numbers or a Float32Array. Integers cut fractions
 * off, as PyTorch does.
 *
 * @throws PotstillError `ERR_SHAPE` where nested arrays are ragged or `shape` does not fit,
 * `ERR_DTYPE` for elements of other kinds, bigints mixed with numbers, and values out of range.
 *
 * @example
 * tensor([[1, 2], [3, 4]], { requiresGrad: true });
 * tensor(new Uint8Array(784), { shape: [1, 28, 28] });
 */
export function tensor(data: TensorData, options?: TensorOptions): Tensor {
  const elements = readElements(data, options?.shape, options?.dtype);
  const { device, requiresGrad = false } = options ?? {};
  const here = device === undefined || device === "cpu";
  const made = native.tensorFromData(
    elements.data,
    elements.shape,
    elements.dtype,
    here && requiresGrad,
  ) as Tensor;
  if (here) return made;
  const moved = made.to({ device });
  made.dispose();
  return finish(moved, options);
}

/**
 * A tensor from a typed array, copied, of the dtype of its elements.
 *
 * @param shape By default a vector; one size may be -1.
 */
export function fromTypedArray(
  data: TypedArray | Uint8ClampedArray,
  shape?: readonly number[],
  options?: FactoryOptions,
): Tensor {
  return tensor(data, { ...options, shape });
}

/** The tensor itself, or one made from data. */
export function asTensor(value: TensorLike, options?: TensorOptions): Tensor {
  return value instanceof Tensor ? value : tensor(value, options);
}

/** Zeros, float32 by default. */
export function zeros(shape: Shape, options?: FactoryOptions): Tensor {
  return finish(aten.zeros.default(sizes(shape), record(options)), options);
}

/** Ones, float32 by default. */
export function ones(shape: Shape, options?: FactoryOptions): Tensor {
  return finish(aten.ones.default(sizes(shape), record(options)), options);
}

/** Uninitialized memory, float32 by default. */
export function empty(shape: Shape, options?: FactoryOptions): Tensor {
  return finish(aten.empty.memory_format(sizes(shape), record(options)), options);
}

/** `value` everywhere; the dtype by `tensor`'s rule: float32 for a number. */
export function full(shape: Shape, value: Scalar, options?: FactoryOptions): Tensor {
  const kind = typeof value;
  const dtype = kind === "bigint" ? "int64" : kind === "boolean" ? "bool" : "float32";
  return finish(aten.full.default(sizes(shape), value, record(options, dtype)), options);
}

/**
 * `start`, `start + step`, … below `end`: `arange(end)`, `arange(start, end)` or with a step.
 * As in PyTorch int64 when all are integers, float32 otherwise; `dtype` settles it.
 */
export function arange(end: number | bigint, options?: FactoryOptions): Tensor;
export function arange(
  start: number | bigint,
  end: number | bigint,
  options?: FactoryOptions,
): Tensor;
export function arange(
  start: number | bigint,
  end: number | bigint,
  step: number | bigint,
  options?: FactoryOptions,
): Tensor;
export function arange(...args: (number | bigint | FactoryOptions | undefined)[]): Tensor {
  const numbers = args.filter((arg) => typeof arg === "number" || typeof arg === "bigint");
  const options = args.find((arg) => typeof arg === "object");
  const [first = 0, second, step = 1] = numbers;
  const [start, end] = second === undefined ? [0, first] : [first, second];
  const integral = [start, end, step].every((n) => typeof n === "bigint" || Number.isInteger(n));
  const options_ = record(options, integral ? "int64" : "float32");
  return finish(aten.arange.start_step(start, end, step, options_), options);
}

/** `steps` numbers from `start` to `end`, both included; float32 by default. */
export function linspace(
  start: number,
  end: number,
  steps: number,
  options?: FactoryOptions,
): Tensor {
  return finish(aten.linspace.default(start, end, steps, record(options)), options);
}

/** The identity matrix, `[n, m]` (square without `m`); float32 by default. */
export function eye(n: number, options?: FactoryOptions & { m?: number | undefined }): Tensor {
  return finish(aten.eye.m(n, options?.m ?? n, record(options)), options);
}

/** Drawn evenly from `[0, 1)`; float32 by default. `manualSeed` makes it repeatable. */
export function rand(shape: Shape, options?: FactoryOptions): Tensor {
  return finish(aten.rand.default(sizes(shape), record(options)), options);
}

/** Drawn from the standard normal distribution; float32 by default. */
export function randn(shape: Shape, options?: FactoryOptions): Tensor {
  return finish(aten.randn.default(sizes(shape), record(options)), options);
}

/** Integers drawn evenly from `[low, high)`; int64 by default. */
export function randint(low: number, high: number, shape: Shape, options?: FactoryOptions): Tensor {
  const made = aten.randint.low(low, high, sizes(shape), record(options, "int64"));
  return finish(made, options);
}

/** The integers below `n` in random order; int64 by default. */
export function randperm(n: number, options?: FactoryOptions): Tensor {
  return finish(aten.randperm.default(n, record(options, "int64")), options);
}

/** Zeros of the shape, dtype and device of `other`. */
export function zerosLike(other: Tensor, options?: FactoryOptions): Tensor {
  return finish(aten.zeros_like(other, record(options)), options);
}

/** Ones of the shape, dtype and device of `other`. */
export function onesLike(other: Tensor, options?: FactoryOptions): Tensor {
  return finish(aten.ones_like(other, record(options)), options);
}

/** `value` everywhere, with the shape, dtype and device of `other`. */
export function fullLike(other: Tensor, value: Scalar, options?: FactoryOptions): Tensor {
  return finish(aten.full_like(other, value, record(options)), options);
}

/** Uninitialized memory of the shape, dtype and device of `other`. */
export function emptyLike(other: Tensor, options?: FactoryOptions): Tensor {
  return finish(aten.empty_like(other, record(options)), options);
}

/** Drawn evenly from `[0, 1)`, with the shape, dtype and device of `other`. */
export function randLike(other: Tensor, options?: FactoryOptions): Tensor {
  return finish(aten.rand_like.default(other, record(options)), options);
}

/** Normally distributed, with the shape, dtype and device of `other`. */
export function randnLike(other: Tensor, options?: FactoryOptions): Tensor {
  return finish(aten.randn_like.default(other, record(options)), options);
}

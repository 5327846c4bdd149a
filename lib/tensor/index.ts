/** Tensors: the class, functions that make them, scopes, modes, and the dispatcher's operators. */

export {
  type CudaDevice,
  type CudaMemory,
  type CudaProperties,
  checkDevice,
  cuda,
  type Device,
  devices,
  type Tf32,
} from "./cuda.js";
export type { TensorData } from "./data.js";
export { DTYPES, type DType, isDType, isFloatingPoint, type TypedArray } from "./dtype.js";
export {
  arange,
  asTensor,
  empty,
  emptyLike,
  eye,
  type FactoryOptions,
  fromTypedArray,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  rand,
  randint,
  randLike,
  randn,
  randnLike,
  randperm,
  type Shape,
  type TensorLike,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from "./factories.js";
export { cat, einsum, oneHot, stack, where } from "./functions.js";
export type { AlphaOptions, DivOptions } from "./methods/pointwise.js";
export type {
  KeepdimOptions,
  ReduceOptions,
  ValuesAndIndices,
  VarianceOptions,
} from "./methods/reduce.js";
export { enableGrad, inferenceMode, isGradEnabled, noGrad } from "./modes.js";
export type { Layout, MemoryFormat, Scalar } from "./operator-types.js";
export { ops } from "./ops.js";
export { type PrintOptions, setPrintOptions } from "./print.js";
export {
  getRngState,
  getThreads,
  type MemoryInfo,
  manualSeed,
  memory,
  setMemoryLimit,
  setRngState,
  setThreads,
  trimMemory,
} from "./runtime.js";
export { type OperatorSchema, parseSchema } from "./schema.js";
export { keep, scope, scoped } from "./scope.js";
export { type BackwardOptions, type NestedArray, Tensor, type ToOptions } from "./tensor.js";

/** Of `native/node/tensor.cpp`: tensors; synchronous unless a function returns a promise. */

/** Element types, under PyTorch's names. */
export type DType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "bool";

/** An instance of the class that was given to `init`; the storage lives in libtorch. */
export interface NativeTensor {
  readonly __tensor: true;
}

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array;

export interface TensorBinding {
  tensorFromData(
    data: TypedArray,
    shape: number[],
    dtype: DType,
    requiresGrad: boolean,
  ): NativeTensor;
  /** A copy: BigInt64Array for int64, Float32Array for half types, Uint8Array for bool. */
  tensorDataSync(t: NativeTensor): TypedArray;
  tensorData(t: NativeTensor): Promise<TypedArray>;
  /** Copies without gradient in one job; V8 is not told of their memory, so dispose of them. */
  tensorsCopy(tensors: NativeTensor[]): Promise<NativeTensor[]>;
  tensorItem(t: NativeTensor): number | bigint | boolean;
  tensorShape(t: NativeTensor): number[];
  tensorStrides(t: NativeTensor): number[];
  tensorDtype(t: NativeTensor): DType;
  tensorDevice(t: NativeTensor): string;
  tensorRequiresGrad(t: NativeTensor): boolean;
  tensorSetRequiresGrad(t: NativeTensor, value: boolean): void;
  tensorIsLeaf(t: NativeTensor): boolean;
  tensorGrad(t: NativeTensor): NativeTensor | null;
  tensorSetGrad(t: NativeTensor, grad: NativeTensor | null): void;
  tensorBackward(
    t: NativeTensor,
    gradient: NativeTensor | null,
    retainGraph: boolean,
    createGraph: boolean,
  ): void;
  tensorBackwardAsync(
    t: NativeTensor,
    gradient: NativeTensor | null,
    retainGraph: boolean,
    createGraph: boolean,
  ): Promise<void>;
  /** Idempotent; later uses throw ERR_DISPOSED. Jobs that hold the tensor finish first. */
  tensorDispose(t: NativeTensor): void;
  tensorIsDisposed(t: NativeTensor): boolean;
  /** Same storage and metadata identity test. */
  tensorIsSame(a: NativeTensor, b: NativeTensor): boolean;
}

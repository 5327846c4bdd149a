/** The tensor: an n-dimensional array in libtorch's memory. */

import { inspect } from "node:util";
import type { DType, NativeTensor, TypedArray } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { requireCuda } from "./devices.js";
import { isDType } from "./dtype.js";
import { ShapeMethods } from "./methods/shape.js";
import type { MemoryFormat } from "./operator-types.js";
import { ops, results } from "./ops.js";
import { formatTensor } from "./print.js";
import { release } from "./scope.js";

const { aten } = ops;

/** Names of devices libtorch has; an index may follow, as in `cuda:1`. */
const DEVICE = /^(cpu|cuda|meta|mps|xpu)(:\d+)?$/;

export interface ToOptions {
  dtype?: DType | undefined;
  /** Such as `cpu` or `cuda:0`. */
  device?: string | undefined;
  memoryFormat?: MemoryFormat | undefined;
  /** A new tensor even where nothing changes. */
  copy?: boolean | undefined;
  nonBlocking?: boolean | undefined;
}

export interface BackwardOptions {
  /** Gradient of the tensor itself, of its shape; for one element 1 by default. */
  gradient?: Tensor | undefined;
  /** Keep what was recorded, so that backward can run again; as `createGraph` by default. */
  retainGraph?: boolean | undefined;
  /** Record the backward pass itself, for gradients of gradients. */
  createGraph?: boolean | undefined;
}

/** Elements in nested arrays: bigint for int64, boolean for bool, number otherwise. */
export type NestedArray = number | bigint | boolean | NestedArray[];

/**
 * An n-dimensional array. Make one with `tensor`, `zeros`, `randn` and so on: an object made by
 * `new Tensor()` has nothing behind it, and every use of it fails with `ERR_RECEIVER`.
 *
 * Storage lives in libtorch and is freed by `dispose`, by `using`, at the end of a `scope`, or some
 * time after the object was collected. Methods are PyTorch's; those whose names end in an
 * underscore change the tensor. They run on the JavaScript thread; for heavy work that is not part
 * of a step there is `ops.aten.*.async`.
 *
 * @throws PotstillError from every method: `ERR_DISPOSED` after `dispose`, `ERR_RECEIVER` on an
 * object that is no tensor, and `ERR_SHAPE`, `ERR_DTYPE` or `ERR_DEVICE` where operands do not fit.
 */
export class Tensor extends ShapeMethods implements NativeTensor {
  /** Marks the type for the compiler; there is no such property. */
  declare readonly __tensor: NativeTensor["__tensor"];

  /** Sizes of the dimensions; empty for a scalar. */
  get shape(): number[] {
    return native.tensorShape(this);
  }

  /** Elements to step over in storage for the next index of each dimension. */
  get strides(): number[] {
    return native.tensorStrides(this);
  }

  get dtype(): DType {
    return native.tensorDtype(this);
  }

  /** Such as `cpu` or `cuda:0`. */
  get device(): string {
    return native.tensorDevice(this);
  }

  /** Number of dimensions. */
  get ndim(): number {
    return native.tensorShape(this).length;
  }

  /** Number of elements. */
  get numel(): number {
    return native.tensorShape(this).reduce((product, size) => product * size, 1);
  }

  /** Size of one dimension; negative ones count from the end. */
  size(dim: number): number {
    return aten.size.int(this, dim);
  }

  /** Whether operators on this tensor are recorded for backward. Can be set on leaves only. */
  get requiresGrad(): boolean {
    return native.tensorRequiresGrad(this);
  }

  set requiresGrad(value: boolean) {
    native.tensorSetRequiresGrad(this, value);
  }

  /** Sets `requiresGrad` and returns the tensor. */
  requiresGrad_(value = true): this {
    native.tensorSetRequiresGrad(this, value);
    return this;
  }

  /** Gradient that `backward` accumulated here, or null. Assigning null clears it. */
  get grad(): Tensor | null {
    return native.tensorGrad(this) as Tensor | null;
  }

  set grad(gradient: Tensor | null) {
    native.tensorSetGrad(this, gradient);
  }

  /** Whether it was made by the user rather than by a recorded operator. */
  get isLeaf(): boolean {
    return native.tensorIsLeaf(this);
  }

  /** Makes `backward` fill in `grad` although this is no leaf. */
  retainGrad(): void {
    aten.retain_grad(this);
  }

  /**
   * Computes gradients of this tensor by every leaf that requires them and adds them to `grad`.
   *
   * @throws PotstillError `ERR_CONFIG` where nothing was recorded, `ERR_SHAPE` where the tensor has
   * several elements and no gradient is given.
   */
  backward(options: BackwardOptions = {}): void {
    const { gradient = null, createGraph = false, retainGraph = createGraph } = options;
    native.tensorBackward(this, gradient, retainGraph, createGraph);
  }

  /** `backward` on the executor's thread. */
  backwardAsync(options: BackwardOptions = {}): Promise<void> {
    const { gradient = null, createGraph = false, retainGraph = createGraph } = options;
    return native.tensorBackwardAsync(this, gradient, retainGraph, createGraph);
  }

  /** The same storage, without history. */
  detach(): Tensor {
    return aten.detach(this);
  }

  /** A copy in storage of its own, through which gradients pass. */
  clone(): Tensor {
    return aten.clone(this);
  }

  /** The same elements in storage order; the same storage where they are already. */
  contiguous(memoryFormat: MemoryFormat = "contiguous_format"): Tensor {
    return aten.contiguous(this, { memory_format: memoryFormat });
  }

  /** Whether elements lie in storage in order, without gaps. */
  isContiguous(): boolean {
    return aten.is_contiguous.default(this);
  }

  /**
   * The tensor with another dtype or on another device; over the same storage where nothing changes.
   *
   * @param target A dtype, a device such as `cuda:0`, or a record with either or both. A copy from
   *   pinned memory to a device, or back into it, does not wait where it is `nonBlocking`.
   * @throws PotstillError `ERR_DEVICE`, which lists the devices that there are, where it is not there.
   */
  to(target: DType | (string & {}) | ToOptions): Tensor {
    const options = typeof target === "string" ? namedTarget(target) : target;
    return aten.to.dtype_layout(this, {
      dtype: options.dtype ?? null,
      device: options.device ?? null,
      non_blocking: options.nonBlocking ?? false,
      copy: options.copy ?? false,
      memory_format: options.memoryFormat ?? null,
    });
  }

  /**
   * A copy in pinned host memory, from which copies to a CUDA device need not wait; the tensor itself
   * where it is pinned already.
   *
   * @throws PotstillError `ERR_DEVICE` where there is no CUDA device.
   */
  pinMemory(): Tensor {
    requireCuda("pinMemory()");
    return aten.pin_memory(this);
  }

  /** Whether the storage is pinned host memory. */
  isPinned(): boolean {
    return native.deviceNames().length > 1 && aten.is_pinned(this);
  }

  /**
   * The elements in order, as a copy: BigInt64Array for int64, Float32Array for half types,
   * Uint8Array for bool. Waits behind the jobs submitted before, without blocking the event loop.
   */
  data(): Promise<TypedArray> {
    return native.tensorData(this);
  }

  /** As `data`, at once; blocks while a device computes. */
  dataSync(): TypedArray {
    return native.tensorDataSync(this);
  }

  /**
   * The value of a tensor of one element: bigint for int64, boolean for bool, number otherwise.
   *
   * @throws PotstillError `ERR_SHAPE` where it has more or none.
   */
  item<T extends number | bigint | boolean = number | bigint | boolean>(): T {
    return native.tensorItem(this) as T;
  }

  /** The elements in nested arrays; the bare value of a scalar. */
  toArray(): NestedArray {
    const data = this.dataSync();
    const isBool = this.dtype === "bool";
    let position = 0;
    const build = (shape: number[], dim: number): NestedArray => {
      if (dim === shape.length) {
        const value = data[position++] as number | bigint;
        return isBool ? value !== 0 : value;
      }
      return Array.from({ length: shape[dim] as number }, () => build(shape, dim + 1));
    };
    return build(this.shape, 0);
  }

  /** Frees the tensor: its storage goes when no other tensor, graph or running job uses it. */
  override dispose(): void {
    native.tensorDispose(this);
    release(this);
  }

  get isDisposed(): boolean {
    return native.tensorIsDisposed(this);
  }

  /** Whether both objects stand for one tensor of libtorch. */
  isSame(other: Tensor): boolean {
    return native.tensorIsSame(this, other);
  }

  /** As PyTorch prints; a disposed tensor says so. */
  override toString(): string {
    return this.isDisposed ? "tensor(<disposed>)" : formatTensor(this);
  }

  [inspect.custom](): string {
    try {
      return this.toString();
    } catch (error) {
      // Printing an object must not throw, whatever is wrong with it.
      return `Tensor <${error instanceof PotstillError ? error.code : String(error)}>`;
    }
  }
}

function namedTarget(target: string): ToOptions {
  if (isDType(target)) return { dtype: target };
  if (DEVICE.test(target)) return { device: target };
  throw new PotstillError(
    "ERR_CONFIG",
    `to("${target}"): this is neither a dtype such as "float32" or "int64" nor a device such as ` +
      '"cpu" or "cuda:0".',
  );
}

results.Tensor = Tensor;
native.init({ Tensor, PotstillError });

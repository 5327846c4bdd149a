/** CUDA devices: what there is, their memory, streams and events. */

import type {
  CudaMemory,
  CudaProperties,
  EventHandle,
  StreamHandle,
  Tf32,
} from "../native/binding.js";
import { native, PotstillError } from "../native/index.js";
import { checkDevice, type Device, devices } from "./devices.js";

export type { CudaMemory, CudaProperties, Device, Tf32 };
export { checkDevice, devices };

/** A CUDA device by number or by name. */
export type CudaDevice = number | Device;

function indexOf(device: CudaDevice): number {
  if (typeof device === "number") return native.deviceIndex(`cuda:${device}`);
  const index = native.deviceIndex(device);
  if (index < 0) throw new PotstillError("ERR_DEVICE", `"${device}" is no CUDA device`);
  return index;
}

/**
 * Work that runs in order, beside that of other streams. Calls within `run`, and jobs that are
 * submitted there, run on the stream; everything else runs on the stream of its device.
 */
class Stream {
  readonly #handle: StreamHandle;
  readonly #device: number;

  /**
   * @param priority A negative one is served before others.
   * @throws PotstillError `ERR_DEVICE` where there is no such device.
   */
  constructor(device: CudaDevice = "cuda", options?: { priority?: number | undefined }) {
    this.#device = indexOf(device);
    this.#handle = native.cudaStream(this.#device, options?.priority ?? 0);
  }

  /** Such as `cuda:0`. */
  get device(): string {
    return `cuda:${this.#device}`;
  }

  /** Calls `work`, which returns at once or gives a promise for jobs that it has submitted. */
  run<T>(work: () => T): T {
    native.cudaStreamEnter(this.#handle);
    try {
      return work();
    } finally {
      native.cudaStreamLeave();
    }
  }

  /** Work that is submitted to this stream from now on waits for the event. */
  wait(event: CudaEvent): void {
    native.cudaStreamWait(this.#handle, handleOf(event));
  }

  /** Whether everything submitted has ended. */
  query(): boolean {
    return native.cudaStreamQuery(this.#handle);
  }

  /** Resolves once everything submitted has ended. */
  synchronize(): Promise<void> {
    return native.cudaStreamSynchronize(this.#handle);
  }
}

let handleOf: (event: CudaEvent) => EventHandle;

/** A point in the work of a stream. */
class CudaEvent {
  readonly #handle: EventHandle;
  readonly #device: number;

  /**
   * @param options.timing Whether it can tell the time to another; default false.
   * @throws PotstillError `ERR_DEVICE` where there is no such device.
   */
  constructor(device: CudaDevice = "cuda", options?: { timing?: boolean | undefined }) {
    this.#device = indexOf(device);
    this.#handle = native.cudaEvent(this.#device, options?.timing ?? false);
  }

  static {
    handleOf = (event) => event.#handle;
  }

  /** Behind the jobs submitted so far; within `Stream.run` on that stream. */
  record(): Promise<void> {
    return native.cudaEventRecord(this.#handle, this.#device);
  }

  /** Whether it has been reached. */
  query(): boolean {
    return native.cudaEventQuery(this.#handle);
  }

  /** Resolves once it has been reached. */
  synchronize(): Promise<void> {
    return native.cudaEventSynchronize(this.#handle);
  }

  /** Milliseconds from this event to another; both with `timing`, and both reached. */
  elapsed(to: CudaEvent): number {
    return native.cudaEventElapsed(this.#handle, to.#handle);
  }
}

/**
 * CUDA devices, as far as there are any. Without one every call exists: `isAvailable()` is false,
 * `deviceCount()` 0, `emptyCache()` and `synchronize()` have nothing to do, and what needs a device
 * throws `ERR_DEVICE` with the devices that there are.
 *
 * @example
 * const device = cuda.isAvailable() ? "cuda" : "cpu";
 */
export const cuda = {
  Stream,
  Event: CudaEvent,

  /** Whether there is a CUDA device that libtorch can use. */
  isAvailable(): boolean {
    return native.deviceNames().length > 1;
  },

  deviceCount(): number {
    return native.deviceNames().length - 1;
  },

  /** @throws PotstillError `ERR_DEVICE` where there is no such device. */
  properties(device: CudaDevice = "cuda"): CudaProperties {
    return native.cudaProperties(indexOf(device));
  },

  /** @throws PotstillError `ERR_DEVICE` where there is no such device. */
  memory(device: CudaDevice = "cuda"): CudaMemory {
    return native.cudaMemory(indexOf(device));
  },

  /** What `allowTf32` has allowed; at first what PyTorch allows: convolutions, and no products. */
  tf32(): Tf32 {
    return native.cudaTf32();
  },

  /**
   * Whether float32 products and convolutions may round their operands to TF32 (10 bits of mantissa
   * instead of 23), which GPUs from Ampere on compute several times as fast. Of the whole process,
   * from the next job on; what is left out of an object stays as it is.
   */
  allowTf32(allowed: boolean | Partial<Tf32>): void {
    const { products, convolutions } =
      typeof allowed === "boolean" ? { products: allowed, convolutions: allowed } : allowed;
    const before = native.cudaTf32();
    native.cudaAllowTf32(products ?? before.products, convolutions ?? before.convolutions);
  },

  /** Lets the peaks of `memory()` begin anew. */
  resetPeakMemory(device: CudaDevice = "cuda"): void {
    native.cudaResetPeak(indexOf(device));
  },

  /** Gives memory that is kept for reuse back, on all devices and of pinned host memory. */
  emptyCache(): void {
    native.cudaEmptyCache();
  },

  /** Resolves once everything has ended that was submitted to a device so far. */
  async synchronize(device: CudaDevice = "cuda"): Promise<void> {
    if (device === "cuda" && !cuda.isAvailable()) return;
    await native.cudaSynchronize(indexOf(device));
  },
};

/** Of `native/node/device.cpp`: devices; ERR_DEVICE names those that there are. */

import type { NativeTensor } from "./tensor.js";

export interface StreamHandle {
  readonly __stream: true;
}

export interface EventHandle {
  readonly __event: true;
}

export interface UploadsHandle {
  readonly __uploads: true;
}

/** Memory of a CUDA device, in bytes. */
export interface CudaMemory {
  /** Behind tensors, now and at most so far. */
  allocated: number;
  peakAllocated: number;
  /** Taken from the device, blocks kept for reuse included, now and at most so far. */
  reserved: number;
  peakReserved: number;
  /** Of the whole device, other processes included. */
  free: number;
  total: number;
}

export interface CudaProperties {
  name: string;
  /** Compute capability, such as 9 and 0. */
  major: number;
  minor: number;
  multiprocessors: number;
  /** Bytes of the device, of the shared memory that a block may ask for, and of the L2 cache. */
  totalMemory: number;
  sharedMemoryPerBlock: number;
  l2Cache: number;
}

/** What may round the operands of float32 tensors to TF32, on GPUs that have it. */
export interface Tf32 {
  products: boolean;
  convolutions: boolean;
}

export interface DeviceBinding {
  /** "cpu", "cuda:0", … */
  deviceNames(): string[];
  /** Index of a CUDA device by its name, -1 for others. */
  deviceIndex(name: string): number;
  cudaMemory(device: number): CudaMemory;
  cudaResetPeak(device: number): void;
  /** Nothing where there is no device. */
  cudaEmptyCache(): void;
  cudaProperties(device: number): CudaProperties;
  /** Whether libtorch throws where it would wait for a device; ERR_DEVICE in builds without kernels. */
  cudaRefuseWaiting(refused: boolean): void;
  cudaTf32(): Tf32;
  cudaAllowTf32(products: boolean, convolutions: boolean): void;
  /** Behind the jobs submitted before. */
  cudaSynchronize(device: number): Promise<void>;
  cudaStream(device: number, priority: number): StreamHandle;
  /** Calls of this thread, and jobs submitted by it, run on the stream until it is left. */
  cudaStreamEnter(stream: StreamHandle): void;
  cudaStreamLeave(): void;
  cudaStreamQuery(stream: StreamHandle): boolean;
  cudaStreamSynchronize(stream: StreamHandle): Promise<void>;
  cudaStreamWait(stream: StreamHandle, event: EventHandle): void;
  cudaEvent(device: number, timing: boolean): EventHandle;
  /** Behind the jobs submitted before, on the stream that is entered or the device's own. */
  cudaEventRecord(event: EventHandle, device: number): Promise<void>;
  cudaEventQuery(event: EventHandle): boolean;
  cudaEventSynchronize(event: EventHandle): Promise<void>;
  /** Milliseconds between two that have been reached. */
  cudaEventElapsed(from: EventHandle, to: EventHandle): number;
  /** The way of batches to a device, through page-locked memory and on a stream of its own. */
  uploads(device: number): UploadsHandle;
  /**
   * On the data lane: `tensors` on their way to the device, `kept` in page-locked memory of the host.
   * What was given may be disposed then.
   */
  uploadsSend(
    uploads: UploadsHandle,
    tensors: NativeTensor[],
    kept: NativeTensor[],
  ): Promise<{ tensors: NativeTensor[]; kept: NativeTensor[]; ticket: number }>;
  /** Lets what the calling thread submits from now on use what was sent under this ticket. */
  uploadsReceive(uploads: UploadsHandle, ticket: number, tensors: NativeTensor[]): void;
}

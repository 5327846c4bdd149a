/** Of `native/node/addon.cpp`: the process and the thread: versions, memory, random numbers, modes. */

import type { PotstillErrorCode } from "./errors.js";
import type { NativeTensor } from "./tensor.js";

export interface VersionInfo {
  addon: string;
  /** libtorch found at run time and the one compiled against, as `major.minor.patch`. */
  libtorch: string;
  builtWith: string;
  cpuCapability: string;
  /** Whether products on this CPU compute in bfloat16, or what POTSTILL_BFLOAT16 says of it. */
  bfloat16: boolean;
  cudaBuilt: boolean;
  cudaAvailable: boolean;
  cudaDevices: number;
  parallel: string;
  nodeApi: number;
}

export interface MemoryInfo {
  /** Tensors that JavaScript holds, the distinct storages behind them and their bytes. */
  tensors: number;
  storages: number;
  bytes: number;
  /** Bytes the CPU allocator has handed out, and those it keeps for reuse. */
  allocated: number;
  cached: number;
  peak: number;
  /** Of both together, as `setMemoryLimit` has it; null: there is none. */
  limit: number | null;
  /** Handles dropped by the collector and not yet released. */
  pendingRelease: number;
}

export interface AddonBinding {
  init(classes: {
    Tensor: new (token: never) => NativeTensor;
    PotstillError: new (
      code: PotstillErrorCode,
      message: string,
      options?: { cause?: unknown },
    ) => Error;
  }): void;
  versionInfo(): VersionInfo;
  memory(): MemoryInfo;
  /** Gives cached blocks back to the system. */
  trimMemory(): void;
  /** Bytes; null: no limit. */
  limitMemory(bytes: number | null): void;
  setThreads(threads: number): void;
  getThreads(): number;
  manualSeed(seed: number | bigint): void;
  rngState(device: string): NativeTensor;
  setRngState(state: NativeTensor, device: string): void;
  isGradEnabled(): boolean;
  /** Returns the mode before. Thread-local: of the JavaScript thread, and taken along by jobs. */
  setGradEnabled(enabled: boolean): boolean;
  pushInferenceMode(): void;
  popInferenceMode(): void;
  /** Resolves once every job submitted so far has ended. */
  drain(): Promise<void>;
}

/** Process-wide state of libtorch: generator, threads, memory. */

import type { MemoryInfo } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import type { Tensor } from "./tensor.js";

export type { MemoryInfo };

/**
 * Seeds the default generators of all devices; the same seed gives the same numbers as
 * `torch.manual_seed` on the same device.
 *
 * @param seed An integer; as in PyTorch any of 64 bits.
 * @throws PotstillError `ERR_CONFIG` where it is none.
 */
export function manualSeed(seed: number | bigint): void {
  if (typeof seed !== "bigint" && !Number.isSafeInteger(seed)) {
    throw new PotstillError(
      "ERR_CONFIG",
      `manualSeed() takes an integer, not ${String(seed)}; beyond 2^53 give it as a bigint.`,
    );
  }
  native.manualSeed(seed);
}

/** State of the CPU generator, a uint8 tensor; for `setRngState`. */
export function getRngState(): Tensor {
  return native.rngState() as Tensor;
}

/** Puts the CPU generator into a state that `getRngState` gave. */
export function setRngState(state: Tensor): void {
  native.setRngState(state);
}

/**
 * Caps the threads that one operator may use.
 *
 * @throws PotstillError `ERR_CONFIG` where it is not an integer of at least 1.
 */
export function setThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new PotstillError(
      "ERR_CONFIG",
      `setThreads() takes an integer of at least 1, not ${String(threads)}.`,
    );
  }
  native.setThreads(threads);
}

/** Threads that one operator may use. */
export function getThreads(): number {
  return native.getThreads();
}

/**
 * Tensors that JavaScript holds, the storages behind them and their bytes, and what the CPU
 * allocator has handed out and keeps.
 */
export function memory(): MemoryInfo {
  return native.memory();
}

/** Gives memory that the allocator keeps for reuse back to the system. */
export function trimMemory(): void {
  native.trimMemory();
}

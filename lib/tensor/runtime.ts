/** Process-wide state of libtorch: generator, threads, memory. */

import type { MemoryInfo } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import type { Device } from "./devices.js";
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

/**
 * State of the default generator of a device, a uint8 tensor on the CPU; for `setRngState`.
 *
 * @throws PotstillError `ERR_DEVICE` where there is no such device.
 */
export function getRngState(device: Device = "cpu"): Tensor {
  return native.rngState(device) as Tensor;
}

/**
 * Puts the default generator of a device into a state that `getRngState` gave of it.
 *
 * @throws PotstillError `ERR_DEVICE` where there is no such device.
 */
export function setRngState(state: Tensor, device: Device = "cpu"): void {
  native.setRngState(state, device);
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

/**
 * Caps the memory of CPU tensors in this process, those that wait for reuse included: what would need
 * more fails with `ERR_OOM`, and everything that is there stays usable. `POTSTILL_MEMORY_LIMIT` in the
 * environment says it from the start. What V8, the code and libtorch's products take beside tensors
 * is not counted.
 *
 * @param bytes A whole number; null: no limit.
 * @throws PotstillError `ERR_CONFIG` where it is neither, and with `POTSTILL_ALLOCATOR=system`.
 */
export function setMemoryLimit(bytes: number | null): void {
  if (bytes !== null && !(Number.isSafeInteger(bytes) && bytes >= 0)) {
    throw new PotstillError(
      "ERR_CONFIG",
      `setMemoryLimit() takes a whole number of bytes, or null, not ${String(bytes)}.`,
    );
  }
  native.limitMemory(bytes);
}

/** Gives memory that the allocator keeps for reuse back to the system. */
export function trimMemory(): void {
  native.trimMemory();
}

/**
 * The device that the tests of this folder run on: `npm run test:gpu` says a GPU, `npm test` the CPU,
 * so that they are known to work where no GPU is. POTSTILL_TEST_DEVICE names another, such as cuda:1.
 */

import { describe } from "vitest";
import { cuda, devices, memory, type Tensor } from "../../lib/tensor/index.js";

export const device = process.env.POTSTILL_TEST_DEVICE ?? "cuda";
export const onGpu = device !== "cpu";

const present = device === "cuda" ? cuda.isAvailable() : devices().includes(device);

/** Why nothing runs; null where the device is there. */
export const lacking = present
  ? null
  : `skipped: there is no device ${device} here, only ${devices().join(", ")}`;

// What is compared with the CPU is float32 as there; PyTorch's convolutions may round otherwise.
if (present && onGpu) cuda.allowTf32(false);

/** Tests that run on the device, where it is there. */
export function onDevice(name: string, body: () => void): void {
  describe.skipIf(lacking !== null)(`${name} on ${device}${lacking ? ` (${lacking})` : ""}`, body);
}

/** Tests of what only a GPU has. */
export function onlyOnGpu(name: string, body: () => void): void {
  const why = lacking ?? (onGpu ? null : "skipped: a CPU has none");
  describe.skipIf(why !== null)(`${name} on ${device}${why ? ` (${why})` : ""}`, body);
}

/** Bytes behind tensors on the device. */
export async function allocated(): Promise<number> {
  if (!onGpu) return memory().allocated;
  await cuda.synchronize(device);
  return cuda.memory(device).allocated;
}

export function there(tensor: Tensor): Tensor {
  return tensor.to({ device });
}

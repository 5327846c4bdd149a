/** Which devices there are. */

import { native, PotstillError } from "../native/index.js";

/** `cpu`, `cuda` (the first one), `cuda:1`. */
export type Device = "cpu" | "cuda" | `cuda:${number}` | (string & {});

/** The devices of this process: `cpu`, and `cuda:0`, … for each that libtorch can use. */
export function devices(): string[] {
  return native.deviceNames();
}

/** @throws PotstillError `ERR_DEVICE` where there is no CUDA device; `who` is the call that needs one. */
export function requireCuda(who: string): void {
  if (native.deviceNames().length > 1) return;
  const built = native.versionInfo().cudaBuilt ? "" : " (this libtorch was built without CUDA)";
  throw new PotstillError(
    "ERR_DEVICE",
    `${who} needs a CUDA device; the devices are: ${devices().join(", ")}${built}`,
  );
}

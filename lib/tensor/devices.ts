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
  throw new PotstillError("ERR_DEVICE", `${who} needs a CUDA device; ${listed()}`);
}

/**
 * Before anything is done there: whether work can be put on a device.
 *
 * @param where of the option, for the message
 * @throws PotstillError `ERR_DEVICE` with the devices that there are, for one that is not there and
 * for what is no name of one
 */
export function checkDevice(where: string, device: unknown): asserts device is Device {
  const names = devices();
  const found = device === "cuda" ? names.length > 1 : names.includes(device as string);
  if (found) return;
  const given = typeof device === "string" ? JSON.stringify(device) : String(device);
  throw new PotstillError("ERR_DEVICE", `${where}: there is no device ${given} here; ${listed()}`);
}

function listed(): string {
  const built = native.versionInfo().cudaBuilt ? "" : " (this libtorch was built without CUDA)";
  return `the devices are: ${devices().join(", ")}${built}`;
}

/** Arguments of commands that are more than a word. */

import { checkDevice, type Device } from "../tensor/index.js";
import { UsageError } from "./errors.js";

/** `1x3x32x32` */
export function parseShape(text: string): number[] {
  if (!/^[1-9]\d*(x[1-9]\d*)*$/.test(text)) {
    throw new UsageError(`--input ${text}: expected sizes with x between them, such as 1x1x28x28`);
  }
  return text.split("x").map(Number);
}

/** A whole number is an index, anything else a key. */
export function selector(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/**
 * `--device`, as an option of calls that load models.
 *
 * @throws ERR_DEVICE where it is not there, with those that are
 */
export function onDevice(device: string | undefined): { device?: Device } {
  if (device === undefined) return {};
  checkDevice("--device", device);
  return { device };
}

/** What flags change in a recipe: `--set`, and the others after it. */
export function overrides({
  set,
  device,
  autocast,
  threads,
}: {
  set: string[];
  device?: string;
  autocast?: string;
  threads?: string;
}): string[] {
  return [
    ...set,
    ...(device === undefined ? [] : [`device=${JSON.stringify(onDevice(device).device)}`]),
    ...(autocast === undefined ? [] : [`autocast=${autocast}`]),
    ...(threads === undefined ? [] : [`threads=${threads}`]),
  ];
}

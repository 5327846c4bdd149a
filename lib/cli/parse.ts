/** Arguments of commands that are more than a word. */

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

/** Labels as training wants them, and what they say about classes. */

import { PotstillError } from "../native/errors.js";
import { isFloatingPoint, keep, type Tensor } from "../tensor/index.js";

/** PyTorch's mark for "no label here"; losses skip it. */
export const IGNORED = -100;

/** Labels on both sides of the boundary. */
export interface Labels {
  /** int64 for whole numbers, else as given. Owned by whoever made this. */
  tensor: Tensor;
  /** Class of every sample where labels are one whole number per sample; else null. */
  host: Int32Array | null;
}

/**
 * Takes labels in: whole numbers of any width become int64, floating-point ones (targets for mean
 * squared error, or one probability per class) stay. The user's tensor is left alone.
 */
export function takeLabels(given: Tensor): Labels {
  const tensor = toLabels(given);
  if (tensor.shape.length !== 1 || tensor.dtype !== "int64") return { tensor, host: null };
  return { tensor, host: readClasses(tensor) };
}

/** An alias of floating-point labels, an int64 copy or alias of others; no scope frees it. */
export function toLabels(given: Tensor): Tensor {
  const floating = isFloatingPoint(given.dtype);
  return keep(floating || given.dtype === "int64" ? given.detach() : given.to("int64"));
}

function readClasses(tensor: Tensor): Int32Array {
  const values = tensor.dataSync() as BigInt64Array;
  const classes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    // Beyond 32 bits no class number is right: keep it visibly wrong.
    classes[i] = Math.abs(value) < 0x7fffffff ? value : 0x7fffffff * Math.sign(value);
  }
  return classes;
}

/** One more than the largest class; null where no sample has one. */
export function countClasses(...sets: (Int32Array | null)[]): number | null {
  let largest = -1;
  for (const classes of sets) {
    if (classes === null) continue;
    for (const value of classes) if (value > largest) largest = value;
  }
  return largest < 0 ? null : largest + 1;
}

/**
 * @param where the file or split, for messages
 * @throws ERR_DATA naming the first sample whose class is not in `0 … classes - 1` (or IGNORED)
 */
export function checkClasses(labels: Int32Array, classes: number | null, where: string): void {
  const most = classes ?? Number.POSITIVE_INFINITY;
  const bad = labels.findIndex((value) => (value < 0 || value >= most) && value !== IGNORED);
  if (bad < 0) return;
  const range =
    classes === null
      ? "classes start at 0"
      : `with ${classes} classes it must be 0 to ${classes - 1}`;
  throw new PotstillError(
    "ERR_DATA",
    `${where}: the label of sample ${bad} is ${labels[bad]}, but ${range} (or ${IGNORED} for none)`,
  );
}

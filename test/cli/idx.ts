/** A tiny data set in MNIST's format: bars whose position is their class. */

import { writeFile } from "node:fs/promises";
import path from "node:path";

export const side = 8;
export const classes = 4;

function header(type: number, sizes: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * sizes.length);
  bytes[2] = type;
  bytes[3] = sizes.length;
  for (const [at, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * at);
  return bytes;
}

function bars(count: number, seed: number): { images: Buffer; labels: Buffer } {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const images = Buffer.alloc(count * side * side);
  const labels = Buffer.alloc(count);
  for (let i = 0; i < count; i++) {
    const label = i % classes;
    labels[i] = label;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const lit = Math.floor((x * classes) / side) === label;
        images[(i * side + y) * side + x] = Math.floor((lit ? 120 : 0) + 135 * random());
      }
    }
  }
  return {
    images: Buffer.concat([header(8, [count, side, side]), images]),
    labels: Buffer.concat([header(8, [count]), labels]),
  };
}

/** Writes the four files; returns `data:` of a recipe in that folder. */
export async function writeBars(folder: string, train = 128, test = 64): Promise<object> {
  const names = {
    images: "images",
    labels: "labels",
    testImages: "t-images",
    testLabels: "t-labels",
  };
  const first = bars(train, 1);
  const second = bars(test, 2);
  await writeFile(path.join(folder, names.images), first.images);
  await writeFile(path.join(folder, names.labels), first.labels);
  await writeFile(path.join(folder, names.testImages), second.images);
  await writeFile(path.join(folder, names.testLabels), second.labels);
  return { idx: { ...names, classes } };
}

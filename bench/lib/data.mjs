// The same weights and data for every peer, as raw little-endian files that each can read.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Numbers in [0, 1) from a seed (the generator called mulberry32). */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal numbers by Box and Muller's method, times `scale`. */
export function normals(count, seed, scale = 1) {
  const next = uniform(seed);
  const result = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = scale * Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    result[i] = radius * Math.cos(angle);
    if (i + 1 < count) result[i + 1] = radius * Math.sin(angle);
  }
  return result;
}

/** Class numbers below `classes`. */
export function classes(count, classes, seed) {
  const next = uniform(seed);
  return BigInt64Array.from({ length: count }, () => BigInt(Math.floor(next() * classes)));
}

function write(folder, name, array) {
  writeFileSync(join(folder, name), new Uint8Array(array.buffer));
}

/** A temporary folder that is gone with the process. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "potstill-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes the samples of a workload: `inputs`, images or token numbers, and `labels`. */
export function writeSamples(folder, { sample, batch, batches, vocabulary, classes: count }) {
  const samples = batch * batches;
  const elements = samples * sample.reduce((a, b) => a * b, 1);
  write(folder, "inputs", vocabulary ? classes(elements, vocabulary, 1) : normals(elements, 1));
  write(folder, "labels", classes(samples, count, 2));
}

/** Writes logits and labels of one loss: `RxC.student`, `RxC.teacher`, `RxC.labels`. */
export function writeLogits(folder, rows, columns) {
  const name = `${rows}x${columns}`;
  write(folder, `${name}.student`, normals(rows * columns, rows + columns, 2));
  write(folder, `${name}.teacher`, normals(rows * columns, rows + columns + 1, 3));
  write(folder, `${name}.labels`, classes(rows, columns, rows + columns + 2));
}

/** Writes features of one loss, those of the student and the teacher, as after a ReLU. */
export function writePair(folder, shape) {
  const count = shape.reduce((a, b) => a * b, 1);
  const name = shape.join("x");
  for (const [side, seed] of [
    ["student", count],
    ["teacher", count + 1],
  ]) {
    write(
      folder,
      `${name}.${side}`,
      normals(count, seed).map((value) => Math.max(0, value)),
    );
  }
}

/** Reads what the functions above wrote; labels are int64, everything else float32 unless said. */
export function read(folder, name, integers = name.endsWith("labels")) {
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, name));
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
  return integers ? new BigInt64Array(bytes) : new Float32Array(bytes);
}

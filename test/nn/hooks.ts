/** What Python's forward hooks saw in the models of test/fixtures/make_taps.py. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { loadModule, type Module, readSafetensors } from "../../lib/nn/index.js";
import type { Tensor } from "../../lib/tensor/index.js";
import { fixture, numbers } from "./oracle.js";

/**
 * Where the models are. Bits differ between kinds of CPU, so with `POTSTILL_BENCH_PYTHON` (a Python
 * with PyTorch) they are made again here; the files in the repository are held to the bit on the
 * kind of CPU that made them and within rounding elsewhere.
 */
const python = process.env.POTSTILL_BENCH_PYTHON;
const folder = python === undefined ? fixture("taps") : remade(python);

function remade(command: string): string {
  const target = mkdtempSync(path.join(tmpdir(), "potstill-taps-"));
  execFileSync(command, [fixture("make_taps.py"), target], { stdio: "ignore" });
  return target;
}

/** As make_taps.py names the CPU. */
function cpu(): string | null {
  try {
    const lines = readFileSync("/proc/cpuinfo", "utf8").split("\n");
    const field = (key: string) =>
      lines
        .find((line) => line.startsWith(key))!
        .replace(/^[^:]*:/, "")
        .trim();
    const digest = createHash("sha1").update(field("flags")).digest("hex").slice(0, 12);
    return `${field("model name")} ${digest}`;
  } catch {
    return null;
  }
}

export interface Hooked {
  inputs: Tensor[];
  /** By the path that taps the value. */
  values: Record<string, Tensor>;
  training: boolean;
  /** Whether this CPU gives the bits of the one that recorded. */
  exact: boolean;
}

export async function hooked(name: string): Promise<Hooked> {
  const file = path.join(folder, `${name}.safetensors`);
  const { tensors, metadata } = await readSafetensors(file);
  const entries = Object.entries(tensors);
  return {
    inputs: entries.filter(([key]) => key.startsWith("in.")).map(([, tensor]) => tensor),
    values: Object.fromEntries(entries.filter(([key]) => !key.startsWith("in."))),
    training: metadata.training === "true",
    exact: python !== undefined || metadata.cpu === cpu(),
  };
}

export function modelPath(name: string): string {
  return path.join(folder, `${name}.pt`);
}

/** A model of the folder, such as "resnet-traced", in the mode in which it was exported. */
export function model(name: string): Promise<Module> {
  return loadModule(modelPath(name), { eval: false });
}

/** Equal to the bit, signs of zeros and shapes too. */
export function same(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a.dataSync(), b.dataSync()];
  return (
    String(a.shape) === String(b.shape) &&
    a.dtype === b.dtype &&
    Buffer.compare(
      Buffer.from(x.buffer, x.byteOffset, x.byteLength),
      Buffer.from(y.buffer, y.byteOffset, y.byteLength),
    ) === 0
  );
}

/** Largest difference as a share of the largest value. */
export function distance(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [numbers(a), numbers(b)];
  const scale = Math.max(...y.map(Math.abs), 1e-30);
  return Math.max(0, ...x.map((value, i) => Math.abs(value - y[i]!))) / scale;
}

/** The files that the scripts in test/fixtures wrote. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { ModelValue, Module } from "../../lib/nn/index.js";
import { type DType, Tensor, tensor } from "../../lib/tensor/index.js";
import { type InputSpec, stateTensor } from "./pattern.js";

export type Values = { shape: number[]; data: number[] } | Values[];

export interface ForwardOracle {
  inputs: InputSpec[];
  training: boolean;
  state: Record<string, number[]>;
  output: Values;
  buffers: Record<string, Values>;
}

export interface LayersOracle {
  forward: Record<string, ForwardOracle>;
  initial: Record<string, Record<string, { shape: number[]; ends: [number, number]; sum: number }>>;
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

export function readOracle<T>(name: string): T {
  return JSON.parse(readFileSync(fixture(name), "utf8")) as T;
}

/** Gives every parameter and buffer the values that pattern.py gave it, in float64. */
export async function fill(module: Module): Promise<void> {
  await module.to({ dtype: "float64" });
  const state: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(module.stateDict())) {
    state[name] = stateTensor(name, tensor.shape);
  }
  module.loadStateDict(state);
}

/** The elements of a tensor. */
export function numbers(tensor: Tensor): number[] {
  return Array.from(tensor.dataSync(), Number);
}

/** Nested lists of tensors against their recorded values, within `tolerance` of the largest. */
export function expectClose(actual: unknown, expected: Values, tolerance: number): void {
  if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((item, i) => {
      expectClose((actual as unknown[])[i], item, tolerance);
    });
    return;
  }
  expect(actual).toBeInstanceOf(Tensor);
  const tensor = actual as Tensor;
  expect(tensor.shape).toEqual(expected.shape);
  const data = numbers(tensor);
  const scale = Math.max(1, ...expected.data.map(Math.abs));
  const worst = Math.max(...data.map((value, i) => Math.abs(value - expected.data[i]!)));
  // NaN compares false, so it fails here too.
  expect(worst <= tolerance * scale, `off by ${worst}`).toBe(true);
}

/** What make.py recorded about its models. */
export interface ModelsOracle {
  models: Record<string, { inputs: unknown; output: unknown }>;
}

/** Recorded values as tensors, lists and records. */
export function revive(value: unknown): ModelValue {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value as ModelValue;
  if ("tensor" in value) {
    const { shape, dtype, data } = value.tensor as {
      shape: number[];
      dtype: DType;
      data: number[];
    };
    return tensor(data, { shape, dtype });
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}

export function expectRecorded(actual: unknown, expected: unknown): void {
  if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((item, i) => {
      expectRecorded((actual as unknown[])[i], item);
    });
  } else if (typeof expected === "object" && expected !== null && "tensor" in expected) {
    expectClose(actual, expected.tensor as Values, 1e-6);
  } else if (typeof expected === "object" && expected !== null) {
    expect(Object.keys(actual as object)).toEqual(Object.keys(expected));
    for (const [key, item] of Object.entries(expected)) {
      expectRecorded((actual as Record<string, unknown>)[key], item);
    }
  } else {
    expect(actual).toEqual(expected);
  }
}

/** The code and message of the error that `run` throws or rejects with. */
export async function errorOf(
  run: () => unknown,
): Promise<{ code: string | undefined; message: string }> {
  try {
    await run();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { code, message };
  }
  throw new Error("expected an error");
}

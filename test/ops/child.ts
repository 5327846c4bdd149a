/** Scripts in processes of their own, which are told what instructions or library to compute with. */

import { beforeAll, expect, test } from "vitest";
import { ops } from "../../lib/tensor/index.js";
import { node, type Outcome } from "../cli/cli.js";

const index = new URL("../../dist/index.js", import.meta.url).href;

// What a script finds there. By `print` it gives back its results; JSON lacks NaN and infinities.
const prelude = `
import { manualSeed, noGrad, ops, rand, randn, setThreads, tensor } from ${JSON.stringify(index)};
const { aten, potstill } = ops;
const filled = (shape, seed) =>
  tensor(
    Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) =>
      Math.sin(seed + 1.7 * i) * Math.cos(0.37 * i)),
    { shape },
  );
const print = (results) =>
  console.log(JSON.stringify({ capability: potstill.cpu_capability(), results }, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value));
`;

export function runScript(script: string, env: Record<string, string>): Promise<Outcome> {
  return node(["--input-type=module", "--eval", prelude + script], { env });
}

interface Printed<T> {
  /** The instruction set of the kernels. */
  capability: string;
  results: T;
}

/** What a script prints that has nothing to complain about. */
export async function printedBy<T>(
  script: string,
  env: Record<string, string>,
): Promise<Printed<T>> {
  const { stdout, stderr } = await runScript(script, env);
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Printed<T>;
}

const sets = ["default", "avx2", "avx512"];

/** The instruction sets of our kernels that this CPU has, the baseline first. */
export const instructionSets = sets.slice(0, sets.indexOf(ops.potstill.cpu_capability()) + 1);

/** What a script prints with the kernels of one of them. */
export async function resultsWith<T>(set: string, script: string): Promise<T> {
  const { capability, results } = await printedBy<T>(script, { POTSTILL_CPU_CAPABILITY: set });
  expect(capability).toBe(set);
  return results;
}

/**
 * Tests that all of them give the same. The script prints lists of numbers under names that begin
 * with the number of threads, 1 or 2. The `count` names with one thread that `repeatable` matches are
 * to have the same bits with two; `agrees` compares each list with that of the baseline.
 */
export function compareInstructionSets(
  script: string,
  repeatable: RegExp,
  count: number,
  agrees: (name: string, values: number[], baseline: number[]) => void,
): void {
  const made = new Map<string, Map<string, number[]>>();
  beforeAll(async () => {
    for (const set of instructionSets) {
      const lists = await resultsWith<Record<string, (number | string)[]>>(set, script);
      const numbers = Object.entries(lists).map(
        ([name, list]) => [name, list.map(Number)] as const,
      );
      made.set(set, new Map(numbers));
    }
  });

  test("the baseline is one of them", () => {
    expect([...made.keys()]).toContain("default");
  });

  test("each gives the same bits for one thread and for two", () => {
    for (const results of made.values()) {
      const names = [...results.keys()].filter((name) => repeatable.test(name));
      expect(names).toHaveLength(count);
      for (const name of names)
        expect(results.get(name)).toEqual(results.get(name.replace("1", "2")));
    }
  });

  test.each(instructionSets.slice(1))("%s agrees with the baseline", (set) => {
    const [baseline, other] = [made.get("default")!, made.get(set)!];
    expect([...other.keys()]).toEqual([...baseline.keys()]);
    for (const [name, values] of baseline) agrees(name, other.get(name)!, values);
  });
}

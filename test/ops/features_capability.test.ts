/** The kernels of the losses on features, of every instruction set, in processes of their own. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ops } from "../../lib/tensor/index.js";
import { node } from "../cli/cli.js";
import { size } from "./features.js";
import { distance } from "./inputs.js";

const index = new URL("../../dist/index.js", import.meta.url).href;
const script = `
import { ops, setThreads, tensor } from ${JSON.stringify(index)};
const list = (t) => Array.from(t.contiguous().dataSync(), Number);
const feature = (shape, seed, dtype) =>
  tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      3 * Math.sin(seed + 1.7 * i) * Math.cos(0.37 * i * i)),
    { shape, dtype },
  );
const { hint_mse, attention_transfer, similarity, rkd, pkt, nst } = ops.potstill;
const paper = (s, t) => attention_transfer(s, t, true);
const everything = { hint_mse, attention_transfer, paper, similarity, rkd, pkt, nst };
const results = {};
for (const threads of [1, 2]) {
  setThreads(threads);
  for (const [student, teacher] of [
    ["float32", "float32"], ["float64", "float64"], ["bfloat16", "bfloat16"],
    ["float16", "float16"], ["float32", "bfloat16"], ["bfloat16", "float64"],
  ])
    for (const [name, loss] of Object.entries(everything))
      for (const shape of [[7, 37, 5, 3], [3, 5, 7, 9], [13, 70, 5, 5]]) {
        const s = feature(shape, 0.3, student).requiresGrad_();
        const t = feature(shape, 2.1, teacher);
        const value = loss(s, t);
        value.backward();
        results[[threads, student, teacher, name, shape].join(" ")] =
          [value.item(), ...list(s.grad)];
      }
}
console.log(JSON.stringify({ capability: ops.potstill.cpu_capability(), results }));
`;

interface Results {
  capability: string;
  results: Record<string, number[]>;
}

const sets = ["default", "avx2", "avx512"];
const here = sets.slice(0, sets.indexOf(ops.potstill.cpu_capability()) + 1);
const made = new Map<string, Results>();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-features-"));
  const file = path.join(folder, "script.mjs");
  await writeFile(file, script);
  for (const set of here) {
    const outcome = await node([file], { env: { POTSTILL_CPU_CAPABILITY: set } });
    expect(outcome.stderr).toBe("");
    made.set(set, JSON.parse(outcome.stdout) as Results);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("each set is the one that was asked for", () => {
  expect(here).toContain("default");
  for (const set of here) expect(made.get(set)!.capability).toBe(set);
});

test("each gives the same bits for one thread and for two", () => {
  for (const set of here) {
    const { results } = made.get(set)!;
    const names = Object.keys(results).filter((name) => name.startsWith("1 "));
    expect(names).toHaveLength(126);
    for (const name of names) expect(results[name]).toEqual(results[name.replace("1", "2")]);
  }
});

test.each(here.slice(1))("%s agrees with the baseline", (set) => {
  const [plain, other] = ["default", set].map((name) => made.get(name)!.results);
  expect(Object.keys(other!)).toEqual(Object.keys(plain!));
  for (const [name, [value, ...gradient]] of Object.entries(plain!)) {
    const [, student, teacher] = name.split(" ");
    const [its, ...others] = other![name]!;
    const wide = student === "float64" || teacher === "float64";
    // Of what the losses are made of; nst and pkt are differences of terms of about this size.
    expect(Math.abs(its! - value!)).toBeLessThan((wide ? 1e-11 : 1e-5) * Math.max(value!, 1e-3));
    const tolerance = student === "float64" ? 1e-10 : student!.endsWith("16") ? 2 ** -7 : 1e-4;
    expect(distance(others, gradient) / size(gradient)).toBeLessThan(tolerance);
  }
});

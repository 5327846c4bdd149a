/** The kernels of every instruction set, and every kind of product, in processes of their own. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ops } from "../../lib/tensor/index.js";
import { node, type Outcome } from "../cli/cli.js";
import { distance } from "./inputs.js";

const index = new URL("../../dist/index.js", import.meta.url).href;

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-ops-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(body: string, env: Record<string, string>): Promise<Outcome> {
  const file = path.join(folder, `script-${++count}.mjs`);
  await writeFile(file, `import * as potstill from ${JSON.stringify(index)};\n${body}`);
  return node([file], { env });
}

// Every kind of row (T = 1, a power of two, others; with and without labels), of element (also in
// mixed pairs), of width around those of vectors, masked classes; then the backward of linear.
const everything = `
const { ops, tensor, setThreads } = potstill;
const list = (t) => Array.from(t.dataSync(), Number);
const values = (rows, columns, seed, dtype, masked = NaN) =>
  tensor(
    Array.from({ length: rows * columns }, (_, i) =>
      i % 13 === 5 ? masked : 3 * Math.sin(seed + 1.7 * i) * Math.cos(0.37 * i * i)),
    { shape: [rows, columns], dtype },
  );
const results = {};
for (const threads of [1, 2]) {
  setThreads(threads);
  for (const [student, teacher] of [
    ["float32", "float32"], ["float64", "float64"], ["bfloat16", "bfloat16"],
    ["float16", "float16"], ["float32", "bfloat16"], ["bfloat16", "float16"],
  ])
    for (const classes of [3, 16, 21, 200, 3001])
      for (const [alpha, T] of [[0.9, 1], [0.9, 4], [0.9, 5], [1, 3], [0, 3]]) {
        const z = values(12, classes, 0.3, student, -Infinity).requiresGrad_();
        const v = values(12, classes, 2.1, teacher, -Infinity);
        const labels = tensor([0, 1, 2, -100, 1, 0, 0, 1, 2, -100, 1, 0], { dtype: "int64" });
        const loss = ops.potstill.soft_target_ce(z, v, labels, alpha, T);
        loss.backward();
        results[[threads, student, teacher, classes, alpha, T].join(" ")] =
          [loss.item(), ...list(z.grad)];
      }
  for (const dtype of ["float32", "float64", "bfloat16", "float16"])
    for (const classes of [3, 16, 21, 200]) {
      const v = values(12, classes, 2.1, dtype, -Infinity);
      const labels = tensor([0, 1, 2, 0, 1, 0, 0, 1, 2, 2, 1, 0], { dtype: "int64" });
      const p = ops.potstill;
      for (const [name, call] of [
        ["reverse_kl", (z) => p.reverse_kl(z, v, 2)],
        ["jsd", (z) => p.jsd(z, v, 0.3, 2)],
        ["skew_kl", (z) => p.skew_kl(z, v, 0.1, 2)],
        ["skew_reverse_kl", (z) => p.skew_reverse_kl(z, v, 0.1, 2)],
        ["logit_standardization", (z) => p.logit_standardization(z, v)],
        ["logit_mse", (z) => p.logit_mse(z, v)],
        ["dkd", (z) => p.dkd(z, v, labels)],
        ["dist", (z) => p.dist(z, v, 1, 1, 2)],
      ]) {
        const z = values(12, classes, 0.3, dtype, -Infinity).requiresGrad_();
        const loss = call(z);
        loss.backward();
        results[[threads, dtype, name, classes].join(" ")] = [loss.item(), ...list(z.grad)];
      }
    }
  for (const activation of ["none", "relu", "gelu", "gelu_tanh"]) {
    const bias = tensor(Array(21).fill(0.1), { requiresGrad: true });
    const y = ops.potstill.linear(
      values(70, 37, 0.3, "float32", 0), values(21, 37, 0.9, "float32", 0), bias, activation);
    y.backward({ gradient: values(70, 21, 2.1, "float32", 0) });
    results[threads + " linear " + activation] = [...list(y), ...list(bias.grad)];
  }
}
const text = Object.entries(results).map(([name, list]) => [name, list.map(String)]);
console.log(JSON.stringify({
  capability: ops.potstill.cpu_capability(),
  results: Object.fromEntries(text),
}));
`;

interface Results {
  capability: string;
  results: Record<string, string[]>;
}

describe("instruction sets", () => {
  const sets = ["default", "avx2", "avx512"];
  const best = ops.potstill.cpu_capability();
  const here = sets.slice(0, sets.indexOf(best) + 1);
  const made = new Map<string, Results>();
  beforeAll(async () => {
    for (const set of here) {
      const outcome = await run(everything, { POTSTILL_CPU_CAPABILITY: set });
      expect(outcome.stderr).toBe("");
      made.set(set, JSON.parse(outcome.stdout) as Results);
    }
  });

  test("each is the one that was asked for", () => {
    expect(here).toContain("default");
    for (const set of here) expect(made.get(set)!.capability).toBe(set);
  });

  test("each gives the same bits for one thread and for two", () => {
    for (const set of here) {
      const { results } = made.get(set)!;
      const names = Object.keys(results).filter((name) => /^1 .*float/.test(name));
      expect(names).toHaveLength(150 + 128);
      for (const name of names) expect(results[name]).toEqual(results[name.replace("1", "2")]);
    }
  });

  test.each(here.slice(1))("%s agrees with the baseline", (set) => {
    const [plain, other] = ["default", set].map((name) => made.get(name)!.results);
    expect(Object.keys(other!)).toEqual(Object.keys(plain!));
    for (const [name, values] of Object.entries(plain!)) {
      const [a, b] = [values, other![name]!].map((side) => side.map(Number));
      const size = Math.max(...a!.filter(Number.isFinite).map(Math.abs));
      const student = name.split(" ")[1]!;
      const tolerance = student === "float64" ? 1e-14 : student.endsWith("16") ? 2 ** -8 : 2e-6;
      expect(distance(a!, b!) / size).toBeLessThan(tolerance);
    }
  });

  test("a name that is none, and a set that this CPU lacks, are refused", async () => {
    const body = "console.log(potstill.ops.potstill.cpu_capability());";
    const unknown = await run(body, { POTSTILL_CPU_CAPABILITY: "sse9" });
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toMatch(/"sse9"; it may be default, avx2 or avx512/);
    if (best === "avx512") return;
    const lacking = await run(body, { POTSTILL_CPU_CAPABILITY: "avx512" });
    expect(lacking.stderr).toMatch(new RegExp(`goes up to "${best}"`));
  });
});

describe("POTSTILL_PRODUCTS", () => {
  const step = `
const { noGrad, ops, tensor } = potstill;
const values = (rows, columns, seed) =>
  tensor(
    Array.from({ length: rows * columns }, (_, i) => Math.sin(seed + 1.7 * i)),
    { shape: [rows, columns], requiresGrad: true },
  );
const [x, w] = [values(64, 48, 0.3), values(40, 48, 2.1)];
const y = ops.potstill.linear(x, w, null, "relu");
y.pow(2).sum().backward();
const z = noGrad(() => ops.potstill.linear(x, w, null, "gelu"));
console.log(JSON.stringify({
  values: [y, x.grad, w.grad, z].map((t) => Array.from(t.dataSync())),
  choices: ops.potstill.product_choices(),
}));
`;

  test("every way gives the same, and only measuring keeps a table", async () => {
    const outcomes: Outcome[] = [];
    for (const POTSTILL_PRODUCTS of ["mkl", "onednn", "potstill", "measure", ""])
      outcomes.push(await run(step, { POTSTILL_PRODUCTS }));
    const parsed = outcomes.map(
      ({ stdout }) => JSON.parse(stdout) as { values: number[][]; choices: string },
    );
    for (const { values } of parsed.slice(1))
      for (const [i, list] of values.entries()) {
        const size = Math.max(...parsed[0]!.values[i]!.map(Math.abs));
        expect(distance(list, parsed[0]!.values[i]!) / size).toBeLessThan(1e-5);
      }
    expect(parsed.map(({ choices }) => choices.split("\n").length - 1)).toEqual([0, 0, 0, 3, 3]);
  });

  test("another name is refused", async () => {
    const { stderr } = await run(step, { POTSTILL_PRODUCTS: "fastest" });
    expect(stderr).toMatch(/"fastest"; it may be measure, mkl, onednn or potstill/);
  });
});

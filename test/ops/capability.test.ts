/** The kernels of every instruction set, and every kind of product, in processes of their own. */

import { describe, expect, test } from "vitest";
import { compareInstructionSets, instructionSets, printedBy, runScript } from "./child.js";
import { distance } from "./inputs.js";

// Every kind of row (T = 1, a power of two, others; with and without labels), of element (also in
// mixed pairs), of width around those of vectors, masked classes; then the backward of linear.
const everything = `
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
        const loss = potstill.soft_target_ce(z, v, labels, alpha, T);
        loss.backward();
        results[[threads, student, teacher, classes, alpha, T].join(" ")] =
          [loss.item(), ...list(z.grad)];
      }
  for (const dtype of ["float32", "float64", "bfloat16", "float16"])
    for (const classes of [3, 16, 21, 200]) {
      const v = values(12, classes, 2.1, dtype, -Infinity);
      const labels = tensor([0, 1, 2, 0, 1, 0, 0, 1, 2, 2, 1, 0], { dtype: "int64" });
      for (const [name, call] of [
        ["reverse_kl", (z) => potstill.reverse_kl(z, v, 2)],
        ["jsd", (z) => potstill.jsd(z, v, 0.3, 2)],
        ["skew_kl", (z) => potstill.skew_kl(z, v, 0.1, 2)],
        ["skew_reverse_kl", (z) => potstill.skew_reverse_kl(z, v, 0.1, 2)],
        ["logit_standardization", (z) => potstill.logit_standardization(z, v)],
        ["logit_mse", (z) => potstill.logit_mse(z, v)],
        ["dkd", (z) => potstill.dkd(z, v, labels)],
        ["dist", (z) => potstill.dist(z, v, 1, 1, 2)],
      ]) {
        const z = values(12, classes, 0.3, dtype, -Infinity).requiresGrad_();
        const loss = call(z);
        loss.backward();
        results[[threads, dtype, name, classes].join(" ")] = [loss.item(), ...list(z.grad)];
      }
    }
  for (const activation of ["none", "relu", "gelu", "gelu_tanh"]) {
    const bias = tensor(Array(21).fill(0.1), { requiresGrad: true });
    const y = potstill.linear(
      values(70, 37, 0.3, "float32", 0), values(21, 37, 0.9, "float32", 0), bias, activation);
    y.backward({ gradient: values(70, 21, 2.1, "float32", 0) });
    results[threads + " linear " + activation] = [...list(y), ...list(bias.grad)];
  }
}
print(results);
`;

describe("instruction sets", () => {
  // The products of linear are chosen by measuring, for each number of threads.
  compareInstructionSets(everything, /^1 .*float/, 150 + 128, (name, values, baseline) => {
    const size = Math.max(...baseline.filter(Number.isFinite).map(Math.abs));
    const student = name.split(" ")[1]!;
    const tolerance = student === "float64" ? 1e-14 : student.endsWith("16") ? 2 ** -8 : 2e-6;
    expect(distance(values, baseline) / size).toBeLessThan(tolerance);
  });

  test("a name that is none, and a set that this CPU lacks, are refused", async () => {
    const unknown = await runScript("print();", { POTSTILL_CPU_CAPABILITY: "sse9" });
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toMatch(/"sse9"; it may be default, avx2 or avx512/);
    const best = instructionSets.at(-1);
    if (best === "avx512") return;
    const lacking = await runScript("print();", { POTSTILL_CPU_CAPABILITY: "avx512" });
    expect(lacking.stderr).toMatch(new RegExp(`goes up to "${best}"`));
  });
});

describe("POTSTILL_PRODUCTS", () => {
  const step = `
const values = (rows, columns, seed) =>
  tensor(
    Array.from({ length: rows * columns }, (_, i) => Math.sin(seed + 1.7 * i)),
    { shape: [rows, columns], requiresGrad: true },
  );
const [x, w] = [values(64, 48, 0.3), values(40, 48, 2.1)];
const y = potstill.linear(x, w, null, "relu");
y.pow(2).sum().backward();
const z = noGrad(() => potstill.linear(x, w, null, "gelu"));
print({
  values: [y, x.grad, w.grad, z].map((t) => Array.from(t.dataSync())),
  choices: potstill.product_choices(),
});
`;

  test("every way gives the same, and only measuring keeps a table", async () => {
    const made: { values: number[][]; choices: string }[] = [];
    for (const POTSTILL_PRODUCTS of ["mkl", "onednn", "potstill", "measure", ""])
      made.push((await printedBy<(typeof made)[0]>(step, { POTSTILL_PRODUCTS })).results);
    for (const { values } of made.slice(1))
      for (const [i, list] of values.entries()) {
        const size = Math.max(...made[0]!.values[i]!.map(Math.abs));
        expect(distance(list, made[0]!.values[i]!) / size).toBeLessThan(1e-5);
      }
    expect(made.map(({ choices }) => choices.split("\n").length - 1)).toEqual([0, 0, 0, 3, 3]);
  });

  test("another name is refused", async () => {
    const { stderr } = await runScript(step, { POTSTILL_PRODUCTS: "fastest" });
    expect(stderr).toMatch(/"fastest"; it may be measure, mkl, onednn or potstill/);
  });
});

/** Losses with learned parts: values and gradients against PyTorch, laws, and masks. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { type Module, moduleHandle } from "../../lib/nn/index.js";
import { manualSeed, ops, randn, type Tensor, tensor } from "../../lib/tensor/index.js";
import { computeTerm } from "../../lib/tensor/term.js";
import { evaluate, fill, moduleOf, near, numbers } from "./learned.js";

interface Plain {
  data: number[];
  shape: number[];
}
interface Case {
  kind: "vid" | "reviewKd";
  students: Plain[];
  teachers: Plain[];
  value: number;
  gradients: number[][];
}
const cases = JSON.parse(
  readFileSync(new URL("./learned.json", import.meta.url), "utf8"),
) as Case[];

describe.each([
  ["float64", 1e-11],
  ["float32", 2e-4],
] as const)("PyTorch in %s", (dtype, tolerance) => {
  it.each(cases.map((each) => [each.kind, each] as const))("%s", async (kind, each) => {
    const loss = kind === "vid" ? losses.vid() : losses.reviewKd();
    const shapes = (side: Plain[]) => side.map(({ shape }) => shape);
    using module = await moduleOf(loss, shapes(each.students), shapes(each.teachers), dtype);
    fill(module, dtype);
    const students = each.students.map(({ data, shape }) =>
      tensor(data, { shape, dtype, requiresGrad: true }),
    );
    const teachers = each.teachers.map(({ data, shape }) =>
      tensor(data, { shape, dtype, requiresGrad: true }),
    );
    const value = evaluate(module, students, teachers);
    near([Number(value.item())], [each.value], tolerance);
    value.backward();
    for (const [i, student] of students.entries()) {
      near(numbers(student.grad!), each.gradients[i]!, tolerance);
    }
    for (const teacher of teachers) expect(teacher.grad).toBeNull();
  });
});

describe("laws", () => {
  const maps = (rows: number) => randn([rows, 3, 4, 4], { dtype: "float64" });
  const made = (kind: "vid" | "reviewKd") =>
    moduleOf(
      kind === "vid" ? losses.vid() : losses.reviewKd(),
      [[2, 3, 4, 4]],
      [[2, 3, 4, 4]],
      "float64",
    );

  it("vid is the mean over samples, however they are split", async () => {
    manualSeed(1);
    using module = await made("vid");
    const [s, t] = [maps(5), maps(5)];
    const over = (from: number, count: number) =>
      count *
      Number(evaluate(module, [s.narrow(0, from, count)], [t.narrow(0, from, count)]).item());
    expect(over(0, 1) + over(1, 4)).toBeCloseTo(over(0, 5), 12);
  });

  it.each(["vid", "reviewKd"] as const)(
    "%s does not ask how features lie in memory",
    async (kind) => {
      manualSeed(2);
      using module = await made(kind);
      const [s, t] = [maps(2), maps(2)];
      const turned = (x: Tensor) => x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
      const value = Number(evaluate(module, [s], [t]).item());
      expect(Number(evaluate(module, [turned(s)], [turned(t)]).item())).toBeCloseTo(value, 12);
    },
  );

  it.each(["vid", "reviewKd"] as const)("%s takes one sample", async (kind) => {
    using module = await made(kind);
    expect(evaluate(module, [maps(1)], [maps(1)]).item()).toSatisfy(Number.isFinite);
  });

  it("vid of a perfect prediction is half the logarithm of its variance", async () => {
    using module = await moduleOf(losses.vid(), [[2, 3]], [[2, 3]], "float64");
    const eye = tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], { shape: [3, 3], dtype: "float64" });
    const layers = [...module.parameters()].filter(([, { shape }]) => shape.length === 2);
    expect(layers).toHaveLength(3);
    const weights = Object.fromEntries(layers.map(([name]) => [name, eye]));
    module.loadStateDict(weights, { strict: false });
    // The identity, behind ReLU, of positive features.
    const x = tensor([1, 2, 3, 4, 5, 6], { shape: [2, 3], dtype: "float64" });
    expect(Number(evaluate(module, [x], [x]).item())).toBeCloseTo(0.5 * Math.log(5), 6);
  });
});

describe.each(["vid", "reviewKd", "crd"] as const)("%s and a mask of samples", (kind) => {
  const loss = { vid: losses.vid(), reviewKd: losses.reviewKd(), crd: losses.crd() }[kind];
  const maps = () => randn([4, 3, 4, 4], { dtype: "float64" });
  const ids = tensor([3, 1, 0, 2], { dtype: "int64" });
  const masked = (module: Module, student: Tensor, teacher: Tensor, mask: Tensor | null) =>
    computeTerm(
      {
        ...{ kind: "module", weight: 1, name: kind, module: moduleHandle(module) },
        masked: true,
      },
      { student: [student], teacher: [teacher], labels: null, mask, ids: mask ? ids : kept(ids) },
    );
  const kept = (x: Tensor) => ops.aten.index_select(x, 0, tensor([0, 2, 3], { dtype: "int64" }));
  const bool = (values: boolean[]) => tensor(values, { dtype: "bool" });

  it("is as if the others were not there", async () => {
    manualSeed(3);
    const shape = [[2, 3, 4, 4]];
    const [s, t] = [maps().requiresGrad_(), maps()];
    const values: number[] = [];
    for (const mask of [bool([true, false, true, true]), null]) {
      manualSeed(4);
      using module = await moduleOf(loss, shape, shape, "float64");
      const value = mask ? masked(module, s, t, mask) : masked(module, kept(s), kept(t), null);
      values.push(Number(value.item()));
      if (mask) value.backward();
    }
    expect(values[0]).toBe(values[1]);
    const gradient = numbers(s.grad!);
    const row = gradient.length / 4;
    expect(gradient.slice(row, 2 * row).every((g) => g === 0)).toBe(true);
    expect(gradient.slice(0, row).some((g) => g !== 0)).toBe(true);
  });

  it("gives 0 where nothing is left, and remembers nothing", async () => {
    const shape = [[2, 3, 4, 4]];
    using module = await moduleOf(loss, shape, shape, "float64");
    const state = () => Object.values(module.stateDict()).map(numbers);
    const before = state();
    const s = maps().requiresGrad_();
    const value = masked(module, s, maps(), bool([false, false, false, false]));
    value.backward();
    expect(value.item()).toBe(0);
    expect(numbers(s.grad!).every((g) => g === 0)).toBe(true);
    expect(state()).toEqual(before);
  });
});

it("is refused by losses.compute, which has no shapes to make it from", () => {
  const x = randn([2, 3]);
  for (const loss of [losses.vid(), losses.reviewKd(), losses.crd()]) {
    expect(() => losses.compute(loss, { student: x, teacher: x })).toThrow(/use it in distill\(\)/);
  }
});

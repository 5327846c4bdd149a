/** Divergences of rows: masks, saturation, empty and odd shapes, and what they refuse. */

import { describe, expect, test } from "vitest";
import { ops, type Tensor, tensor, zeros } from "../../lib/tensor/index.js";
import { lossOf, NAMES, run } from "./divergence.js";
import { coded, distance, labelsOf, logits, numbers } from "./inputs.js";

const TYPES = ["float32", "float64", "bfloat16", "float16"] as const;
const finite = (of: Tensor) => numbers(of).every(Number.isFinite);
const labels = tensor([0, 1, 2], { dtype: "int64" });

describe("masked classes", () => {
  const hidden = [4, 5, 6, 9, 17];
  const isHidden = (_: unknown, i: number) => hidden.includes(i % 19);
  const replace = (of: Tensor, by: number) =>
    tensor(
      numbers(of).map((x, i) => (isHidden(x, i) ? by : x)),
      { shape: of.shape, dtype: of.dtype },
    );
  const mask = (of: Tensor) => replace(of, -Infinity);
  const without = (of: Tensor) =>
    tensor(
      numbers(of).filter((x, i) => !isHidden(x, i)),
      { shape: [3, 19 - hidden.length], dtype: of.dtype },
    );

  test.each(NAMES)("by both sides they are as good as absent: %s", (name) => {
    for (const dtype of TYPES) {
      const [z, v] = [logits(3, 19, 0.3, dtype), logits(3, 19, 2.1, dtype)];
      const masked = run(name, mask(z), mask(v), { labels });
      const absent = run(name, without(z), without(v), { labels });
      // logit_mse is a mean over the classes, which has more of them.
      const share = name === "logit_mse" ? (19 - hidden.length) / 19 : 1;
      expect(masked.value / (absent.value * share)).toBeCloseTo(1, 5);
      const expected = numbers(absent.gradient).map((g) => g * share);
      const tolerance = dtype === "bfloat16" ? 8e-3 : dtype === "float16" ? 1e-3 : 1e-6;
      const largest = Math.max(...expected.map(Math.abs));
      expect(distance(without(masked.gradient), expected) / largest).toBeLessThan(tolerance);
      expect(
        numbers(masked.gradient)
          .filter(isHidden)
          .every((g) => g === 0),
      ).toBe(true);
    }
  });

  const [z, v] = [logits(3, 19, 0.3), logits(3, 19, 2.1)];

  test.each([
    ["jsd", {}],
    ["skew_kl", {}],
    ["skew_reverse_kl", {}],
    ["logit_standardization", {}],
    ["dkd", {}],
  ] as const)("by the teacher alone %s is finite, the limit of ever smaller logits", (name, o) => {
    const { value, gradient } = run(name, z, mask(v), { ...o, labels });
    expect(finite(gradient)).toBe(true);
    expect(value).toBeGreaterThan(0);
    if (name === "logit_standardization") return;
    const limit = run(name, z, replace(v, -1e4), { ...o, labels });
    expect(value).toBeCloseTo(limit.value, 4);
    expect(distance(gradient, limit.gradient)).toBeLessThan(1e-5);
  });

  test.each(["jsd", "skew_kl", "skew_reverse_kl"] as const)(
    "by the student alone %s is finite, the limit of ever smaller logits",
    (name) => {
      const { value, gradient } = run(name, mask(z), v);
      const limit = run(name, replace(z, -1e4), v);
      expect(value).toBeCloseTo(limit.value, 5);
      expect(distance(gradient, limit.gradient)).toBeLessThan(1e-6);
    },
  );

  test("by the student alone KL(p‖q) is infinite, its gradient finite", () => {
    for (const name of ["dkd", "logit_standardization"] as const) {
      const { value, gradient } = run(name, mask(z), v, { labels });
      expect(value).toBe(Infinity);
      expect(finite(gradient)).toBe(true);
    }
    expect(run("jsd", mask(z), v, { beta: 0 }).value).toBe(Infinity);
  });

  test("KL(q‖p) is infinite where the teacher masks; the student follows on the rest", () => {
    const { value, gradient } = run("reverse_kl", z, mask(v));
    expect(value).toBe(Infinity);
    const rest = run("reverse_kl", mask(z), mask(v));
    expect(Number.isFinite(rest.value)).toBe(true);
    expect(distance(gradient, rest.gradient)).toBeLessThan(1e-7);
    // A student that gives such classes nothing is not punished.
    expect(run("reverse_kl", replace(z, -1e4), mask(v)).value).toBeCloseTo(rest.value, 5);
    expect(finite(run("reverse_kl", mask(z), v).gradient)).toBe(true);
    // And one that gives all to them has nothing to follow.
    const lost = run("reverse_kl", tensor([[0, -Infinity]]), tensor([[-Infinity, 0]]));
    expect(lost.value).toBe(Infinity);
    expect(numbers(lost.gradient)).toEqual([0, 0]);
  });

  test.each(NAMES)("a row of nothing else, or with a NaN, is NaN; others are not: %s", (name) => {
    if (name === "logit_mse") return;
    const good = logits(2, 5, 0.3);
    for (const row of [Array(5).fill(-Infinity) as number[], [0, 1, Number.NaN, 2, 3]]) {
      const bad = tensor([...row, ...numbers(good).slice(5)], { shape: [2, 5] });
      for (const [z, v] of [
        [bad, good],
        [good, bad],
      ] as const) {
        const { value, gradient } = run(name, z, v, { labels: labelsOf(2, 5) });
        expect(value).toBeNaN();
        expect(numbers(gradient).slice(5).every(Number.isFinite)).toBe(true);
      }
      // Left out, it is not even looked at.
      const mask = tensor([false, true], { dtype: "bool" });
      expect(run(name, bad, good.flip([0]), { labels: labelsOf(2, 5), mask }).value).not.toBeNaN();
    }
  });
});

describe("saturated logits", () => {
  test.each(NAMES)("%s", (name) => {
    for (const dtype of TYPES)
      for (const temperature of [1, 4]) {
        const student = tensor(
          [
            [1e4, -1e4, 0, 3],
            [-1e4, 1e4, 1e4, 5],
            [1e4, 1e4, 1e4, 1e4],
          ],
          { dtype },
        );
        const teacher = tensor(
          [
            [-1e4, 1e4, 0, 2],
            [-1e4, 1e4, 1e4, 4],
            [-1e4, -1e4, -1e4, -1e4],
          ],
          { dtype },
        );
        const options = name === "logit_mse" ? { labels } : { temperature, labels };
        const { value, gradient } = run(name, student, teacher, options);
        const exact = run(name, student.to("float64"), teacher.to("float64"), options);
        expect(Number.isFinite(value)).toBe(true);
        expect(finite(gradient)).toBe(true);
        expect(Math.abs(value - exact.value)).toBeLessThanOrEqual(2e-6 * Math.abs(exact.value));
        expect(distance(gradient, exact.gradient)).toBeLessThan(
          (dtype.endsWith("16") ? 5e-3 : 1e-5) *
            Math.max(1, ...numbers(exact.gradient).map(Math.abs)),
        );
      }
  });

  test("jsd of opposites is the entropy of its weights", () => {
    const [z, v] = [tensor([[1e4, -1e4]]), tensor([[-1e4, 1e4]])];
    expect(run("jsd", z, v).value).toBeCloseTo(Math.log(2), 6);
    expect(run("skew_kl", z, v).value).toBeCloseTo(-Math.log(0.1), 6);
    expect(run("skew_reverse_kl", z, v).value).toBeCloseTo(-Math.log(0.1), 6);
  });

  test("dkd takes 1 - p_y from the others", () => {
    // 1 - p_y is e^-80 on both sides, far below what a difference from 1 could tell.
    const v = tensor([[80, 0, -1]], { dtype: "float64" });
    const z = tensor([[60, -1, 0]], { dtype: "float64" });
    const y = tensor([0], { dtype: "int64" });
    const binary = run("dkd", z, v, { labels: y, alpha: 1, beta: 0, temperature: 1 });
    const [label, rest] = [Math.log1p(Math.exp(-1)), Math.log1p(Math.exp(-1)) - 60];
    expect(binary.value).toBeCloseTo(Math.log1p(Math.exp(rest)), 16);
    expect(label).toBeGreaterThan(0);
    const others = run("dkd", z, v, { labels: y, alpha: 0, beta: 1, temperature: 1 });
    const p = 1 / (1 + Math.exp(-1));
    expect(others.value).toBeCloseTo(2 * p - 1, 12);
    // One class alone has no rest.
    const alone = tensor([[80, -Infinity, -Infinity]], { dtype: "float64" });
    const only = run("dkd", z, alone, { labels: y, temperature: 1 });
    expect(only.value).toBeCloseTo(Math.log1p(Math.exp(rest)), 16);
    expect(finite(only.gradient)).toBe(true);
  });
});

describe("shapes", () => {
  test.each(NAMES)("%s: nothing gives 0 with a gradient of zeros", (name) => {
    for (const dtype of TYPES) {
      const none = run(name, zeros([0, 5], { dtype }), zeros([0, 5], { dtype }), {
        labels: tensor([], { shape: [0], dtype: "int64" }),
      });
      expect(none.value).toBe(0);
      expect(none.gradient.shape).toEqual([0, 5]);
      const [z, v] = [logits(3, 5, 0.3, dtype), logits(3, 5, 2.1, dtype)];
      const mask = zeros([3], { dtype: "bool" });
      const masked = run(name, z, v, { labels, mask });
      expect(masked.value).toBe(0);
      expect(numbers(masked.gradient)).toEqual(Array(15).fill(0));
    }
  });

  test.each(NAMES)("%s: one class is 0, one sample is what it is among others", (name) => {
    const options = { labels: tensor([0, 0, 0], { dtype: "int64" }) };
    const one = run(name, tensor([[3], [-2], [5]]), tensor([[3], [9], [-4]]), options);
    if (name !== "logit_mse") {
      expect(one.value).toBe(0);
      expect(numbers(one.gradient).map(Math.abs)).toEqual([0, 0, 0]);
    } else expect(one.value).toBeCloseTo((121 + 81) / 3, 4);
    const [z, v] = [logits(1, 9, 0.3, "float64"), logits(1, 9, 2.1, "float64")];
    const single = run(name, z, v, { labels: tensor([2], { dtype: "int64" }) });
    const twice = run(name, z.repeat([2, 1]), v.repeat([2, 1]), {
      labels: tensor([2, 2], { dtype: "int64" }),
    });
    expect(twice.value).toBeCloseTo(single.value, 14);
    const flat = run(name, z.reshape([9]), v.reshape([9]), {
      labels: tensor([2], { dtype: "int64" }),
    });
    expect(flat.value).toBe(single.value);
    expect(flat.gradient.shape).toEqual([9]);
  });

  test.each(NAMES)("%s: strides, and leading dimensions", (name) => {
    const [z, v] = [logits(6, 8, 0.3), logits(6, 8, 2.1)];
    const y = labelsOf(6, 8);
    const mask = tensor([true, false, true, true, false, true], { dtype: "bool" });
    const plain = run(name, z, v, { labels: y, mask });
    const columns = (of: Tensor) => of.t().contiguous().t();
    const strided = run(name, columns(z), columns(v), { labels: y, mask });
    expect(strided.value).toBe(plain.value);
    expect(numbers(strided.gradient)).toEqual(numbers(plain.gradient));
    const spread = zeros([6, 20]);
    spread.slice(1, 5, 13).copy_(v);
    expect(run(name, z, spread.slice(1, 5, 13), { labels: y, mask }).value).toBe(plain.value);
    const deep = run(name, z.reshape([2, 3, 8]), v.reshape([2, 3, 8]), {
      labels: y.reshape([2, 3]),
      mask: mask.reshape([2, 3]),
    });
    expect(deep.value).toBe(plain.value);
    expect(deep.gradient.shape).toEqual([2, 3, 8]);
  });

  test("a constant row is standardized to zeros and has a finite gradient", () => {
    const z = tensor([[2, 2, 2, 2]], { dtype: "float64" });
    const { value, gradient } = run("logit_standardization", z, logits(1, 4, 2.1, "float64"));
    expect(value).toBeGreaterThan(0.01);
    expect(finite(gradient)).toBe(true);
  });
});

describe("half types", () => {
  test.each(NAMES)("%s is computed in float32 and rounded once, scaled or not", (name) => {
    for (const dtype of ["bfloat16", "float16"] as const) {
      const [z, v, y] = [logits(40, 90, 0.3, dtype), logits(40, 90, 2.1, dtype), labelsOf(40, 90)];
      const wide = run(name, z.to("float32"), v.to("float32"), { labels: y });
      const narrow = run(name, z, v, { labels: y });
      expect(narrow.value).toBe(wide.value);
      expect(numbers(narrow.gradient)).toEqual(numbers(wide.gradient.to(dtype)));
      const student = z.detach().requiresGrad_();
      lossOf(name, student, v, { labels: y }).mul(1024).backward();
      expect(numbers(student.grad!)).toEqual(numbers(wide.gradient.mul(1024).to(dtype)));
    }
  });
});

describe("refusals", () => {
  const [z, v] = [zeros([3, 4]), zeros([3, 4])];
  const p = ops.potstill;
  const cases: [string, () => unknown, string, RegExp][] = [
    ["T of 0", () => p.reverse_kl(z, v, 0), "ERR_CONFIG", /reverse_kl: temperature must be/],
    ["infinite T", () => p.jsd(z, v, 0.5, Infinity), "ERR_CONFIG", /jsd: temperature must be/],
    ["beta", () => p.jsd(z, v, 1.5), "ERR_CONFIG", /jsd: beta must be from 0 to 1, got 1.5/],
    ["skew", () => p.skew_kl(z, v, -0.1), "ERR_CONFIG", /skew_kl: skew must be from 0 to 1/],
    ["alpha", () => p.dkd(z, v, labels, -1), "ERR_CONFIG", /dkd: alpha must be positive or 0/],
    [
      "beta of dkd",
      () => p.dkd(z, v, labels, 1, NaN),
      "ERR_CONFIG",
      /dkd: beta must be positive or 0/,
    ],
    ["classes", () => p.logit_mse(z, zeros([3, 5])), "ERR_SHAPE", /4 classes, the teacher 5/],
    ["rows", () => p.skew_reverse_kl(z, zeros([2, 4])), "ERR_SHAPE", /must agree/],
    [
      "integers",
      () => p.reverse_kl(z, zeros([3, 4], { dtype: "int64" })),
      "ERR_DTYPE",
      /teacher's/,
    ],
    ["mask's type", () => p.logit_mse(z, v, zeros([3])), "ERR_DTYPE", /mask must have dtype bool/],
    [
      "mask's shape",
      () => p.jsd(z, v, 0.5, 1, false, zeros([4], { dtype: "bool" })),
      "ERR_SHAPE",
      /need a mask of shape \[3\]/,
    ],
    ["labels' type", () => p.dkd(z, v, zeros([3])), "ERR_DTYPE", /labels must have dtype int64/],
    [
      "labels' shape",
      () => p.dkd(z, v, tensor([0], { dtype: "int64" })),
      "ERR_SHAPE",
      /need labels of shape/,
    ],
    [
      "a label",
      () => p.dkd(z, v, tensor([0, 4, 1], { dtype: "int64" })),
      "ERR_DATA",
      /label 4 in row 1 is none of the 4/,
    ],
  ];
  test.each(cases)("%s", (_, call, code, message) => {
    expect(call).toThrowError(coded(code, message));
  });
});

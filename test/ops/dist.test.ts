/** potstill::dist: differences, laws and edges; test/ops/divergences.test.ts has the oracle. */

import { describe, expect, test } from "vitest";
import { inferenceMode, ops, tensor, zeros } from "../../lib/tensor/index.js";
import { lossOf, run } from "./divergence.js";
import { coded, distance, logits, numbers } from "./inputs.js";

const TYPES = ["float32", "float64", "bfloat16", "float16"] as const;
const finite = (list: readonly number[]) => list.every(Number.isFinite);

test.each([{}, { beta: 0 }, { gamma: 0 }, { beta: 0.5, gamma: 2, temperature: 3, scale: true }])(
  "finite differences in float64: %j",
  (options) => {
    const [rows, classes] = [4, 5];
    const [z, v] = [logits(rows, classes, 0.3, "float64"), logits(rows, classes, 2.1, "float64")];
    const given = { ...options, mask: tensor([true, false, true, true], { dtype: "bool" }) };
    const { gradient } = run("dist", z, v, given);
    const values = numbers(z);
    const step = 1e-5;
    const at = (i: number, by: number) => {
      const moved = values.map((value, j) => (i === j ? value + by : value));
      const student = tensor(moved, { shape: [rows, classes], dtype: "float64" });
      return lossOf("dist", student, v, given).item<number>();
    };
    const differences = values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
    expect(Math.max(...differences.map(Math.abs))).toBeGreaterThan(0.005);
    expect(distance(gradient, differences)).toBeLessThan(1e-8);
  },
);

describe("laws", () => {
  const [z, v] = [logits(9, 21, 0.3, "float64"), logits(9, 21, 2.1, "float64")];
  const there = run("dist", z, v);

  test("the order of rows and classes does not matter", () => {
    for (const dim of [0, 1]) {
      const back = run("dist", z.flip([dim]), v.flip([dim]));
      expect(back.value).toBeCloseTo(there.value, 13);
      expect(distance(back.gradient.flip([dim]), there.gradient)).toBeLessThan(1e-14);
    }
  });

  test("rows that the mask leaves out are as good as absent", () => {
    const mask = tensor(
      Array.from({ length: 9 }, (_, row) => row > 2),
      { dtype: "bool" },
    );
    const masked = run("dist", z, v, { mask });
    const part = run("dist", z.slice(0, 3), v.slice(0, 3));
    expect(masked.value).toBeCloseTo(part.value, 13);
    expect(distance(masked.gradient.slice(0, 3), part.gradient)).toBeLessThan(1e-14);
    expect(numbers(masked.gradient.slice(0, 0, 3))).toEqual(Array(63).fill(0));
  });

  test("equal logits correlate exactly, whatever the type", () => {
    for (const dtype of TYPES) {
      const same = logits(9, 33, 0.3, dtype);
      const { value, gradient } = run("dist", same, same, { temperature: 2 });
      expect(value).toBe(0);
      expect(Math.max(...numbers(gradient).map(Math.abs))).toBeLessThan(1e-6);
    }
  });

  test("opposites correlate negatively", () => {
    const [a, b] = [
      tensor([
        [9, 0],
        [0, 9],
      ]),
      tensor([
        [0, 9],
        [9, 0],
      ]),
    ];
    expect(run("dist", a, b).value).toBeCloseTo(4, 5);
  });

  test("values need no gradient, the teacher gets none, there is no second one", () => {
    expect(inferenceMode(() => lossOf("dist", z, v).item())).toBe(there.value);
    const teacher = v.detach().requiresGrad_();
    run("dist", z, teacher);
    expect(teacher.grad).toBeNull();
    const student = z.detach().requiresGrad_();
    lossOf("dist", student, v).backward({ createGraph: true });
    expect(() => student.grad!.pow(2).sum().backward()).toThrow(/double backward is not supported/);
  });
});

describe("edges", () => {
  test("nothing, one class and one sample", () => {
    for (const dtype of TYPES) {
      const none = run("dist", zeros([0, 4], { dtype }), zeros([0, 4], { dtype }));
      expect(none.value).toBe(0);
      const [z, v] = [logits(3, 4, 0.3, dtype), logits(3, 4, 2.1, dtype)];
      const masked = run("dist", z, v, { mask: zeros([3], { dtype: "bool" }) });
      expect([masked.value, ...numbers(masked.gradient)]).toEqual(Array(13).fill(0));
      const one = run("dist", logits(3, 1, 0.3, dtype), logits(3, 1, 2.1, dtype));
      expect([one.value, ...numbers(one.gradient).map(Math.abs)]).toEqual([0, 0, 0, 0]);
      // One sample has no correlation within classes.
      const [a, b] = [z.slice(0, 0, 1), v.slice(0, 0, 1)];
      expect(run("dist", a, b, { beta: 0 }).value).toBe(0);
      expect(run("dist", a, b).value).toBe(run("dist", a, b, { gamma: 0 }).value);
    }
  });

  test("saturated and masked logits are finite", () => {
    for (const dtype of TYPES) {
      const student = [
        [1e4, -1e4, 0, -Infinity],
        [-1e4, 1e4, 1e4, 5],
        [1e4, 1e4, 1e4, 1e4],
      ];
      const teacher = [
        [-1e4, 1e4, 0, -Infinity],
        [-Infinity, 1e4, 1e4, 4],
        [-1e4, -1e4, -1e4, -1e4],
      ];
      const { value, gradient } = run(
        "dist",
        tensor(student, { dtype }),
        tensor(teacher, { dtype }),
      );
      expect(finite([value, ...numbers(gradient)])).toBe(true);
      expect(value).toBeGreaterThan(0.1);
    }
  });

  test("half types are computed in float32 and rounded once; strides do not matter", () => {
    for (const dtype of ["bfloat16", "float16"] as const) {
      const [z, v] = [logits(20, 40, 0.3, dtype), logits(20, 40, 2.1, dtype)];
      const wide = run("dist", z.to("float32"), v.to("float32"));
      const narrow = run("dist", z, v);
      expect(narrow.value).toBe(wide.value);
      expect(numbers(narrow.gradient)).toEqual(numbers(wide.gradient.to(dtype)));
      const columns = run("dist", z.t().contiguous().t(), v);
      expect(numbers(columns.gradient)).toEqual(numbers(narrow.gradient));
    }
  });

  test("options out of range are refused", () => {
    const [z, v] = [zeros([3, 4]), zeros([3, 4])];
    const refuse = (call: () => unknown, message: RegExp) =>
      expect(call).toThrowError(coded("ERR_CONFIG", message));
    refuse(() => ops.potstill.dist(z, v, -1), /dist: beta must be positive or 0/);
    refuse(() => ops.potstill.dist(z, v, 1, Number.NaN), /dist: gamma must be positive or 0/);
    refuse(() => ops.potstill.dist(z, v, 1, 1, 0), /dist: temperature must be positive/);
  });
});

/** Divergences of rows of logits: values and gradients against PyTorch, differences, and laws. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DType, inferenceMode, type Tensor, tensor } from "../../lib/tensor/index.js";
import { lossOf, type Name, type Options, run } from "./divergence.js";
import { distance, labelsOf, logits, numbers } from "./inputs.js";

interface Case {
  op: Name;
  options: Options;
  rows: number;
  classes: number;
  student: DType;
  teacher: DType;
  masked: number[];
  loss: number;
  gradient: number[];
}

const cases = JSON.parse(
  readFileSync(new URL("../oracles/divergences.json", import.meta.url), "utf8"),
) as Case[];

const size = (values: readonly number[]) => Math.max(...values.map(Math.abs));
const maskOf = (rows: number, masked: readonly number[]) =>
  tensor(
    Array.from({ length: rows }, (_, row) => !masked.includes(row)),
    { dtype: "bool" },
  );

/** Relative error of a gradient: computed in float64, in float32, or rounded to a half type. */
const GRADIENT_TOLERANCE: Partial<Record<DType, number>> = {
  float64: 1e-13,
  float32: 2e-6,
  float16: 2 ** -11 + 2e-6,
  bfloat16: 2 ** -8 + 2e-6,
};

describe("against PyTorch", () => {
  test.each(
    cases.map((c) => {
      const masked = c.masked.length > 0 ? `, without rows ${c.masked}` : "";
      const options = JSON.stringify(c.options);
      return [`${c.op} ${options} (${c.classes}) ${c.student} ${c.teacher}${masked}`, c] as const;
    }),
  )("%s", (_, c) => {
    const mask = c.masked.length > 0 ? maskOf(c.rows, c.masked) : null;
    const { loss, value, gradient } = run(
      c.op,
      logits(c.rows, c.classes, 0.3, c.student),
      logits(c.rows, c.classes, 2.1, c.teacher),
      { ...c.options, mask, labels: labelsOf(c.rows, c.classes) },
    );
    const wide = c.student === "float64" || c.teacher === "float64";
    expect(loss.dtype).toBe(wide ? "float64" : "float32");
    expect(loss.shape).toEqual([]);
    expect(gradient.dtype).toBe(c.student);
    const scale = Math.max(1, Math.abs(c.loss), (c.options.temperature ?? 1) ** 2);
    expect(Math.abs(value - c.loss) / scale).toBeLessThan(wide ? 1e-14 : 1e-6);
    const terms = Math.max(size(c.gradient), 0.05 / c.rows);
    expect(distance(gradient, c.gradient) / terms).toBeLessThan(GRADIENT_TOLERANCE[c.student]!);
  });

  test("the cases differ", () => {
    const values = cases.map((c) => c.loss);
    expect(cases.length).toBeGreaterThan(150);
    expect(Math.max(...values)).toBeGreaterThan(4);
    expect(new Set(values.map((value) => value.toFixed(5))).size).toBeGreaterThan(100);
  });
});

const SETTINGS: [Name, Options][] = [
  ["reverse_kl", { temperature: 2 }],
  ["jsd", { beta: 0.3, temperature: 2, scale: true }],
  ["jsd", { beta: 0, temperature: 2 }],
  ["jsd", { beta: 1, temperature: 2 }],
  ["skew_kl", { skew: 0.3, temperature: 1.5 }],
  ["skew_kl", { skew: 0, temperature: 1.5 }],
  ["skew_reverse_kl", { skew: 0.3, temperature: 1.5, scale: true }],
  ["skew_reverse_kl", { skew: 0, temperature: 1.5 }],
  ["logit_standardization", { temperature: 1.3 }],
  ["logit_mse", {}],
  ["dkd", { temperature: 2, alpha: 0.7, beta: 3 }],
];

test.each(SETTINGS)("finite differences in float64: %s %j", (name, options) => {
  const [rows, classes] = [3, 5];
  const student = logits(rows, classes, 0.3, "float64");
  const teacher = logits(rows, classes, 2.1, "float64");
  const given = { ...options, mask: maskOf(rows, [1]), labels: labelsOf(rows, classes) };
  const { gradient } = run(name, student, teacher, given);
  const values = numbers(student);
  const step = 1e-5;
  const at = (i: number, by: number) => {
    const moved = values.map((value, j) => (i === j ? value + by : value));
    const z = tensor(moved, { shape: [rows, classes], dtype: "float64" });
    return lossOf(name, z, teacher, given).item<number>();
  };
  const differences = values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
  expect(size(differences)).toBeGreaterThan(0.005);
  expect(distance(gradient, differences)).toBeLessThan(1e-8);
});

describe.each(SETTINGS)("laws of %s %j", (name, options) => {
  const shape = fc.record({
    rows: fc.integer({ min: 2, max: 9 }),
    classes: fc.integer({ min: 2, max: 40 }),
    seed: fc.double({ min: 0, max: 6, noNaN: true }),
  });
  const inputs = (rows: number, classes: number, seed: number): [Tensor, Tensor, Tensor] => [
    logits(rows, classes, seed, "float64"),
    logits(rows, classes, seed + 1.1, "float64"),
    labelsOf(rows, classes),
  ];

  test("the mean over parts is the mean over the whole, and masks make parts", () => {
    fc.assert(
      fc.property(shape, ({ rows, classes, seed }) => {
        const [z, v, y] = inputs(rows, classes, seed);
        const part = (from: number, to: number) => {
          const [a, b, labels] = [z, v, y].map((t) => t.slice(0, from, to));
          return run(name, a!, b!, { ...options, labels: labels! });
        };
        const cut = Math.ceil(rows / 3);
        const [whole, first, second] = [part(0, rows), part(0, cut), part(cut, rows)];
        const sum = cut * first.value + (rows - cut) * second.value;
        expect(sum / rows).toBeCloseTo(whole.value, 10);
        const gradients = [
          ...numbers(first.gradient).map((g) => (g * cut) / rows),
          ...numbers(second.gradient).map((g) => (g * (rows - cut)) / rows),
        ];
        expect(distance(gradients, whole.gradient)).toBeLessThan(1e-12);
        const left = Array.from({ length: rows - cut }, (_, i) => cut + i);
        const masked = run(name, z, v, { ...options, labels: y, mask: maskOf(rows, left) });
        expect(masked.value).toBe(first.value);
        const zeros = Array(left.length * classes).fill(0) as number[];
        expect(numbers(masked.gradient)).toEqual([...numbers(first.gradient), ...zeros]);
      }),
      { numRuns: 25 },
    );
  });

  test("the order of the classes does not matter", () => {
    fc.assert(
      fc.property(shape, ({ rows, classes, seed }) => {
        const [z, v, y] = inputs(rows, classes, seed);
        const there = run(name, z, v, { ...options, labels: y });
        const mirrored = numbers(y).map((label) => classes - 1 - label);
        const labels = tensor(mirrored, { dtype: "int64" });
        const back = run(name, z.flip([1]), v.flip([1]), { ...options, labels });
        expect(back.value).toBeCloseTo(there.value, 10);
        expect(distance(back.gradient.flip([1]), there.gradient)).toBeLessThan(1e-11);
      }),
      { numRuns: 25 },
    );
  });

  test("equal logits diverge by exactly nothing, whatever the type", () => {
    for (const dtype of ["float32", "float64", "bfloat16", "float16"] as const) {
      const z = logits(4, 33, 0.3, dtype);
      const { value, gradient } = run(name, z, z, { ...options, labels: labelsOf(4, 33) });
      expect(value).toBe(0);
      expect(size(numbers(gradient))).toBeLessThan(dtype === "float64" ? 1e-16 : 1e-7);
    }
  });

  test("it is positive, and student and teacher are not interchangeable", () => {
    const [z, v, labels] = inputs(5, 12, 0.3);
    const there = run(name, z, v, { ...options, labels });
    const back = run(name, v, z, { ...options, labels });
    expect(there.value).toBeGreaterThan(0.001);
    const symmetric = name === "logit_mse";
    const apart = Math.abs(there.value - back.value) + distance(there.gradient, back.gradient);
    expect(apart).toBeGreaterThan(1e-3);
    if (!symmetric) expect(there.value).not.toBe(back.value);
  });

  test("gradients of a row sum to nothing where a constant on all logits does not matter", () => {
    if (name === "logit_mse") return;
    const [z, v, labels] = inputs(5, 37, 0.3);
    const { gradient } = run(name, z, v, { ...options, labels });
    for (const rest of numbers(gradient.sum(1))) expect(Math.abs(rest)).toBeLessThan(1e-14);
  });

  test("the teacher gets no gradient, also in inference mode; values need none", () => {
    const [z, v, labels] = inputs(3, 7, 0.3);
    const { value } = run(name, z, v, { ...options, labels });
    const kept = inferenceMode(() => v.add(0));
    expect(run(name, z, kept, { ...options, labels }).value).toBe(value);
    expect(lossOf(name, z, v, { ...options, labels }).item()).toBe(value);
    expect(inferenceMode(() => lossOf(name, z, v, { ...options, labels }).item())).toBe(value);
    const wanting = v.detach().requiresGrad_();
    run(name, z, wanting, { ...options, labels });
    expect(wanting.grad).toBeNull();
    expect(lossOf(name, z, wanting, { ...options, labels }).requiresGrad).toBe(false);
  });

  test("what comes from behind scales it; there is no second derivative", () => {
    const [z, v, labels] = inputs(3, 7, 0.3);
    const { gradient } = run(name, z, v, { ...options, labels });
    const student = z.detach().requiresGrad_();
    lossOf(name, student, v, { ...options, labels })
      .mul(-2.5)
      .backward();
    expect(distance(student.grad!, gradient.mul(-2.5))).toBeLessThan(1e-15);
    const again = z.detach().requiresGrad_();
    lossOf(name, again, v, { ...options, labels }).backward({ createGraph: true });
    expect(() => again.grad!.pow(2).sum().backward()).toThrow(/double backward is not supported/);
  });
});

test("as T grows they become parts of half the variance of the difference", () => {
  const z = logits(4, 10, 0.3, "float64");
  const v = logits(4, 10, 2.1, "float64");
  const difference = z.sub(v);
  const centered = difference.sub(difference.mean(1, { keepdim: true }));
  const variance = centered.pow(2).mean().item<number>();
  const temperature = 1e4;
  const ratio = (name: Name, options: Options) =>
    run(name, z, v, { ...options, temperature }).value / (variance / 2);
  expect(ratio("reverse_kl", {})).toBeCloseTo(1, 3);
  // KL(p‖M) goes with the square of M's share of q, KL(q‖M) with that of p.
  expect(ratio("jsd", { beta: 0.3, scale: true })).toBeCloseTo(0.3 * 0.49 + 0.7 * 0.09, 3);
  expect(ratio("skew_kl", { skew: 0.1, scale: true })).toBeCloseTo(0.81, 3);
  expect(ratio("skew_reverse_kl", { skew: 0.1, scale: true })).toBeCloseTo(0.81, 3);
});

/** potstill::soft_target_ce: values and gradients against PyTorch, differences, and laws. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DType, inferenceMode, tensor } from "../../lib/tensor/index.js";
import { distance, labelsOf, logits, numbers } from "./inputs.js";
import { lossOf, run } from "./loss.js";

interface Case {
  rows: number;
  classes: number;
  student: DType;
  teacher: DType;
  alpha: number;
  temperature: number;
  smoothing: number;
  ignored: number[];
  loss: number;
  gradient: number[];
}

const cases = JSON.parse(
  readFileSync(new URL("../oracles/soft_target_ce.json", import.meta.url), "utf8"),
) as Case[];

const size = (values: readonly number[]) => Math.max(...values.map(Math.abs));

/** Relative error of a gradient: computed in float64, in float32, or rounded to a half type. */
const GRADIENT_TOLERANCE: Partial<Record<DType, number>> = {
  float64: 1e-13,
  float32: 1e-6,
  float16: 2 ** -11,
  bfloat16: 2 ** -8,
};

describe("against PyTorch", () => {
  test.each(
    cases.map((c) => {
      const ignored = c.ignored.length > 0 ? `, rows ${c.ignored} ignored` : "";
      const options = `alpha ${c.alpha}, T ${c.temperature}, smoothing ${c.smoothing}${ignored}`;
      return [`${c.student} from ${c.teacher}, (${c.rows},${c.classes}), ${options}`, c] as const;
    }),
  )("%s", (_, c) => {
    const { loss, value, gradient } = run(
      logits(c.rows, c.classes, 0.3, c.student),
      logits(c.rows, c.classes, 2.1, c.teacher),
      labelsOf(c.rows, c.classes, c.ignored),
      c,
    );
    const wide = c.student === "float64" || c.teacher === "float64";
    expect(loss.dtype).toBe(wide ? "float64" : "float32");
    expect(loss.shape).toEqual([]);
    expect(gradient.dtype).toBe(c.student);
    const scale = Math.max(1, Math.abs(c.loss), c.alpha * c.temperature ** 2);
    expect(Math.abs(value - c.loss) / scale).toBeLessThan(wide ? 1e-14 : 5e-7);
    // Where the exact gradient is 0, what is left is a rounding error of terms of this size.
    const terms = (c.alpha * c.temperature + 1 - c.alpha) / c.rows / 10;
    expect(distance(gradient, c.gradient) / Math.max(size(c.gradient), terms)).toBeLessThan(
      GRADIENT_TOLERANCE[c.student]!,
    );
  });

  test("the cases differ", () => {
    const values = cases.map((c) => c.loss);
    expect(Math.max(...values)).toBeGreaterThan(4);
    expect(new Set(values).size).toBeGreaterThan(60);
  });
});

test("finite differences in float64", () => {
  const [rows, classes] = [3, 5];
  const student = logits(rows, classes, 0.3, "float64");
  const teacher = logits(rows, classes, 2.1, "float64");
  const labels = labelsOf(rows, classes, [1]);
  const options = { alpha: 0.6, temperature: 3, smoothing: 0.2 };
  const { gradient } = run(student, teacher, labels, options);
  const values = numbers(student);
  const step = 1e-5;
  const at = (i: number, by: number) => {
    const moved = values.map((value, j) => (i === j ? value + by : value));
    const z = tensor(moved, { shape: [rows, classes], dtype: "float64" });
    return lossOf(z, teacher, labels, options).item<number>();
  };
  const differences = values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
  expect(size(differences)).toBeGreaterThan(0.1);
  expect(distance(gradient, differences)).toBeLessThan(1e-9);
});

describe("laws", () => {
  const shape = fc.record({
    rows: fc.integer({ min: 2, max: 9 }),
    classes: fc.integer({ min: 1, max: 40 }),
    seed: fc.double({ min: 0, max: 6, noNaN: true }),
    alpha: fc.constantFrom(0, 0.25, 0.9, 1),
    temperature: fc.constantFrom(0.5, 1, 2, 3, 4, 20),
  });

  test("the mean over parts is the mean over the whole", () => {
    fc.assert(
      fc.property(shape, ({ rows, classes, seed, alpha, temperature }) => {
        const z = logits(rows, classes, seed, "float64");
        const v = logits(rows, classes, seed + 1.1, "float64");
        const labels = labelsOf(rows, classes);
        const part = (from: number, to: number) => {
          const [a, b, y] = [z, v, labels].map((t) => t.slice(0, from, to));
          return (to - from) * lossOf(a!, b!, y!, { alpha, temperature }).item<number>();
        };
        const cut = Math.ceil(rows / 3);
        expect((part(0, cut) + part(cut, rows)) / rows).toBeCloseTo(part(0, rows) / rows, 10);
      }),
      { numRuns: 50 },
    );
  });

  test("the order of the classes does not matter", () => {
    fc.assert(
      fc.property(shape, ({ rows, classes, seed, alpha, temperature }) => {
        const z = logits(rows, classes, seed, "float64");
        const v = logits(rows, classes, seed + 1.1, "float64");
        const labels = labelsOf(rows, classes);
        const options = { alpha, temperature, smoothing: 0.1 };
        const there = run(z, v, labels, options);
        const mirrored = numbers(labels).map((label) => classes - 1 - label);
        const back = run(z.flip([1]), v.flip([1]), tensor(mirrored, { dtype: "int64" }), options);
        expect(back.value).toBeCloseTo(there.value, 10);
        expect(distance(back.gradient.flip([1]), there.gradient)).toBeLessThan(1e-12);
      }),
      { numRuns: 50 },
    );
  });

  test("a constant on all logits of a row does not matter", () => {
    const [z, v, y] = [logits(4, 21, 0.3), logits(4, 21, 2.1), labelsOf(4, 21)];
    const there = run(z, v, y);
    const moved = run(z.add(64), v.sub(256), y);
    expect(moved.value).toBeCloseTo(there.value, 3);
    expect(distance(moved.gradient, there.gradient)).toBeLessThan(1e-4);
  });

  test("soft targets become half the variance of the difference as T grows", () => {
    const z = logits(4, 10, 0.3, "float64");
    const v = logits(4, 10, 2.1, "float64");
    const { value } = run(z, v, null, { alpha: 1, temperature: 1e4 });
    const difference = z.sub(v);
    const centered = difference.sub(difference.mean(1, { keepdim: true }));
    const variance = centered.pow(2).mean().item<number>();
    expect(value / (variance / 2)).toBeCloseTo(1, 3);
  });

  test("gradients of a row sum to nothing", () => {
    const { gradient } = run(logits(5, 37, 0.3), logits(5, 37, 2.1), labelsOf(5, 37));
    for (const rest of numbers(gradient.sum(1))) expect(Math.abs(rest)).toBeLessThan(1e-6);
  });

  test("equal logits diverge by exactly nothing", () => {
    for (const temperature of [1, 3, 4, 20]) {
      const z = logits(4, 33, 0.3);
      expect(run(z, z, null, { alpha: 1, temperature }).value).toBe(0);
    }
  });
});

describe("gradients", () => {
  test("the teacher gets none and may come from inference mode", () => {
    const teacher = inferenceMode(() => logits(3, 7, 2.1));
    expect(run(logits(3, 7, 0.3), teacher, labelsOf(3, 7)).value).toBeGreaterThan(0);
    const wanting = logits(3, 7, 2.1).requiresGrad_();
    const student = logits(3, 7, 0.3).requiresGrad_();
    lossOf(student, wanting, labelsOf(3, 7)).backward();
    expect(wanting.grad).toBeNull();
    expect(student.grad).not.toBeNull();
    expect(lossOf(student.detach(), wanting, null, { alpha: 1 }).requiresGrad).toBe(false);
  });

  test("student and teacher are not interchangeable", () => {
    const [z, v] = [logits(3, 7, 0.3), logits(3, 7, 2.1)];
    const [there, back] = [run(z, v, null, { alpha: 1 }), run(v, z, null, { alpha: 1 })];
    expect(Math.abs(there.value - back.value)).toBeGreaterThan(1e-3);
  });

  test("the value is the same without a gradient", () => {
    const [z, v, y] = [logits(4, 50, 0.3), logits(4, 50, 2.1), labelsOf(4, 50)];
    const { value } = run(z, v, y);
    expect(lossOf(z, v, y).item()).toBe(value);
    expect(inferenceMode(() => lossOf(z, v, y).item())).toBe(value);
  });

  test("what comes from behind scales it", () => {
    const student = logits(3, 7, 0.3).requiresGrad_();
    const { gradient } = run(student, logits(3, 7, 2.1), labelsOf(3, 7));
    lossOf(student, logits(3, 7, 2.1), labelsOf(3, 7))
      .mul(-2.5)
      .backward();
    const scaled = numbers(gradient).map((g) => -2.5 * g);
    expect(distance(student.grad!, scaled)).toBeLessThan(1e-7);
  });

  test("backward twice over one graph adds up", () => {
    const student = logits(3, 7, 0.3).requiresGrad_();
    const loss = lossOf(student, logits(3, 7, 2.1), labelsOf(3, 7));
    loss.backward({ retainGraph: true });
    const once = numbers(student.grad!);
    loss.backward();
    expect(numbers(student.grad!)).toEqual(once.map((g) => 2 * g));
  });

  test.each(["bfloat16", "float16"] as const)("%s is rounded once, scaled or not", (dtype) => {
    const [z, v, y] = [logits(40, 90, 0.3, dtype), logits(40, 90, 2.1, dtype), labelsOf(40, 90)];
    const wide = run(z.to("float32"), v.to("float32"), y).gradient;
    expect(numbers(run(z, v, y).gradient)).toEqual(numbers(wide.to(dtype)));
    const student = z.detach().requiresGrad_();
    lossOf(student, v, y).mul(1024).backward();
    expect(numbers(student.grad!)).toEqual(numbers(wide.mul(1024).to(dtype)));
  });

  test("a loss scale saves what float16 would lose", () => {
    const z = tensor([[12, 0, -8]], { dtype: "float16" });
    const y = tensor([0], { dtype: "int64" });
    const exact = numbers(run(z.to("float64"), z.to("float64"), y, { alpha: 0 }).gradient);
    const student = z.detach().requiresGrad_();
    lossOf(student, z, y, { alpha: 0 }).mul(65536).backward();
    // Unscaled these are 6e-6 and 2e-9, below and far below the normal numbers of float16.
    for (const i of [1, 2])
      expect(numbers(student.grad!)[i]! / 65536 / exact[i]!).toBeCloseTo(1, 2);
  });

  test("there is no second derivative, and it says so", () => {
    const student = logits(3, 7, 0.3).requiresGrad_();
    lossOf(student, logits(3, 7, 2.1), labelsOf(3, 7)).backward({ createGraph: true });
    expect(() => student.grad!.pow(2).sum().backward()).toThrow(/double backward is not supported/);
  });
});

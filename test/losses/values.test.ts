/** Values and gradients of losses against PyTorch, and the laws that they obey. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Loss, losses } from "../../lib/losses/index.js";
import { type DType, type Tensor, tensor } from "../../lib/tensor/index.js";

interface Plain {
  data: number[];
  shape: number[];
  dtype: DType;
}
interface Case {
  loss: Loss["kind"];
  options: object;
  student: Plain;
  teacher: Plain | null;
  labels: Plain | null;
  value: number;
  gradient: number[];
}
const { cases } = JSON.parse(readFileSync(new URL("./losses.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

function toTensor({ data, shape, dtype }: Plain, floating: DType = "float64"): Tensor {
  return tensor(data, { shape, dtype: dtype === "int64" ? dtype : floating });
}

function make(kind: Loss["kind"], options: object): Loss {
  return (losses[kind] as (options: object) => Loss)(options);
}

/** Value and gradient by the student. */
function evaluate(
  loss: Loss,
  student: Tensor,
  teacher: Tensor | null = null,
  labels: Tensor | null = null,
): { value: number; gradient: number[] } {
  const z = student.detach().requiresGrad_();
  const result = losses.compute(loss, { student: z, teacher, labels });
  expect(result.shape).toEqual([]);
  result.backward();
  return { value: Number(result.item()), gradient: Array.from(z.grad!.dataSync(), Number) };
}

function expectNear(actual: number[], expected: number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
  expect(worst <= tolerance * scale, `off by ${worst} of ${scale}`).toBe(true);
}

describe.each([
  ["float64", 1e-12],
  ["float32", 1e-5],
] as const)("PyTorch in %s", (dtype, tolerance) => {
  test.each(cases.map((each) => [`${each.loss} ${JSON.stringify(each.options)}`, each] as const))(
    "%s",
    (_, each) => {
      const { value, gradient } = evaluate(
        make(each.loss, each.options),
        toTensor(each.student, dtype),
        each.teacher && toTensor(each.teacher, dtype),
        each.labels && toTensor(each.labels, dtype),
      );
      expectNear([value], [each.value], tolerance);
      expectNear(gradient, each.gradient, tolerance);
    },
  );
});

test("gradients are those of finite differences", () => {
  const step = 1e-6;
  for (const each of cases.filter(({ student }) => !student.data.some((x) => Math.abs(x) > 100))) {
    const loss = make(each.loss, each.options);
    const teacher = each.teacher && toTensor(each.teacher);
    const labels = each.labels && toTensor(each.labels);
    const { gradient } = evaluate(loss, toTensor(each.student), teacher, labels);
    const at = (index: number, by: number) => {
      const data = [...each.student.data];
      data[index] = data[index]! + by;
      const student = toTensor({ ...each.student, data });
      return Number(losses.compute(loss, { student, teacher, labels }).item());
    };
    for (const index of [0, 5, 17, each.student.data.length - 1]) {
      const slope = (at(index, step) - at(index, -step)) / (2 * step);
      expect(Math.abs(slope - gradient[index]!), `${each.loss} ${index}`).toBeLessThan(1e-7);
    }
  }
});

describe("laws", () => {
  const classes = 5;
  const logits = (rows: number) =>
    fc.array(fc.double({ min: -20, max: 20, noNaN: true }), {
      minLength: rows * classes,
      maxLength: rows * classes,
    });
  const sample = fc.integer({ min: 2, max: 8 }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      z: logits(rows),
      v: logits(rows),
      y: fc.array(fc.constantFrom(0, 1, 2, 3, 4, -100), { minLength: rows, maxLength: rows }),
      cut: fc.integer({ min: 1, max: rows - 1 }),
    }),
  );
  const part = (values: number[], from: number, to: number) =>
    tensor(values.slice(from * classes, to * classes), {
      shape: [to - from, classes],
      dtype: "float64",
    });
  const part1 = (values: number[], from: number, to: number) =>
    tensor(values.slice(from, to), { shape: [to - from], dtype: "int64" });

  test("a loss is the mean over samples, however they are split", () => {
    const all: [Loss, boolean][] = [
      [losses.response({ alpha: 0.7, temperature: 3, labelSmoothing: 0.1 }), true],
      [losses.crossEntropy(), true],
      [losses.softTargets({ temperature: 2 }), false],
      [losses.logitMse(), false],
    ];
    fc.assert(
      fc.property(sample, ({ rows, z, v, y, cut }) => {
        for (const [loss, ignores] of all) {
          const over = (from: number, to: number) => {
            const counted = ignores
              ? y.slice(from, to).filter((each) => each >= 0).length
              : to - from;
            const { value, gradient } = evaluate(
              loss,
              part(z, from, to),
              part(v, from, to),
              ignores ? part1(y, from, to) : null,
            );
            return { counted, sum: value * counted, gradient: gradient.map((g) => g * counted) };
          };
          const whole = over(0, rows);
          const [first, second] = [over(0, cut), over(cut, rows)];
          expectNear([first.sum + second.sum], [whole.sum], 1e-11);
          expectNear([...first.gradient, ...second.gradient], whole.gradient, 1e-11);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("renaming the classes changes nothing", () => {
    const order = [3, 0, 4, 1, 2];
    const renamed = (values: number[]) =>
      values.map((_, i) => values[i - (i % classes) + order[i % classes]!]!);
    fc.assert(
      fc.property(sample, ({ rows, z, v, y }) => {
        const loss = losses.response({ temperature: 5 });
        const before = evaluate(loss, part(z, 0, rows), part(v, 0, rows), part1(y, 0, rows));
        const labels = y.map((each) => (each < 0 ? each : order.indexOf(each)));
        const after = evaluate(
          loss,
          part(renamed(z), 0, rows),
          part(renamed(v), 0, rows),
          part1(labels, 0, rows),
        );
        expectNear([after.value], [before.value], 1e-12);
        expectNear(after.gradient, renamed(before.gradient), 1e-12);
      }),
      { numRuns: 30 },
    );
  });

  test("T² keeps the soft gradient's size, whose limit is that of half the logits' variance", () => {
    fc.assert(
      fc.property(sample, ({ rows, z, v }) => {
        const { value } = evaluate(
          losses.softTargets({ temperature: 1e4 }),
          part(z, 0, rows),
          part(v, 0, rows),
        );
        let limit = 0;
        for (let row = 0; row < rows; row++) {
          const d = Array.from(
            { length: classes },
            (_, c) => z[row * classes + c]! - v[row * classes + c]!,
          );
          const mean = d.reduce((a, b) => a + b) / classes;
          limit += d.reduce((sum, x) => sum + (x - mean) ** 2, 0) / classes / 2 / rows;
        }
        expect(Math.abs(value - limit)).toBeLessThan(1e-3 * Math.max(1, limit));
      }),
      { numRuns: 30 },
    );
  });

  test("teacher and student are not exchanged", () => {
    const z = part([1, 2, 3, 4, 5], 0, 1);
    const v = part([0, 9, 0, 0, 0], 0, 1);
    const loss = losses.softTargets({ temperature: 1 });
    const forward = evaluate(loss, z, v).value;
    const backward = evaluate(loss, v, z).value;
    // KL(p‖q) = Σ p·log(p/q), by hand.
    const softmax = (x: number[]) => {
      const e = x.map(Math.exp);
      const sum = e.reduce((a, b) => a + b);
      return e.map((value) => value / sum);
    };
    const [q, p] = [softmax([1, 2, 3, 4, 5]), softmax([0, 9, 0, 0, 0])];
    const kl = p.reduce((sum, value, i) => sum + value * Math.log(value / q[i]!), 0);
    expect(forward).toBeCloseTo(kl, 12);
    expect(Math.abs(forward - backward)).toBeGreaterThan(0.1);
  });
});

test("the teacher is a constant, also where it asks for a gradient", () => {
  const student = tensor([[1, 2, 3]], { requiresGrad: true });
  const teacher = tensor([[3, 2, 1]], { requiresGrad: true });
  const labels = tensor([1], { dtype: "int64" });
  for (const loss of [losses.response(), losses.softTargets(), losses.logitMse()]) {
    losses.compute(loss, { student, teacher, labels }).backward();
  }
  expect(student.grad).not.toBeNull();
  expect(teacher.grad).toBeNull();
});

test("a weight is left to the objective", () => {
  const inputs = { student: tensor([[1, 2]]), labels: tensor([0], { dtype: "int64" }) };
  const plain = losses.compute(losses.crossEntropy(), inputs).item();
  expect(losses.compute(losses.crossEntropy({ weight: 7 }), inputs).item()).toBe(plain);
});

test("samples that are all ignored give 0, with and without class weights", () => {
  const student = tensor([[1, 2, 3]], { dtype: "float64" });
  const labels = tensor([-100], { dtype: "int64" });
  for (const loss of [
    losses.response(),
    losses.crossEntropy(),
    losses.crossEntropy({ classWeights: [1, 2, 3] }),
  ]) {
    const { value, gradient } = evaluate(loss, student, student, labels);
    expect(value).toBe(0);
    expect(gradient).toEqual([0, 0, 0]);
  }
});

test("a class that both mask with -Infinity changes nothing", () => {
  const inf = Number.NEGATIVE_INFINITY;
  const loss = losses.response({ temperature: 2 });
  const labels = tensor([1], { dtype: "int64" });
  const wide = evaluate(
    loss,
    tensor([[1, 2, inf]], { dtype: "float64" }),
    tensor([[0, 1, inf]], { dtype: "float64" }),
    labels,
  );
  const narrow = evaluate(
    loss,
    tensor([[1, 2]], { dtype: "float64" }),
    tensor([[0, 1]], { dtype: "float64" }),
    labels,
  );
  expectNear([wide.value], [narrow.value], 1e-12);
  expectNear(wide.gradient, [...narrow.gradient, 0], 1e-12);
});

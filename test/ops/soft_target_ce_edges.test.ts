/** potstill::soft_target_ce: masks, saturation, empty and odd shapes, and what it refuses. */

import { describe, expect, test } from "vitest";
import { type DType, type Tensor, tensor, zeros } from "../../lib/tensor/index.js";
import { coded, distance, labelsOf, logits, numbers } from "./inputs.js";
import { lossOf, run } from "./loss.js";

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
  const labels = tensor([0, 1, 2], { dtype: "int64" });

  test.each(["float32", "float64", "bfloat16", "float16"] as const)(
    "by both sides they are as good as absent, in %s",
    (dtype) => {
      const [z, v] = [logits(3, 19, 0.3, dtype), logits(3, 19, 2.1, dtype)];
      for (const alpha of [0, 0.9, 1])
        for (const temperature of [1, 3, 4]) {
          const options = { alpha, temperature };
          const masked = run(mask(z), mask(v), labels, options);
          const absent = run(without(z), without(v), labels, options);
          expect(masked.value).toBeCloseTo(absent.value, 5);
          expect(distance(without(masked.gradient), absent.gradient)).toBeLessThan(1e-6);
          expect(
            numbers(masked.gradient)
              .filter(isHidden)
              .every((g) => g === 0),
          ).toBe(true);
        }
    },
  );

  test("by the teacher they only pull the student down", () => {
    const [z, v] = [logits(3, 19, 0.3), logits(3, 19, 2.1)];
    const { value, gradient } = run(z, mask(v), labels, { alpha: 1 });
    const limit = run(z, replace(v, -1e4), labels, { alpha: 1 });
    expect(value).toBeCloseTo(limit.value, 5);
    expect(distance(gradient, limit.gradient)).toBeLessThan(1e-6);
    expect(
      numbers(gradient)
        .filter(isHidden)
        .every((g) => g > 0),
    ).toBe(true);
  });

  test("by the student alone the divergence is infinite and the gradient is not", () => {
    const { value, gradient } = run(mask(logits(3, 19, 0.3)), logits(3, 19, 2.1), labels);
    expect(value).toBe(Infinity);
    expect(numbers(gradient).every(Number.isFinite)).toBe(true);
  });

  test("a row of nothing else is NaN, like one with a NaN in it; other rows are not", () => {
    const z = logits(2, 5, 0.3);
    const rows = [
      [-Infinity, -Infinity, -Infinity, -Infinity, -Infinity],
      [0, 1, Number.NaN, 2, 3],
    ];
    for (const row of rows) {
      const bad = tensor([...row, ...numbers(z).slice(5)], { shape: [2, 5] });
      const { value, gradient } = run(bad, z, labelsOf(2, 5));
      expect(value).toBeNaN();
      expect(numbers(gradient).slice(0, 5).every(Number.isNaN)).toBe(true);
      expect(numbers(gradient).slice(5).every(Number.isFinite)).toBe(true);
    }
  });
});

test.each([1, 4, 20])("saturated logits, T = %d", (temperature) => {
  const student = [
    [1e4, -1e4, 0],
    [1e4, 1e4, -1e4],
    [-1e4, -1e4, -1e4],
  ];
  const teacher = [
    [-1e4, 1e4, 0],
    [1e4, 1e4, -1e4],
    [1e4, 0, -1e4],
  ];
  const labels = tensor([0, 1, 2], { dtype: "int64" });
  // By hand: the first row pays (1e4 + 1e4) / T and the third log 3 for soft targets; the labels
  // cost 0, log 2 and log 3.
  const soft = (temperature ** 2 * (2e4 / temperature + Math.log(3))) / 3;
  const hard = (Math.log(2) + Math.log(3)) / 3;
  for (const alpha of [0, 0.5, 1])
    for (const dtype of ["float64", "float32", "bfloat16"] as DType[]) {
      const [z, v] = [tensor(student, { dtype }), tensor(teacher, { dtype })];
      const { value, gradient } = run(z, v, labels, { alpha, temperature });
      // 1e4 itself is 9984 in bfloat16.
      const digits = dtype === "float64" ? 12 : dtype === "float32" ? 6 : 2;
      expect(value / (alpha * soft + (1 - alpha) * hard)).toBeCloseTo(1, digits);
      const [first, second, third] = [0, 3, 6].map((i) => numbers(gradient).slice(i, i + 3));
      const near = (row: number[] | undefined, exact: number[]) =>
        expect(distance(row!, exact)).toBeLessThan(temperature * 2 ** -8);
      const t = (alpha * temperature) / 3;
      const h = (1 - alpha) / 3;
      near(first, [t, -t, 0]);
      near(second, [h / 2, -h / 2, 0]);
      near(third, [(t + h) / 3 - t, (t + h) / 3, (t + h) / 3 - h]);
    }
});

describe("edges", () => {
  test("an empty batch", () => {
    const { value, gradient } = run(zeros([0, 7]), zeros([0, 7]), zeros([0], { dtype: "int64" }));
    expect(value).toBe(0);
    expect(gradient.shape).toEqual([0, 7]);
  });

  test("nothing but ignored rows", () => {
    const labels = tensor([-100, -100], { dtype: "int64" });
    const { value, gradient } = run(logits(2, 7, 0.3), logits(2, 7, 2.1), labels);
    expect(value).toBe(0);
    expect(numbers(gradient)).toEqual(Array(14).fill(0));
  });

  test("another ignored index, a class at that", () => {
    const [z, v] = [logits(3, 4, 0.3), logits(3, 4, 2.1)];
    const all = run(z, v, tensor([2, 1, 3], { dtype: "int64" }), { ignoreIndex: 1 });
    const pick = (of: Tensor) =>
      tensor([...numbers(of).slice(0, 4), ...numbers(of).slice(8)], { shape: [2, 4] });
    const two = run(pick(z), pick(v), tensor([2, 3], { dtype: "int64" }));
    expect(all.value).toBeCloseTo(two.value, 6);
    expect(numbers(all.gradient).slice(4, 8)).toEqual([0, 0, 0, 0]);
    expect(distance(pick(all.gradient), two.gradient)).toBeLessThan(1e-7);
  });

  test("ignored rows count with alpha 1 too, and may hold anything", () => {
    const values = numbers(logits(2, 5, 0.3)).map((x, i) => (i < 5 ? Number.NaN : x));
    const labels = tensor([-100, 2], { dtype: "int64" });
    const z = tensor(values, { shape: [2, 5] });
    const { value, gradient } = run(z, logits(2, 5, 2.1), labels, { alpha: 1 });
    const alone = run(z.slice(0, 1, 2), logits(2, 5, 2.1).slice(0, 1, 2), null, { alpha: 1 });
    expect(value).toBe(alone.value);
    expect(numbers(gradient)).toEqual([0, 0, 0, 0, 0, ...numbers(alone.gradient)]);
  });

  test("with alpha 0 the teacher's values never matter", () => {
    const [z, y] = [logits(3, 7, 0.3), labelsOf(3, 7)];
    const nothing = tensor(Array(21).fill(Number.NaN), { shape: [3, 7] });
    expect(run(z, nothing, y, { alpha: 0 }).value).toBe(
      run(z, logits(3, 7, 2.1), y, { alpha: 0 }).value,
    );
  });

  test("any strides and leading dimensions", () => {
    const [z, v] = [logits(6, 20, 0.3), logits(6, 20, 2.1)];
    const [a, b] = [z.slice(1, 3, 13), v.slice(1, 7, 17)];
    const labels = labelsOf(6, 10);
    const plain = run(a.contiguous(), b.contiguous(), labels);
    const byColumns = (t: Tensor) => t.t().contiguous().t();
    const views: [Tensor, Tensor, Tensor][] = [
      [a, b, labels],
      [byColumns(a), b, labels],
      [a, byColumns(b), labels],
      [a.reshape([2, 3, 10]), byColumns(b).reshape([2, 3, 10]), labels.reshape([2, 3])],
      [a.reshape([2, 3, 10]), b.reshape([2, 3, 10]), labels],
    ];
    for (const [student, teacher, y] of views) {
      const { value, gradient } = run(student, teacher, y);
      expect(value).toBe(plain.value);
      expect(gradient.shape).toEqual(student.shape);
      expect(numbers(gradient)).toEqual(numbers(plain.gradient));
    }
  });

  test("one row without a batch dimension", () => {
    const label = tensor([3], { dtype: "int64" });
    const [z, v] = [logits(1, 9, 0.3), logits(1, 9, 2.1)];
    const row = run(z.reshape([9]), v.reshape([9]), label.reshape([]));
    const batch = run(z, v, label);
    expect(row.value).toBe(batch.value);
    expect(row.gradient.shape).toEqual([9]);
    expect(numbers(row.gradient)).toEqual(numbers(batch.gradient));
  });

  test("more classes than the caches hold, past which gradients are streamed", () => {
    const [rows, classes] = [70, 65536];
    const [z, v] = [logits(1, classes, 0.3), logits(1, classes, 2.1)];
    const one = run(z, v, labelsOf(1, classes));
    const spread = (t: Tensor) => t.expand([rows, classes]);
    const labels = spread(tensor([[3]], { dtype: "int64" }))
      .slice(1, 0, 1)
      .reshape([rows]);
    const all = run(spread(z), spread(v), labels);
    expect(all.value).toBeCloseTo(one.value, 6);
    const first = all.gradient.slice(0, 0, 1).mul(rows);
    expect(distance(first, one.gradient)).toBeLessThan(1e-6);
    const last = all.gradient.slice(0, rows - 1, rows).mul(rows);
    expect(distance(last, first)).toBe(0);
  });
});

describe("refuses", () => {
  const z = logits(3, 4, 0.3);
  const y = labelsOf(3, 4);
  const cases: [string, () => unknown, string, RegExp][] = [
    [
      "a label that is no class",
      () => lossOf(z, z, tensor([0, 4, 1], { dtype: "int64" })),
      "ERR_DATA",
      /label 4 in row 1.*4 classes \(0 to 3\)/,
    ],
    [
      "a negative label, also where only its being ignored matters",
      () => lossOf(z, z, tensor([0, 1, -1], { dtype: "int64" }), { alpha: 1 }),
      "ERR_DATA",
      /label -1 in row 2/,
    ],
    [
      "other classes",
      () => lossOf(z, logits(3, 5, 0.3), y),
      "ERR_SHAPE",
      /student has 4 classes, the teacher 5/,
    ],
    ["other rows", () => lossOf(z, logits(2, 4, 0.3), y), "ERR_SHAPE", /\[3, 4\].*\[2, 4\]/],
    ["other labels", () => lossOf(z, z, labelsOf(2, 4)), "ERR_SHAPE", /labels of shape \[3\]/],
    [
      "no classes",
      () => lossOf(zeros([3, 0]), zeros([3, 0]), y),
      "ERR_SHAPE",
      /at least one class/,
    ],
    ["integers", () => lossOf(z.to("int32"), z, y), "ERR_DTYPE", /student's logits.*dtype/],
    ["float labels", () => lossOf(z, z, y.to("float32")), "ERR_DTYPE", /labels.*int64/],
  ];
  test.each(cases)("%s", (_, call, code, message) => {
    expect(call).toThrowError(coded(code, message));
  });

  const options: [string, () => unknown, RegExp][] = [
    ["no labels", () => lossOf(z, z, null), /left out only with alpha 1/],
    ["alpha above 1", () => lossOf(z, z, y, { alpha: 1.1 }), /alpha.*1\.1/],
    ["T = 0", () => lossOf(z, z, y, { temperature: 0 }), /temperature.*positive/],
    ["an infinite T", () => lossOf(z, z, y, { temperature: Infinity }), /temperature.*positive/],
    ["smoothing above 1", () => lossOf(z, z, y, { smoothing: 2 }), /label_smoothing.*2/],
  ];
  test.each(options)("%s", (_, call, message) => {
    expect(call).toThrowError(message);
  });
});

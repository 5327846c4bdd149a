/** potstill::fused_linear_soft_targets against the composition that it stands for. */

import { describe, expect, test } from "vitest";
import { type DType, ops, type Tensor, tensor, zeros } from "../../lib/tensor/index.js";
import { coded, distance, labelsOf, logits, numbers } from "./inputs.js";
import { lossOf, type Options } from "./loss.js";

interface Head {
  hidden: Tensor;
  weight: Tensor;
  bias: Tensor | null;
}

/** Hidden states [rows, features] and a linear layer to `classes`. */
function head(
  rows: number,
  features: number,
  classes: number,
  seed: number,
  dtype: DType = "float32",
): Head {
  const scale = 1 / Math.sqrt(features);
  return {
    hidden: logits(rows, features, seed, dtype),
    weight: logits(classes, features, seed + 1, "float64")
      .mul(scale)
      .to(dtype),
    bias: logits(1, classes, seed + 2, dtype).view([classes]),
  };
}

const leaves = ({ hidden, weight, bias }: Head): Head => ({
  hidden: hidden.detach().requiresGrad_(),
  weight: weight.detach().requiresGrad_(),
  bias: bias?.detach().requiresGrad_() ?? null,
});

const DEFAULTS = { alpha: 0.7, temperature: 3, smoothing: 0, ignoreIndex: -100 };

function fused(
  student: Head,
  teacher: Head,
  labels: Tensor | null,
  options: Options = {},
  chunk = 0,
): Tensor {
  const { alpha, temperature, smoothing, ignoreIndex } = { ...DEFAULTS, ...options };
  return ops.potstill.fused_linear_soft_targets(
    ...[student.hidden, student.weight, student.bias],
    ...[teacher.hidden, teacher.weight, teacher.bias],
    ...[labels, alpha, temperature, smoothing, ignoreIndex, chunk],
  );
}

const linear = ({ hidden, weight, bias }: Head) => ops.aten.linear(hidden, weight, bias);

function plain(student: Head, teacher: Head, labels: Tensor | null, options: Options = {}): Tensor {
  return lossOf(linear(student), linear(teacher), labels, { ...DEFAULTS, ...options });
}

type Gradients = Record<"hidden" | "weight" | "bias", Tensor>;

/** Loss and gradients; `scale` is what arrives from behind. */
function run(student: Head, loss: (student: Head) => Tensor, scale = 1) {
  const leaf = leaves(student);
  const value = loss(leaf);
  value.mul(scale).backward();
  const gradients: Gradients = {
    hidden: leaf.hidden.grad!,
    weight: leaf.weight.grad!,
    bias: leaf.bias!.grad!,
  };
  return { value: value.item<number>(), dtype: value.dtype, gradients };
}

const largest = (of: Tensor) => of.abs().max().item<number>();

function compare(actual: Gradients, expected: Gradients, tolerance: number): void {
  for (const name of ["hidden", "weight", "bias"] as const) {
    expect(actual[name].dtype).toBe(expected[name].dtype);
    expect(actual[name].shape).toEqual(expected[name].shape);
    const apart = distance(actual[name], expected[name]);
    expect(apart / largest(expected[name]), name).toBeLessThan(tolerance);
  }
}

describe("against linear layers and soft_target_ce", () => {
  const tolerance = { float64: 1e-12, float32: 2e-5, bfloat16: 2 ** -6, float16: 2 ** -8 };
  const cases = (["float64", "float32", "bfloat16", "float16"] as const).flatMap((dtype) =>
    [0, 1, 3, 7, 64].map((chunk) => [dtype, chunk] as const),
  );
  test.each(cases)("%s, chunk %d", (dtype, chunk) => {
    const student = head(7, 5, 37, 0.3, dtype);
    const teacher = head(7, 11, 37, 2.1, dtype);
    const labels = labelsOf(7, 37, [2, 5]);
    for (const options of [{}, { alpha: 1 }, { alpha: 0 }, { smoothing: 0.2, temperature: 1 }]) {
      const one = run(student, (s) => fused(s, teacher, labels, options, chunk));
      const all = run(student, (s) => plain(s, teacher, labels, options));
      expect(one.dtype).toBe(dtype === "float64" ? "float64" : "float32");
      // A narrow product may be rounded differently where it is cut differently.
      const slack = dtype === "float64" ? 1e-13 : dtype === "float32" ? 1e-6 : tolerance[dtype];
      expect(Math.abs(one.value - all.value)).toBeLessThan(slack * Math.max(1, all.value));
      compare(one.gradients, all.gradients, tolerance[dtype]);
    }
  });

  test("a scaled loss, and leading dimensions", () => {
    const student = head(6, 4, 9, 0.3);
    const teacher = head(6, 8, 9, 2.1);
    const deep = (of: Head, size: number) => ({ ...of, hidden: of.hidden.view([2, 3, size]) });
    const labels = labelsOf(6, 9);
    const one = run(
      deep(student, 4),
      (s) => fused(s, deep(teacher, 8), labels.view([2, 3]), {}, 4),
      3,
    );
    const all = run(student, (s) => plain(s, teacher, labels), 3);
    expect(one.value).toBeCloseTo(all.value, 6);
    expect(one.gradients.hidden.shape).toEqual([2, 3, 4]);
    const flat = one.gradients.hidden.view([6, 4]);
    compare({ ...one.gradients, hidden: flat }, all.gradients, 2e-5);
  });

  test("a gradient in float16 that a mean would lose", () => {
    const rows = 400;
    const student = head(rows, 3, 700, 0.3, "float16");
    const teacher = head(rows, 3, 700, 2.1, "float16");
    const scale = 2 ** 12;
    const one = run(student, (s) => fused(s, teacher, null, { alpha: 1 }, 64), scale);
    const wide = (of: Head): Head => ({
      hidden: of.hidden.to("float64"),
      weight: of.weight.to("float64"),
      bias: of.bias!.to("float64"),
    });
    const all = run(wide(student), (s) => plain(s, wide(teacher), null, { alpha: 1 }), scale);
    for (const name of ["hidden", "weight", "bias"] as const) {
      const apart = distance(one.gradients[name], all.gradients[name]);
      expect(apart / largest(all.gradients[name]), name).toBeLessThan(4e-3);
    }
  });

  test("strided hidden states and weights", () => {
    const student = head(5, 6, 8, 0.3);
    const teacher = head(5, 6, 8, 2.1);
    const turned = (of: Tensor) => of.t().contiguous().t();
    const strided = (of: Head) => ({ ...of, hidden: turned(of.hidden), weight: turned(of.weight) });
    const one = run(strided(student), (s) => fused(s, strided(teacher), null, { alpha: 1 }, 2));
    const all = run(student, (s) => plain(s, teacher, null, { alpha: 1 }));
    expect(one.value).toBeCloseTo(all.value, 5);
    compare(one.gradients, all.gradients, 2e-5);
  });
});

test("finite differences in float64", () => {
  const student = head(4, 3, 5, 0.3, "float64");
  const teacher = head(4, 2, 6, 2.1, "float64");
  const labels = labelsOf(4, 5, [1]);
  const options = { alpha: 0.6, temperature: 2.5, smoothing: 0.1 };
  const { gradients } = run(student, (s) => fused(s, teacher, labels, options, 3));
  const step = 1e-5;
  for (const name of ["hidden", "weight", "bias"] as const) {
    const values = numbers(student[name]!);
    const at = (i: number, by: number) => {
      const moved = values.map((value, j) => (i === j ? value + by : value));
      const there = tensor(moved, { shape: student[name]!.shape, dtype: "float64" });
      return fused({ ...student, [name]: there }, teacher, labels, options, 3).item<number>();
    };
    const differences = values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
    expect(Math.max(...differences.map(Math.abs))).toBeGreaterThan(0.01);
    expect(distance(gradients[name], differences)).toBeLessThan(1e-9);
  }
});

describe("a smaller vocabulary of the student", () => {
  const [student, teacher] = [head(5, 3, 6, 0.3), head(5, 4, 10, 2.1)];
  const labels = labelsOf(5, 6);

  test("is masked on both sides", () => {
    const one = run(student, (s) => fused(s, teacher, labels, {}, 2));
    const masked = (of: Tensor) => ops.aten.constant_pad_nd(of, [0, 4], -Infinity);
    const all = run(student, (s) =>
      lossOf(masked(linear(s)), masked(linear(teacher).slice(1, 0, 6)), labels, DEFAULTS),
    );
    expect(one.value).toBeCloseTo(all.value, 6);
    compare(one.gradients, all.gradients, 2e-5);
  });

  test("is not padded with zeros", () => {
    const padded = lossOf(
      ops.aten.constant_pad_nd(linear(student), [0, 4], 0),
      linear(teacher),
      labels,
      DEFAULTS,
    );
    const there = fused(student, teacher, labels).item<number>();
    expect(Math.abs(padded.item<number>() - there)).toBeGreaterThan(0.1);
  });

  test("has no labels beyond it", () => {
    expect(() => fused(student, teacher, tensor([0, 1, 2, 3, 6], { dtype: "int64" }))).toThrow(
      coded("ERR_DATA", /label 6 in row 4 is none of the 6 classes/),
    );
  });
});

describe("gradients", () => {
  const [student, teacher] = [head(5, 3, 6, 0.3), head(5, 3, 6, 2.1)];

  test("only where they are wanted, and never on the teacher's side", () => {
    const weight = student.weight.detach().requiresGrad_();
    const constants = leaves(teacher);
    fused({ ...student, weight }, constants, null, { alpha: 1 }).backward();
    const all = run(student, (s) => plain(s, teacher, null, { alpha: 1 }));
    expect(distance(weight.grad!, all.gradients.weight)).toBeLessThan(1e-5);
    expect([constants.hidden.grad, constants.weight.grad, constants.bias!.grad]).toEqual([
      null,
      null,
      null,
    ]);
    expect(fused(student, teacher, null, { alpha: 1 }).requiresGrad).toBe(false);
  });

  test("of an empty batch and of ignored rows are 0", () => {
    const none = head(0, 3, 6, 0.3);
    const empty = run({ ...student, hidden: none.hidden }, (s) =>
      fused(s, { ...teacher, hidden: none.hidden }, null, { alpha: 1 }),
    );
    const ignored = run(student, (s) => fused(s, teacher, labelsOf(5, 6, [0, 1, 2, 3, 4]), {}, 2));
    for (const { value, gradients } of [empty, ignored]) {
      expect(value).toBe(0);
      for (const gradient of Object.values(gradients)) {
        expect(numbers(gradient).every((g) => g === 0)).toBe(true);
      }
    }
    expect(empty.gradients.hidden.shape).toEqual([0, 3]);
  });

  test("the same inputs give the same bits; equal heads give nothing", () => {
    const once = run(student, (s) => fused(s, teacher, null, { alpha: 1 }, 2));
    const again = run(student, (s) => fused(s, teacher, null, { alpha: 1 }, 2));
    expect(again.value).toBe(once.value);
    expect(distance(again.gradients.weight, once.gradients.weight)).toBe(0);
    const equal = run(student, (s) => fused(s, student, null, { alpha: 1 }, 2));
    expect(equal.value).toBe(0);
    // What the rounding of one product leaves.
    expect(largest(equal.gradients.weight)).toBeLessThan(1e-7);
  });
});

test("the teacher may have another type than the student", () => {
  const [student, teacher] = [head(5, 3, 6, 0.3), head(5, 3, 6, 2.1, "bfloat16")];
  const one = run(student, (s) => fused(s, teacher, null, { alpha: 1 }, 2));
  const all = run(student, (s) => plain(s, teacher, null, { alpha: 1 }));
  expect(Math.abs(one.value - all.value)).toBeLessThan(0.02);
});

test("what does not fit is refused", () => {
  const [student, teacher] = [head(5, 3, 6, 0.3), head(5, 4, 6, 2.1)];
  const refused = (s: Head, t: Head, code: string, message: RegExp, chunk = 0) =>
    expect(() => fused(s, t, null, { alpha: 1 }, chunk)).toThrow(coded(code, message));
  refused({ ...student, hidden: zeros([5, 4]) }, teacher, "ERR_SHAPE", /weight of shape \[classes/);
  refused({ ...student, bias: zeros([5]) }, teacher, "ERR_SHAPE", /bias of shape \[6\], got \[5\]/);
  refused(student, { ...teacher, hidden: zeros([4, 4]) }, "ERR_SHAPE", /must agree but for/);
  refused(student, head(5, 4, 5, 2.1), "ERR_SHAPE", /6 classes, more than the teacher's 5/);
  refused(
    student,
    head(5, 4, 6, 2.1, "float64"),
    "ERR_DTYPE",
    /float64 on one side only .student Float, teacher Double/,
  );
  refused(
    { ...student, weight: student.weight.to("float64") },
    teacher,
    "ERR_DTYPE",
    /convert one/,
  );
  refused(student, teacher, "ERR_CONFIG", /chunk must be positive, or 0/, -1);
  expect(() => fused(student, teacher, null)).toThrow(
    coded("ERR_CONFIG", /labels may be left out/),
  );
});

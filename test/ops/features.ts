/** What the tests of the losses on features share: inputs, oracles, and the contract of all. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DType, inferenceMode, ops, type Tensor, tensor } from "../../lib/tensor/index.js";
import { coded, distance, numbers } from "./inputs.js";

export type FeatureLoss = (student: Tensor, teacher: Tensor) => Tensor;
type Shape = readonly number[];

/** Values that test/oracles/features.py makes by the same formula. */
export function feature(shape: Shape, seed: number, dtype: DType = "float32"): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const values = Array.from(
    { length: count },
    (_, i) => 3 * Math.sin(seed + 1.7 * i) * Math.cos(0.37 * i * i),
  );
  return tensor(values, { shape, dtype });
}

/** Loss and gradient; leaves `student` as it was. */
export function run(loss: FeatureLoss, student: Tensor, teacher: Tensor) {
  const leaf = student.detach().requiresGrad_();
  const value = loss(leaf, teacher);
  value.backward();
  return { loss: value, value: value.item<number>(), gradient: leaf.grad! };
}

export const size = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

interface Case {
  op: string;
  student: number[];
  teacher: number[];
  dtypes: [DType, DType];
  options: Record<string, unknown>;
  loss: number;
  size: number;
  gradient?: number[];
  products?: number[];
}

const cases = JSON.parse(
  readFileSync(new URL("../oracles/features.json", import.meta.url), "utf8"),
) as Case[];

/** Relative error of a gradient: computed in float64, in float32, or rounded to a half type. */
const GRADIENT_TOLERANCE: Partial<Record<DType, number>> = {
  float64: 1e-12,
  float32: 3e-6,
  float16: 2 ** -10,
  bfloat16: 2 ** -8,
};

/**
 * `options` of a case are those of the operator, by name. Where the loss is a difference of terms,
 * the oracle is only as exact as those, of about the size `terms`.
 */
export function againstPyTorch(
  op: string,
  lossOf: (options: Record<string, unknown>) => FeatureLoss,
  terms = 0,
): void {
  const own = cases.filter((c) => c.op === op);
  test.each(
    own.map((c) => {
      const side = (i: 0 | 1) => `${c.dtypes[i]} (${i === 0 ? c.student : c.teacher})`;
      return [`${side(0)} from ${side(1)} ${JSON.stringify(c.options)}`, c] as const;
    }),
  )("agrees with PyTorch: %s", (_, c) => {
    const student = feature(c.student, 0.3, c.dtypes[0]);
    const teacher = feature(c.teacher, 2.1, c.dtypes[1]);
    const { loss, value, gradient } = run(lossOf(c.options), student, teacher);
    const wide = c.dtypes.includes("float64");
    expect(loss.dtype).toBe(wide ? "float64" : "float32");
    expect(loss.shape).toEqual([]);
    expect(gradient.dtype).toBe(c.dtypes[0]);
    expect(gradient.shape).toEqual(c.student);
    const error = Math.abs(value - c.loss) / Math.max(c.loss, terms);
    expect(error).toBeLessThan(wide ? 1e-12 : 3e-6);
    const tolerance = GRADIENT_TOLERANCE[c.dtypes[0]]!;
    if (c.gradient !== undefined) {
      expect(distance(gradient, c.gradient) / c.size).toBeLessThan(tolerance);
      return;
    }
    const all = numbers(gradient);
    const products = [1, 2, 3].map((k) => all.reduce((sum, g, i) => sum + g * Math.sin(k * i), 0));
    const spread = c.size * Math.sqrt(all.length);
    expect(distance(products, c.products!) / spread).toBeLessThan(tolerance);
  });

  test("the cases differ", () => {
    expect(new Set(own.map((c) => c.loss)).size).toBeGreaterThan(5);
  });
}

/** What holds for every loss on features. */
export function featureContract(
  name: string,
  loss: FeatureLoss,
  { student: mine, teacher: other }: { student: Shape; teacher: Shape },
): void {
  const pair = (dtype: DType = "float32", seed = 0.3) =>
    [feature(mine, seed, dtype), feature(other, seed + 1.8, dtype)] as const;

  test("finite differences in float64", () => {
    const [student, teacher] = pair("float64");
    const { gradient } = run(loss, student, teacher);
    const values = numbers(student);
    const step = 1e-5;
    const at = (i: number, by: number) => {
      const moved = values.map((value, j) => (i === j ? value + by : value));
      return loss(tensor(moved, { shape: mine, dtype: "float64" }), teacher).item<number>();
    };
    const differences = values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
    expect(size(differences)).toBeGreaterThan(1e-4);
    expect(distance(gradient, differences) / size(differences)).toBeLessThan(1e-6);
  });

  test("the order of the samples does not matter", () => {
    const count = mine[0]!;
    const orders = fc.shuffledSubarray(
      Array.from({ length: count }, (_, i) => i),
      { minLength: count },
    );
    fc.assert(
      fc.property(orders, fc.double({ min: 0, max: 6, noNaN: true }), (order, seed) => {
        const [student, teacher] = pair("float64", seed);
        const index = tensor(order, { dtype: "int64" });
        const there = run(loss, student, teacher);
        const back = run(
          loss,
          ops.aten.index_select(student, 0, index),
          ops.aten.index_select(teacher, 0, index),
        );
        expect(Math.abs(back.value - there.value)).toBeLessThan(1e-11 * Math.abs(there.value));
        const expected = ops.aten.index_select(there.gradient, 0, index);
        expect(distance(back.gradient, expected)).toBeLessThan(1e-10 * size(numbers(expected)));
      }),
      { numRuns: 20 },
    );
  });

  test("the teacher gets no gradient and may come from inference mode", () => {
    const [student, teacher] = pair();
    const inferred = inferenceMode(() => feature(other, 2.1));
    expect(run(loss, student, inferred).value).toBe(run(loss, student, teacher).value);
    const wanting = teacher.detach().requiresGrad_();
    const leaf = student.detach().requiresGrad_();
    loss(leaf, wanting).backward();
    expect(wanting.grad).toBeNull();
    expect(leaf.grad).not.toBeNull();
    expect(loss(student, wanting).requiresGrad).toBe(false);
  });

  test("the value is the same without a gradient", () => {
    const [student, teacher] = pair();
    const { value } = run(loss, student, teacher);
    expect(loss(student, teacher).item()).toBe(value);
    expect(inferenceMode(() => loss(student, teacher).item())).toBe(value);
  });

  test("student and teacher are not interchangeable", () => {
    const [student, teacher] = pair();
    const { gradient } = run(loss, student, teacher);
    expect(size(numbers(gradient))).toBeGreaterThan(0);
    const swapped = run(loss, teacher, student);
    expect(swapped.gradient.shape).toEqual(other);
    if (String(mine) === String(other))
      expect(distance(swapped.gradient, gradient)).toBeGreaterThan(0);
  });

  test("what comes from behind scales it, and backward twice adds up", () => {
    const [student, teacher] = pair();
    const { gradient } = run(loss, student, teacher);
    const leaf = student.detach().requiresGrad_();
    const value = loss(leaf, teacher).mul(-2.5);
    value.backward({ retainGraph: true });
    const expected = numbers(gradient).map((g) => -2.5 * g);
    expect(distance(leaf.grad!, expected)).toBeLessThan(1e-6 * size(expected));
    value.backward();
    expect(
      distance(
        leaf.grad!,
        expected.map((g) => 2 * g),
      ),
    ).toBeLessThan(1e-6 * size(expected));
  });

  test.each(["bfloat16", "float16"] as const)(
    "%s is computed in float32, rounded once",
    (dtype) => {
      const [student, teacher] = pair(dtype);
      const narrow = run(loss, student, teacher);
      const wide = run(loss, student.to("float32"), teacher.to("float32"));
      expect(narrow.value).toBe(wide.value);
      expect(numbers(narrow.gradient)).toEqual(numbers(wide.gradient.to(dtype)));
      const leaf = student.detach().requiresGrad_();
      loss(leaf, teacher).mul(1024).backward();
      if (dtype === "float16")
        expect(numbers(leaf.grad!)).toEqual(numbers(wide.gradient.mul(1024).to(dtype)));
    },
  );

  test("strided and permuted features are as good as contiguous ones", () => {
    const [student, teacher] = pair();
    const plain = run(loss, student, teacher);
    const spread = (of: Tensor) => ops.aten.stack([of, of.mul(3)], of.ndim).select(-1, 0);
    const backwards = (of: Tensor) => {
      const order = Array.from({ length: of.ndim }, (_, i) => of.ndim - 1 - i);
      return of.permute(order).contiguous().permute(order);
    };
    for (const lay of [spread, backwards]) {
      const [s, t] = [lay(student), lay(teacher)];
      expect(s.isContiguous()).toBe(false);
      for (const [a, b] of [
        [s, t],
        [s, teacher],
        [student, t],
      ] as const) {
        const { value, gradient } = run(loss, a, b);
        expect(Math.abs(value / plain.value - 1)).toBeLessThan(1e-5);
        const apart = distance(gradient.contiguous(), plain.gradient);
        expect(apart / size(numbers(plain.gradient))).toBeLessThan(1e-5);
      }
    }
  });

  test("an empty batch gives 0 and a gradient without elements", () => {
    const empty = (shape: Shape) => feature([0, ...shape.slice(1)], 0.3);
    const { value, gradient } = run(loss, empty(mine), empty(other));
    expect(value).toBe(0);
    expect(gradient.shape).toEqual([0, ...mine.slice(1)]);
  });

  test("one sample, and features of nothing but zeros, are finite", () => {
    const [student, teacher] = pair("float64");
    const one = run(loss, student.slice(0, 0, 1), teacher.slice(0, 0, 1));
    expect([one.value, ...numbers(one.gradient)].every(Number.isFinite)).toBe(true);
    for (const dtype of ["float32", "float64"] as const) {
      const [s, t] = pair(dtype);
      const zeroed = (of: Tensor) => ops.aten.cat([of.slice(0, 0, 1).mul(0), of.slice(0, 1)], 0);
      for (const [a, b] of [
        [zeroed(s), t],
        [s, zeroed(t)],
        [zeroed(s), zeroed(t)],
        [s.mul(0), t],
        [s.mul(0), t.mul(0)],
      ] as const) {
        const { value, gradient } = run(loss, a, b);
        expect([value, ...numbers(gradient)].every(Number.isFinite)).toBe(true);
      }
    }
  });

  test("NaN in the student is not hidden", () => {
    const [student, teacher] = pair();
    const values = numbers(student);
    values[3] = Number.NaN;
    const { value } = run(loss, tensor(values, { shape: mine }), teacher);
    expect(value).toBeNaN();
  });

  describe("refuses", () => {
    test("batch sizes that differ, naming both shapes", () => {
      const [student, teacher] = pair();
      const shapes = new RegExp(
        `${name}: .*\\[${mine.join(", ")}\\].*\\[1, ${other.slice(1).join(", ")}\\]`,
      );
      expect(() => loss(student, teacher.slice(0, 0, 1))).toThrow(coded("ERR_SHAPE", shapes));
    });

    test("integers", () => {
      const [student, teacher] = pair();
      expect(() => loss(student.to("int64"), teacher)).toThrow(
        coded("ERR_DTYPE", /student's feature must have dtype .* got Long/),
      );
      expect(() => loss(student, teacher.to("int64"))).toThrow(
        coded("ERR_DTYPE", /teacher's feature must have dtype .* got Long/),
      );
    });

    test("a second derivative", () => {
      const [student, teacher] = pair();
      const leaf = student.detach().requiresGrad_();
      loss(leaf, teacher).backward({ createGraph: true });
      expect(() => leaf.grad!.pow(2).sum().backward()).toThrow(/double backward is not supported/);
    });
  });
}

/** What every loss keeps to, whatever it is computed by. */

import { describe, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { ops, type Tensor } from "../../lib/tensor/index.js";
import { evaluated, every, type Given, given } from "./every.js";

const flat = (gradients: number[][]) => gradients.flat();
const size = (values: readonly number[]) => Math.max(1e-6, ...values.map(Math.abs));
const apart = (a: readonly number[], b: readonly number[]) => {
  expect(a).toHaveLength(b.length);
  return Math.max(0, ...a.map((value, i) => Math.abs(value - b[i]!)));
};

test("every loss is here", () => {
  const { compute, feature, script, custom, ...all } = losses;
  expect(new Set(every.map(({ loss }) => loss.kind))).toEqual(new Set(Object.keys(all)));
});

describe.each(every.map((each) => [each.name, each] as const))("%s", (_, { loss, relates }) => {
  const map = (of: Given, change: (tensor: Tensor) => Tensor): Given => ({
    ...of,
    student: of.student.map(change),
    teacher: of.teacher.map(change),
  });

  test("is in float32 what it is in float64", async () => {
    const wide = await evaluated(loss, given(loss, 4, "float64"));
    const usual = await evaluated(loss, given(loss, 4, "float32"));
    expect([usual.dtype, wide.dtype]).toEqual(["float32", "float64"]);
    expect(Math.abs(usual.value - wide.value)).toBeLessThan(1e-4 * Math.max(1e-3, wide.value));
    const expected = flat(wide.gradients);
    expect(apart(flat(usual.gradients), expected)).toBeLessThan(1e-3 * size(expected));
  });

  // CRD's Z is a constant that the first batch makes; it has a test of its own.
  test.skipIf(loss.kind === "crd")("has the gradient of finite differences", async () => {
    const inputs = given(loss, 3, "float64");
    const { gradients } = await evaluated(loss, inputs);
    const step = 1e-6;
    for (const [which, student] of inputs.student.entries()) {
      const values = Array.from(student.dataSync(), Number);
      for (const index of [0, 7 % values.length, values.length - 1]) {
        const moved = async (by: number) => {
          const copy = student.clone();
          copy.view([-1]).select(0, index).add_(by);
          const { value } = await evaluated(loss, {
            ...inputs,
            student: inputs.student.with(which, copy),
          });
          return value;
        };
        const slope = ((await moved(step)) - (await moved(-step))) / (2 * step);
        const scale = Math.max(1, size(flat(gradients)));
        expect(Math.abs(slope - gradients[which]![index]!)).toBeLessThan(1e-6 * scale);
      }
    }
  });

  test.each(["bfloat16", "float16"] as const)("computes %s in float32", async (dtype) => {
    const narrow = given(loss, 4, dtype);
    const wide = map(narrow, (tensor) => tensor.to("float32"));
    const [here, there] = [await evaluated(loss, narrow), await evaluated(loss, wide)];
    expect(here.dtype).toBe("float32");
    expect(here.value).toBe(there.value);
  });

  test.each(["float32", "float64"] as const)("is finite at ±1e4 in %s", async (dtype) => {
    const { value, gradients } = await evaluated(loss, given(loss, 4, dtype, 1e4 / 3));
    expect([value, ...flat(gradients)].every(Number.isFinite)).toBe(true);
  });

  test("takes one sample, and none", async () => {
    const one = await evaluated(loss, given(loss, 1, "float32"));
    expect([one.value, ...flat(one.gradients)].every(Number.isFinite)).toBe(true);
    const none = await evaluated(loss, given(loss, 0, "float32")).catch((error: unknown) => error);
    if (none instanceof Error) {
      expect(none).toMatchObject({ code: "ERR_DATA", message: expect.stringMatching(/empty/) });
    } else expect(none).toMatchObject({ value: 0 });
  });

  test("does not ask how its inputs lie in memory", async () => {
    const inputs = given(loss, 4, "float64");
    const plain = await evaluated(loss, inputs);
    const turned = (x: Tensor) =>
      x.ndim === 4 ? x.contiguous("channels_last") : x.transpose(0, 1).contiguous().transpose(0, 1);
    const spread = (x: Tensor) => ops.aten.stack([x, x.mul(3)], x.ndim).select(-1, 0);
    for (const lay of [turned, spread]) {
      const { value, gradients } = await evaluated(loss, map(inputs, lay));
      expect(Math.abs(value - plain.value)).toBeLessThan(1e-10 * Math.max(1, plain.value));
      const expected = flat(plain.gradients);
      expect(apart(flat(gradients), expected)).toBeLessThan(1e-10 * size(expected));
    }
  });

  test.skipIf(relates)("is the mean over its samples", async () => {
    const rows = 5;
    const inputs = given(loss, rows, "float64");
    const part = (from: number, count: number) => {
      const cut = (tensor: Tensor) => tensor.narrow(0, from, count);
      const { labels, ids } = inputs;
      return evaluated(loss, { ...map(inputs, cut), labels: labels && cut(labels), ids: cut(ids) });
    };
    // With class weights the mean is by these.
    if (loss.kind === "crossEntropy" && loss.classWeights) return;
    const whole = await part(0, rows);
    const [first, second] = [await part(0, 2), await part(2, 3)];
    const mean = (2 * first.value + 3 * second.value) / rows;
    expect(Math.abs(mean - whole.value)).toBeLessThan(1e-11 * Math.max(1, whole.value));
  });

  test("leaves the teacher alone", async () => {
    const inputs = given(loss, 4, "float64");
    const teacher = inputs.teacher.map((each) => each.requiresGrad_());
    await evaluated(loss, { ...inputs, teacher });
    for (const each of teacher) expect(each.grad).toBeNull();
  });
});

describe("one class", () => {
  const weighted = (loss: object) =>
    ["classWeights", "positiveWeights"].some((key) => loss[key as keyof typeof loss] != null);
  const alone = every.filter(({ loss }) => !("student" in loss) && !weighted(loss));
  test.each(alone.map(({ name, loss }) => [name, loss] as const))("%s", async (_, loss) => {
    const inputs = given(loss, 3, "float64");
    const first = (tensor: Tensor) => tensor.narrow(1, 0, 1);
    const zero = (tensor: Tensor) => tensor.mul(0);
    const [student, teacher] = [inputs.student.map(first), inputs.teacher.map(first)];
    const labels = inputs.labels && (inputs.labels.ndim > 1 ? first : zero)(inputs.labels);
    const { value, gradients } = await evaluated(loss, { ...inputs, student, teacher, labels });
    expect([value, ...flat(gradients)].every(Number.isFinite)).toBe(true);
  });
});

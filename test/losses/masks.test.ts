/** Samples and tokens that the mask of a batch leaves out, for every loss on logits. */

import { describe, expect, test } from "vitest";
import { type Loss, losses } from "../../lib/losses/index.js";
import { type Tensor, tensor } from "../../lib/tensor/index.js";
import { divergences } from "./on-logits.js";

const student = [
  [1, 2, 3],
  [0, 5, -1],
  [2, 2, 0],
  [-1, 0.5, 0.25],
];
const teacher = [
  [3, 0, 1],
  [1, 1, 4],
  [0, 1, 0],
  [2, -2, 1],
];
const labels = [0, 2, 1, 1];
const targets = [
  [0, 1, 0.5],
  [1, 1, 0],
  [0.25, 0, 0],
  [1, 0, 1],
];
const keep = [true, false, true, false];

const all: Loss[] = [
  losses.softTargets(),
  losses.response({ alpha: 0.7, temperature: 3 }),
  losses.response({ alpha: 1, temperature: 3 }),
  losses.crossEntropy({ labelSmoothing: 0.1 }),
  losses.crossEntropy({ classWeights: [1, 2, 0.5] }),
  losses.mse(),
  losses.binaryCrossEntropy({ positiveWeights: [1, 2, 3] }),
  ...divergences,
];
const named = all.map((loss) => [`${loss.kind} ${JSON.stringify(loss)}`, loss] as const);
const bool = (values: boolean[], shape = [values.length]) =>
  tensor(values, { dtype: "bool", shape });

/** `rows` of the data as [rows, 3], or in the shape given. */
function inputs({ kind }: Loss, rows: number[], lead = [rows.length]) {
  const pick = <T>(values: T[]) => rows.map((row) => values[row]!);
  const logits = (values: number[][]) => tensor(pick(values).flat(), { shape: [...lead, 3] });
  const isTarget = kind === "mse" || kind === "binaryCrossEntropy";
  return {
    student: logits(student).requiresGrad_(),
    teacher: logits(teacher),
    labels: isTarget ? logits(targets) : tensor(pick(labels), { shape: lead, dtype: "int64" }),
  };
}

function evaluate(loss: Loss, given: ReturnType<typeof inputs>, mask?: Tensor) {
  const value = losses.compute(loss, { ...given, mask: mask ?? null });
  value.backward();
  const flat = [...given.student.grad!.dataSync()].map(Number);
  const gradient = flat.flatMap((_, at) => (at % 3 === 0 ? [flat.slice(at, at + 3)] : []));
  return { value: value.item<number>(), gradient };
}

describe.each(named)("%s", (_, loss) => {
  const kept = evaluate(loss, inputs(loss, [0, 2]));
  const every = evaluate(loss, inputs(loss, [0, 1, 2, 3]));

  test.each([
    ["samples", [4], bool(keep)],
    ["tokens", [2, 2], bool(keep, [2, 2])],
  ] as const)("leaves out %s", (_, lead, mask) => {
    const { value, gradient } = evaluate(loss, inputs(loss, [0, 1, 2, 3], [...lead]), mask);
    expect(value).toBeCloseTo(kept.value, 5);
    expect(Math.abs(value - every.value)).toBeGreaterThan(1e-4);
    expect(gradient[1]!.every((each) => each === 0)).toBe(true);
    expect(gradient[3]!.every((each) => each === 0)).toBe(true);
    for (const [index, row] of [0, 2].entries()) {
      for (const [c, expected] of kept.gradient[index]!.entries())
        expect(gradient[row]![c]).toBeCloseTo(expected, 5);
    }
  });

  test("counts every sample where the mask is one of tokens, and the logits of samples", () => {
    const mask = bool([...keep, ...keep], [4, 2]);
    expect(evaluate(loss, inputs(loss, [0, 1, 2, 3]), mask).value).toBe(every.value);
  });

  test("gives 0 where nothing is left", () => {
    const mask = bool([false, false]);
    const { value, gradient } = evaluate(loss, inputs(loss, [0, 1]), mask);
    expect(value).toBe(0);
    expect(gradient.flat().every((each) => each === 0)).toBe(true);
  });

  test("refuses a mask of other samples", () => {
    expect(() => evaluate(loss, inputs(loss, [0, 1]), bool(keep))).toThrowError(
      expect.objectContaining({ code: "ERR_SHAPE", message: expect.stringMatching(/mask/) }),
    );
  });
});

test("a label that is wrong does not matter where the mask leaves it out", () => {
  const given = inputs(losses.crossEntropy(), [0, 1]);
  const wrong = { ...given, labels: tensor([0, 99], { dtype: "int64" }) };
  expect(() => losses.compute(losses.crossEntropy(), wrong)).toThrow(/99/);
  const mask = bool([true, false]);
  const value = losses.compute(losses.crossEntropy(), { ...wrong, mask }).item<number>();
  expect(value).toBeCloseTo(
    evaluate(losses.crossEntropy(), inputs(losses.crossEntropy(), [0])).value,
    6,
  );
});

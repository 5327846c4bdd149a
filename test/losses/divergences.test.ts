/** Divergences as losses: defaults, labels that are ignored, and what they refuse. */

import { describe, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { tensor } from "../../lib/tensor/index.js";
import { divergences } from "./on-logits.js";

const student = tensor([
  [1, 2, 3],
  [0, 5, -1],
  [2, 2, 0],
]);
const teacher = tensor([
  [3, 0, 1],
  [1, 1, 4],
  [0, 1, 0],
]);
const labels = tensor([0, 2, 1], { dtype: "int64" });

test("defaults are those of the papers' code", () => {
  expect(losses.reverseKl()).toEqual({ kind: "reverseKl", weight: 1, temperature: 1 });
  expect(losses.jsd()).toEqual({
    kind: "jsd",
    weight: 1,
    beta: 0.5,
    temperature: 1,
    scale: false,
  });
  const skewed = { weight: 1, skew: 0.1, temperature: 1, scale: false };
  expect(losses.skewKl()).toEqual({ kind: "skewKl", ...skewed });
  expect(losses.skewReverseKl()).toEqual({ kind: "skewReverseKl", ...skewed });
  expect(losses.dkd()).toEqual({
    kind: "dkd",
    weight: { from: 0, to: 1, epochs: 20 },
    alpha: 1,
    beta: 8,
    temperature: 4,
  });
  expect(losses.dist()).toEqual({
    kind: "dist",
    weight: 1,
    beta: 1,
    gamma: 1,
    temperature: 1,
    scale: false,
  });
  const standardized = { kind: "logitStandardization", weight: 9, temperature: 2 };
  expect(losses.logitStandardization()).toEqual(standardized);
});

describe("each", () => {
  test.each(divergences.map((loss) => [loss.kind, loss] as const))(
    "%s needs a teacher",
    (_, loss) => {
      expect(() => losses.compute(loss, { student, labels })).toThrowError(
        expect.objectContaining({ code: "ERR_CONFIG" }),
      );
    },
  );
});

test("dkd leaves out samples without a label, and needs labels", () => {
  const some = tensor([0, -100, 1], { dtype: "int64" });
  const mask = tensor([true, false, true], { dtype: "bool" });
  const value = (inputs: object) =>
    losses.compute(losses.dkd(), { student, teacher, ...inputs }).item<number>();
  expect(value({ labels: some })).toBe(value({ labels, mask }));
  expect(() => value({})).toThrowError(
    expect.objectContaining({ code: "ERR_DATA", message: expect.stringMatching(/needs labels/) }),
  );
});

test("options out of range are refused by name", () => {
  const refuse = (make: () => unknown, message: RegExp) =>
    expect(make).toThrowError(
      expect.objectContaining({
        code: "ERR_CONFIG",
        message: expect.stringMatching(message),
      }),
    );
  refuse(() => losses.jsd({ beta: 1.5 }), /losses.jsd.*beta/);
  refuse(() => losses.skewKl({ skew: -0.1 }), /losses.skewKl.*skew/);
  refuse(() => losses.dkd({ alpha: -1 }), /losses.dkd.*alpha/);
  refuse(() => losses.dist({ gamma: -1 }), /losses.dist.*gamma/);
  refuse(() => losses.reverseKl({ temperature: 0 }), /losses.reverseKl.*temperature/);
});

/** What the values of losses refuse, and how they say it. */

import { describe, expect, test } from "vitest";
import { type LossInputs, losses } from "../../lib/losses/index.js";
import { ones, tensor, zeros } from "../../lib/tensor/index.js";

const expectRefused = (call: () => unknown, code: string, message: RegExp) =>
  expect(call).toThrowError(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );

describe("tensors", () => {
  const labels = tensor([0, 1], { dtype: "int64" });
  const student = zeros([2, 3]);
  const teacher = zeros([2, 3]);
  const cases: [string, keyof typeof losses, object, Partial<LossInputs>, string, RegExp][] = [
    ["no teacher", "softTargets", {}, { teacher: null }, "ERR_CONFIG", /there is none/],
    ["no labels", "crossEntropy", {}, { labels: null }, "ERR_DATA", /needs labels/],
    ["no labels", "response", {}, { labels: null }, "ERR_DATA", /alpha to 1/],
    [
      "other classes",
      "response",
      {},
      { teacher: zeros([2, 4]) },
      "ERR_SHAPE",
      /has 4 classes and the student 3/,
    ],
    [
      "other rows",
      "softTargets",
      {},
      { teacher: zeros([3, 3]) },
      "ERR_SHAPE",
      /\[3, 3\].*\[2, 3\]/,
    ],
    [
      "other labels",
      "crossEntropy",
      {},
      { labels: tensor([0], { dtype: "int64" }) },
      "ERR_SHAPE",
      /labels of shape \[2\]/,
    ],
    [
      "labels out of range",
      "crossEntropy",
      {},
      { labels: tensor([0, 3], { dtype: "int64" }) },
      "ERR_DATA",
      /index 1 is 3.*3 classes, 0 to 2/,
    ],
    [
      "negative labels",
      "response",
      {},
      { labels: tensor([-1, 0], { dtype: "int64" }) },
      "ERR_DATA",
      /index 0 is -1/,
    ],
    [
      "float labels",
      "crossEntropy",
      {},
      { labels: tensor([0, 1]) },
      "ERR_DTYPE",
      /class indices as int64/,
    ],
    [
      "integer logits",
      "crossEntropy",
      {},
      { student: zeros([2, 3], { dtype: "int64" }) },
      "ERR_DTYPE",
      /floating-point/,
    ],
    [
      "an empty batch",
      "crossEntropy",
      {},
      { student: zeros([0, 3]), teacher: null, labels: zeros([0], { dtype: "int64" }) },
      "ERR_DATA",
      /empty/,
    ],
    [
      "logits of one dimension",
      "crossEntropy",
      {},
      { student: zeros([2]), teacher: null },
      "ERR_SHAPE",
      /\[B, C\]/,
    ],
    [
      "class weights",
      "crossEntropy",
      { classWeights: [1, 2] },
      {},
      "ERR_SHAPE",
      /2 classWeights for 3 classes/,
    ],
    [
      "positive weights",
      "binaryCrossEntropy",
      { positiveWeights: [1, 2] },
      { labels: zeros([2, 3]) },
      "ERR_SHAPE",
      /2 positiveWeights for 3/,
    ],
    ["targets", "mse", {}, { labels: zeros([2, 4]) }, "ERR_SHAPE", /\[2, 3\].*\[2, 4\]/],
    [
      "targets out of range",
      "binaryCrossEntropy",
      {},
      { labels: ones([2, 3]).mul(2) },
      "ERR_DATA",
      /index 0 is 2/,
    ],
    ["a number", "mse", {}, { labels: 3 as never }, "ERR_CONFIG", /expected a tensor, got 3/],
  ];
  test.each(cases)("%s for %s", (_, kind, options, given, code, message) => {
    const loss = (losses[kind] as (options: object) => never)(options);
    expectRefused(
      () => losses.compute(loss, { student, teacher, labels, ...given }),
      code,
      message,
    );
  });
});

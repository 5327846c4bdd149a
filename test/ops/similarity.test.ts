/** potstill::similarity. */

import { expect, test } from "vitest";
import { ops, tensor } from "../../lib/tensor/index.js";
import { againstPyTorch, feature, featureContract, run } from "./features.js";
import { distance, numbers } from "./inputs.js";

const similarity = ops.potstill.similarity;

againstPyTorch("similarity", () => similarity);
featureContract("similarity", similarity, { student: [5, 3, 2, 2], teacher: [5, 7] });

test("equal features differ by exactly nothing", () => {
  const s = feature([9, 130], 0.3);
  const { value, gradient } = run(similarity, s, s);
  expect(value).toBe(0);
  expect(numbers(gradient).every((g) => g === 0)).toBe(true);
});

test("features of another order or size of the whole do not matter", () => {
  const [s, t] = [feature([6, 40], 0.3, "float64"), feature([6, 21], 2.1, "float64")];
  const there = run(similarity, s, t);
  const turned = run(similarity, s.flip([1]), t.flip([1]).mul(4));
  expect(turned.value).toBeCloseTo(there.value, 12);
  expect(distance(turned.gradient.flip([1]), there.gradient)).toBeLessThan(1e-12);
});

test("the gradient has the strides of a channels-last student", () => {
  const [s, t] = [feature([4, 5, 3, 3], 0.3), feature([4, 6, 3, 3], 2.1)];
  const plain = run(similarity, s, t);
  const last = run(similarity, s.contiguous("channels_last"), t.contiguous("channels_last"));
  expect(last.gradient.strides).toEqual([45, 1, 15, 5]);
  expect(Math.abs(last.value / plain.value - 1)).toBeLessThan(1e-6);
  expect(distance(last.gradient.contiguous(), plain.gradient)).toBeLessThan(1e-7);
});

test("by hand: orthogonal samples against equal ones", () => {
  const s = tensor([
    [3, 0],
    [0, 5],
  ]);
  const t = tensor([[2], [2]]);
  // N_s is the identity, N_t is 1/√2 everywhere.
  const off = Math.SQRT1_2;
  const expected = (2 * (1 - off) ** 2 + 2 * off ** 2) / 4;
  expect(similarity(s, t).item<number>()).toBeCloseTo(expected, 6);
});

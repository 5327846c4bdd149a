/** potstill::pkt. */

import { expect, test } from "vitest";
import { ops, tensor } from "../../lib/tensor/index.js";
import { againstPyTorch, feature, featureContract, run, size } from "./features.js";
import { coded, distance, numbers } from "./inputs.js";

const pkt = ops.potstill.pkt;

againstPyTorch(
  "pkt",
  ({ eps }) =>
    (s, t) =>
      pkt(s, t, eps === undefined ? {} : { eps: eps as number }),
  1e-4,
);
featureContract("pkt", pkt, { student: [5, 3, 2, 2], teacher: [5, 7] });

test("equal features differ by exactly nothing", () => {
  const s = feature([9, 130], 0.3);
  const { value, gradient } = run(pkt, s, s);
  expect(value).toBe(0);
  expect(size(numbers(gradient))).toBeLessThan(1e-8);
});

test("the size of a sample does not matter", () => {
  const [s, t] = [feature([6, 40], 0.3, "float64"), feature([6, 21], 2.1, "float64")];
  const there = run(pkt, s, t);
  const factors = tensor([1, 2, 4, 8, 16, 32], { shape: [6, 1], dtype: "float64" });
  const scaled = run(pkt, s.mul(factors), t.mul(factors));
  expect(scaled.value).toBeCloseTo(there.value, 8);
  expect(distance(scaled.gradient.mul(factors), there.gradient)).toBeLessThan(1e-8);
});

test("by hand: orthogonal samples against equal ones", () => {
  const s = tensor(
    [
      [3, 0],
      [0, 5],
    ],
    { dtype: "float64" },
  );
  const t = tensor([[2], [2]], { dtype: "float64" });
  // P_s is 2/3 and 1/3, P_t 1/2 everywhere.
  const expected = (0.5 * Math.log(0.5 / (2 / 3)) + 0.5 * Math.log(0.5 / (1 / 3))) / 2;
  expect(pkt(s, t).item<number>()).toBeCloseTo(expected, 6);
});

test("eps has to be positive", () => {
  const s = feature([3, 4], 0.3);
  expect(() => pkt(s, s, 0)).toThrow(coded("ERR_CONFIG", /pkt: eps must be positive, got 0/));
});

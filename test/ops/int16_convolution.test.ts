/** Layers in integers of 16 bits, of every instruction set, in processes of their own. */

import { describe, expect, test } from "vitest";
import { ops, tensor, zeros } from "../../lib/tensor/index.js";
import { instructionSets, resultsWith } from "./child.js";

// Tiles of every size, strips that end in the middle of a vector, runs of odd length, steps, edges,
// more than one image in a tile, and views. An error may be what rounding input and weight to their
// steps can amount to, and no more; it is given relative to that.
const script = `
const wide = (t) => t.to("float64");
const most = 2047;
let worst = 0;
let count = 0;
const first = {};
const differ = [];
const seen = (name, made, exact, bound) => {
  const error = wide(made).sub(exact).abs().div(bound.add(1e-6)).max().item();
  if (!(error <= worst)) worst = error;
  const before = (first[name] ??= made);
  if (!aten.equal(before, made)) differ.push(name);
  count++;
};
// images, channels, height, width, outputs, kernel, stride, padding
const convolutions = [];
for (let width = 1; width <= 14; width++) convolutions.push([1, 2, 1, width, 3, [1, 1], [1, 1], [0, 0]]);
for (const outputs of [1, 7, 8, 15, 16, 17, 40])
  for (const channels of [1, 3, 8]) convolutions.push([3, channels, 5, 5, outputs, [3, 3], [1, 1], [1, 1]]);
convolutions.push(
  [5, 4, 2, 2, 33, [3, 3], [1, 1], [1, 1]],
  [2, 3, 9, 11, 20, [3, 3], [2, 2], [1, 1]],
  [2, 3, 9, 11, 20, [1, 5], [2, 3], [0, 2]],
  [2, 3, 9, 11, 20, [7, 2], [1, 2], [3, 1]],
  [2, 6, 7, 7, 12, [1, 1], [2, 2], [0, 0]],
  [9, 70, 6, 6, 130, [3, 3], [1, 1], [1, 1]],
);
const linears = [];
for (const k of [1, 2, 7, 33, 700]) linears.push([[11], k, 37]);
linears.push([[128], 784, 100], [[2, 3, 5], 20, 18], [[4], 64, 300], [[], 5, 4]);
for (const threads of [1, 2]) {
  setThreads(threads);
  for (const [n, c, h, w, outputs, kernel, stride, padding] of convolutions)
    for (const [variant, fused] of [false, true].entries()) {
      const x = fused ? filled([n, h, w, c], 0.3).permute([0, 3, 1, 2]) : filled([n, c, h, w], 0.3);
      const weight = filled([outputs, c, ...kernel], 2.1);
      const bias = fused ? filled([outputs], 0.9) : null;
      let exact = aten.conv2d(wide(x), wide(weight), bias && wide(bias), stride, padding);
      const other = fused ? filled(exact.shape, 0.5) : null;
      const [packed, scales] = potstill._pack_int16_weight(weight);
      const made = potstill._int16_convolution(
        x, packed, scales, bias, other, kernel, stride, padding, fused);
      if (fused) exact = aten.relu(exact.add(other));
      const step = aten.amax(wide(x).abs(), [1, 2, 3], true).div(most);
      const ones = wide(weight).mul(0).add(1);
      const sum = aten.conv2d(wide(x).abs(), ones, null, stride, padding);
      const bound = step.mul(aten.sum(wide(weight).abs(), [1, 2, 3]).reshape([1, outputs, 1, 1]))
        .add(sum.mul(wide(scales).reshape([1, outputs, 1, 1]))).div(2);
      seen([n, c, h, w, outputs, kernel, stride, padding, variant].join(), made, exact, bound);
    }
  for (const [rows, k, outputs] of linears)
    for (const [variant, relu] of [false, true].entries()) {
      const x = relu ? filled([k, ...rows], 0.3).movedim(0, -1) : filled([...rows, k], 0.3);
      const weight = filled([outputs, k], 2.1);
      const bias = relu ? null : filled([outputs], 0.9);
      const [packed, scales] = potstill._pack_int16_weight(weight.reshape([outputs, k, 1, 1]));
      const made = potstill._int16_linear(x, packed, scales, bias, relu);
      let exact = aten.linear(wide(x), wide(weight), bias && wide(bias));
      if (relu) exact = aten.relu(exact);
      const step = aten.amax(wide(x).abs(), [-1], true).div(most);
      const bound = step.mul(aten.sum(wide(weight).abs(), [1]))
        .add(aten.sum(wide(x).abs(), [-1], true).mul(wide(scales))).div(2);
      seen([rows, k, outputs, variant].join(), made, exact, bound);
    }
}
print({ worst, count, differ });
`;

interface Results {
  worst: number;
  count: number;
  differ: string[];
}

describe.each(instructionSets)("%s", (set) => {
  test("is off by no more than the steps, with the same bits for one thread and for two", async () => {
    const { worst, count, differ } = await resultsWith<Results>(set, script);
    expect(count).toBeGreaterThan(180);
    expect(worst).toBeLessThan(1.01);
    expect(worst).toBeGreaterThan(0.05);
    expect(differ).toEqual([]);
  });
});

const {
  _pack_int16_weight: pack,
  _int16_linear: linear,
  _int16_convolution: convolution,
} = ops.potstill;
const values = (t: { dataSync(): unknown }) => [...(t.dataSync() as Float32Array)];

test("the largest sums stay within 32 bits", () => {
  for (const sign of [1, -1]) {
    const k = 20_000;
    const [packed, scales] = pack(zeros([16, k, 1, 1]).add(sign));
    const made = linear(zeros([1, k]).add(3), packed, scales, null);
    for (const value of values(made))
      expect(Math.abs(value / (sign * 3 * k) - 1)).toBeLessThan(0.01);
  }
});

test("NaN and infinities are those of their image alone", () => {
  const [packed, scales] = pack(zeros([2, 2, 1, 1]).add(1));
  const x = tensor([1, 2, Number.NaN, 1, Number.POSITIVE_INFINITY, 0, 3, 4], { shape: [4, 2] });
  for (const relu of [false, true]) {
    const made = values(linear(x, packed, scales, null, relu));
    expect(made.map((value) => Math.round(value * 100) / 100)).toEqual([
      3,
      3,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      7,
      7,
    ]);
  }
});

test("what is zero or hardly more stays so", () => {
  const [packed, scales] = pack(tensor([1, 1, 0, 0], { shape: [2, 2, 1, 1] }));
  const made = values(
    linear(tensor([0, 0, 1e-40, 0, 1, 1], { shape: [3, 2] }), packed, scales, null),
  );
  expect(made.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(made[4]).toBeCloseTo(2, 3);
  expect(made[5]).toBe(0);
});

test("an empty batch gives an empty result", () => {
  const [packed, scales] = pack(zeros([5, 3, 3, 3]).add(1));
  const made = convolution(zeros([0, 3, 8, 8]), packed, scales, null, null, [3, 3], [2, 2], [1, 1]);
  expect(made.shape).toEqual([0, 5, 4, 4]);
  const [weight, steps] = pack(zeros([5, 3, 1, 1]).add(1));
  expect(linear(zeros([2, 0, 3]), weight, steps, null).shape).toEqual([2, 0, 5]);
});

test("what is added may be of another shape", () => {
  const [packed, scales] = pack(zeros([2, 1, 1, 1]).add(1));
  const x = zeros([1, 1, 2, 2]).add(2);
  const other = tensor([1, -9], { shape: [1, 2, 1, 1] });
  const made = convolution(x, packed, scales, null, other, [1, 1], [1, 1], [0, 0], true);
  expect(values(made.contiguous())).toEqual([3, 3, 3, 3, 0, 0, 0, 0]);
});

test("what does not fit is refused", () => {
  expect(() => pack(zeros([2, 3]))).toThrow(/outputs, channels, height, width/);
  expect(() => pack(zeros([2, 3, 1, 1], { dtype: "float64" }))).toThrow(/float32/);
  expect(() => pack(zeros([1, 1, 1, 1]).add(Number.NaN))).toThrow(/NaN or infinite/);
  const [packed, scales] = pack(zeros([4, 3, 1, 1]).add(1));
  expect(() => linear(zeros([2, 5]), packed, scales, null)).toThrow(/not packed for 5 channels/);
  expect(() => linear(zeros([2, 3], { dtype: "float64" }), packed, scales, null)).toThrow(
    /float32/,
  );
  expect(() => linear(zeros([2, 3]), packed, scales, zeros([3]))).toThrow(/bias.*\[4\]/);
  const image = zeros([1, 3, 2, 2]);
  expect(() => convolution(image, packed, scales, null, null, [3, 3], [1, 1], [0, 0])).toThrow(
    /does not fit/,
  );
  expect(() => convolution(image, packed, scales, null, null, [2, 2], [1, 1], [0, 0])).toThrow(
    /not packed/,
  );
  expect(() => convolution(image, packed, scales, null, null, [1, 1], [0, 1], [0, 0])).toThrow(
    /stride/,
  );
});

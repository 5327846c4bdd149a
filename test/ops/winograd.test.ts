/** Winograd's convolution and its gradient by the weight, of every instruction set, in processes of their own, against float64. */

import { describe, expect, test } from "vitest";
import { full, ops, zeros } from "../../lib/tensor/index.js";
import { instructionSets, resultsWith } from "./child.js";

// Images smaller than a tile and with a rest in each direction, channels and outputs that end in
// the middle of a vector and of a strip, every padding, more tiles than a group has, and inputs in
// both layouts; few tiles beside many channels and outputs. Errors are relative to the sum of magnitudes, as that of float32 is.
const script = `
const channelsLast = (t) => t.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
const shapes = [];
for (const size of [1, 2, 3, 4, 5, 7, 9]) shapes.push([2, 8, 10, size, size + 2, [1, 1]]);
for (const channels of [1, 3, 15, 17, 40]) shapes.push([1, channels, 5, 6, 6, [1, 1]]);
for (const outputs of [1, 7, 8, 9, 16, 31, 33, 64]) shapes.push([1, 4, outputs, 5, 5, [1, 1]]);
for (const padding of [[0, 0], [2, 1], [0, 2], [3, 3]]) shapes.push([2, 6, 12, 7, 8, padding]);
shapes.push([9, 24, 40, 13, 14, [1, 1]], [3, 130, 20, 8, 8, [1, 1]]);
shapes.push([3, 100, 70, 4, 3, [1, 1]], [2, 64, 48, 2, 2, [1, 1]]);
const worst = { "2/1": 0, "4/1": 0, "2/2": 0 };
const worstGradient = { ...worst };
const first = {};
const differ = [];
const wide = (t) => t.to("float64");
for (const threads of [1, 2]) {
  setThreads(threads);
  for (const [b, c, o, h, w, padding] of shapes)
    for (const [tile, stride] of [[2, 1], [4, 1], [2, 2]])
      for (const variant of [0, 1, 2]) {
        const plain = filled([b, c, h, w], 0.3);
        const input = variant === 1 ? plain : channelsLast(plain);
        const plainWeight = filled([o, c, 3, 3], 2.1);
        const weight = variant === 1 ? channelsLast(plainWeight) : plainWeight;
        const bias = variant === 2 ? null : filled([o], 0.9);
        const along = (size, i) => Math.floor((size + 2 * padding[i] - 3) / stride) + 1;
        const size = [b, o, along(h, 0), along(w, 1)];
        const other = variant === 0 ? null : variant === 1 ? filled(size, 4) : filled([b, o, 1, 1], 4);
        const relu = variant === 1;
        const kind = tile + "/" + stride;
        const key = [b, c, o, h, w, padding, kind, variant].join(" ");
        const keep = (what, made) => {
          if (!aten.equal((first[what + key] ??= made), made)) differ.push(what + key);
        };

        const packed = potstill._pack_winograd(weight, tile, stride);
        const made = potstill._winograd_convolution(
          input, packed, bias, other, relu, padding, tile, o, stride);
        const convolved = (x, y) => aten.conv2d(x, y, null, [stride, stride], padding);
        let exact = convolved(wide(input), wide(weight));
        const scale = convolved(wide(input).abs(), wide(weight).abs()).add(1);
        if (bias) exact = exact.add(bias.reshape([1, o, 1, 1]));
        if (other) exact = exact.add(other);
        if (relu) exact = aten.relu(exact);
        const error = made.sub(exact).abs().div(scale).max().item();
        if (!(error <= worst[kind])) worst[kind] = error;
        if (made.shape.join() !== exact.shape.join()) throw new Error(made.shape.join());
        if (!made.permute([0, 2, 3, 1]).isContiguous()) throw new Error("not channels-last");
        keep("", made);
        if (!other) {
          // By the weight as it lies.
          const plainly = potstill._winograd_conv2d(input, weight, bias, relu, padding, tile, stride);
          if (!aten.equal(plainly, made)) differ.push("conv2d " + key);
        }

        const arrived = variant === 2 ? filled(size, 5) : channelsLast(filled(size, 5));
        const backward = (g, x, y, mask) =>
          aten.convolution_backward(wide(g), wide(x), wide(y), null, [stride, stride], padding, [1, 1],
            false, [0, 0], 1, mask);
        const compare = (gradient, mask, index) => {
          const exact = backward(arrived, input, weight, mask)[index];
          const scale = backward(arrived.abs(), input.abs(), weight.abs(), mask)[index].add(1);
          const apart = gradient.sub(exact).abs().div(scale).max().item();
          if (!(apart <= worstGradient[kind])) worstGradient[kind] = apart;
          if (gradient.shape.join() !== exact.shape.join()) throw new Error(gradient.shape.join());
        };
        const byWeight = potstill._winograd_weight_gradient(
          arrived, input, weight, padding, tile, stride);
        compare(byWeight, [false, true, false], 1);
        if (byWeight.strides.join() !== weight.strides.join()) throw new Error("another layout");
        keep("by the weight ", byWeight);
        if (stride === 1 ? Math.max(...padding) < 3 : padding.join() === "1,1") {
          const byInput = potstill._winograd_input_gradient(
            arrived, weight, [h, w], padding, tile, stride);
          compare(byInput, [true, false, false], 0);
          keep("by the input ", byInput);
        }
      }
}
print({ worst, worstGradient, results: Object.keys(first).length, differ });
`;

/** By size of tile and stride. */
type Errors = Record<"2/1" | "4/1" | "2/2", number>;

interface Results {
  worst: Errors;
  worstGradient: Errors;
  results: number;
  differ: string[];
}

describe.each(instructionSets)("%s", (set) => {
  test("agrees with float64, with the same bits for one thread and for two", async () => {
    const { worst, worstGradient, results, differ } = await resultsWith<Results>(set, script);
    expect(results).toBeGreaterThan(600);
    for (const errors of [worst, worstGradient]) {
      expect(errors["2/1"]).toBeLessThan(1e-6);
      expect(errors["2/2"]).toBeLessThan(1e-6);
      // The transforms of tiles of 4×4 multiply by up to 2.8, and cancel.
      expect(errors["4/1"]).toBeLessThan(3e-6);
    }
    expect(differ).toEqual([]);
  });
});

const convolved = ops.potstill._winograd_convolution;
const packed = (outputs: number, channels: number, tile: number) =>
  ops.potstill._pack_winograd(zeros([outputs, channels, 3, 3]), tile);

test("NaN stays where it was, and reaches no other image", () => {
  const input = zeros([2, 3, 6, 6]);
  input.select(0, 0).fill_(Number.NaN);
  const made = convolved(input, packed(4, 3, 4), null, null, true, [1, 1], 4, 4);
  const numbers = [...(made.contiguous().dataSync() as Float32Array)];
  expect(numbers.slice(0, 144).every(Number.isNaN)).toBe(true);
  expect(numbers.slice(144).every((value) => value === 0)).toBe(true);
});

test("NaN in one image does not reach another where all tiles are transformed first", () => {
  const input = zeros([2, 64, 2, 2]);
  input.select(0, 0).fill_(Number.NaN);
  const weight = full([64, 64, 3, 3], 1);
  const made = ops.potstill._winograd_conv2d(input, weight, null, true, [1, 1], 2);
  const numbers = [...(made.contiguous().dataSync() as Float32Array)];
  expect(numbers.slice(0, 256).every(Number.isNaN)).toBe(true);
  expect(numbers.slice(256).every((value) => value === 0)).toBe(true);
});

test("an empty batch gives an empty result", () => {
  const made = convolved(zeros([0, 3, 6, 6]), packed(4, 3, 2), null, null, false, [1, 1], 2, 4);
  expect(made.shape).toEqual([0, 4, 6, 6]);
});

test("a weight as it lies that does not fit is refused", () => {
  const conv2d = ops.potstill._winograd_conv2d;
  const weight = full([4, 3, 3, 3], 1);
  const input = zeros([1, 3, 6, 6]);
  expect(conv2d(zeros([0, 3, 6, 6]), weight, null, false, [1, 1], 2).shape).toEqual([0, 4, 6, 6]);
  expect(() => conv2d(input, weight, null, false, [1, 1], 3)).toThrow(/tiles/);
  expect(() => conv2d(input, weight, null, false, [1, 1], 4, 2)).toThrow(/stride 2/);
  expect(() => conv2d(input, weight, null, false, [1, 1], 2, 3)).toThrow(/strides are 1 or 2/);
  expect(() => conv2d(zeros([1, 4, 6, 6]), weight, null, false, [1, 1], 2)).toThrow(/does not fit/);
  expect(() => conv2d(input, weight, zeros([3]), false, [1, 1], 2)).toThrow(/bias/);
  expect(() => conv2d(input, weight.narrow(2, 0, 2), null, false, [1, 1], 2)).toThrow(/3×3/);
  expect(() => conv2d(input, weight, null, false, [-1, 1], 2)).toThrow(/padding/);
});

test("a gradient that does not fit is refused", () => {
  const gradient = ops.potstill._winograd_weight_gradient;
  const weight = full([4, 3, 3, 3], 1);
  expect(() => gradient(zeros([1, 4, 5, 6]), zeros([1, 3, 6, 6]), weight, [1, 1], 2)).toThrow(
    /does not fit/,
  );
  expect(() => gradient(zeros([1, 4, 6, 6]), zeros([1, 2, 6, 6]), weight, [1, 1], 2)).toThrow(
    /does not fit/,
  );
  expect(() => gradient(zeros([1, 4, 6, 6]), zeros([1, 3, 6, 6]), weight, [1, 1], 3)).toThrow(
    /2 or 4/,
  );
  const byInput = ops.potstill._winograd_input_gradient;
  expect(byInput(zeros([1, 4, 3, 3]), weight, [6, 6], [1, 1], 2, 2).shape).toEqual([1, 3, 6, 6]);
  expect(() => byInput(zeros([1, 4, 3, 3]), weight, [7, 6], [1, 1], 2, 2)).toThrow(/does not fit/);
  expect(() => byInput(zeros([1, 4, 2, 2]), weight, [6, 6], [0, 0], 2, 2)).toThrow(/no gradient/);
  expect(() => byInput(zeros([1, 4, 10, 6]), weight, [6, 6], [3, 1], 2)).toThrow(/no gradient/);
});

test("what does not fit is refused", () => {
  const weight = packed(4, 3, 2);
  const input = zeros([1, 3, 6, 6]);
  expect(() => packed(4, 3, 3)).toThrow(/2 or 4/);
  expect(() => ops.potstill._pack_winograd(zeros([4, 3, 5, 5]), 2)).toThrow(/3×3/);
  expect(() => convolved(input, weight, null, null, false, [1, 1], 4, 4)).toThrow(/does not fit/);
  expect(() => convolved(zeros([1, 5, 6, 6]), weight, null, null, false, [1, 1], 2, 4)).toThrow(
    /does not fit/,
  );
  expect(() => convolved(zeros([1, 3, 2, 2]), weight, null, null, false, [0, 0], 2, 4)).toThrow(
    /padding/,
  );
  expect(() => convolved(input, weight, full([3], 1), null, false, [1, 1], 2, 4)).toThrow(/biases/);
  expect(() => convolved(input, weight, null, zeros([1, 4, 5, 6]), false, [1, 1], 2, 4)).toThrow();
});

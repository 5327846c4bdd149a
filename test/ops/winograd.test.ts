/** Winograd's convolution and its gradient by the weight, of every instruction set, in processes of their own, against float64. */

import { describe, expect, test } from "vitest";
import { full, ops, zeros } from "../../lib/tensor/index.js";
import { instructionSets, resultsWith } from "./child.js";

// Images smaller than a tile and with a rest in each direction, channels and outputs that end in
// the middle of a vector and of a strip, every padding, more tiles than a group has, and inputs in
// both layouts. Errors are relative to the sum of magnitudes, as that of float32 is.
const script = `
const channelsLast = (t) => t.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
const shapes = [];
for (const size of [1, 2, 3, 4, 5, 7, 9]) shapes.push([2, 8, 10, size, size + 2, [1, 1]]);
for (const channels of [1, 3, 15, 17, 40]) shapes.push([1, channels, 5, 6, 6, [1, 1]]);
for (const outputs of [1, 7, 8, 9, 16, 31, 33, 64]) shapes.push([1, 4, outputs, 5, 5, [1, 1]]);
for (const padding of [[0, 0], [2, 1], [0, 2], [3, 3]]) shapes.push([2, 6, 12, 7, 8, padding]);
shapes.push([9, 24, 40, 13, 14, [1, 1]], [3, 130, 20, 8, 8, [1, 1]]);
const worst = { 2: 0, 4: 0 };
const worstGradient = { 2: 0, 4: 0 };
const first = {};
const differ = [];
for (const threads of [1, 2]) {
  setThreads(threads);
  for (const [b, c, o, h, w, padding] of shapes)
    for (const tile of [2, 4])
      for (const variant of [0, 1, 2]) {
        const plain = filled([b, c, h, w], 0.3);
        const input = variant === 1 ? plain : channelsLast(plain);
        const weight = filled([o, c, 3, 3], 2.1);
        const bias = variant === 2 ? null : filled([o], 0.9);
        const size = [b, o, h + 2 * padding[0] - 2, w + 2 * padding[1] - 2];
        const other = variant === 0 ? null : variant === 1 ? filled(size, 4) : filled([b, o, 1, 1], 4);
        const relu = variant === 1;
        const packed = potstill._pack_winograd(weight, tile);
        const made = potstill._winograd_convolution(input, packed, bias, other, relu, padding, tile, o);
        const convolved = (x, y) => aten.conv2d(x, y, null, [1, 1], padding);
        const wide = (t) => t.to("float64");
        let exact = convolved(wide(input), wide(weight));
        const scale = convolved(wide(input).abs(), wide(weight).abs()).add(1);
        if (bias) exact = exact.add(bias.reshape([1, o, 1, 1]));
        if (other) exact = exact.add(other);
        if (relu) exact = aten.relu(exact);
        const error = made.sub(exact).abs().div(scale).max().item();
        if (!(error <= worst[tile])) worst[tile] = error;
        if (made.shape.join() !== exact.shape.join()) throw new Error(made.shape.join());
        if (!made.permute([0, 2, 3, 1]).isContiguous()) throw new Error("not channels-last");
        const key = [b, c, o, h, w, padding, tile, variant].join(" ");
        if (!aten.equal((first[key] ??= made), made)) differ.push(key);

        const arrived = variant === 2 ? filled(size, 5) : channelsLast(filled(size, 5));
        const like = variant === 1 ? channelsLast(weight) : weight;
        const gradient = potstill._winograd_weight_gradient(arrived, input, like, padding, tile);
        const backward = (g, x) =>
          aten.convolution_backward(wide(g), wide(x), wide(weight), null, [1, 1], padding, [1, 1],
            false, [0, 0], 1, [false, true, false])[1];
        const magnitude = backward(arrived.abs(), input.abs()).add(1);
        const apart = gradient.sub(backward(arrived, input)).abs().div(magnitude).max().item();
        if (!(apart <= worstGradient[tile])) worstGradient[tile] = apart;
        if (gradient.strides.join() !== like.strides.join()) throw new Error("another layout");
        if (!aten.equal((first["gradient " + key] ??= gradient), gradient)) differ.push(key);
      }
}
print({ worst, worstGradient, convolutions: Object.keys(first).length / 2, differ });
`;

interface Results {
  worst: Record<2 | 4, number>;
  worstGradient: Record<2 | 4, number>;
  convolutions: number;
  differ: string[];
}

describe.each(instructionSets)("%s", (set) => {
  test("agrees with float64, with the same bits for one thread and for two", async () => {
    const results = await resultsWith<Results>(set, script);
    const { worst, worstGradient, convolutions, differ } = results;
    expect(convolutions).toBeGreaterThan(150);
    expect(worst[2]).toBeLessThan(1e-6);
    // The transforms of tiles of 4×4 multiply by up to 2.8, and cancel.
    expect(worst[4]).toBeLessThan(3e-6);
    expect(worstGradient[2]).toBeLessThan(1e-6);
    expect(worstGradient[4]).toBeLessThan(3e-6);
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

test("an empty batch gives an empty result", () => {
  const made = convolved(zeros([0, 3, 6, 6]), packed(4, 3, 2), null, null, false, [1, 1], 2, 4);
  expect(made.shape).toEqual([0, 4, 6, 6]);
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

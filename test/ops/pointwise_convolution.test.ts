/** Convolutions of one pixel as products, of every instruction set, in processes of their own, against float64. */

import { describe, expect, test } from "vitest";
import { full, ops, zeros } from "../../lib/tensor/index.js";
import { instructionSets, resultsWith } from "./child.js";

const { potstill } = ops;

// Few and many pixels, channels and outputs, with and without what follows, in both layouts. Errors
// are relative to the sum of magnitudes, as that of float32 is.
const script = `
manualSeed(3);
const channelsLast = (t) => t.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
const shapes = [
  [1, 1, 1, 1, 1], [2, 33, 17, 6, 7], [70, 64, 16, 4, 4], [1, 400, 70, 3, 2], [2, 20, 300, 5, 5],
  [9, 96, 250, 13, 14], [3, 130, 900, 8, 16],
];
let worst = 0;
let count = 0;
const differ = [];
for (const [b, c, o, h, w] of shapes)
  for (const last of [false, true])
    for (const variant of [0, 1, 2]) {
      const input = last ? channelsLast(randn([b, c, h, w])) : randn([b, c, h, w]);
      const weight = randn([o, c, 1, 1]);
      const bias = variant === 2 ? null : randn([o]);
      const other = variant === 0 ? null : variant === 1 ? randn([b, o, h, w]) : randn([b, o, 1, 1]);
      const relu = variant !== 0;
      const wide = (t) => t.to("float64");
      let exact = aten.conv2d(wide(input), wide(weight));
      const scale = aten.conv2d(wide(input).abs(), wide(weight).abs()).add(1);
      if (bias) exact = exact.add(bias.reshape([1, o, 1, 1]));
      if (other) exact = exact.add(other);
      if (relu) exact = aten.relu(exact);
      const packed = potstill._pack_pointwise(weight);
      const made = [1, 2].map((threads) => {
        setThreads(threads);
        return potstill._pointwise_convolution(input, packed, bias, other, relu, o);
      });
      const error = made[0].sub(exact).abs().div(scale).max().item();
      if (!(error <= worst)) worst = error;
      if (made[0].shape.join() !== exact.shape.join()) throw new Error(made[0].shape.join());
      if (!made[0].permute([0, 2, 3, 1]).isContiguous()) throw new Error("not channels-last");
      if (!aten.equal(made[0], made[1])) differ.push([b, c, o, variant].join());
      count++;
    }
print({ worst, count, differ });
`;

describe.each(instructionSets)("%s", (set) => {
  test("agrees with float64, with the same bits for one thread and for two", async () => {
    const results = await resultsWith<Record<string, unknown>>(set, script);
    expect(results).toMatchObject({ count: 42, differ: [] });
    expect(results.worst).toBeLessThan(1e-6);
  });
});

const convolved = (input = zeros([1, 3, 6, 6]), outputs = 4, bias = 4) =>
  potstill._pointwise_convolution(
    ...([input, potstill._pack_pointwise(zeros([4, 3, 1, 1])), full([bias], 1), null] as const),
    ...([false, outputs] as const),
  );

test("an empty batch gives an empty result, and what does not fit is refused", () => {
  expect(convolved().shape).toEqual([1, 4, 6, 6]);
  expect(convolved(zeros([0, 3, 6, 6])).shape).toEqual([0, 4, 6, 6]);
  expect(() => convolved(zeros([1, 5, 6, 6]))).toThrow(/does not fit/);
  expect(() => convolved(undefined, 40)).toThrow(/does not fit/);
  expect(() => convolved(undefined, 4, 3)).toThrow(/biases/);
  expect(() => convolved(zeros([3, 6, 6]))).toThrow(/4-d/);
  expect(() => potstill._pack_pointwise(zeros([4, 3, 3, 3]))).toThrow(/1×1/);
});

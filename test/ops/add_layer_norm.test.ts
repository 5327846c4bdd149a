/** potstill::add_layer_norm against ATen's two operators in float64, on every instruction set. */

import { describe, expect, test } from "vitest";
import { ones, ops, type Tensor, zeros } from "../../lib/tensor/index.js";
import { instructionSets, resultsWith } from "./child.js";
import { distance, logits, numbers } from "./inputs.js";

const { aten, potstill } = ops;

// Rows around the widths of vectors, with and without parameters; far from 0, where squares would
// lose the variance; and without any, where eps alone divides.
const script = `
const values = (shape, seed, size = 2, offset = 0) =>
  tensor(
    Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) =>
      offset + size * Math.sin(seed + 1.7 * i) * Math.cos(0.37 * i)),
    { shape },
  );
const wide = (t) => t?.to("float64") ?? null;
const worst = { made: 0, aten: 0 };
for (const threads of [1, 2]) {
  setThreads(threads);
  for (const width of [1, 3, 4, 7, 8, 9, 16, 31, 128, 384, 1001])
    for (const [size, offset] of [[2, 0], [1, 300], [0, 5]])
      for (const [weighted, biased] of [[true, true], [true, false], [false, false]]) {
        const [x, y] = [values([3, 70, width], 0.3, size, offset), values([3, 70, width], 2.1, size)];
        const weight = weighted ? values([width], 0.9) : null;
        const bias = biased ? values([width], 1.3) : null;
        const made = potstill.add_layer_norm(x, y, [width], weight, bias, 1e-5);
        // What float32 rounds in the sum is not the operator's.
        const sum = x.add(y).to("float64");
        const exact = aten.layer_norm(sum, [width], wide(weight), wide(bias), 1e-5);
        const plain = aten.layer_norm(x.add(y), [width], weight, bias, 1e-5);
        for (const [name, t] of Object.entries({ made, aten: plain })) {
          const error = t.sub(exact).abs().max().item();
          if (!(error <= worst[name])) worst[name] = error;
        }
      }
}
print({ worst });
`;

describe.each(instructionSets)("%s", (set) => {
  test("agrees with float64", async () => {
    const { worst } = await resultsWith<{ worst: { made: number; aten: number } }>(set, script);
    // Far from 0 the mean's rounding is what is seen, in ATen's too.
    expect(worst.made).toBeLessThan(Math.max(1e-6, 2 * worst.aten));
    expect(worst.made).toBeLessThan(1e-2);
  });
});

/** As ATen would have it. */
const plain = (x: Tensor, y: Tensor, shape: number[], weight: Tensor | null = null) =>
  aten.layer_norm(aten.add(x, y), shape, weight);

test("what is broadcast, of another dtype, or normalized over two dimensions is ATen's", () => {
  for (const dtype of ["float32", "float64", "bfloat16"] as const) {
    const [x, y] = [logits(6, 8, 0.3, dtype), logits(1, 8, 2.1, dtype)];
    const made = potstill.add_layer_norm(x, y, [8]);
    expect(made.dtype).toBe(dtype);
    expect(distance(made, plain(x, y, [8]))).toBe(0);
  }
  const [x, y] = [logits(6, 8, 0.3), logits(6, 8, 2.1)];
  expect(distance(potstill.add_layer_norm(x, y, [6, 8]), plain(x, y, [6, 8]))).toBe(0);
  expect(potstill.add_layer_norm(zeros([0, 8]), zeros([0, 8]), [8]).shape).toEqual([0, 8]);
  const turned = logits(8, 6, 0.3).t();
  expect(distance(potstill.add_layer_norm(turned, y, [8]), plain(turned, y, [8]))).toBeLessThan(
    1e-5,
  );
});

test("gradients are those of ATen", () => {
  const gradients = (layer: typeof plain) => {
    const [x, y] = [logits(6, 8, 0.3), logits(6, 8, 2.1)].map((t) => t.requiresGrad_());
    const weight = ones([8]).requiresGrad_();
    layer(x!, y!, [8], weight).pow(3).sum().backward();
    return [x!, y!, weight].map((t) => numbers(t.grad!));
  };
  const fused: typeof plain = (x, y, shape, weight = null) =>
    potstill.add_layer_norm(x, y, shape, weight);
  expect(gradients(fused)).toEqual(gradients(plain));
});

test("shapes that do not fit are refused", () => {
  const sum = () => potstill.add_layer_norm(zeros([2, 8]), zeros([2, 8]), [7]);
  expect(sum).toThrow(/normalized_shape/);
});

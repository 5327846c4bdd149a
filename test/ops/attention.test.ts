/** potstill::attention against its definition in float64, on every instruction set. */

import { describe, expect, test } from "vitest";
import { noGrad, ops, type Tensor } from "../../lib/tensor/index.js";
import { instructionSets, resultsWith } from "./child.js";
import { distance, logits } from "./inputs.js";

const { aten, potstill } = ops;

// Widths around those of vectors and tiles; more queries than a block of them holds (256, and fewer
// with many keys); heads as they come out of one product, and lying by themselves. Errors are
// relative to the largest of each tensor.
const script = `
const large = (shape, seed) => filled(shape, seed).mul(2);
const joined = (B, H, T, D, seed) =>
  large([B, T, 3 * H * D], seed).slice(2, H * D, 2 * H * D).reshape([B, T, H, D]).transpose(1, 2);
const apart = (B, H, T, D, seed) => large([B, H, T, D], seed);
const turned = (B, H, T, D, seed) => large([B, H, D, T], seed).transpose(2, 3);
function exact([q, k, v], causal, scale) {
  let scores = aten.matmul(q, k.transpose(-2, -1)).mul(scale ?? 1 / Math.sqrt(q.shape[3]));
  if (causal) {
    const hidden = aten.triu(aten.ones([q.shape[2], k.shape[2]], { dtype: "bool" }), 1);
    scores = aten.masked_fill(scores, hidden, -Infinity);
  }
  return aten.matmul(aten.softmax(scores, -1), v);
}
const cases = [];
for (const [T, S, D, V] of [
  [1, 1, 1, 1], [2, 3, 4, 5], [7, 9, 8, 16], [33, 17, 15, 1], [64, 64, 32, 32],
  [17, 33, 70, 40], [300, 37, 16, 8], [70, 1500, 8, 8],
])
  for (const causal of [false, true])
    for (const scale of [null, 0.7]) cases.push([T, S, D, V, causal, scale]);
const worst = [0, 0, 0, 0];
const differ = [];
for (const [n, [T, S, D, V, causal, scale]] of cases.entries()) {
  const [B, H] = [1 + (n % 2), 1 + (n % 3)];
  const make = [joined, apart, turned][n % 3];
  const given = [make(B, H, T, D, 0.3), make(B, H, S, D, 2.1), make(B, H, S, V, 0.9)];
  const arriving = make(B, H, T, V, 1.3);
  const run = (inputs, attention, gradient) => {
    const leaves = inputs.map((t) => t.detach().requiresGrad_());
    const output = attention(leaves);
    output.backward({ gradient });
    return [output.detach(), ...leaves.map((t) => t.grad)];
  };
  const fast = ([q, k, v]) => potstill.attention(q, k, v, null, 0, causal, scale === null ? {} : { scale });
  const made = [1, 2].map((threads) => {
    setThreads(threads);
    return run(given, fast, arriving);
  });
  const wide = run(given.map((t) => t.to("float64")), (t) => exact(t, causal, scale), arriving.to("float64"));
  for (const i of [0, 1, 2, 3]) {
    if (made[0][i].shape.join() !== wide[i].shape.join()) throw new Error(String(made[0][i].shape));
    if (!aten.equal(made[0][i], made[1][i])) differ.push([n, i].join(" "));
    const size = Math.max(1, wide[i].abs().max().item());
    const error = made[0][i].sub(wide[i]).abs().max().item() / size;
    if (!(error <= worst[i])) worst[i] = error;
  }
}
print({ worst, differ });
`;

interface Results {
  worst: number[];
  differ: string[];
}

describe.each(instructionSets)("%s", (set) => {
  test("output and gradients agree with float64, and have the same bits for any threads", async () => {
    const { worst, differ } = await resultsWith<Results>(set, script);
    for (const error of worst) expect(error).toBeLessThan(1e-5);
    expect(differ).toEqual([]);
  });
});

const heads = (seed: number, rows = 5, dtype: "float32" | "float64" | "bfloat16" = "float32") =>
  logits(1, 2 * 3 * rows * 4, seed, dtype).reshape([2, 3, rows, 4]);

test("the heads of the output join without a copy", () => {
  const output = potstill.attention(heads(0.3), heads(2.1), heads(0.9));
  expect(output.transpose(1, 2).isContiguous()).toBe(true);
});

test("masks, dropout and other dtypes are ATen's", () => {
  const mask = logits(5, 5, 1.3);
  for (const dtype of ["float32", "float64", "bfloat16"] as const) {
    const [q, k, v] = [heads(0.3, 5, dtype), heads(2.1, 5, dtype), heads(0.9, 5, dtype)];
    const added = mask.to(dtype);
    const made = potstill.attention(q, k, v, added);
    expect(distance(made, aten.scaled_dot_product_attention(q, k, v, added))).toBe(0);
    if (dtype === "float32") continue;
    const plain = aten.scaled_dot_product_attention(q, k, v);
    expect(distance(potstill.attention(q, k, v), plain)).toBe(0);
  }
  const [q, k, v] = [heads(0.3), heads(2.1), heads(0.9)];
  const kept = noGrad(() => potstill.attention(q, k, v, null, 0.5));
  expect(distance(kept, potstill.attention(q, k, v))).toBeGreaterThan(1e-3);
});

test("gradients of gradients", () => {
  const second = (attention: (q: Tensor, k: Tensor, v: Tensor) => Tensor) => {
    const leaves = [heads(0.3), heads(2.1, 7), heads(0.9, 7)].map((t) => t.requiresGrad_());
    const [q, k, v] = leaves as [Tensor, Tensor, Tensor];
    attention(q, k, v).pow(2).sum().backward({ createGraph: true });
    const first = q.grad!;
    for (const leaf of leaves) leaf.grad = null;
    first.pow(2).sum().backward();
    return leaves.map((leaf) => leaf.grad!);
  };
  for (const causal of [false, true]) {
    const made = second((q, k, v) => potstill.attention(q, k, v, null, 0, causal));
    const exact = second((q, k, v) => {
      const hidden = aten.triu(aten.ones([5, 7], { dtype: "bool" }), causal ? 1 : 7);
      const scores = aten.matmul(q, k.transpose(-2, -1)).mul(0.5);
      return aten.matmul(aten.softmax(aten.masked_fill(scores, hidden, -Infinity), -1), v);
    });
    for (const [i, gradient] of exact.entries()) {
      const size = aten.max(gradient.abs()).item() as number;
      expect(size).toBeGreaterThan(0.1);
      expect(distance(made[i]!, gradient) / size).toBeLessThan(2e-5);
    }
  }
});

test("an empty batch", () => {
  const [q, k, v] = [heads(0.3), heads(2.1), heads(0.9)].map((t) => t.slice(0, 0, 0));
  expect(potstill.attention(q!, k!, v!).shape).toEqual([0, 3, 5, 4]);
});

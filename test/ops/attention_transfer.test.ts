/** potstill::attention_transfer. */

import { describe, expect, test } from "vitest";
import { manualSeed, ops, randn, type Tensor } from "../../lib/tensor/index.js";
import { againstPyTorch, feature, featureContract, run, size } from "./features.js";
import { coded, distance, numbers } from "./inputs.js";

const attention = ops.potstill.attention_transfer;
const asInPaper = (s: Tensor, t: Tensor) => attention(s, t, true);

againstPyTorch("attention_transfer", ({ paper }) => (paper === true ? asInPaper : attention));

const shapes = { student: [4, 3, 3, 2], teacher: [4, 5, 3, 2] };
describe.each([
  ["as the code has it", attention],
  ["as the paper has it", asInPaper],
])("%s", (_, loss) => {
  featureContract("attention_transfer", loss, shapes);

  test("the mean over parts is the mean over the whole", () => {
    const [s, t] = [feature([5, 3, 3, 2], 0.3, "float64"), feature([5, 5, 3, 2], 2.1, "float64")];
    const part = (from: number, to: number) =>
      (to - from) * loss(s.slice(0, from, to), t.slice(0, from, to)).item<number>();
    expect(part(0, 2) + part(2, 5)).toBeCloseTo(part(0, 5), 12);
  });

  test("equal maps differ by exactly nothing, and no gradient is NaN", () => {
    const s = feature([3, 70, 5, 7], 0.3);
    const { value, gradient } = run(loss, s, s);
    expect(value).toBe(0);
    expect(numbers(gradient).every((g) => g === 0)).toBe(true);
  });

  test("the size of the features does not matter", () => {
    const [s, t] = [feature([3, 4, 3, 3], 0.3, "float64"), feature([3, 2, 3, 3], 2.1, "float64")];
    const there = run(loss, s, t);
    const scaled = run(loss, s.mul(8), t.mul(0.25));
    expect(scaled.value).toBeCloseTo(there.value, 12);
    const expected = numbers(there.gradient).map((g) => g / 8);
    expect(distance(scaled.gradient, expected)).toBeLessThan(1e-12);
  });

  test.each([
    ["channels before positions", [3, 70, 5, 7], [3, 37, 5, 7]],
    ["one channel", [3, 1, 5, 7], [3, 1, 5, 7]],
    ["one position", [3, 20, 1, 1], [3, 6, 1, 1]],
  ])("channels-last: %s", (_name, mine, other) => {
    const [s, t] = [feature(mine, 0.3), feature(other, 2.1)];
    const [u, v] = [s, t].map((x) => x.contiguous("channels_last"));
    const there = run(loss, s, t);
    for (const [a, b] of [
      [u!, v!],
      [u!, t],
      [s, v!],
    ] as const) {
      const here = run(loss, a, b);
      expect(Math.abs(here.value - there.value)).toBeLessThan(1e-6 * there.value + 1e-12);
      const scale = size(numbers(there.gradient)) + 1e-12;
      expect(distance(here.gradient.contiguous(), there.gradient) / scale).toBeLessThan(1e-5);
    }
    if (mine[1]! > 1) expect(run(loss, u!, v!).gradient.strides[1]).toBe(1);
  });
});

// Over 16 MiB of features the gradient is written past the caches, and only from aligned addresses:
// samples of 62 channels at 14 × 14 are, every second of 61 at 7 × 15 is not.
test.each([
  [180, 62, 14, 14],
  [340, 61, 7, 15],
])("many samples of [%i, %i, %i, %i] give what each gives alone", (batch, ...sample) => {
  manualSeed(7);
  const [s, t] = [randn([batch, ...sample]), randn([batch, ...sample])];
  const { value, gradient } = run(attention, s, t);
  let total = 0;
  for (let i = 0; i < batch; i++) {
    const alone = run(attention, s.slice(0, i, i + 1), t.slice(0, i, i + 1));
    total += alone.value;
    const here = gradient.slice(0, i, i + 1).mul(batch);
    const error = here.sub(alone.gradient).abs().max().item<number>();
    expect(error).toBeLessThan(1e-5 * alone.gradient.abs().max().item<number>());
  }
  expect(value).toBeCloseTo(total / batch, 6);
});

test("three and five dimensions", () => {
  const [s, t] = [feature([2, 3, 4, 2, 3], 0.3), feature([2, 5, 4, 2, 3], 2.1)];
  const flat = run(attention, s.flatten(2), t.flatten(2));
  const deep = run(attention, s, t);
  expect(deep.value).toBe(flat.value);
  expect(numbers(deep.gradient)).toEqual(numbers(flat.gradient));
});

test("maps of different size are refused with what to do", () => {
  expect(() => attention(feature([2, 3, 4, 4], 0.3), feature([2, 3, 8, 8], 0.3))).toThrow(
    coded("ERR_SHAPE", /\[2, 3, 4, 4\] and teacher of shape \[2, 3, 8, 8\] .* pool the larger/),
  );
  expect(() => attention(feature([2, 3], 0.3), feature([2, 3], 0.3))).toThrow(
    coded("ERR_SHAPE", /at least 3 dimensions/),
  );
});

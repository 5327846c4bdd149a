/** potstill::hint_mse. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ops, type Tensor, tensor } from "../../lib/tensor/index.js";
import { againstPyTorch, feature, featureContract, run } from "./features.js";
import { coded, distance, numbers } from "./inputs.js";

const hint = ops.potstill.hint_mse;
const masked = (mask: Tensor) => (s: Tensor, t: Tensor) => hint(s, t, mask);

againstPyTorch("hint_mse", ({ mask }) => {
  if (mask === undefined) return hint;
  return masked(tensor(mask as boolean[], { shape: [4, 2], dtype: "bool" }));
});

featureContract("hint_mse", hint, { student: [4, 3, 2, 2], teacher: [4, 3, 2, 2] });

describe("mask", () => {
  const [s, t] = [feature([5, 4, 7], 0.3), feature([5, 4, 7], 2.1)];
  const kept = [3, 0, 4];
  const mask = tensor([true, false, false, true, true], { dtype: "bool" });

  test("of samples: as good as without those left out, which are not read", () => {
    const index = tensor(kept, { dtype: "int64" });
    const part = run(hint, ops.aten.index_select(s, 0, index), ops.aten.index_select(t, 0, index));
    const values = numbers(s);
    values[1 * 28 + 3] = Number.NaN;
    const all = run(masked(mask), tensor(values, { shape: s.shape }), t);
    expect(all.value).toBeCloseTo(part.value, 6);
    expect(distance(ops.aten.index_select(all.gradient, 0, index), part.gradient)).toBeLessThan(
      1e-7,
    );
    expect(numbers(all.gradient.slice(0, 1, 3)).every((g) => g === 0)).toBe(true);
  });

  test("of everything or of nothing", () => {
    const none = run(masked(mask.logicalNot().logicalAnd(mask)), s, t);
    expect(none.value).toBe(0);
    expect(numbers(none.gradient).every((g) => g === 0)).toBe(true);
    const whole = run(masked(tensor(Array(20).fill(true), { shape: [5, 4], dtype: "bool" })), s, t);
    expect(whole.value).toBeCloseTo(run(hint, s, t).value, 6);
  });

  test("on channels-last features", () => {
    const maps = [0.3, 2.1].map((seed) => feature([5, 4, 3, 3], seed));
    const last = maps.map((m) => m.contiguous("channels_last"));
    const byChannel = tensor(
      Array.from({ length: 20 }, (_, i) => i % 3 !== 0),
      { shape: [5, 4], dtype: "bool" },
    );
    for (const each of [mask, byChannel]) {
      const there = run(masked(each), maps[0]!, maps[1]!);
      const here = run(masked(each), last[0]!, last[1]!);
      expect(here.value).toBeCloseTo(there.value, 6);
      expect(distance(here.gradient.contiguous(), there.gradient)).toBeLessThan(1e-7);
    }
  });

  test("that does not fit is refused", () => {
    expect(() => hint(s, t, tensor([true, false], { dtype: "bool" }))).toThrow(
      coded("ERR_SHAPE", /leading dimensions of \[5, 4, 7\], got \[2\]/),
    );
    expect(() => hint(s, t, tensor([1, 0, 0, 1, 1]))).toThrow(
      coded("ERR_DTYPE", /mask must have dtype bool/),
    );
  });
});

test("the mean over parts is the mean over the whole", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 9 }),
      fc.double({ min: 0, max: 6, noNaN: true }),
      (n, x) => {
        const [s, t] = [feature([n, 5], x, "float64"), feature([n, 5], x + 1, "float64")];
        const cut = Math.ceil(n / 3);
        const part = (from: number, to: number) =>
          (to - from) * hint(s.slice(0, from, to), t.slice(0, from, to)).item<number>();
        expect(part(0, cut) + part(cut, n)).toBeCloseTo(part(0, n), 10);
      },
    ),
    { numRuns: 50 },
  );
});

test("equal features differ by exactly nothing", () => {
  const s = feature([3, 70, 9], 0.3);
  const { value, gradient } = run(hint, s, s);
  expect(value).toBe(0);
  expect(numbers(gradient).every((g) => g === 0)).toBe(true);
});

test("a gradient of many megabytes, and of the format of the student", () => {
  const s = ops.aten.linspace(-1, 1, 64 * 20 * 64 * 64).view([64, 20, 64, 64]);
  const t = s.mul(0.5);
  const { value, gradient } = run(hint, s, t);
  expect(value).toBeCloseTo(0.25 / 3, 5);
  expect(gradient.mul(s.numel).sub(s).abs().max().item<number>()).toBeLessThan(1e-6);
  const last = (of: Tensor) => of.slice(0, 0, 3).contiguous("channels_last");
  const formatted = run(hint, last(s), last(t));
  expect(formatted.gradient.strides[1]).toBe(1);
});

test("shapes that differ are refused", () => {
  expect(() => hint(feature([3, 4], 0.3), feature([3, 5], 0.3))).toThrow(
    coded("ERR_SHAPE", /hint_mse: student of shape \[3, 4\] and teacher of shape \[3, 5\]/),
  );
});

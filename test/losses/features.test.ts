/** Losses on features: options, values by the operators, pairs, masks, pooling, and what they refuse. */

import { describe, expect, test } from "vitest";
import { type Loss, losses } from "../../lib/losses/index.js";
import { ops, type Tensor, tensor } from "../../lib/tensor/index.js";
import { feature } from "../ops/features.js";
import { coded, distance, numbers } from "../ops/inputs.js";

const { hint_mse, attention_transfer, similarity, rkd, pkt, nst } = ops.potstill;
const maps = [feature([4, 3, 4, 4], 0.3), feature([4, 5, 4, 4], 2.1)] as const;
const rows = [feature([4, 6], 0.3), feature([4, 9], 2.1)] as const;
const tokens = [feature([4, 3, 6], 0.3), feature([4, 3, 6], 2.1)] as const;

interface Row {
  loss: Loss;
  pair: readonly [Tensor, Tensor];
  by: (s: Tensor, t: Tensor) => Tensor;
}
const table: Record<string, Row> = {
  hint: { loss: losses.hint(), pair: tokens, by: hint_mse },
  hiddenState: { loss: losses.hiddenState(), pair: tokens, by: hint_mse },
  attention: { loss: losses.attention(), pair: maps, by: attention_transfer },
  "attention of the paper": {
    loss: losses.attention({ paper: true }),
    pair: maps,
    by: (s, t) => attention_transfer(s, t, true),
  },
  similarity: { loss: losses.similarity(), pair: maps, by: similarity },
  rkd: { loss: losses.rkd(), pair: rows, by: (s, t) => rkd(s, t, 25, 50) },
  "rkd of angles": {
    loss: losses.rkd({ distance: 0, angle: 2 }),
    pair: rows,
    by: (s, t) => rkd(s, t, 0, 2),
  },
  pkt: { loss: losses.pkt(), pair: rows, by: pkt },
  "pkt with eps": {
    loss: losses.pkt({ eps: 0.1 }),
    pair: rows,
    by: (s, t) => pkt(s, t, 0.1),
  },
  nst: { loss: losses.nst(), pair: maps, by: nst },
};
const entries = Object.entries(table);

test("default weights", () => {
  const weights = Object.fromEntries(entries.map(([, { loss }]) => [loss.kind, loss.weight]));
  expect(weights).toEqual({
    hint: 100,
    hiddenState: 1,
    attention: 1000,
    similarity: 3000,
    rkd: 1,
    pkt: 30000,
    nst: 50,
  });
});

describe.each(entries)("%s", (_, { loss, pair, by }) => {
  const [student, teacher] = pair;

  test("is that of the operator, with its gradient and without its weight", () => {
    const leaf = student.detach().requiresGrad_();
    const value = losses.compute(loss, { student: leaf, teacher });
    value.backward();
    const other = student.detach().requiresGrad_();
    const expected = by(other, teacher);
    expected.backward();
    expect(value.item()).toBe(expected.item());
    expect(numbers(leaf.grad!)).toEqual(numbers(other.grad!));
  });

  test("several pairs are summed", () => {
    const value = losses.compute(loss, {
      student: [student, student.flip([0])],
      teacher: [teacher, teacher],
    });
    const sum = by(student, teacher).item<number>() + by(student.flip([0]), teacher).item<number>();
    expect(Math.abs(value.item<number>() / sum - 1)).toBeLessThan(1e-6);
  });

  test("a mask leaves out samples", () => {
    const mask = tensor([true, false, true, true], { dtype: "bool" });
    const kept = tensor([0, 2, 3], { dtype: "int64" });
    const part = (of: Tensor) => ops.aten.index_select(of, 0, kept);
    const leaf = student.detach().requiresGrad_();
    const value = losses.compute(loss, { student: leaf, teacher, mask });
    value.backward();
    expect(
      Math.abs(value.item<number>() / by(part(student), part(teacher)).item<number>() - 1),
    ).toBeLessThan(1e-5);
    expect(numbers(leaf.grad!.select(0, 1)).every((g) => g === 0)).toBe(true);
    expect(numbers(leaf.grad!.select(0, 2)).some((g) => g !== 0)).toBe(true);
  });

  test("refuses batch sizes that differ, naming both shapes", () => {
    const inputs = { student, teacher: teacher.slice(0, 0, 3) };
    expect(() => losses.compute(loss, inputs)).toThrow(
      coded("ERR_SHAPE", /\[4, .*\[3, .*batch sizes differ/),
    );
  });
});

test("a mask of tokens: hidden states take it, losses of whole samples say that they cannot", () => {
  const mask = tensor(
    [true, false, true, true, true, false, false, false, true, true, true, true],
    {
      shape: [4, 3],
      dtype: "bool",
    },
  );
  const [student, teacher] = tokens;
  const value = losses.compute(losses.hiddenState(), { student, teacher, mask });
  expect(value.item()).toBe(hint_mse(student, teacher, mask).item());
  for (const loss of [losses.similarity(), losses.rkd(), losses.pkt(), losses.attention()])
    expect(() => losses.compute(loss, { student, teacher, mask })).toThrow(
      coded("ERR_SHAPE", /takes samples as a whole: it needs one of shape \[4\], got \[4, 3\]/),
    );
});

test.each([
  ["attention", losses.attention(), attention_transfer],
  ["nst", losses.nst(), nst],
] as const)("%s: the larger map is averaged down, whosever it is", (_, loss, by) => {
  const small = feature([4, 5, 2, 2], 2.1);
  const large = maps[0];
  const pooled = ops.aten.adaptive_avg_pool2d(large, [2, 2]);
  const near = (a: Tensor, b: Tensor) =>
    expect(Math.abs(a.item<number>() / b.item<number>() - 1)).toBeLessThan(1e-6);
  near(losses.compute(loss, { student: large, teacher: small }), by(pooled, small));
  near(losses.compute(loss, { student: small, teacher: large }), by(small, pooled));
  const leaf = large.detach().requiresGrad_();
  losses.compute(loss, { student: leaf, teacher: small }).backward();
  const other = large.detach().requiresGrad_();
  by(ops.aten.adaptive_avg_pool2d(other, [2, 2]), small).backward();
  expect(distance(leaf.grad!, other.grad!)).toBeLessThan(1e-7);
});

describe("refused", () => {
  test("vectors where maps are compared", () => {
    const [student, teacher] = rows;
    for (const loss of [losses.attention(), losses.nst()])
      expect(() => losses.compute(loss, { student, teacher })).toThrow(
        coded("ERR_SHAPE", /\[4, 6\].*\[4, 9\].*compares maps \[B, C, H, W\]/),
      );
  });

  test("options that are none, or out of range", () => {
    expect(() => losses.rkd({ angles: 3 } as object)).toThrow(coded("ERR_CONFIG", /angle/));
    expect(() => losses.pkt({ eps: 0 })).toThrow(coded("ERR_CONFIG", /eps/));
    expect(() => losses.attention({ paper: 1 } as object)).toThrow(
      coded("ERR_CONFIG", /paper.*true or false/),
    );
  });
});

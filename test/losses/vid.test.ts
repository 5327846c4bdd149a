/** `losses.vid`: its variance, tokens, and what it refuses. */

import { describe, expect, it } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { moduleHandle } from "../../lib/nn/index.js";
import { manualSeed, ops, randn, type Tensor, tensor } from "../../lib/tensor/index.js";
import { computeTerm } from "../../lib/tensor/term.js";
import { moduleTerms } from "../../lib/train/module-terms.js";
import { evaluate, fill, moduleOf, numbers } from "./learned.js";

describe("vid", () => {
  it("leaves out tokens", async () => {
    manualSeed(7);
    using module = await moduleOf(losses.vid(), [[2, 3, 5]], [[2, 3, 4]], "float64");
    const [s, t] = [5, 4].map((width) => randn([2, 3, width], { dtype: "float64" }));
    const values = [true, false, true, true, false, false];
    const mask = tensor(values, { shape: [2, 3], dtype: "bool" });
    const rows = values.flatMap((keep, row) => (keep ? [row] : []));
    const kept = (x: Tensor) =>
      ops.aten.index_select(x.flatten(0, 1), 0, tensor(rows, { dtype: "int64" }));
    const term = { kind: "module", weight: 1, name: "vid", module: moduleHandle(module) };
    const value = computeTerm(
      { ...term, masked: true },
      { student: [s!], teacher: [t!], labels: null, mask, ids: null },
    );
    const expected = evaluate(module, [kept(s!)], [kept(t!)]);
    expect(Number(value.item())).toBeCloseTo(Number(expected.item()), 12);
  });

  it("has a variance of 5 at first, also for tokens and vectors", async () => {
    for (const [student, teacher] of [
      [
        [2, 4, 3],
        [2, 4, 5],
      ],
      [
        [2, 3],
        [2, 5],
      ],
    ] as const) {
      using module = await moduleOf(losses.vid(), [[...student]], [[...teacher]], "float64");
      fill(module, "float64");
      const spread = module.parameters().get("pair0.spread")!;
      module.loadStateDict(
        {
          "pair0.spread": tensor(new Array(5).fill(Math.log(Math.expm1(5 - 1e-5))), {
            dtype: "float64",
          }),
        },
        { strict: false },
      );
      expect(numbers(spread)[0]).toBeCloseTo(Math.log(Math.expm1(5 - 1e-5)), 12);
      // Of zeros both means are 0, so only the logarithm is left.
      const zeros = (shape: readonly number[]) =>
        tensor(new Array(shape.reduce((a, b) => a * b)).fill(0), {
          shape: [...shape],
          dtype: "float64",
        });
      const value = evaluate(module, [zeros(student)], [zeros(teacher)]);
      expect(value.item()).toBeCloseTo(0.5 * Math.log(5), 10);
    }
  });

  it("starts at the asked variance", async () => {
    using module = await moduleOf(losses.vid({ variance: 2 }), [[2, 3]], [[2, 5]], "float64");
    const [spread] = numbers(module.parameters().get("pair0.spread")!);
    expect(Math.log1p(Math.exp(spread!)) + 1e-5).toBeCloseTo(2, 5);
  });

  it("refuses features of different kinds", () => {
    const shapes = { student: [[2, 3, 4, 4]], teacher: [[2, 3]], samples: 4, classes: null };
    expect(() => moduleTerms.vid!(losses.vid(), shapes)).toThrow(
      /\[batch, 3, 4, 4\].*\[batch, 3\]/,
    );
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Optimizer, optim } from "../../lib/optim/index.js";
import { tensor } from "../../lib/tensor/index.js";
import { batchOf, gap, toyModule, toyStep, weightsOf } from "./toys.js";

interface Run {
  loss: number;
  norm: number | null;
  weights: Record<string, number[]>;
}
interface Oracle {
  start: Record<string, { shape: number[]; data: number[] }>;
  factors: number[];
  batches: { x: number[][]; y: number[] }[];
  cases: {
    kind: keyof typeof optim;
    options: object;
    lr: number;
    clip: { norm?: number; value?: number };
    float32: Run;
    float64: Run;
  }[];
}
const oracle = JSON.parse(
  readFileSync(new URL("../oracles/optimizers.json", import.meta.url), "utf8"),
) as Oracle;

describe("20 updates are PyTorch's", () => {
  test.each(
    oracle.cases.map((each) => {
      const clip =
        Object.keys(each.clip).length > 0 ? `, clipped ${JSON.stringify(each.clip)}` : "";
      return [`${each.kind} ${JSON.stringify(each.options)}${clip}`, each] as const;
    }),
  )("%s", async (_, { kind, options, lr, clip, ...runs }) => {
    const make = optim[kind] as (options: object) => Optimizer;
    const using = make({ lr, ...options });
    for (const [dtype, tolerance] of [
      ["float64", 1e-11],
      // Adam divides gradients by their own size, so that rounding shows where they vanish.
      ["float32", 1e-4],
    ] as const) {
      const student = await toyModule(0, undefined, dtype);
      student.loadStateDict(
        Object.fromEntries(
          Object.entries(oracle.start).map(([name, { shape, data }]) => [
            name,
            tensor(data, { shape, dtype }),
          ]),
        ),
      );
      const step = toyStep(student, {
        using,
        clipNorm: clip.norm ?? null,
        clipValue: clip.value ?? null,
      });
      for (const [index, { x, y }] of oracle.batches.entries()) {
        using batch = batchOf(tensor(x, { dtype }), tensor(y, { dtype: "int64" }));
        if (index === oracle.batches.length - 1) await step.metrics();
        await step.run(batch, using.lr * oracle.factors[index]!);
      }
      const expected = runs[dtype];
      const { loss, gradNorm } = await step.metrics();
      expect(Math.abs(loss - expected.loss), `${dtype} loss`).toBeLessThan(tolerance);
      if (expected.norm !== null) {
        expect(Math.abs(gradNorm - expected.norm), `${dtype} norm`).toBeLessThan(tolerance);
      }
      const weights = weightsOf(student);
      expect(Object.keys(weights)).toEqual(Object.keys(expected.weights));
      for (const [name, values] of Object.entries(expected.weights)) {
        expect(gap(weights[name]!, values), `${dtype} ${name}`).toBeLessThan(tolerance);
      }
    }
  });
});

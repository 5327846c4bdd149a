import fc from "fast-check";
import { expect, test } from "vitest";
import { losses, type Objective } from "../../lib/losses/index.js";
import { optim } from "../../lib/optim/index.js";
import type { StepMetrics } from "../../lib/train/step.js";
import { flat, gap, type Samples, toyBatch, toyModule, toySamples, toyStep } from "./toys.js";

const start = await toyModule(1);
const teacher = await toyModule(2);
const total = 18;

/** Trains three windows of the same samples, each cut at the same places. */
async function trained(
  sizes: readonly number[],
  { x, y }: Samples,
  objective: Objective,
): Promise<{ weights: number[]; metrics: StepMetrics }> {
  const student = await start.clone();
  const step = toyStep(student, {
    from: [teacher],
    objective,
    using: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    accumulate: sizes.length,
  });
  let updates = 0;
  for (let window = 0; window < 3; window++) {
    let at = 0;
    for (const size of sizes) {
      using batch = toyBatch({ x: x.slice(at, at + size), y: y.slice(at, at + size) });
      updates = await step.run(batch, 0.1);
      at += size;
    }
  }
  expect(updates).toBe(3);
  const metrics = await step.metrics();
  const weights = flat(student);
  step.dispose();
  student.dispose();
  return { weights, metrics };
}

/** Ways to cut the samples into micro-batches of any sizes. */
const cuts = fc
  .uniqueArray(fc.integer({ min: 1, max: total - 1 }), { maxLength: 5 })
  .map((places) => {
    const ends = [...places.sort((a, b) => a - b), total];
    return ends.map((end, i) => end - (ends[i - 1] ?? 0));
  });
const ignored = fc.uniqueArray(fc.integer({ min: 0, max: total - 1 }), { maxLength: total });
const objectives: Record<string, Objective> = {
  response: losses.response({ labelSmoothing: 0.1 }),
  crossEntropy: losses.crossEntropy(),
  weightedClasses: losses.crossEntropy({ classWeights: [1, 2, 0.5, 3] }),
  softTargets: losses.softTargets({ temperature: 3 }),
  logitMse: losses.logitMse(),
  // Terms that count different samples: all, those not ignored, and by class weights.
  several: [
    losses.response({ weight: 0.5 }),
    losses.crossEntropy({ weight: 0.7, classWeights: [1, 2, 0.5, 3] }),
    losses.softTargets({ weight: 0.2, temperature: 2 }),
    losses.logitMse({ weight: 0.3 }),
  ],
};

test.each(Object.entries(objectives))(
  "%s is the same however the window is split",
  async (_, objective) => {
    await fc.assert(
      fc.asyncProperty(cuts, ignored, async (sizes, without) => {
        const samples = toySamples(total, 3);
        for (const index of without) samples.y[index] = -100;
        const whole = await trained([total], samples, objective);
        const split = await trained(sizes, samples, objective);
        expect(gap(split.weights, whole.weights)).toBeLessThan(1e-12);
        const { samples: counted, correct, loss } = whole.metrics;
        expect(split.metrics).toMatchObject({ samples: counted, correct });
        // Accuracy is counted where there are labels, whatever the objective.
        expect(counted).toBe(3 * (total - without.length));
        if (counted === 0) return;
        expect(gap(whole.weights, flat(start))).toBeGreaterThan(1e-4);
        // Later windows follow weights that differ in their last bits.
        expect(Math.abs(split.metrics.loss - loss)).toBeLessThan(1e-11);
      }),
      { numRuns: 12 },
    );
  },
);

test("what is left at the end of an epoch is a window of its own", async () => {
  const samples = toySamples(8, 4);
  const run = async (accumulate: number, sizes: number[]) => {
    const student = await start.clone();
    const step = toyStep(student, { accumulate });
    let at = 0;
    for (const size of sizes) {
      using batch = toyBatch({
        x: samples.x.slice(at, at + size),
        y: samples.y.slice(at, at + size),
      });
      await step.run(batch, 0.1);
      at += size;
    }
    const updates = await step.flush(0.1);
    expect(await step.flush(0.1)).toBe(updates);
    return { updates, weights: flat(student) };
  };
  const left = await run(4, [3, 5]);
  const whole = await run(1, [8]);
  expect([left.updates, whole.updates]).toEqual([1, 1]);
  expect(gap(left.weights, whole.weights)).toBeLessThan(1e-14);
  expect(gap(left.weights, flat(start))).toBeGreaterThan(1e-4);
});

test("a batch of nothing but ignored samples changes nothing", async () => {
  const student = await start.clone();
  const step = toyStep(student, { using: optim.sgd({ lr: 0.1, weightDecay: 0.5 }) });
  const { x } = toySamples(5, 5);
  using batch = toyBatch({ x, y: x.map(() => -100) });
  await step.run(batch, 0.1);
  expect(flat(student)).toEqual(flat(start));
  expect((await step.metrics()).samples).toBe(0);
});

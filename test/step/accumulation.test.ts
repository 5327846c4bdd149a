import fc from "fast-check";
import { expect, test } from "vitest";
import { type Loss, losses, nativeTerm, type Objective } from "../../lib/losses/index.js";
import { type Module, moduleHandle } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import type { StepMetrics } from "../../lib/train/step.js";
import { every, isLearned, labelsFor, learned, network } from "../losses/every.js";
import { feature } from "../ops/features.js";
import {
  batchOf,
  flat,
  gap,
  type Samples,
  toyBatch,
  toyModule,
  toySamples,
  toyStep,
} from "./toys.js";

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

/** Weights of a copy of `from` after a window of micro-batches of these sizes. */
async function afterWindow(
  loss: Loss,
  [from, teacher]: readonly [Module, Module],
  parts: readonly (readonly [at: number, size: number])[],
  rows: number,
): Promise<number[]> {
  using student = await from.clone();
  const { student: mine, teacher: theirs } = loss as { student: string[]; teacher: string[] };
  const part = isLearned(loss) ? moduleHandle(await learned(loss, "float64")) : null;
  const own = { kind: "module", weight: 1, module: part, student: mine, teacher: theirs };
  const term = part ? { ...own, teacherIndex: 0, masked: true } : nativeTerm(loss, 1);
  const step = toyStep(student, { from: [teacher], terms: [term], accumulate: parts.length });
  const images = feature([rows, 2, 4, 4], 0.7, "float64");
  const labels = labelsFor(loss, rows, "float64");
  for (const [at, size] of parts) {
    using batch = batchOf(images.narrow(0, at, size), labels?.narrow(0, at, size) ?? null);
    await step.run(batch, 0.1);
  }
  const weights = flat(student);
  step.dispose();
  return weights;
}

// Class weights are denominators of their own (above), and CRD renews its memories every time.
const alike = every.filter(
  ({ loss }) => loss.kind !== "crd" && !(loss.kind === "crossEntropy" && loss.classWeights),
);

test.each(alike.map((each) => [each.name, each] as const))(
  "a window is the mean of its micro-batches by samples: %s",
  async (_, { loss, relates }) => {
    const models = [
      await toyModule(3, network(), "float64"),
      await toyModule(4, network(), "float64"),
    ] as const;
    const parts = [[0, 5] as const, [5, 2] as const, [7, 3] as const];
    const rows = 10;
    const together = await afterWindow(loss, models, parts, rows);
    const apart: number[][] = [];
    for (const part of parts) apart.push(await afterWindow(loss, models, [part], rows));
    const mean = together.map((_, at) =>
      parts.reduce((sum, [, size], i) => sum + (size / rows) * apart[i]![at]!, 0),
    );
    const moved = gap(together, flat(models[0]));
    expect(moved).toBeGreaterThan(1e-6);
    expect(gap(together, mean)).toBeLessThan(1e-10 * Math.max(1, moved));
    if (relates) return;
    const whole = await afterWindow(loss, models, [[0, rows]], rows);
    expect(gap(together, whole)).toBeLessThan(1e-10 * Math.max(1, moved));
  },
);

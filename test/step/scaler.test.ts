/** The gradient scaler, forced in float32: the factor goes up and down, and what overflows is left out. */

import { expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import type { ScalerSpec } from "../../lib/native/binding.js";
import { build, type Module, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import type { StepMetrics, StepState, TrainingStep } from "../../lib/train/step.js";
import {
  classes,
  features,
  flat,
  type ToyPlan,
  toyBatch,
  toyModule,
  toySamples,
  toyStep,
} from "./toys.js";

const start = await toyModule(1, undefined, "float32");
const teacher = await toyModule(2, undefined, "float32");
const momentum = () => optim.sgd({ lr: 0.1, momentum: 0.9 });

const scaler = (more: Partial<ScalerSpec> = {}): ScalerSpec => ({
  ...{ initialScale: 1024, growthFactor: 2, backoffFactor: 0.5, growthInterval: 2000 },
  ...more,
});

/** `weight` far beyond 1 makes a loss whose scaled gradients leave float32. */
function stepOf(student: Module, plan: ToyPlan = {}, weight = 1): TrainingStep {
  const objective = losses.softTargets({ temperature: 2, weight });
  return toyStep(student, { from: [teacher], objective, using: momentum(), ...plan });
}

async function runs(
  step: TrainingStep,
  seeds: readonly number[],
  weights: number[] | null = null,
): Promise<StepMetrics[]> {
  const readings: StepMetrics[] = [];
  for (const seed of seeds) {
    using batch = toyBatch(toySamples(6, seed));
    await step.run(batch, 0.1, weights);
    readings.push(await step.metrics());
  }
  return readings;
}

async function trained(plan: ToyPlan, seeds = [1, 2, 3, 4]) {
  const student = await start.clone();
  const step = stepOf(student, plan);
  const readings = await runs(step, seeds);
  step.dispose();
  return { weights: flat(student), readings };
}

test("a power of two changes no bit, with accumulation and clipping too", async () => {
  for (const plan of [{}, { accumulate: 2 }, { clipNorm: 0.01 }, { clipValue: 0.001 }]) {
    const without = await trained(plan);
    const scaled = await trained({ ...plan, scaler: scaler() });
    expect(scaled.weights).toEqual(without.weights);
    const norms = (each: typeof scaled) => each.readings.map(({ gradNorm }) => gradNorm);
    expect(norms(scaled)).toEqual(norms(without));
    expect(scaled.readings.map(({ scale, skipped }) => [scale, skipped])).toEqual(
      Array(4).fill([1024, 0]),
    );
    expect(without.readings[0]!.scale).toBeNaN();
    expect(without.weights).not.toEqual(flat(start));
  }
});

test("what is no power of two is the same up to rounding", async () => {
  const without = await trained({});
  const scaled = await trained({ scaler: scaler({ initialScale: 1000 }) });
  for (const [index, weight] of scaled.weights.entries()) {
    expect(weight).toBeCloseTo(without.weights[index]!, 5);
  }
});

test("an update that overflows is left out, whole, and the next ones are as without it", async () => {
  const student = await start.clone();
  const plan = {
    scaler: scaler({ initialScale: 2 ** 126, backoffFactor: 2 ** -20 }),
    emaDecay: 0.9,
  };
  const step = stepOf(student, plan);
  const [first] = await runs(step, [9], [1e30]);
  expect(first).toMatchObject({ updates: 1, skipped: 1, scale: 2 ** 106 });
  expect(first!.loss).toBeGreaterThan(0);
  expect(flat(student)).toEqual(flat(start));
  const left = await step.state();
  expect(Object.keys(left.tensors).filter((name) => name.startsWith("momentum"))).toEqual([]);

  const readings = await runs(step, [1, 2, 3], [1]);
  expect(readings.map(({ skipped }) => skipped)).toEqual([0, 0, 0]);
  const reference = await start.clone();
  const other = stepOf(reference, { emaDecay: 0.9 });
  await runs(other, [1, 2, 3]);
  expect(flat(student)).toEqual(flat(reference));
  await step.swapAverage();
  await other.swapAverage();
  expect(flat(student)).toEqual(flat(reference));
});

test("one part of a window that overflows leaves the whole window out", async () => {
  const student = await start.clone();
  const step = stepOf(student, { scaler: scaler({ initialScale: 2 ** 126 }), accumulate: 2 });
  await runs(step, [1], [1]);
  const [reading] = await runs(step, [2], [1e30]);
  expect(reading).toMatchObject({ skipped: 1, scale: 2 ** 125 });
  expect(flat(student)).toEqual(flat(start));
});

test("the factor grows after so many updates without one that overflows", async () => {
  const student = await start.clone();
  const step = stepOf(student, { scaler: scaler({ initialScale: 8, growthInterval: 2 }) });
  const scales = async (seeds: number[], weight = 1) =>
    (await runs(step, seeds, [weight])).map(({ scale }) => scale);
  expect(await scales([1, 2, 3])).toEqual([8, 16, 16]);
  // An overflow begins the count anew.
  expect(await scales([4], 1e39)).toEqual([8]);
  expect(await scales([5, 6, 7, 8])).toEqual([8, 16, 16, 32]);
  const most = stepOf(student, { scaler: scaler({ initialScale: 2 ** 127, growthInterval: 1 }) });
  expect((await runs(most, [1], [1e-30]))[0]).toMatchObject({ skipped: 0, scale: 2 ** 127 });
});

test("the state goes on where it was", async () => {
  const plan = { scaler: scaler({ growthInterval: 3 }), accumulate: 2 };
  const whole = await start.clone();
  const one = stepOf(whole, plan);
  const expected = await runs(one, [1, 2, 3, 4, 5, 6, 7]);

  const first = await start.clone();
  const before = stepOf(first, plan);
  // In the middle of a window, whose gradients are scaled.
  await runs(before, [1, 2, 3]);
  const state = await before.state();
  expect(state.counters).toMatchObject({ "scaler.scale": 1024, "scaler.finite": 1 });
  const after = stepOf(first, { ...plan, scaler: scaler({ initialScale: 2, growthInterval: 3 }) });
  await after.loadState(state);
  const rest = await runs(after, [4, 5, 6, 7]);
  expect(rest.map(({ scale }) => scale)).toEqual(expected.slice(3).map(({ scale }) => scale));
  expect(rest.at(-1)!.scale).toBe(2048);
  expect(flat(first)).toEqual(flat(whole));
});

test("a state without a scaler's is refused where there is one", async () => {
  const step = stepOf(await start.clone(), { scaler: scaler() });
  const state = await step.state();
  const { "scaler.scale": _, ...counters } = state.counters;
  await expect(step.loadState({ ...state, counters } as StepState)).rejects.toMatchObject({
    code: "ERR_CHECKPOINT",
    message: expect.stringContaining('no counter "scaler.scale"'),
  });
});

test("gradients that are infinite whatever the factor end the training", async () => {
  // The slope of the root at 0 is infinite, and 0 times that is NaN.
  const def = nn.script({
    modules: { layer: nn.linear(features, classes) },
    source: `
      def forward(self, x: Tensor) -> Tensor:
          y = self.layer(x)
          return y + torch.sqrt(y * 0.0)
    `,
  });
  const step = stepOf(await build(def), { scaler: scaler({ initialScale: 1 }) });
  const message = /gradients are not finite, whatever they are scaled by/;
  await expect(
    runs(
      step,
      Array.from({ length: 20 }, (_, seed) => seed),
    ),
  ).rejects.toMatchObject({
    code: "ERR_NONFINITE",
    message: expect.stringMatching(message),
  });
});

test("a loss that is not finite is no matter of the factor", async () => {
  const step = stepOf(await start.clone(), { scaler: scaler() });
  using batch = toyBatch({ x: [Array(features).fill(Number.NaN)], y: [0] });
  await step.run(batch, 0.1);
  await expect(step.metrics()).rejects.toMatchObject({ code: "ERR_NONFINITE" });
});

test.each([
  [{ initialScale: 0 }, "initialScale: expected a number above 0, up to 2^127"],
  [{ initialScale: 2 ** 128 }, "initialScale: expected a number above 0, up to 2^127"],
  [{ growthFactor: 1 }, "growthFactor: expected a number above 1"],
  [{ backoffFactor: 1 }, "backoffFactor: expected a number between 0 and 1"],
  [{ growthInterval: 0 }, "growthInterval: expected an integer of 1 or more"],
])("%o is refused", async (more, message) => {
  const student = await start.clone();
  expect(() => stepOf(student, { scaler: scaler(more) })).toThrow(
    expect.objectContaining({ code: "ERR_CONFIG", message: `step.scaler.${message}` }),
  );
});

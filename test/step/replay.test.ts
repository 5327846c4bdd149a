/** Steps that are recorded once and replayed, where what was recorded is called again. */

import { describe, expect, it } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { nn } from "../../lib/nn/index.js";
import { type Optimizer, optim } from "../../lib/optim/index.js";
import { inferenceMode, noGrad, type Tensor, tensor } from "../../lib/tensor/index.js";
import type { TrainingStep } from "../../lib/train/step.js";
import {
  batchOf,
  classes,
  features,
  flat,
  gap,
  type ToyPlan,
  toyBatch,
  toyModule,
  toySamples,
  toyStep,
} from "./toys.js";

const cudaGraph = { emulated: true };
// In float32 as it is: the recorded rate is that.
const rate = 0.0625;
const prepared = 3;

type Way = (step: TrainingStep, seed: number) => Promise<unknown>;

const run: Way = async (step, seed) => {
  using batch = toyBatch(toySamples(16, seed));
  return await step.run(batch, seed < 10 ? rate : rate / 2);
};

/** The same steps run and replayed: (averaged) weights, metrics of each reading, counters at the end. */
async function both(
  plan: ToyPlan,
  steps = 20,
  way: Way = run,
  def?: Parameters<typeof toyModule>[1],
) {
  const teacher = await toyModule(2);
  const results = [];
  for (const graph of [null, cudaGraph]) {
    const student = await toyModule(1, def);
    const step = toyStep(student, { from: [teacher], ...plan, cudaGraph: graph });
    const readings = [];
    for (let seed = 0; seed < steps; seed++) {
      await way(step, seed);
      if (seed % 6 === 5) readings.push(await step.metrics());
    }
    readings.push(await step.metrics());
    const { counters } = await step.state();
    await step.swapAverage();
    step.dispose();
    results.push({ weights: flat(student), readings, counters });
  }
  return results;
}

const replayedIn = ({ readings }: { readings: { replayed: number }[] }) =>
  readings.reduce((sum, { replayed }) => sum + replayed, 0);
const reasonsIn = ({ readings }: { readings: { notReplayed: string[] }[] }) =>
  readings.flatMap(({ notReplayed }) => notReplayed);
const figures = ({ readings }: { readings: object[] }) =>
  readings.map((reading) => ({ ...reading, replayed: 0, notReplayed: [] }));

const optimizers: Record<string, Optimizer> = {
  sgd: optim.sgd({ lr: 0.1, momentum: 0.9, weightDecay: 1e-3 }),
  adam: optim.adam({ lr: 0.1 }),
  adamw: optim.adamw({
    lr: 0.1,
    groups: [{ parameters: ["0.weight"], lrScale: 0.5, weightDecay: 0.1 }],
  }),
  rmsprop: optim.rmsprop({ lr: 0.1 }),
  "rmsprop with momentum": optim.rmsprop({ lr: 0.1, momentum: 0.9, centered: true }),
};

describe("a replayed step", () => {
  it.each(Object.keys(optimizers))("with %s gives what a step gives", async (name) => {
    const plan = { using: optimizers[name]!, clipNorm: 0.5, emaDecay: 0.9 };
    const [one, other] = await both(plan);
    expect(gap(other!.weights, one!.weights)).toBeLessThan(1e-12);
    expect(gap(one!.weights, flat(await toyModule(1)))).toBeGreaterThan(1e-2);
    expect(replayedIn(one!)).toBe(0);
    expect(replayedIn(other!)).toBe(20 - prepared);
    expect(reasonsIn(other!)).toEqual([]);
    const [there, here] = [figures(other!), figures(one!)];
    expect(there).toHaveLength(here.length);
    for (const [index, reading] of here.entries()) {
      for (const [key, value] of Object.entries(reading)) {
        const found = (there[index] as Record<string, unknown>)[key];
        if (Number.isNaN(value)) expect(found, key).toBeNaN();
        else if (typeof value === "number") expect(found, key).toBeCloseTo(value, 10);
      }
    }
    expect(other!.counters).toEqual(one!.counters);
  });

  it("of several terms takes their weights as they change", async () => {
    const objective = [
      losses.crossEntropy({ weight: 0.5 }),
      losses.dkd({ weight: 0.25, temperature: 2 }),
      losses.hint({ student: "0", teacher: "0", weight: 0.125 }),
    ];
    const weighted: Way = async (step, seed) => {
      using batch = toyBatch(toySamples(16, seed));
      return await step.run(batch, rate, [1 / (1 + seed), 0.5, 0.25]);
    };
    const [one, other] = await both({ objective }, 20, weighted);
    expect(gap(other!.weights, one!.weights)).toBeLessThan(1e-12);
    expect(replayedIn(other!)).toBe(20 - prepared);
    expect(other!.readings.at(-1)!.terms[2]).toBeCloseTo(one!.readings.at(-1)!.terms[2]!, 10);
  });

  it("takes what teachers said before", async () => {
    const cached: Way = async (step, seed) => {
      using batch = toyBatch(toySamples(16, seed));
      using logits = (batch.inputs as Tensor).narrow(1, 1, classes).mul(3);
      return await step.run(batch, rate, null, [{ logits, taps: {} }]);
    };
    const [one, other] = await both({}, 12, cached);
    expect(gap(other!.weights, one!.weights)).toBeLessThan(1e-12);
    expect(replayedIn(other!)).toBe(12 - prepared);
    const [asked] = await both({}, 12);
    expect(gap(asked!.weights, one!.weights)).toBeGreaterThan(1e-3);
  });

  it("counts batches for batch norm as often as there are", async () => {
    const def = nn.sequential(nn.linear(features, 10), nn.batchNorm1d(10), nn.linear(10, classes));
    const [one, other] = await both({ using: optim.sgd({ lr: 0.1 }) }, 12, run, def);
    expect(gap(other!.weights, one!.weights)).toBeLessThan(1e-12);
  });

  it("goes on after a checkpoint was loaded", async () => {
    const [teacher, student] = [await toyModule(2), await toyModule(1)];
    const plan = { from: [teacher], using: optim.adam({ lr: 0.1 }) };
    const step = toyStep(student, { ...plan, cudaGraph });
    for (let seed = 0; seed < 6; seed++) await run(step, seed);
    const state = await step.state();
    const before = flat(student);
    const copy = await student.clone();
    for (let seed = 6; seed < 12; seed++) await run(step, seed);
    const after = flat(student);
    student.loadStateDict(copy.stateDict());
    expect(flat(student)).toEqual(before);
    await step.loadState(state);
    await step.metrics();
    for (let seed = 6; seed < 12; seed++) await run(step, seed);
    expect(gap(flat(student), after)).toBeLessThan(1e-12);
    // It was prepared and recorded anew.
    expect((await step.metrics()).replayed).toBe(6 - prepared);
  });

  it("is recorded anew where the weights are elsewhere", async () => {
    const student = await toyModule(1);
    const step = toyStep(student, { cudaGraph });
    for (let seed = 0; seed < 6; seed++) await run(step, seed);
    await step.metrics();
    await student.to({ dtype: "float32" });
    // In the memory that was theirs.
    const others = [...student.parameters().values()].map((each) => each.to({ dtype: "float64" }));
    await student.to({ dtype: "float64" });
    for (let seed = 0; seed < 6; seed++) await run(step, seed);
    expect((await step.metrics()).replayed).toBe(6 - prepared);
    for (const each of others) each.dispose();
  });

  it("does not mind the mode of the caller", async () => {
    const way: Way = async (step, seed) => {
      using batch = toyBatch(toySamples(16, seed));
      let running: Promise<unknown> | undefined;
      const mode = [noGrad, inferenceMode, (work: () => void) => work()][seed % 3]!;
      mode(() => {
        running = step.run(batch, rate);
      });
      return await running;
    };
    const [one, other] = await both({}, 10, way);
    expect(gap(other!.weights, one!.weights)).toBeLessThan(1e-12);
  });
});

describe("a step that is not replayed says why", () => {
  const smaller: Way = async (step, seed) => {
    using batch = toyBatch(toySamples(seed % 5 === 4 ? 7 : 16, seed));
    return await step.run(batch, rate);
  };
  const ignored: Way = async (step, seed) => {
    const { x, y } = toySamples(16, seed);
    if (seed % 5 === 4) y[3] = -100;
    using batch = toyBatch({ x, y });
    return await step.run(batch, rate);
  };
  const masked: Way = async (step, seed) => {
    const { x, y } = toySamples(16, seed);
    using batch = toyBatch({ x, y });
    using mask = tensor(x.map((_, i) => i % 3 !== seed % 3));
    return await step.run({ ...batch, mask: seed % 5 === 4 ? mask : null }, rate);
  };
  const mixed: Way = async (step, seed) => {
    const { x, y } = toySamples(16, seed);
    const second = seed % 5 === 4 ? { y: [...y].reverse(), weight: 0.25 } : null;
    using batch = toyBatch({ x, y }, second);
    return await step.run(batch, rate);
  };
  const profiled: Way = async (step, seed) => {
    await step.profile(seed % 5 === 4);
    return await run(step, seed);
  };
  const evaluated = (step: TrainingStep, seed: number) =>
    step.run(toyBatch(toySamples(16, seed)), rate, [seed % 5 === 4 ? 0 : 1]);

  it.each([
    ["a ragged batch", smaller, /\[7, 6\].*\[16, 6\]/],
    ["labels that are left out", ignored, /no.* of the classes/],
    ["a mask", masked, /mask/],
    ["mixup", mixed, /mixup/],
    ["a profile", profiled, /profiled/],
    ["a weight that becomes 0", evaluated, / 0\).* 1\)/],
  ])("for %s", async (_, way, why) => {
    const [one, other] = await both({}, 20, way);
    expect(gap(other!.weights, one!.weights)).toBeLessThan(1e-12);
    // A fifth of the steps, and those that were prepared.
    expect(replayedIn(other!)).toBe(20 - prepared - 4);
    const reasons = reasonsIn(other!);
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toMatch(why);
    expect(reasonsIn(one!)).toEqual([]);
  });

  it("and refuses what every step refuses", async () => {
    const student = await toyModule(1);
    const step = toyStep(student, { cudaGraph });
    for (let seed = 0; seed < 6; seed++) await run(step, seed);
    const before = flat(student);
    const { x, y } = toySamples(16, 0);
    await expect(step.run(toyBatch({ x, y: y.map(() => 99) }), rate)).rejects.toMatchObject({
      code: "ERR_DATA",
      message: expect.stringContaining("is 99"),
    });
    await expect(step.run(toyBatch({ x, y: null }), rate)).rejects.toMatchObject({
      code: "ERR_DATA",
    });
    await expect(step.run(toyBatch({ x, y }), Number.NaN)).rejects.toMatchObject({
      code: "ERR_CONFIG",
    });
    await expect(step.run(toyBatch({ x, y }), rate, [1, 2])).rejects.toMatchObject({
      code: "ERR_CONFIG",
    });
    await expect(
      step.run(batchOf(tensor([[1, 2]], { dtype: "float64" }), null), rate),
    ).rejects.toThrow();
    expect(flat(student)).toEqual(before);
    await run(step, 7);
    expect((await step.metrics()).replayed).toBe(6 - prepared + 1);
  });

  it("NaN is found where the sums are read", async () => {
    const step = toyStep(await toyModule(1), { cudaGraph });
    for (let seed = 0; seed < 6; seed++) await run(step, seed);
    const { x, y } = toySamples(16, 0);
    x[0]![0] = Number.NaN;
    await step.run(toyBatch({ x, y }), rate);
    await expect(step.metrics()).rejects.toMatchObject({
      code: "ERR_NONFINITE",
      message: expect.stringContaining("step 7"),
    });
  });
});

describe("a plan that cannot be recorded is refused", () => {
  it.each([
    ["several micro-batches", { accumulate: 2 }],
    [
      "a gradient scaler",
      { scaler: { initialScale: 1, growthFactor: 2, backoffFactor: 0.5, growthInterval: 9 } },
    ],
    ["gradient checkpointing", { gradientCheckpointing: ["0"] }],
    ["custom terms", { objective: losses.custom(({ student }) => student.sum()) }],
  ])("with %s", async (what, plan) => {
    const student = await toyModule(1);
    expect(() => toyStep(student, { ...plan, cudaGraph })).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringContaining(what) }),
    );
  });

  it("without a GPU", async () => {
    const student = await toyModule(1);
    expect(() => toyStep(student, { cudaGraph: {} })).toThrow(
      expect.objectContaining({ code: "ERR_DEVICE" }),
    );
  });
});

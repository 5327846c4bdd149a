import { describe, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { type Module, moduleHandle, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { noGrad, type Tensor, tensor } from "../../lib/tensor/index.js";
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
  weightsOf,
} from "./toys.js";

const start = await toyModule(1);
const teacher = await toyModule(2);
const samples = toySamples(12, 3);

/** A fresh student, trained for some steps at a rate of 0.1. */
async function trained(plan: ToyPlan, steps = 1, batch = toyBatch(samples)) {
  const student = await start.clone();
  const step = toyStep(student, plan);
  for (let i = 0; i < steps; i++) await step.run(batch, 0.1);
  return { student, step, metrics: await step.metrics() };
}

const rejects = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** Logits of a module, without recording. */
async function logitsOf(module: Module, x: number[][]): Promise<Tensor> {
  return module.logits(tensor(x, { dtype: "float64" }));
}

test("the loss falls, and metrics are means since the last reading", async () => {
  // Alone, since the labels' part would not fall below what the teacher's allows.
  const objective = losses.softTargets();
  const { student, step, metrics } = await trained({ from: [teacher], objective });
  expect(metrics).toMatchObject({ steps: 1, updates: 1, samples: 12 });
  expect(metrics.terms).toEqual([metrics.loss]);
  using batch = toyBatch(samples);
  for (let i = 0; i < 200; i++) await step.run(batch, 0.1);
  const later = await step.metrics();
  expect(later).toMatchObject({ steps: 200, updates: 200, samples: 2400 });
  await step.run(batch, 0.1);
  const last = await step.metrics();
  expect(last.loss).toBeLessThan(0.1 * metrics.loss);
  expect(last.loss).toBeLessThan(later.loss);
  expect((await step.metrics()).loss).toBeNaN();
  expect(gap(flat(student), flat(start))).toBeGreaterThan(0.01);
});

test("a student learns to be right", async () => {
  const { metrics } = await trained({}, 1);
  const { step } = await trained({ using: optim.sgd({ momentum: 0.9 }) }, 300);
  using batch = toyBatch(samples);
  await step.run(batch, 0);
  const after = await step.metrics();
  expect(after.correct).toBe(12);
  expect(after.correct).toBeGreaterThan(metrics.correct);
});

test("the value is that of losses.compute", async () => {
  const objective = [
    losses.response({ alpha: 0.7, temperature: 3, labelSmoothing: 0.1, weight: 0.5 }),
    losses.logitMse({ weight: 2 }),
  ];
  const { metrics } = await trained({ from: [teacher], objective });
  const inputs = {
    student: await logitsOf(start, samples.x),
    teacher: await logitsOf(teacher, samples.x),
    labels: tensor(samples.y, { dtype: "int64" }),
  };
  const values = objective.map((term) => Number(losses.compute(term, inputs).item()));
  expect(gap(metrics.terms, values)).toBeLessThan(1e-13);
  expect(metrics.loss).toBeCloseTo(0.5 * values[0]! + 2 * values[1]!, 12);
});

describe("clipping", () => {
  /** The gradient of the first step, read off an update with rate 1. */
  async function gradient(plan: ToyPlan) {
    const student = await start.clone();
    const step = toyStep(student, plan);
    using batch = toyBatch(samples);
    await step.run(batch, 1);
    const before = flat(start);
    const change = flat(student).map((value, i) => before[i]! - value);
    return { change, metrics: await step.metrics() };
  }
  const norm = (values: number[]) => Math.hypot(...values);

  test("by norm scales all gradients alike, and none that is short enough", async () => {
    const free = await gradient({});
    expect(free.metrics.gradNorm).toBeNaN();
    const whole = norm(free.change);
    const clipped = await gradient({ clipNorm: whole / 3 });
    expect(clipped.metrics.gradNorm).toBeCloseTo(whole, 10);
    expect(
      gap(
        clipped.change,
        free.change.map((value) => value / 3),
      ),
    ).toBeLessThan(1e-6);
    const untouched = await gradient({ clipNorm: whole * 2 });
    expect(gap(untouched.change, free.change)).toBeLessThan(1e-14);
  });

  test("by value cuts each element", async () => {
    const free = await gradient({});
    const limit = Math.max(...free.change.map(Math.abs)) / 2;
    const clipped = await gradient({ clipValue: limit });
    const cut = free.change.map((value) => Math.min(limit, Math.max(-limit, value)));
    expect(gap(clipped.change, cut)).toBeLessThan(1e-14);
    expect(gap(clipped.change, free.change)).toBeGreaterThan(limit / 2);
  });
});

describe("average of the weights", () => {
  test("is what PyTorch's EMA is, changes places with them, and back", async () => {
    const { student, step } = await trained({ emaDecay: 0.8 }, 0);
    using batch = toyBatch(samples);
    let average: number[] = [];
    for (let i = 0; i < 5; i++) {
      await step.run(batch, 0.1);
      const now = flat(student);
      average = i === 0 ? now : average.map((value, j) => value * 0.8 + now[j]! * 0.2);
    }
    const last = flat(student);
    await step.swapAverage();
    expect(gap(flat(student), average)).toBeLessThan(1e-14);
    await expect(step.run(batch, 0.1)).rejects.toThrowError(rejects("ERR_CONFIG", /swap/));
    await expect(step.state()).rejects.toThrowError(rejects("ERR_CHECKPOINT", /swap/));
    await step.swapAverage();
    expect(flat(student)).toEqual(last);
  });

  test("does nothing where there is none", async () => {
    const { student, step } = await trained({}, 2);
    const before = flat(student);
    await step.swapAverage();
    expect(flat(student)).toEqual(before);
  });
});

describe("several teachers", async () => {
  const other = await toyModule(4);
  const softmax = (row: number[]) => {
    const top = Math.max(...row);
    const parts = row.map((value) => Math.exp(value - top));
    const sum = parts.reduce((a, b) => a + b);
    return parts.map((value) => value / sum);
  };
  const rowsOf = async (module: Module) => {
    const values = Array.from((await logitsOf(module, samples.x)).dataSync() as Float64Array);
    return samples.x.map((_, i) => values.slice(i * classes, (i + 1) * classes));
  };
  const [a, b] = [await rowsOf(teacher), await rowsOf(other)];
  const teachers = [teacher, other].map((module, index) => ({
    module: moduleHandle(module),
    weight: index === 0 ? 1 : 3,
    output: null,
    normalize: null,
  }));
  const mixed = (rows: number[][], others: number[][]) =>
    rows.map((row, i) => row.map((value, j) => (value + 3 * others[i]![j]!) / 4));
  const temperature = 3;
  const mean = {
    logits: mixed(a, b),
    probabilities: mixed(
      a.map((row) => softmax(row.map((value) => value / temperature))),
      b.map((row) => softmax(row.map((value) => value / temperature))),
    ).map((row) => row.map((value) => temperature * Math.log(value))),
  };

  test.each(["probabilities", "logits"] as const)("mean of %s", async (ensemble) => {
    const objective = [losses.response({ temperature }), losses.softTargets({ temperature })];
    const { metrics } = await trained({ teachers, ensemble, objective });
    const inputs = {
      student: await logitsOf(start, samples.x),
      teacher: tensor(mean[ensemble], { dtype: "float64" }),
      labels: tensor(samples.y, { dtype: "int64" }),
    };
    const values = objective.map((term) => Number(losses.compute(term, inputs).item()));
    expect(gap(metrics.terms, values)).toBeLessThan(1e-12);
  });

  test("logitMse compares with the mean of logits, whatever the ensemble", async () => {
    const objective = losses.logitMse();
    const inputs = {
      student: await logitsOf(start, samples.x),
      teacher: tensor(mean.logits, { dtype: "float64" }),
    };
    const value = Number(losses.compute(objective, inputs).item());
    for (const ensemble of ["probabilities", "logits"] as const) {
      const { metrics } = await trained({ teachers, ensemble, objective });
      expect(metrics.loss).toBeCloseTo(value, 12);
    }
  });
});

test("a teacher is put into eval mode, stays as it is and gets no gradient", async () => {
  const def = nn.sequential(
    nn.linear(features, 16),
    nn.batchNorm1d(16),
    nn.relu(),
    nn.dropout(0.5),
    nn.linear(16, classes),
  );
  const module = await toyModule(5, def);
  module.train();
  const before = weightsOf(module);
  const [one, two] = [await trained({ from: [module] }, 5), await trained({ from: [module] }, 5)];
  expect(module.training).toBe(false);
  expect(weightsOf(module)).toEqual(before);
  expect([...module.parameters().values()].map((each) => each.grad)).toEqual(
    [...module.parameters()].map(() => null),
  );
  // No dropout: the same numbers twice.
  expect(one.metrics).toEqual(two.metrics);
  expect(flat(one.student)).toEqual(flat(two.student));
  expect([...one.student.parameters().values()].every((each) => each.grad === null)).toBe(true);
});

test("the student's mode is the caller's: running statistics move in training mode only", async () => {
  const def = nn.sequential(nn.linear(features, 8), nn.batchNorm1d(8), nn.linear(8, classes));
  for (const mode of [true, false]) {
    const student = await toyModule(6, def);
    student.train(mode);
    const before = weightsOf(student);
    const step = toyStep(student);
    using batch = toyBatch(samples);
    await step.run(batch, 0.1);
    const after = weightsOf(student);
    const mean = Object.keys(after).find((name) => name.endsWith("running_mean"))!;
    expect(gap(after[mean]!, before[mean]!) > 0).toBe(mode);
    expect(student.training).toBe(mode);
  }
});

test("groups have rates and weight decay of their own, and frozen parameters none", async () => {
  const using = optim.sgd({
    lr: 0.1,
    weightDecay: 0.1,
    groups: [
      { parameters: ["0.weight"], lrScale: 0 },
      { parameters: ["0.bias"], lr: 0.2, weightDecay: 0 },
    ],
  });
  const before = weightsOf(start);
  const usual = weightsOf((await trained({})).student);
  const after = weightsOf((await trained({ using })).student);
  const change = (name: string, from: Record<string, number[]>) =>
    from[name]!.map((value, i) => value - before[name]![i]!);
  expect(after["0.weight"]).toEqual(before["0.weight"]);
  const doubled = change("0.bias", usual).map((value) => 2 * value);
  expect(gap(change("0.bias", after), doubled)).toBeLessThan(1e-14);
  const decayed = change("2.bias", usual).map((value, i) => value - 0.01 * before["2.bias"]![i]!);
  expect(gap(change("2.bias", after), decayed)).toBeLessThan(1e-14);

  const student = await start.clone();
  student.parameters().get("2.weight")!.requiresGrad = false;
  const step = toyStep(student);
  using batch = toyBatch(samples);
  await step.run(batch, 0.1);
  expect(weightsOf(student)["2.weight"]).toEqual(before["2.weight"]);
  expect(weightsOf(student)["0.weight"]).toEqual(usual["0.weight"]);
});

test("mixed labels are weighed by the batch", async () => {
  const y = samples.y.map((label) => (label + 1) % classes);
  const value = async (batch: ReturnType<typeof toyBatch>) =>
    (await trained({ from: [teacher], objective: losses.response({ alpha: 0.3 }) }, 1, batch))
      .metrics.loss;
  const first = await value(toyBatch(samples));
  const second = await value(toyBatch({ ...samples, y }));
  const both = await value(toyBatch(samples, { y, weight: 0.7 }));
  expect(both).toBeCloseTo(0.7 * first + 0.3 * second, 12);
});

test("inputs are normalized for the model that wants them so", async () => {
  const normalize = { mean: [0.5], std: [2] };
  const x = samples.x.map((row) => row.map((value) => (value - 0.5) / 2));
  const own = await trained({ from: [teacher], studentNormalize: normalize });
  const inputs = {
    student: await logitsOf(start, x),
    teacher: await logitsOf(teacher, samples.x),
    labels: tensor(samples.y, { dtype: "int64" }),
  };
  const expected = Number(losses.compute(losses.response(), inputs).item());
  expect(own.metrics.loss).toBeCloseTo(expected, 12);
});

test("grad mode of the caller does not matter", async () => {
  const usual = await trained({});
  const student = await start.clone();
  const step = toyStep(student);
  using batch = toyBatch(samples);
  await noGrad(() => ({ job: step.run(batch, 0.1) })).job;
  expect(flat(student)).toEqual(flat(usual.student));
});

test("without labels a teacher is enough", async () => {
  const objective = losses.response({ alpha: 1 });
  const batch = toyBatch({ x: samples.x, y: null });
  const { metrics, student } = await trained({ from: [teacher], objective }, 1, batch);
  const labeled = await trained({ from: [teacher], objective });
  expect(metrics.samples).toBe(12);
  expect(metrics.correct).toBeNaN();
  expect(metrics.loss).toBe(labeled.metrics.loss);
  expect(gap(flat(student), flat(labeled.student))).toBeLessThan(1e-15);
});

describe("bad input is refused and changes nothing", () => {
  const x = samples.x;
  const wide = () =>
    tensor(
      x.map((row) => [...row, 0]),
      { dtype: "float64" },
    );
  const labels = (list: number[]) => tensor(list, { dtype: "int64" });
  test.each([
    [
      "label",
      () => toyBatch({ x, y: x.map((_, i) => (i === 7 ? 9 : 0)) }),
      "ERR_DATA",
      /index 7 is 9/,
    ],
    ["negative label", () => toyBatch({ x, y: x.map(() => -1) }), "ERR_DATA", /is -1/],
    ["no labels", () => toyBatch({ x, y: null }), "ERR_DATA", /needs labels/],
    ["few labels", () => toyBatch({ x, y: [0, 1] }), "ERR_SHAPE", /label/],
    ["inputs", () => batchOf(wide(), labels(samples.y)), "ERR_SHAPE", /6|7/],
    [
      "float labels",
      () => batchOf(tensor(x, { dtype: "float64" }), tensor(samples.y)),
      "ERR_DTYPE",
      /label/,
    ],
  ] as const)("%s", async (_, made, code, message) => {
    const student = await start.clone();
    const step = toyStep(student, { from: [teacher], accumulate: 2 });
    using good = toyBatch(samples);
    await step.run(good, 0.1);
    using bad = made();
    await expect(step.run(bad, 0.1)).rejects.toThrowError(rejects(code, message));
    expect(flat(student)).toEqual(flat(start));
    expect(await step.run(good, 0.1)).toBe(1);
    expect(await step.metrics()).toMatchObject({ steps: 2, samples: 24 });
    const clean = await trained({ from: [teacher], accumulate: 2 }, 2);
    expect(flat(student)).toEqual(flat(clean.student));
  });

  test("plans that do not fit together", async () => {
    const student = await start.clone();
    const refused = (plan: ToyPlan, message: RegExp) =>
      expect(() => toyStep(student, plan)).toThrowError(rejects("ERR_CONFIG", message));
    refused({ objective: losses.response() }, /teacher/);
    refused({ from: [student] }, /same module/);
    refused({ accumulate: 0 }, /accumulate/);
    refused({ clipNorm: -1 }, /clipNorm/);
    refused({ emaDecay: 2 }, /emaDecay/);
    refused({ terms: [] }, /at least one/);
    refused({ terms: [{ kind: "mse", weight: 1, temperature: 2 } as never] }, /temperature/);
    refused({ ensemble: "votes" as never }, /probabilities/);
    refused({ using: optim.sgd({ groups: [{ parameters: ["0.wieght"] }] }) }, /0\.weight/);
    const step = toyStep(student);
    using batch = toyBatch(samples);
    await expect(step.run(batch, Number.NaN)).rejects.toThrowError(rejects("ERR_CONFIG", /rate/));
    step.dispose();
    expect(() => step.run(batch, 0.1)).toThrowError(rejects("ERR_DISPOSED", /step/));
  });

  test("a loss that is no number is named with its step", async () => {
    const student = await start.clone();
    const step = toyStep(student);
    using good = toyBatch(samples);
    using bad = toyBatch({ ...samples, x: x.map((row) => row.map(() => Number.NaN)) });
    await step.run(good, 0.1);
    await step.run(bad, 0.1);
    await expect(step.metrics()).rejects.toThrowError(
      rejects("ERR_NONFINITE", /crossEntropy.*step 2/),
    );
  });
});

describe("state", () => {
  const plans: Record<string, ToyPlan> = {
    sgd: { using: optim.sgd({ momentum: 0.9 }) },
    adam: { using: optim.adam({ amsgrad: true }), emaDecay: 0.9 },
    rmsprop: { using: optim.rmsprop({ momentum: 0.5, centered: true }), emaDecay: 0.9 },
  };
  test.each(Object.entries(plans))(
    "%s goes on to the bit, also within a window",
    async (_, own) => {
      const plan: ToyPlan = { ...own, from: [teacher], accumulate: 2 };
      const batches = [0, 1, 2, 3, 4, 5, 6].map((seed) => toyBatch(toySamples(5 + seed, seed)));
      const student = await start.clone();
      const step = toyStep(student, plan);
      for (const batch of batches.slice(0, 3)) await step.run(batch, 0.05);
      const state = await step.state();
      const copy = await student.clone();
      const resumed = toyStep(copy, plan);
      await resumed.loadState(state);
      for (const batch of batches.slice(3)) {
        expect(await resumed.run(batch, 0.05)).toBe(await step.run(batch, 0.05));
      }
      expect(flat(copy)).toEqual(flat(student));
      expect(gap(flat(copy), flat(start))).toBeGreaterThan(1e-3);
      await step.swapAverage();
      await resumed.swapAverage();
      expect(flat(copy)).toEqual(flat(student));
    },
  );

  test("of another plan is refused, and nothing changes", async () => {
    const { step } = await trained({ using: optim.sgd({ momentum: 0.9 }) });
    const state = await step.state();
    const other = await toyModule(1, nn.mlp([features, 7, classes]));
    await expect(
      toyStep(other, { using: optim.sgd({ momentum: 0.9 }) }).loadState(state),
    ).rejects.toThrowError(rejects("ERR_CHECKPOINT", /shape|has no/));
    await expect(
      toyStep(await start.clone(), { using: optim.adam() }).loadState(state),
    ).rejects.toThrowError(rejects("ERR_CHECKPOINT", /exp_avg/));
    await expect(
      toyStep(await start.clone(), {
        using: optim.sgd({ momentum: 0.9 }),
        emaDecay: 0.9,
      }).loadState(state),
    ).rejects.toThrowError(rejects("ERR_CHECKPOINT", /average/));
  });
});

import { describe, expect, it } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { losses } from "../../lib/losses/index.js";
import { nn } from "../../lib/nn/index.js";
import { optim, schedules } from "../../lib/optim/index.js";
import { manualSeed, tensor, zeros } from "../../lib/tensor/index.js";
import {
  type DistillOptions,
  distill,
  type EpochEvent,
  type TrainEvent,
  train,
} from "../../lib/train/index.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

const student = () => nn.mlp([features, 12, classes]);

async function options(more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  return {
    teacher: await toyModel(7),
    student: student(),
    data: toyData(),
    objective: losses.response({ alpha: 0.9, temperature: 4 }),
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    epochs: 3,
    batchSize: 16,
    seed: 5,
    ...more,
  };
}

async function eventsOf(run: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

function epochsOf(events: TrainEvent[]): EpochEvent[] {
  return events.filter((event) => event.type === "epoch");
}

describe("distill", () => {
  it("tells what happens and gives student and report", async () => {
    const run = distill(await options());
    const events = await eventsOf(run);
    const { student: trained, report, files, alone } = await run;
    expect(events[0]).toMatchObject({
      type: "start",
      phase: "distilled",
      samples: 96,
      terms: ["response"],
      parameters: features * 12 + 12 + 12 * classes + classes,
      plan: { seed: 5, batchSize: 16, steps: 18, epochs: 3 },
      resumed: null,
    });
    const epochs = epochsOf(events);
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 6],
      [2, 12],
      [3, 18],
    ]);
    expect(epochs[0]?.metrics.samples).toBe(96);
    expect(epochs[2]!.metrics.loss).toBeLessThan(epochs[0]!.metrics.loss);
    expect(epochs[2]!.metrics.terms.response).toBeCloseTo(epochs[2]!.metrics.loss, 10);
    expect(events.at(-1)).toEqual({ type: "done", report });
    expect(trained.training).toBe(false);
    expect(files).toEqual([]);
    expect(alone).toBeNull();
    expect(report.distilled?.samples).toBe(48);
    expect(report.distilled?.perClass).toHaveLength(classes);
    expect(report.distilled?.agreement).toBeGreaterThan(0.3);
    expect(report.teacher?.errors).toBeGreaterThanOrEqual(0);
    expect(report.history.distilled).toMatchObject({ steps: 18, epochs: 3, stoppedEarly: false });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("learns what the teacher knows, without any label", async () => {
    const { model: teacher } = await train({
      model: await toyModel(1),
      data: toyData({ noise: 0.3 }),
      optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
      epochs: 10,
      batchSize: 16,
    });
    const { report } = await distill(
      await options({
        teacher,
        data: toyData({ noise: 0.3, labels: false }),
        objective: losses.response({ alpha: 1, temperature: 4 }),
        epochs: 10,
      }),
    );
    expect(report.teacher?.errors).toBeLessThan(5);
    expect(report.distilled?.errors).toBeLessThan(8);
    expect(report.distilled?.agreement).toBeGreaterThan(0.85);
  });

  it("trains the given module in place, and leaves the teacher alone", async () => {
    const given = await toyModel(3);
    const teacher = await toyModel(7);
    const [before, known] = [weightsOf(given), weightsOf(teacher)];
    const result = await distill(await options({ student: given, teacher }));
    expect(result.student).toBe(given);
    expect(weightsOf(given)).not.toEqual(before);
    expect(weightsOf(teacher)).toEqual(known);
  });

  it("gives the same bits for the same seed, and others for another", async () => {
    const run = async (seed: number) => {
      const { student: trained, report } = await distill(
        await options({ seed, student: nn.mlp([features, 12, classes], { dropout: 0.3 }) }),
      );
      return { weights: weightsOf(trained), losses: report.history.distilled?.metrics.map(lossOf) };
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect((await run(2)).weights).not.toEqual(first.weights);
  });

  it("is not held up or changed by a listener that leaves", async () => {
    const run = distill(await options());
    for await (const event of run) if (event.type === "epoch") break;
    const left = weightsOf((await run).student);
    expect(left).toEqual(weightsOf((await distill(await options())).student));
  });

  it("trains the student alone from the same weights", async () => {
    const run = distill(await options({ alone: true, epochs: 1 }));
    const events = await eventsOf(run);
    const { report, alone, student: distilled } = await run;
    const starts = events.filter((event) => event.type === "start").map(({ phase }) => phase);
    expect(starts).toEqual(["alone", "distilled"]);
    expect(report.alone?.samples).toBe(48);
    expect(weightsOf(alone!)).not.toEqual(weightsOf(distilled));
    // What train() makes of that student with the same seed.
    const { model } = await train({
      model: student(),
      data: toyData(),
      optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
      epochs: 1,
      batchSize: 16,
      seed: 5,
    });
    expect(weightsOf(alone!)).toEqual(weightsOf(model));
  });

  it("counts updates under accumulation and flushes what is left of an epoch", async () => {
    const run = distill(await options({ accumulate: 4, epochs: 2 }));
    const events = await eventsOf(run);
    // Six batches an epoch: one update of four and one of two.
    expect(epochsOf(events).map(({ step, metrics }) => [step, metrics.steps])).toEqual([
      [2, 2],
      [4, 2],
    ]);
  });

  it("stops after so many steps, within an epoch", async () => {
    const run = distill(await options({ epochs: undefined, steps: 8 }));
    const events = await eventsOf(run);
    expect(epochsOf(events).map(({ step }) => step)).toEqual([6, 8]);
    expect(epochsOf(events)[1]?.metrics.samples).toBe(32);
    expect((await run).report.history.distilled?.steps).toBe(8);
  });

  it("follows the schedule over the whole run", async () => {
    const events = await eventsOf(distill(await options({ schedule: schedules.cosine() })));
    const rates = epochsOf(events).map(({ metrics }) => metrics.lr);
    const at = (update: number) => 0.05 * (1 + Math.cos((Math.PI * update) / 18));
    for (const [index, update] of [5, 11, 17].entries())
      expect(rates[index]).toBeCloseTo(at(update), 10);
  });

  it("clips, averages weights, and reports the gradient's norm", async () => {
    const plain = await distill(await options());
    const run = distill(await options({ clip: { norm: 0.01 }, ema: 0.9 }));
    const events = await eventsOf(run);
    expect(epochsOf(events)[0]?.metrics.gradNorm).toBeGreaterThan(0.01);
    expect(weightsOf((await run).student)).not.toEqual(weightsOf(plain.student));
  });

  it("takes an iterable of batches that never says how long it is", async () => {
    async function* batches() {
      for (;;) {
        yield { inputs: zeros([4, features]), labels: zeros([4], { dtype: "int64" }) };
      }
    }
    const run = distill(await options({ data: batches, epochs: undefined, steps: 5 }));
    const { report } = await run;
    expect(report.history.distilled?.steps).toBe(5);
    expect(report.distilled).toBeNull();
  });

  it("takes the mean of several teachers", async () => {
    const teachers = [{ module: await toyModel(1), weight: 2 }, await toyModel(2)];
    const { report } = await distill(await options({ teacher: undefined, teachers }));
    expect(report.history.distilled?.epochs).toBe(3);
  });
});

function lossOf(metrics: unknown): number {
  return (metrics as { loss: number }).loss;
}

describe("gradientCheckpointing", () => {
  it("gives the same student", async () => {
    const plain = await distill(await options());
    const checkpointed = await distill(await options({ gradientCheckpointing: ["0"] }));
    expect(weightsOf(checkpointed.student)).toEqual(weightsOf(plain.student));
  });

  it("refuses a path that is not there", async () => {
    await expect(
      distill(await options({ gradientCheckpointing: ["layer9"] })),
    ).rejects.toMatchObject({
      code: "ERR_CONFIG",
    });
  });
});

describe("validation", () => {
  it("selects the best epoch and returns its weights", async () => {
    // Steps so large that the last epoch is not the best.
    const more = {
      validation: 0.25,
      epochs: 6,
      optimizer: optim.sgd({ lr: 4 }),
      monitor: "loss" as const,
    };
    const run = distill(await options(more));
    const events = await eventsOf(run);
    const { report, student: best } = await run;
    const values = epochsOf(events).map(({ metrics }) => metrics.validation!.loss!);
    const bestEpoch = values.indexOf(Math.min(...values)) + 1;
    expect(report.history.distilled?.bestEpoch).toBe(bestEpoch);
    expect(bestEpoch).toBeLessThan(6);
    expect(
      epochsOf(events)
        .filter(({ best }) => best)
        .at(-1)?.epoch,
    ).toBe(bestEpoch);
    expect(epochsOf(events)[0]?.metrics.samples).toBe(72);
    expect(epochsOf(events)[0]?.metrics.validation?.samples).toBe(24);
    // A run that ends there has the same weights.
    const { student: short } = await distill(await options({ ...more, epochs: bestEpoch }));
    expect(weightsOf(best)).toEqual(weightsOf(short));
    const { student: last } = await distill(await options({ ...more, keepBest: false }));
    expect(weightsOf(last)).not.toEqual(weightsOf(best));
  });

  it("stops early when patience is over", async () => {
    const run = distill(
      await options({ validation: 0.25, patience: 1, epochs: 50, optimizer: optim.sgd({ lr: 0 }) }),
    );
    const { report } = await run;
    // Nothing changes after the first epoch: one epoch of patience, one more that ends it.
    expect(report.history.distilled).toMatchObject({ stoppedEarly: true, bestEpoch: 1, epochs: 3 });
  });

  it("does not change what the training itself does", async () => {
    const data = toyData();
    const [rest, held] = data.train.split(0.25, 5);
    const { student: without } = await distill(await options({ data: rest, test: null }));
    const { student: with_ } = await distill(
      await options({ data: rest, test: null, validation: held, keepBest: false, ema: undefined }),
    );
    expect(weightsOf(with_)).toEqual(weightsOf(without));
  });
});

describe("distill refuses", () => {
  const nan = () => {
    const inputs = zeros([8, features]);
    return datasets.tensors({
      inputs: inputs.div(0),
      labels: zeros([8], { dtype: "int64" }),
      classes,
    });
  };

  it.each<[string, Partial<DistillOptions>, string, RegExp]>([
    ["no length", { epochs: undefined }, "ERR_CONFIG", /epochs or steps/],
    ["an unknown option", { epcohs: 3 } as never, "ERR_CONFIG", /no option epcohs/],
    ["a batch size of 0", { batchSize: 0 }, "ERR_CONFIG", /batchSize.*at least 1, got 0/],
    ["a missing teacher", { teacher: undefined }, "ERR_CONFIG", /teacher is missing/],
    ["a path for a teacher", { teacher: "t.pt" as never }, "ERR_CONFIG", /loadModule/],
    [
      "a student that is none",
      { student: {} as never },
      "ERR_CONFIG",
      /student: expected a module/,
    ],
    ["patience without validation", { patience: 2 }, "ERR_CONFIG", /patience needs validation/],
    ["an output function", { output: (v: unknown) => v as never }, "ERR_CONFIG", /function/],
    ["NaN in the data", { data: nan() }, "ERR_DATA", /NaN/],
    [
      "a student of another input",
      { student: nn.mlp([5, classes]) },
      "ERR_SHAPE",
      /\[8\].*does not take/s,
    ],
    [
      "a student of fewer classes",
      { student: nn.mlp([features, 2]) },
      "ERR_SHAPE",
      /\[batch, 3\].*\[batch, 2\]/,
    ],
  ])("%s", async (_, more, code, message) => {
    await expect(distill(await options(more))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("labels beyond the models' classes", async () => {
    const data = datasets.tensors({
      inputs: zeros([8, features]),
      labels: tensor([0, 1, 2, 3, 0, 1, 2, 3], { dtype: "int64" }),
    });
    await expect(distill(await options({ data }))).rejects.toMatchObject({
      code: "ERR_SHAPE",
      message: expect.stringMatching(/4 classes and the model 3/),
    });
  });

  it("a hard loss without labels", async () => {
    const data = toyData({ labels: false });
    await expect(distill(await options({ data }))).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringMatching(/response needs labels.*alpha to 1/),
    });
  });

  it("to go on once the loss is no number, and leaves everything usable", async () => {
    const given = await toyModel(3);
    const run = distill(
      await options({ student: given, optimizer: optim.sgd({ lr: 1e30 }), epochs: 20 }),
    );
    await expect(run).rejects.toMatchObject({
      code: "ERR_NONFINITE",
      message: expect.stringMatching(/distilled: the loss was not finite by step \d+ \(epoch \d+/),
    });
    given.loadStateDict((await toyModel(3)).stateDict());
    await distill(await options({ student: given, epochs: 1 }));
  });
});

describe("output and normalize", () => {
  const first = nn.script({
    source: "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n    return self.body(x), x\n",
    modules: { body: nn.linear(features, classes) },
  });

  it("are taken from the options, for training and for measuring", async () => {
    manualSeed(2);
    const teacher = { module: await nn.build(first), output: 0 };
    const { report, student: trained } = await distill(
      await options({ teacher, student: first, output: 0, epochs: 10 }),
    );
    expect(report.teacher?.errors).toBeGreaterThanOrEqual(0);
    expect(report.distilled?.agreement).toBeGreaterThan(0.6);
    expect(trained.output).toBe(0);
    // Without the options the output is no tensor.
    await expect(distill(await options({ student: first }))).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringMatching(/output/),
    });
    await expect(distill(await options({ student: first, output: "x" }))).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringMatching(/picks from a dict/),
    });
  });
});

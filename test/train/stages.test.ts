import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { losses, weightAt } from "../../lib/losses/index.js";
import { type Module, nn } from "../../lib/nn/index.js";
import { optim, schedules } from "../../lib/optim/index.js";
import { manualSeed } from "../../lib/tensor/index.js";
import { type DistillOptions, distill, type TrainEvent } from "../../lib/train/index.js";
import { frozenPaths } from "../../lib/train/trainable.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-stages-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const hints = losses.script(
  "def loss(student: Tensor, teacher: Tensor) -> Tensor: return (student - teacher).pow(2).mean()",
  { name: "hints", student: "0", teacher: "0" },
);

function student(seed = 4): Promise<Module> {
  manualSeed(seed);
  return nn.build(nn.mlp([features, 16, classes], { dropout: 0.2 }));
}

/** Hints for the first layer alone, then everything by the logits. */
async function options(more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  return {
    teacher: await toyModel(7),
    student: await student(),
    data: toyData(),
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    schedule: schedules.cosine(),
    stages: [
      { name: "hints", objective: hints, epochs: 2, trainable: ["0"] },
      {
        objective: [losses.response(), { ...hints, weight: { from: 1, to: 0, epochs: 2 } }],
        steps: 9,
        optimizer: optim.adam({ lr: 0.01 }),
      },
    ],
    batchSize: 16,
    seed: 5,
    ...more,
  };
}

async function collect(run: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

const rejects = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe("stages", () => {
  it("follow one another, each with its objective, length and parameters", async () => {
    const given = await options();
    const before = weightsOf(given.student as Module);
    let between: Record<string, number[]> | null = null;
    const run = distill(given);
    const events: TrainEvent[] = [];
    for await (const event of run) {
      events.push(event);
      if (event.type === "epoch" && event.stage?.index === 1 && event.epoch === 2) {
        between = weightsOf(given.student as Module);
      }
    }
    const starts = events.filter((event) => event.type === "start");
    expect(
      starts.map(({ stage, terms, plan, parameters }) => [stage, terms, plan.steps, parameters]),
    ).toEqual([
      [{ index: 1, count: 2, name: "hints" }, ["hints"], 12, features * 16 + 16],
      [
        { index: 2, count: 2, name: "stage 2" },
        ["response", "hints"],
        9,
        features * 16 + 16 + 17 * classes,
      ],
    ]);
    // The head is left alone by the first stage, and trained by the second.
    expect(between!["0.weight"]).not.toEqual(before["0.weight"]);
    const { student: trained, report } = await run;
    const head = Object.keys(before).find(
      (name) => name.endsWith("weight") && name !== "0.weight",
    )!;
    expect(weightsOf(trained)[head]).not.toEqual(before[head]);
    const { history } = report;
    expect(history.distilled).toMatchObject({
      steps: 21,
      epochs: 4,
      stages: [
        { name: "hints", steps: 12, epochs: 2 },
        { name: "stage 2", steps: 9, epochs: 2 },
      ],
    });
    expect(history.distilled!.metrics).toHaveLength(4);
    const hintLosses = (history.distilled!.metrics as { terms: Record<string, number> }[]).map(
      ({ terms }) => terms.hints!,
    );
    expect(hintLosses[1]!).toBeLessThan(hintLosses[0]!);
    for (const tensor of trained.parameters().values()) expect(tensor.requiresGrad).toBe(true);
  });

  it("leave what is frozen exactly as it was", async () => {
    const given = await options();
    const before = weightsOf(given.student as Module);
    const { student: trained } = await distill({ ...given, stages: [given.stages![0]!] });
    const after = weightsOf(trained);
    for (const name of Object.keys(before)) {
      if (name.startsWith("0.")) expect(after[name]).not.toEqual(before[name]);
      else expect(after[name]).toEqual(before[name]);
    }
  });

  it.each(["hints", "stage 2"])("go on to the same bits after a stop in %s", async (name) => {
    const whole = await distill(await options());
    const out = path.join(folder, name.replace(" ", "-"));
    const controller = new AbortController();
    const run = distill(await options({ out, signal: controller.signal }));
    await expect(
      (async () => {
        for await (const event of run) {
          if (event.type === "epoch" && event.stage?.name === name) controller.abort();
        }
      })(),
    ).rejects.toMatchObject({ code: "ERR_ABORTED" });
    const resumed = distill(await options({ out, resume: true }));
    const starts = (await collect(resumed)).filter((event) => event.type === "start");
    expect(starts[0]).toMatchObject({ stage: { name }, resumed: expect.anything() });
    const { student: trained, report } = await resumed;
    expect(weightsOf(trained)).toEqual(weightsOf(whole.student));
    expect(report.history.distilled?.stages).toEqual(whole.report.history.distilled?.stages);
    expect((await readdir(path.join(out, "checkpoints"))).sort()).toEqual([
      "distilled-stage1.1.ckpt",
      "distilled-stage1.ckpt",
      "distilled-stage2.1.ckpt",
      "distilled-stage2.ckpt",
      "teachers.json",
    ]);
    // Done, it is there at once.
    const again = distill(await options({ out, resume: true }));
    expect((await collect(again)).map(({ type }) => type)).not.toContain("start");
    expect(weightsOf((await again).student)).toEqual(weightsOf(whole.student));
  });

  it.each<[Partial<DistillOptions>, RegExp]>([
    [{ epochs: 3 }, /epochs: with stages each stage has its own/],
    [{ stages: [] }, /stages: expected at least one/],
    [{ stages: [{ objective: hints }] }, /stages\[0\]: say how long to train/],
    [
      { stages: [{ objective: hints, epoch: 1 } as never] },
      /stages\[0\]: there is no option epoch; did you mean "epochs"/,
    ],
    [
      { stages: [{ objective: hints, epochs: 0 }] },
      /stages\[0\]\.epochs: expected a whole number of at least 1, got 0/,
    ],
    [
      { stages: [{ objective: hints, epochs: 1, trainable: ["convolution"] }] },
      /stage 1: trainable: "convolution" covers no trainable parameter; there are 0\.weight/,
    ],
    [
      { stages: [{ objective: hints, epochs: 1 }], optimizer: undefined },
      /stages\[0\]: optimizer is missing/,
    ],
  ])("refuse %j", async (more, message) => {
    await expect(distill(await options(more))).rejects.toEqual(rejects("ERR_CONFIG", message));
  });
});

it("patterns of trainable parameters cover paths, modules and segments", async () => {
  manualSeed(1);
  const linear = () => nn.linear(2, 2);
  const model = await nn.build(
    nn.sequential({ a: nn.sequential({ x: linear(), y: linear() }), b: linear() }),
  );
  const left = (...patterns: string[]) => frozenPaths(model, patterns, "stage");
  expect(left("a")).toEqual(["b.weight", "b.bias"]);
  expect(left("a.*.weight", "b")).toEqual(["a.x.bias", "a.y.bias"]);
  expect(left("**.bias")).toEqual(["a.x.weight", "a.y.weight", "b.weight"]);
  expect(left("a.**")).toEqual(["b.weight", "b.bias"]);
  expect(left("a.x", "b.bias")).toEqual(["a.y.weight", "a.y.bias", "b.weight"]);
  expect(frozenPaths(model, null, "stage")).toEqual([]);
  expect(() => left("a.z")).toThrowError(
    /"a\.z" covers no trainable parameter; did you mean "a\.x"/,
  );
});

it("weights of terms go from one value to another, over a stop as well", async () => {
  const weight = { from: 1, to: 0, epochs: 2 };
  expect([0, 0.5, 1, 2, 9].map((epochs) => weightAt(weight, epochs))).toEqual([1, 0.75, 0.5, 0, 0]);
  const objective = [losses.crossEntropy(), losses.softTargets({ weight })];
  const plain = { stages: undefined, objective, epochs: 4, accumulate: 2 };
  const whole = await distill(await options(plain));
  const metrics = whole.report.history.distilled!.metrics as {
    loss: number;
    terms: Record<string, number>;
  }[];
  // The loss holds the weight of the moment: from 1 to 1/2 in the first epoch, 0 in the last.
  const share = metrics.map(({ loss, terms }) => (loss - terms.crossEntropy!) / terms.softTargets!);
  expect(share[0]).toBeGreaterThan(0.6);
  expect(share[0]).toBeLessThan(1);
  expect(share[1]).toBeLessThan(share[0]! - 0.3);
  expect(share[3]).toBeCloseTo(0, 6);
  const out = path.join(folder, "weights");
  const controller = new AbortController();
  const run = distill(await options({ ...plain, out, signal: controller.signal }));
  await expect(
    (async () => {
      for await (const event of run) if (event.type === "epoch") controller.abort();
    })(),
  ).rejects.toMatchObject({ code: "ERR_ABORTED" });
  const { student: resumed } = await distill(await options({ ...plain, out, resume: true }));
  expect(weightsOf(resumed)).toEqual(weightsOf(whole.student));
});

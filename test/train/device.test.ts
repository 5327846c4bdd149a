/** `device:` of runs: the CPU changes nothing, and what is not there is refused before anything is done. */

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { loadModule, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { explainRecipe } from "../../lib/recipe/explain.js";
import { recipeFromText, runRecipe } from "../../lib/recipe/index.js";
import { distill as recorded } from "../../lib/record/index.js";
import { cuda } from "../../lib/tensor/index.js";
import { readCheckpoint, writeCheckpoint } from "../../lib/train/checkpoint.js";
import {
  type DistillOptions,
  distill,
  evaluate,
  type MutualOptions,
  mutual,
  type TrainEvent,
  type TrainOptions,
  train,
} from "../../lib/train/index.js";
import type { Json } from "../../lib/train/report.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-device-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const common = () => ({
  data: toyData(),
  optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
  epochs: 2,
  batchSize: 16,
  seed: 5,
});

const student = () => nn.mlp([features, 12, classes], { dropout: 0.2 });

async function distillOptions(more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  const hint = { student: "1", teacher: "1", connector: "linear", weight: 0.1 } as const;
  return {
    ...common(),
    teachers: [await toyModel(7), { module: await toyModel(8), weight: 2 }],
    student: student(),
    objective: [losses.response({ alpha: 0.9, temperature: 4 }), losses.hint(hint)],
    ...more,
  };
}

const trainOptions = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  ...common(),
  model: student(),
  validation: 0.25,
  ...more,
});

const mutualOptions = (more: Partial<MutualOptions> = {}): MutualOptions => ({
  ...common(),
  students: [student(), nn.mlp([features, 6, classes])],
  ...more,
});

/** A device that is nowhere, and texts that are none. */
const absent = ["cuda:99", "cuda:x", "gpu", "mps", "cuda:-1", "CPU", ""];
if (!cuda.isAvailable()) absent.push("cuda", "cuda:0");

const refusal = (where: string, name: string) =>
  expect.objectContaining({
    code: "ERR_DEVICE",
    message: expect.stringContaining(
      `${where}: there is no device ${JSON.stringify(name)} here; the devices are: cpu`,
    ),
  });

describe("device: cpu", () => {
  it("is what a run without a device does, bit for bit", async () => {
    const plain = await distill(await distillOptions({ alone: true }));
    const placed = await distill(await distillOptions({ alone: true, device: "cpu" }));
    expect(await weightsOf(placed.student)).toEqual(await weightsOf(plain.student));
    expect(await weightsOf(placed.alone!)).toEqual(await weightsOf(plain.alone!));
    expect(placed.report.environment.device).toBe("cpu");

    const one = await train(trainOptions());
    const other = await train(trainOptions({ device: "cpu" }));
    expect(await weightsOf(other.model)).toEqual(await weightsOf(one.model));

    const pair = await mutual(mutualOptions());
    const again = await mutual(mutualOptions({ device: "cpu" }));
    for (const index of [0, 1] as const) {
      expect(await weightsOf(again.students[index])).toEqual(await weightsOf(pair.students[index]));
    }
  });

  it("may be said of a teacher, and of a measurement", async () => {
    const teachers = [{ module: await toyModel(7), device: "cpu" }];
    const plain = await distill(await distillOptions({ teachers: [await toyModel(7)] }));
    const placed = await distill(await distillOptions({ teachers, device: "cpu" }));
    expect(await weightsOf(placed.student)).toEqual(await weightsOf(plain.student));

    const { test } = toyData();
    const teacher = await toyModel(7);
    const found = await evaluate(plain.student, test!, { teacher, predictions: true });
    const other = await evaluate(plain.student, test!, {
      ...{ teacher, predictions: true, device: "cpu" },
    });
    expect(other.predictions).toEqual(found.predictions);
    expect(other.agreement).toBe(found.agreement);
  });
});

describe("a device that is not there", () => {
  it("is refused by every call, before a folder is made or an event is sent", async () => {
    for (const [index, device] of absent.entries()) {
      const out = path.join(folder, `absent-${index}`);
      const more = { device, out };
      const distilling = await distillOptions(more);
      const runs: Record<string, () => AsyncIterable<TrainEvent>> = {
        distill: () => distill(distilling),
        recorded: () => recorded(distilling),
        train: () => train(trainOptions(more)),
        mutual: () => mutual(mutualOptions(more)),
      };
      for (const [name, run] of Object.entries(runs)) {
        const events: TrainEvent[] = [];
        const where = name === "recorded" ? "distill" : name;
        const followed = (async () => {
          for await (const event of run()) events.push(event);
        })();
        await expect(followed, `${name} ${device}`).rejects.toEqual(
          refusal(`${where}: device`, device),
        );
        expect(events).toEqual([]);
      }
      expect(existsSync(out), device).toBe(false);

      const model = await toyModel(1);
      await expect(evaluate(model, toyData(), { device })).rejects.toEqual(
        refusal("evaluate: device", device),
      );
      const teachers = [{ module: model, device }];
      await expect(distill(await distillOptions({ teachers, out }))).rejects.toEqual(
        refusal("distill: teachers[0].device", device),
      );
      expect(existsSync(out), device).toBe(false);
    }
  });

  it("is refused as a wrong option where it is no text", async () => {
    await expect(train(trainOptions({ device: 1 as never }))).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining("device: expected a device such as cpu or cuda, got 1"),
    });
  });

  it("is refused in a recipe, before its data are looked for", async () => {
    const recipe = {
      data: { idx: { images: "nowhere", labels: "nowhere" } },
      teacher: { path: "nowhere.pt" },
      student: { "nn.mlp": [features, 12, classes] },
      optimizer: "adam",
      epochs: 1,
    };
    const source = (more: object) =>
      recipeFromText(JSON.stringify({ ...recipe, ...more }), path.join(folder, "r.json"));
    const out = path.join(folder, "recipe-out");
    const run = (more: object) => runRecipe("distill", source(more), { out });
    await expect(run({ device: "cuda:99" })).rejects.toEqual(refusal("device", "cuda:99"));
    await expect(explainRecipe(source({ device: "cuda:99" }), { out })).rejects.toEqual(
      refusal("device", "cuda:99"),
    );
    await expect(run({ teacher: { path: "nowhere.pt", device: "cuda:99" } })).rejects.toEqual(
      refusal("teacher.device", "cuda:99"),
    );
    const teachers = ["nowhere.pt", { path: "nowhere.pt", device: "cuda:99" }];
    await expect(run({ teacher: undefined, teachers })).rejects.toEqual(
      refusal("teachers[1].device", "cuda:99"),
    );
    await expect(run({ device: "cuda:x" })).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining("device: expected a device: cpu, cuda"),
    });
    expect(existsSync(out)).toBe(false);
  });
});

describe("a checkpoint from another device", () => {
  it("is gone on from, with a warning that says so", async () => {
    const out = path.join(folder, "resumed");
    const whole = await train(trainOptions({ epochs: 3 }));
    const controller = new AbortController();
    const run = train(trainOptions({ epochs: 3, out, signal: controller.signal }));
    const stop = (async () => {
      for await (const event of run) if (event.type === "epoch") controller.abort();
    })();
    await expect(stop).rejects.toMatchObject({ code: "ERR_ABORTED" });

    const file = path.join(out, "checkpoints", "trained.ckpt");
    const { state, tensors } = await readCheckpoint(file);
    const stored = state as { plan: { device: string } };
    expect(stored.plan.device).toBe("cpu");
    stored.plan.device = "cuda:0";
    // What a GPU's generator keeps is of no use to another.
    const deviceRng = tensors.rng!.clone();
    await writeCheckpoint(file, { state: stored as Json, tensors: { ...tensors, deviceRng } });

    const again = train(trainOptions({ epochs: 3, out, resume: true }));
    const warnings: string[] = [];
    for await (const event of again) if (event.type === "warning") warnings.push(event.message);
    expect(warnings).toEqual([
      expect.stringContaining("the run began on cuda:0 and goes on on cpu"),
    ]);
    expect(await weightsOf((await again).model)).toEqual(await weightsOf(whole.model));
    using loaded = await loadModule(path.join(out, "model.pt"));
    expect(await weightsOf(loaded)).toEqual(await weightsOf(whole.model));
    const report = JSON.parse(await readFile(path.join(out, "report.json"), "utf8"));
    expect(report.environment.device).toBe("cpu");
  });
});

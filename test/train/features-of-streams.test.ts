/** What is made from shapes inside the models, where the training data are a stream of batches. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BatchSource, datasets, type UserBatch } from "../../lib/data/index.js";
import { connectors, losses } from "../../lib/losses/index.js";
import { nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { type DistillOptions, distill } from "../../lib/train/index.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-stream-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rejects = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

const hint = (more: Parameters<typeof losses.hint>[0] = {}) =>
  losses.hint({ student: "0", teacher: "0", weight: 1, ...more });

async function options(data: unknown, more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  return {
    teacher: await toyModel(7),
    student: nn.mlp([features, 12, classes]),
    data: data as DistillOptions["data"],
    objective: [losses.crossEntropy(), hint()],
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    ...{ epochs: 3, batchSize: 16, seed: 5 },
    ...more,
  };
}

/** The batches of a data set, made anew for every epoch. */
const everyEpoch =
  (epochs: number[] = []): BatchSource =>
  ({ epoch, seed, shuffle, batchSize }) => {
    epochs.push(epoch);
    return toyData().train.batches({ epoch, seed, shuffle, batchSize });
  };

/** Those of its first epoch, once. */
async function* once(seen: number[] = [], each = (_: number) => {}): AsyncGenerator<UserBatch> {
  const batches = toyData().train.batches({ batchSize: 16, shuffle: true, seed: 5 });
  let index = 0;
  for await (const batch of batches) {
    seen.push(index);
    each(index++);
    yield batch;
  }
}

const trained = async (data: unknown, more: Partial<DistillOptions> = {}) =>
  weightsOf((await distill(await options(data, more))).student);

/** Runs until the signal ends it. */
async function stopped(given: DistillOptions, controller: AbortController, after?: number) {
  const run = distill({ ...given, signal: controller.signal });
  await expect(
    (async () => {
      for await (const event of run) {
        if (event.type === "epoch" && event.epoch === after) controller.abort();
      }
    })(),
  ).rejects.toMatchObject({ code: "ERR_ABORTED" });
}

describe("connectors", () => {
  it("train as those of a data set with the same batches, each of which comes once", async () => {
    const epochs: number[] = [];
    const objective = [losses.crossEntropy(), hint({ connector: connectors.mlp({ hidden: 5 }) })];
    const expected = await trained(toyData(), { objective });
    expect(await trained(everyEpoch(epochs), { objective })).toEqual(expected);
    expect(epochs).toEqual([0, 1, 2]);
    const seen: number[] = [];
    const { report } = await distill(await options(once(seen), { epochs: 1 }));
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    expect(report.history.distilled!.steps).toBe(6);
  });

  it("go on to the same bits after a stop between epochs", async () => {
    const epochs: number[] = [];
    const out = path.join(folder, "epochs");
    await stopped(await options(everyEpoch(), { out }), new AbortController(), 1);
    const again = await trained(everyEpoch(epochs), { out, resume: true });
    expect(again).toEqual(await trained(everyEpoch()));
    // Planned with the first epoch, which nobody reads on.
    expect(epochs).toEqual([0, 1, 2]);
  });

  it("go on to the same bits after a stop within an epoch of a stream that comes once", async () => {
    const out = path.join(folder, "once");
    const controller = new AbortController();
    const until = (index: number) => {
      if (index === 3) controller.abort();
    };
    await stopped(await options(once([], until), { out, epochs: 1 }), controller);
    const again = await trained(once(), { out, epochs: 1, resume: true });
    expect(again).toEqual(await trained(once(), { epochs: 1 }));
  });

  it("are made for stages, and for a student beside one without a teacher", async () => {
    const stages = [
      { objective: hint(), epochs: 1 },
      { objective: [losses.crossEntropy(), hint({ connector: "mlp" })], epochs: 1 },
    ];
    const more = { stages, objective: undefined, epochs: undefined, alone: true };
    expect(await trained(everyEpoch(), more)).toEqual(await trained(toyData(), more));
  });
});

describe("losses with learned parts", () => {
  const paths = { student: "0", teacher: "0" };

  it.each([
    ["vid", losses.vid(paths)],
    ["reviewKd", losses.reviewKd({ ...paths, weight: 1 })],
    ["crd", losses.crd({ ...paths, negatives: 8 })],
  ])("%s trains as with a data set", async (_, loss) => {
    const objective = [losses.crossEntropy(), loss];
    const stream = datasets.from(everyEpoch(), { length: 96 });
    expect(await trained(stream, { objective })).toEqual(await trained(toyData(), { objective }));
  });

  it("crd has to know how many samples there are", async () => {
    const objective = losses.crd(paths);
    await expect(trained(everyEpoch(), { objective })).rejects.toEqual(
      rejects("ERR_CONFIG", /crd: .*how many there are; .*datasets\.from\(source, \{ length \}\)/),
    );
    async function* withoutIds() {
      for await (const batch of once()) yield { ...batch, ids: null };
    }
    const stream = datasets.from(withoutIds, { length: 96 });
    await expect(trained(stream, { objective })).rejects.toEqual(
      rejects("ERR_DATA", /crd needs ids, and the batch has none/),
    );
  });
});

describe("a stream that does not fit", () => {
  it("is refused where it is empty", async () => {
    for (const empty of [[], () => []]) {
      await expect(trained(empty)).rejects.toEqual(
        rejects("ERR_DATA", /"train" ended before its first batch, which gives the shapes/),
      );
    }
  });

  it("is closed again, where the plan is refused or everything is done already", async () => {
    let closed = 0;
    async function* watched() {
      try {
        yield* once();
      } finally {
        closed += 1;
      }
    }
    const objective = hint({ connector: null });
    await expect(trained(watched(), { objective })).rejects.toEqual(
      rejects("ERR_SHAPE", /student's feature \[16, 12\] \(0\), teacher's \[16, 16\]/),
    );
    expect(closed).toBe(1);
    const out = path.join(folder, "done");
    const whole = await trained(watched(), { out, epochs: 1 });
    expect(closed).toBe(2);
    expect(await trained(watched(), { out, epochs: 1, resume: true })).toEqual(whole);
    expect(closed).toBe(3);
  });
});

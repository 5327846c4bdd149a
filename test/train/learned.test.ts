/** Runs with losses that have learned parts. */

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { build, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { readCheckpoint } from "../../lib/train/checkpoint.js";
import { distill } from "../../lib/train/index.js";
import { numbers } from "../losses/learned.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-learned-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const kinds = {
  vid: () => losses.vid({ student: "1", teacher: "1" }),
  crd: () => losses.crd({ student: "1", teacher: "1", negatives: 16 }),
  reviewKd: () => losses.reviewKd({ student: ["1", ""], teacher: ["1", ""], weight: 1 }),
};
const options = async (kind: keyof typeof kinds, more: object = {}) => ({
  teacher: await toyModel(1, 12),
  student: await toyModel(2, 6),
  data: toyData(),
  objective: [kinds[kind]()],
  optimizer: optim.sgd({ lr: 0.01 }),
  ...{ epochs: 3, batchSize: 16, seed: 4 },
  ...more,
});
const names = Object.keys(kinds) as (keyof typeof kinds)[];

it.each(names)("%s goes on to the same bits after a stop", async (kind) => {
  const given = await options(kind);
  const before = weightsOf(given.student);
  const { student } = await distill(given);
  const after = weightsOf(student);
  // Trained, and without the loss's own parts.
  expect(Object.keys(after)).toEqual(Object.keys(before));
  const [first] = Object.keys(before);
  expect(after[first!]).not.toEqual(before[first!]);
  expect(Object.values(after).flat().every(Number.isFinite)).toBe(true);

  const out = path.join(folder, kind);
  const controller = new AbortController();
  const run = distill(await options(kind, { out, signal: controller.signal }));
  await expect(
    (async () => {
      for await (const event of run) {
        if (event.type === "epoch" && event.epoch === 1) controller.abort();
      }
    })(),
  ).rejects.toMatchObject({ code: "ERR_ABORTED" });
  const checkpoints = path.join(out, "checkpoints");
  const [file] = (await readdir(checkpoints)).filter((name) => name.endsWith(".ckpt"));
  const { tensors } = await readCheckpoint(path.join(checkpoints, file!));
  const part = (end: string) =>
    numbers(Object.entries(tensors).find(([name]) => name.endsWith(end))![1]);
  if (kind === "vid") {
    // The variance is a parameter, and the optimizer has moved it from where it starts.
    const start = Math.log(Math.expm1(5 - 1e-5));
    expect(part("pair0.spread").every((each) => Math.abs(each - start) > 1e-5)).toBe(true);
  }
  if (kind === "crd") {
    // Each sample has been seen, has a row of its own, and the constants are set.
    expect(part(".keys").sort((a, b) => a - b)).toEqual(Array.from({ length: 96 }, (_, i) => i));
    expect(part(".constants").every((z) => z > 0)).toBe(true);
  }
  const resumed = await distill(await options(kind, { out, resume: true }));
  expect(weightsOf(resumed.student)).toEqual(after);
});

it.each(names)("%s says before the first step that a feature does not fit", async (kind) => {
  const turn = () =>
    nn.script({ source: "def forward(self, x: Tensor) -> Tensor:\n    return x.t()" });
  const turned = await build(
    nn.sequential(nn.linear(features, 6), turn(), turn(), nn.relu(), nn.linear(6, classes)),
  );
  const objective = {
    vid: () => losses.vid({ student: "1", teacher: "1" }),
    crd: () => losses.crd({ student: "1", teacher: "1" }),
    reviewKd: () => losses.reviewKd({ student: "1", teacher: "1" }),
  }[kind]();
  const run = distill(await options(kind, { student: turned, objective }));
  const steps: string[] = [];
  await expect(
    (async () => {
      for await (const { type } of run) steps.push(type);
    })(),
  ).rejects.toMatchObject({
    code: "ERR_SHAPE",
    message: expect.stringMatching(
      new RegExp(`${kind}: it cannot take the student's \\[6, 2\\] with the teacher's`),
    ),
  });
  expect(steps).not.toContain("step");
});

it("names what does not fit", async () => {
  const loss = losses.vid({ student: ["1", "2"], teacher: "1" });
  await expect(distill(await options("vid", { objective: loss }))).rejects.toMatchObject({
    code: "ERR_CONFIG",
    message: expect.stringMatching(/vid: .*2 of the student and 1 of the teacher/),
  });
  const none = losses.crd();
  await expect(distill(await options("crd", { objective: none }))).rejects.toMatchObject({
    code: "ERR_CONFIG",
    message: expect.stringMatching(/crd: .*0 of the student/),
  });
});

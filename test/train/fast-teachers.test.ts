/** `optimizeTeacher`: a faster teacher teaches the same, and only where asked. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { losses } from "../../lib/losses/index.js";
import { PotstillError } from "../../lib/native/errors.js";
import { build, type Module, models, nn, type OptimizeOptions } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed, randint, randn, type Tensor } from "../../lib/tensor/index.js";
import { type DistillOptions, distill, type TrainEvent } from "../../lib/train/index.js";
import { toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "potstill-fast-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const choices = () => path.join(folder, "checkpoints", "teachers.json");

/** The teacher of `run`, which notes how it is optimized. */
async function watched(asked: OptimizeOptions[] = [], shapes: number[][] = []): Promise<Module> {
  manualSeed(2);
  const teacher = await build(models.resnetCifar(20));
  const optimize = teacher.optimize.bind(teacher);
  Object.defineProperty(teacher, "optimize", {
    value: (options: OptimizeOptions) => {
      asked.push(options);
      shapes.push((options.sample as Tensor).shape);
      return optimize(options);
    },
  });
  return teacher;
}

async function run(change: Partial<DistillOptions>) {
  manualSeed(2);
  const running = distill({
    teacher: await build(models.resnetCifar(20)),
    student: await build(nn.sequential(nn.flatten(), nn.linear(768, 10))),
    data: datasets.tensors({ inputs: randn([64, 3, 16, 16]), labels: randint(0, 10, [64]) }),
    objective: losses.response({ alpha: 0.9, temperature: 4 }),
    optimizer: optim.sgd({ lr: 0.01 }),
    batchSize: 32,
    epochs: 1,
    ...change,
  });
  const events: TrainEvent[] = [];
  for await (const event of running) events.push(event);
  return { ...(await running), events };
}

test("in float32 the student ends where it ends with the teacher as it is", async () => {
  const plain = await run({ optimizeTeacher: false });
  const fast = await run({ optimizeTeacher: "float32", out: folder });
  expect(plain.events.some(({ type }) => type === "teacher")).toBe(false);
  const told = fast.events.filter((event) => event.type === "teacher");
  for (const { chosen, difference, speedup } of told) {
    expect(chosen).toMatch(/^frozen/);
    expect(difference).toBeLessThan(1e-4);
    expect(speedup).toBeGreaterThan(1);
  }
  expectAlike(plain.student, fast.student);
  // What was chosen is kept with the run, also that nothing was.
  const kept = Object.values(JSON.parse(readFileSync(choices(), "utf8")) as object);
  expect(kept).toEqual([told[0]?.chosen ?? "as it is"]);
});

/** Weights of both agree to four digits. */
function expectAlike(one: Module, other: Module) {
  const [a, b] = [weightsOf(one), weightsOf(other)];
  for (const [name, list] of Object.entries(a)) {
    for (const [i, value] of list.entries()) expect(b[name]![i]).toBeCloseTo(value, 4);
  }
}

test("a tapped teacher is run faster too, and teaches the same", async () => {
  const student = () => {
    manualSeed(3);
    return build(
      nn.sequential(nn.conv2d(3, 16, 3, { padding: 1 }), nn.flatten(), nn.linear(4096, 10)),
    );
  };
  const objective = [
    losses.response({ alpha: 0.9, temperature: 4 }),
    losses.hint({ student: "0", teacher: "layer1.0" }),
    // Its margins come from the teacher's batch norms, which an optimized teacher has no more.
    losses.ofd({ student: "0", teacher: "layer1.2.bn2" }),
  ];
  const plain = await run({ student: await student(), objective, optimizeTeacher: false });
  const asked: OptimizeOptions[] = [];
  const teacher = await watched(asked);
  const fast = await run({
    ...{ teacher, student: await student(), objective },
    ...{ optimizeTeacher: "float32", out: folder },
  });
  expect(asked.map(({ taps }) => taps)).toEqual([["layer1.0", "layer1.2.bn2"]]);
  expect(fast.events.filter(({ type }) => type === "warning")).toEqual([]);
  const told = fast.events.filter((event) => event.type === "teacher");
  for (const { difference } of told) expect(difference).toBeLessThan(1e-4);
  expectAlike(plain.student, fast.student);
  const kept = Object.values(JSON.parse(readFileSync(choices(), "utf8")) as object);
  expect(kept).toEqual([told[0]?.chosen ?? "as it is"]);
});

test("a resized teacher is measured at its own size", async () => {
  const shapes: number[][] = [];
  const resized = (module: Module) => ({ module, resize: [24, 20] }) as const;
  const plain = await run({
    teacher: resized(await watched()),
    optimizeTeacher: false,
  });
  const fast = await run({
    teacher: resized(await watched([], shapes)),
    optimizeTeacher: "float32",
  });
  expect(shapes).toEqual([[32, 3, 24, 20]]);
  expectAlike(plain.student, fast.student);
});

test("a run that goes on takes the choice that was made for it", async () => {
  await run({ optimizeTeacher: "float32", out: folder });
  const known = JSON.parse(readFileSync(choices(), "utf8")) as Record<string, string>;
  writeFileSync(choices(), JSON.stringify({ [Object.keys(known)[0]!]: "frozen, channels-last" }));
  const { events } = await run({
    ...{ optimizeTeacher: "float32", out: folder, resume: true, epochs: 1 },
  });
  expect(events.filter(({ type }) => type === "teacher")).toMatchObject([
    { chosen: "frozen, channels-last", speedup: null },
  ]);
});

test("a quick teacher is left as it is", async () => {
  const quick = distill({
    teacher: await toyModel(1, 32),
    student: await toyModel(2),
    data: toyData(),
    optimizer: optim.sgd({ lr: 0.1 }),
    epochs: 1,
    out: folder,
  });
  for await (const event of quick) expect(event.type).not.toBe("teacher");
  await quick;
});

test("a teacher that cannot be made faster says why, and the run goes on", async () => {
  const teacher = await build(models.resnetCifar(20));
  const refuse = () => Promise.reject(new PotstillError("ERR_OOM", "no memory for a copy"));
  Object.defineProperty(teacher, "optimize", { value: refuse });
  const { events, report } = await run({ teacher, optimizeTeacher: "float32" });
  const warnings = events.flatMap((event) => (event.type === "warning" ? event.message : []));
  expect(warnings).toEqual([
    expect.stringMatching(/the teacher runs as it is.*no memory for a copy/),
  ]);
  expect(report.distilled).toBeDefined();
});

test("an unknown setting is refused", async () => {
  await expect(run({ optimizeTeacher: "int8" as never })).rejects.toThrowError(
    expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(/float32/) }),
  );
});

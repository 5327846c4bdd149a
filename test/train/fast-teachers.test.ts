/** `optimizeTeacher`: a faster teacher teaches the same, and only where asked. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { losses } from "../../lib/losses/index.js";
import { PotstillError } from "../../lib/native/errors.js";
import { build, models, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed, randint, randn } from "../../lib/tensor/index.js";
import { type DistillOptions, distill, type TrainEvent } from "../../lib/train/index.js";
import { toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "potstill-fast-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
  const [a, b] = [weightsOf(plain.student), weightsOf(fast.student)];
  for (const [name, list] of Object.entries(a)) {
    for (const [i, value] of list.entries()) expect(b[name]![i]).toBeCloseTo(value, 4);
  }
  // What was chosen is kept with the run, also that nothing was.
  const file = path.join(folder, "checkpoints", "teachers.json");
  const kept = Object.values(JSON.parse(readFileSync(file, "utf8")) as object);
  expect(kept).toEqual([told[0]?.chosen ?? "as it is"]);
});

test("a quick teacher is left as it is, and so is a tapped one", async () => {
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
  const tapped = await run({
    objective: losses.script(
      "def loss(student: Tensor, teacher: Tensor) -> Tensor:\n  return (student - teacher).pow(2).mean()",
      { student: "1", teacher: "" },
    ),
  });
  expect(tapped.events.some(({ type }) => type === "teacher")).toBe(false);
  expect(existsSync(folder)).toBe(true);
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

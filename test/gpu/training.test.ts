/** The training step and whole runs on the device against the CPU's. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import type { Module } from "../../lib/nn/index.js";
import { type Optimizer, optim } from "../../lib/optim/index.js";
import { cuda, manualSeed, randn } from "../../lib/tensor/index.js";
import { distill, type TrainEvent } from "../../lib/train/index.js";
import { flat, gap, type ToyPlan, toyBatch, toyModule, toySamples, toyStep } from "../step/toys.js";
import { toyData, toyModel } from "../train/toys.js";
import { device, onDevice, onGpu, onlyOnGpu, there } from "./device.js";

const folder = mkdtempSync(path.join(tmpdir(), "potstill-gpu-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const teacher = await toyModule(2);

interface Stepped {
  student: Module;
  losses: number[];
  correct: number[];
  skipped: number;
}

/** Ten steps of a student on a device, from the same weights and batches. */
async function stepped(at: string, plan: ToyPlan, dtype: "float32" | "float64"): Promise<Stepped> {
  const student = await (await toyModule(1)).to({ device: at, dtype });
  const from = [await (await teacher.clone()).to({ device: at, dtype })];
  const step = toyStep(student, { from, ...plan });
  const result: Stepped = { student, losses: [], correct: [], skipped: 0 };
  for (let seed = 0; seed < 10; seed++) {
    using batch = toyBatch(toySamples(16, seed));
    await step.run(batch, 0.05);
    const { loss, correct, skipped } = await step.metrics();
    result.losses.push(loss);
    result.correct.push(correct);
    result.skipped += skipped;
  }
  await step.swapAverage();
  step.dispose();
  await student.to({ device: "cpu" });
  return result;
}

const optimizers: Record<string, Optimizer> = {
  sgd: optim.sgd({ lr: 0.05, momentum: 0.9, weightDecay: 1e-3 }),
  adam: optim.adam({ lr: 0.01 }),
  adamw: optim.adamw({ lr: 0.01 }),
  rmsprop: optim.rmsprop({ lr: 0.01 }),
};

const objectives = {
  response: losses.response({ alpha: 0.9, temperature: 4 }),
  dkd: losses.dkd({ temperature: 4 }),
  several: [
    losses.crossEntropy({ weight: 0.5, labelSmoothing: 0.1 }),
    losses.jsd({ weight: 0.5, temperature: 2 }),
    losses.similarity({ student: "0", teacher: "0", weight: 0.1 }),
  ],
};

onDevice("the step", () => {
  test.each(Object.keys(optimizers))("with %s gives what the CPU's gives", async (name) => {
    const plan = { using: optimizers[name]!, accumulate: 2, clipNorm: 0.5, emaDecay: 0.9 };
    const [here, other] = [
      await stepped("cpu", plan, "float64"),
      await stepped(device, plan, "float64"),
    ];
    expect(gap(other.losses, here.losses)).toBeLessThan(1e-9);
    expect(gap(flat(other.student), flat(here.student))).toBeLessThan(1e-9);
    expect(other.correct).toEqual(here.correct);
  });

  test.each(Object.keys(objectives))("of %s gives what the CPU's gives", async (name) => {
    const plan = { objective: objectives[name as keyof typeof objectives] };
    const [here, other] = [
      await stepped("cpu", plan, "float64"),
      await stepped(device, plan, "float64"),
    ];
    expect(gap(other.losses, here.losses)).toBeLessThan(1e-9);
    expect(gap(flat(other.student), flat(here.student))).toBeLessThan(1e-9);
  });

  test.each(["bfloat16", "float16"] as const)("in %s stays near float32's", async (autocast) => {
    const scaler = {
      ...{ initialScale: 2 ** 10, growthFactor: 2, backoffFactor: 0.5, growthInterval: 4 },
    };
    const wide = await stepped(device, {}, "float32");
    const narrow = await stepped(
      device,
      { autocast, scaler: autocast === "float16" ? scaler : null },
      "float32",
    );
    expect(gap(narrow.losses, wide.losses)).toBeLessThan(autocast === "float16" ? 1e-2 : 5e-2);
    expect(narrow.losses).not.toEqual(wide.losses);
    expect(narrow.skipped).toBe(0);
    for (const { dtype } of narrow.student.parameters().values()) expect(dtype).toBe("float32");
  });

  test("leaves an update out that overflows, and goes on", async () => {
    const scaler = {
      ...{ initialScale: 2 ** 127, growthFactor: 2, backoffFactor: 2 ** -60, growthInterval: 100 },
    };
    const objective = losses.softTargets({ weight: 1e30 });
    const plan = { scaler, objective, clipValue: 1e-3 };
    const scaled = await stepped(device, plan, "float32");
    // The weight leaves no more than 2^28 of float32's range: 2^127 and 2^67 are too much, 2^7 is not.
    expect(scaled.skipped).toBe(2);
    const there = flat(scaled.student);
    expect(there.every(Number.isFinite)).toBe(true);
    const here = await stepped("cpu", plan, "float32");
    expect(gap(there, flat(here.student))).toBeLessThan(1e-5);
    expect(gap(there, flat(await toyModule(1)))).toBeGreaterThan(1e-4);
  });
});

onDevice("a run", () => {
  const options = async (more: object) => ({
    teacher: await toyModel(1, 32),
    student: await toyModel(2),
    data: toyData(),
    objective: losses.response({ alpha: 0.5, temperature: 2 }),
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    ...{ batchSize: 16, epochs: 6, device, ...more },
  });

  test("ends where the CPU's ends", async () => {
    const here = await distill(await options({ device: "cpu" }));
    const other = await distill(await options({}));
    await other.student.to({ device: "cpu" });
    expect(gap(flat(other.student), flat(here.student))).toBeLessThan(1e-3);
    expect(other.report.environment.device).toMatch(onGpu ? /^cuda:\d$/ : /^cpu$/);
  });

  test("in float16 learns, counts what it leaves out, and is gone on from exactly", async () => {
    const narrow = {
      autocast: { dtype: "float16", emulated: true },
      // Too much at first.
      scaler: { initialScale: 2 ** 40, growthInterval: 20 },
      epochs: 12,
    };
    const epochs: NonNullable<Extract<TrainEvent, { type: "epoch" }>>[] = [];
    const run = distill(await options(narrow));
    for await (const event of run) if (event.type === "epoch") epochs.push(event);
    const whole = await run;
    expect(epochs[0]!.metrics.scaler!.skipped).toBeGreaterThan(5);
    expect(epochs[0]!.metrics.scaler!.scale).toBeLessThan(2 ** 35);
    expect(epochs.at(-1)!.metrics.loss).toBeLessThan(epochs[0]!.metrics.loss);

    const controller = new AbortController();
    const stopped = distill(await options({ ...narrow, out: folder, signal: controller.signal }));
    await expect(
      (async () => {
        for await (const event of stopped) {
          if (event.type === "epoch" && event.epoch === 4) controller.abort();
        }
        await stopped;
      })(),
    ).rejects.toMatchObject({ code: "ERR_ABORTED" });
    const resumed = await distill(await options({ ...narrow, out: folder, resume: true }));
    for (const { student } of [whole, resumed]) await student.to({ device: "cpu" });
    expect(flat(resumed.student)).toEqual(flat(whole.student));
  });
});

onlyOnGpu("TF32", () => {
  test("rounds products when it is allowed, and not otherwise", () => {
    if (cuda.properties(device).major < 8) return;
    const before = cuda.tf32();
    manualSeed(1);
    const [a, b] = [there(randn([256, 256])), there(randn([256, 256]))];
    const exact = a.to({ dtype: "float64" }).matmul(b.to({ dtype: "float64" }));
    const error = () => a.matmul(b).to({ dtype: "float64" }).sub(exact).abs().max().item<number>();
    try {
      cuda.allowTf32(false);
      expect(error()).toBeLessThan(1e-4);
      cuda.allowTf32(true);
      expect(error()).toBeGreaterThan(1e-3);
    } finally {
      cuda.allowTf32(before);
    }
  });
});

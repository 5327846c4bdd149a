/** Steps that are recorded as a CUDA graph; on the CPU what was recorded is called again. */

import { expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { native } from "../../lib/native/index.js";
import { nn } from "../../lib/nn/index.js";
import { type Optimizer, optim } from "../../lib/optim/index.js";
import { distill } from "../../lib/train/index.js";
import { flat, gap, type ToyPlan, toyBatch, toyModule, toySamples, toyStep } from "../step/toys.js";
import { toyData, toyModel } from "../train/toys.js";
import { allocated, device, onDevice, onGpu, onlyOnGpu } from "./device.js";

const cudaGraph = { emulated: !onGpu };
const prepared = 3;
// In float32 as it is: the recorded rate is that.
const rate = 0.0625;

const optimizers: Record<string, Optimizer> = {
  sgd: optim.sgd({ lr: 0.1, momentum: 0.9, weightDecay: 1e-3 }),
  adam: optim.adam({ lr: 0.1 }),
  adamw: optim.adamw({ lr: 0.1 }),
  rmsprop: optim.rmsprop({ lr: 0.1, momentum: 0.9, centered: true }),
};

/** Twenty steps, replayed or run; the last batch of every five is of `last` samples. */
async function trained(graph: ToyPlan["cudaGraph"], plan: ToyPlan, last = 16) {
  const student = await (await toyModule(1)).to({ device });
  const from = [await (await toyModule(2)).to({ device })];
  const step = toyStep(student, { from, ...plan, cudaGraph: graph ?? null });
  for (let seed = 0; seed < 20; seed++) {
    using batch = toyBatch(toySamples(seed % 5 === 4 ? last : 16, seed));
    await step.run(batch, seed < 10 ? rate : rate / 2);
  }
  const metrics = await step.metrics();
  await step.swapAverage();
  step.dispose();
  await student.to({ device: "cpu" });
  return { weights: flat(student), metrics };
}

onDevice("a replayed step", () => {
  test.each(Object.keys(optimizers))("with %s gives what a step gives", async (name) => {
    const plan = { using: optimizers[name]!, clipNorm: 0.5, emaDecay: 0.9 };
    const [one, other] = [await trained(null, plan), await trained(cudaGraph, plan)];
    expect(other.metrics.notReplayed).toEqual([]);
    expect(other.metrics.replayed).toBe(20 - prepared);
    expect(gap(other.weights, one.weights)).toBeLessThan(1e-9);
    expect(other.metrics.correct).toBe(one.metrics.correct);
    expect(other.metrics.loss).toBeCloseTo(one.metrics.loss, 9);
    expect(other.metrics.gradNorm).toBeCloseTo(one.metrics.gradNorm, 9);
  });

  test("of several terms, in bfloat16, gives what a step gives", async () => {
    const objective = [
      losses.response({ alpha: 0.9, temperature: 4, weight: 0.5 }),
      losses.dkd({ weight: 0.25 }),
      losses.similarity({ student: "0", teacher: "0", weight: 0.1 }),
    ];
    const narrow = async (graph: ToyPlan["cudaGraph"]) => {
      const student = await (await toyModule(1, undefined, "float32")).to({ device });
      const from = [await (await toyModule(2, undefined, "float32")).to({ device })];
      const step = toyStep(student, { from, objective, autocast: "bfloat16", cudaGraph: graph! });
      for (let seed = 0; seed < 20; seed++) {
        await step.run(toyBatch(toySamples(16, seed)), rate);
      }
      const { loss, replayed } = await step.metrics();
      return { loss, replayed, weights: flat(await student.to({ device: "cpu" })) };
    };
    const [one, other] = [await narrow(null), await narrow(cudaGraph)];
    expect(other.replayed).toBe(20 - prepared);
    expect(gap(other.weights, one.weights)).toBeLessThan(1e-3);
    expect(other.loss).toBeCloseTo(one.loss, 3);
  });

  test("leaves a ragged batch to an ordinary step and says why", async () => {
    const [one, other] = [await trained(null, {}, 7), await trained(cudaGraph, {}, 7)];
    expect(gap(other.weights, one.weights)).toBeLessThan(1e-9);
    expect(other.metrics.replayed).toBe(20 - prepared - 4);
    expect(other.metrics.notReplayed).toEqual([expect.stringMatching(/\[7, 6\].*\[16, 6\]/)]);
  });

  test("keeps the memory that it had", async () => {
    const student = await (await toyModule(1)).to({ device });
    const step = toyStep(student, { cudaGraph });
    const run = async (steps: number) => {
      for (let i = 0; i < steps; i++) {
        using batch = toyBatch(toySamples(16, i % 8));
        await step.run(batch, rate);
      }
      await step.metrics();
    };
    await run(50);
    const before = await allocated();
    await run(1000);
    expect(await allocated()).toBeLessThanOrEqual(before);
    step.dispose();
  });
});

onlyOnGpu("a recorded step", () => {
  test("draws dropout anew each time", async () => {
    const def = nn.sequential(nn.linear(6, 64), nn.dropout(0.5), nn.linear(64, 4));
    const student = await (await toyModule(1, def)).to({ device });
    student.train();
    const step = toyStep(student, { cudaGraph });
    const seen = new Set<number>();
    using batch = toyBatch(toySamples(16, 1));
    for (let i = 0; i < 10; i++) {
      await step.run(batch, 0);
      seen.add((await step.metrics()).loss);
    }
    expect(seen.size).toBe(10);
  });

  test("that waits for the device is run one by one, and says why", async () => {
    const def = nn.script({
      modules: { layer: nn.linear(6, 4) },
      source: `
        def forward(self, x: Tensor) -> Tensor:
            if float(x.sum()) > 1e9:
                x = x * 2
            return self.layer(x)
      `,
    });
    const student = await (await toyModule(1, def)).to({ device });
    const step = toyStep(student, { cudaGraph });
    for (let i = 0; i < 8; i++) await step.run(toyBatch(toySamples(16, i)), rate);
    const { replayed, notReplayed, loss } = await step.metrics();
    expect(replayed).toBe(0);
    expect(notReplayed).toEqual([expect.stringContaining("the step cannot be recorded")]);
    expect(loss).toBeGreaterThan(0);
    await student.to({ device: "cpu" });
    expect(flat(student).every(Number.isFinite)).toBe(true);
  });

  test("waits for nothing when it is replayed", async () => {
    const step = toyStep(await (await toyModule(1)).to({ device }), { cudaGraph });
    for (let i = 0; i < 6; i++) await step.run(toyBatch(toySamples(16, i)), rate);
    await step.metrics();
    const batches = [7, 8, 9].map((seed) => {
      const { inputs, labels, ...rest } = toyBatch(toySamples(16, seed));
      return { ...rest, inputs: (inputs as typeof labels)!.pinMemory(), labels };
    });
    native.cudaRefuseWaiting(true);
    try {
      for (const batch of batches) await step.run(batch, rate);
    } finally {
      native.cudaRefuseWaiting(false);
    }
    expect((await step.metrics()).replayed).toBe(3);
  });

  test("of a run ends where the run without it ends, and tells of its ragged batches", async () => {
    const run = async (graph: boolean) => {
      const running = distill({
        teacher: await toyModel(1, 32),
        student: await toyModel(2),
        data: toyData({ train: 100 }),
        objective: losses.response({ alpha: 0.5, temperature: 2 }),
        optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
        ...{ batchSize: 16, epochs: 6, device, cudaGraph: graph },
      });
      const warnings: string[] = [];
      for await (const event of running) {
        if (event.type === "warning") warnings.push(event.message);
      }
      const { student } = await running;
      return { warnings, weights: flat(await student.to({ device: "cpu" })) };
    };
    const [one, other] = [await run(false), await run(true)];
    expect(gap(other.weights, one.weights)).toBeLessThan(1e-4);
    expect(one.warnings).toEqual([]);
    expect(other.warnings).toEqual([
      expect.stringMatching(/^cudaGraph: a step was run by itself: .*\[4, 8\].*\[16, 8\]/),
    ]);
  });
});

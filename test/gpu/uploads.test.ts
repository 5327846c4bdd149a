/** Batches on their way to the device, and steps that wait for nothing. */

import { expect, test } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { losses } from "../../lib/losses/index.js";
import { native } from "../../lib/native/index.js";
import { optim } from "../../lib/optim/index.js";
import { cuda, type Tensor } from "../../lib/tensor/index.js";
import { batchesFor } from "../../lib/train/uploads.js";
import { int64, numbers, rowsOf } from "../data/tensors.js";
import { flat, gap, toyBatch, toyModule, toySamples, toyStep } from "../step/toys.js";
import { device, onDevice, onGpu, onlyOnGpu } from "./device.js";

const rows = 1000;
const split = () =>
  datasets.tensors({
    inputs: rowsOf(rows, 300),
    labels: int64(Array.from({ length: rows }, (_, i) => i % 7)),
  }).train;

onDevice("batches on their way", () => {
  test("hold what the split's hold, in order, however many are ahead", async () => {
    const data = split();
    for (const prefetch of [0, 1, 2, 6]) {
      const options = { batchSize: 96, shuffle: true, seed: 3, prefetch };
      const expected = data.batches(options);
      for await (using batch of batchesFor(device, data, options)) {
        using other = (await expected.next()).value;
        const inputs = batch.inputs as Tensor;
        expect(inputs.device).toMatch(onGpu ? /^cuda:\d$/ : /^cpu$/);
        expect(batch.labels!.isPinned()).toBe(onGpu);
        expect(numbers(inputs.to("cpu"))).toEqual(numbers(other.inputs as Tensor));
        expect(numbers(batch.labels)).toEqual(numbers(other.labels));
        expect(numbers(batch.ids)).toEqual(numbers(other.ids));
      }
    }
  });
});

onlyOnGpu("a step", () => {
  test("waits for nothing, and gives what the CPU's gives", async () => {
    const data = datasets.from(
      Array.from({ length: 12 }, (_, seed) => {
        const { inputs, labels } = toyBatch(toySamples(16, seed));
        return { inputs, labels };
      }),
    ).train;
    const options = { batchSize: 16 };
    const plan = {
      objective: losses.response({ alpha: 0.9, temperature: 4 }),
      using: optim.adamw({ lr: 0.01 }),
      ...{ clipNorm: 0.5, emaDecay: 0.9 },
    };
    const trained = async (at: string) => {
      const [student, teacher] = [await toyModule(1), await toyModule(2)];
      for (const each of [student, teacher]) await each.to({ device: at });
      const step = toyStep(student, { from: [teacher], ...plan });
      let steps = 0;
      try {
        for await (const batch of batchesFor(at, data, options)) {
          const job = step.run(batch, 0.01);
          batch.dispose();
          // What is made once may wait.
          if (++steps > 2) continue;
          await job;
          await step.metrics();
          if (steps === 2 && at !== "cpu") native.cudaRefuseWaiting(true);
        }
        await step.run(toyBatch(toySamples(16, 99)), 0.01);
      } finally {
        if (at !== "cpu") native.cudaRefuseWaiting(false);
      }
      const metrics = await step.metrics();
      step.dispose();
      await student.to({ device: "cpu" });
      return { metrics, weights: flat(student) };
    };
    const [here, there] = [await trained("cpu"), await trained(device)];
    expect(gap(there.weights, here.weights)).toBeLessThan(1e-9);
    expect(there.metrics.correct).toBe(here.metrics.correct);
    expect(there.metrics.loss).toBeCloseTo(here.metrics.loss, 9);
  });

  test("is refused where it waits, so that the test before can fail", async () => {
    const value = (await toyModule(1)).parameters().values().next().value!.to({ device });
    await cuda.synchronize(device);
    native.cudaRefuseWaiting(true);
    try {
      expect(() => value.sum().item()).toThrow(/synchroniz/i);
    } finally {
      native.cudaRefuseWaiting(false);
    }
  });
});

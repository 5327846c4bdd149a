/** Memory that runs out leaves all usable, and a long training keeps what it has. */

import { expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { cuda, randn, zeros } from "../../lib/tensor/index.js";
import { features, toyBatch, toyModule, toySamples, toyStep } from "../step/toys.js";
import { allocated, device, lacking, onDevice, onGpu, onlyOnGpu } from "./device.js";

// More than any card, and than any address space on the CPU.
const tooMany = onGpu ? 2 ** 41 : 2 ** 46;

test("what the tests of this folder run on", () => {
  console.log(lacking ?? `on ${device}${onGpu ? `, ${described()}` : ""}`);
  expect(cuda.isAvailable()).toBe(cuda.deviceCount() > 0);
});

function described(): string {
  const { name, major, minor, totalMemory } = cuda.properties(device);
  return `${name}, sm_${major}${minor}, ${Math.round(totalMemory / 2 ** 30)} GiB`;
}

onDevice("memory that runs out", () => {
  test("says how much was wanted, and leaves tensors usable", async () => {
    const before = randn([1000], { device });
    const values = before.toArray();
    for (let i = 0; i < 3; i++) {
      expect(() => zeros([tooMany], { device })).toThrow(
        expect.objectContaining({
          code: "ERR_OOM",
          message: expect.stringMatching(/tried to allocate [\d.]+ ?(bytes|\w+)/i),
        }),
      );
    }
    expect(before.add(0).toArray()).toEqual(values);
    expect(
      randn([1 << 20], { device })
        .sum()
        .item(),
    ).not.toBeNaN();
  });

  test("in a step leaves the student and its sums as they were", async () => {
    const def = nn.script({
      modules: { layer: nn.linear(features, 4) },
      source: `
        def forward(self, x: Tensor) -> Tensor:
            if x.size(0) > 8:
                x = x + torch.empty([${tooMany}], device=x.device).sum()
            return self.layer(x)
      `,
    });
    const student = await (await toyModule(1, def)).to({ device });
    const reference = await student.clone();
    const objective = losses.crossEntropy();
    const [step, other] = [toyStep(student, { objective }), toyStep(reference, { objective })];
    for (let seed = 0; seed < 4; seed++) {
      using large = toyBatch(toySamples(9, seed));
      await expect(step.run(large, 0.1)).rejects.toMatchObject({ code: "ERR_OOM" });
      using batch = toyBatch(toySamples(8, seed));
      for (const each of [step, other]) await each.run(batch, 0.1);
    }
    const [weights, expected] = [student, reference].map((module) =>
      [...module.parameters().values()].map((each) => each.toArray()),
    );
    expect(weights).toEqual(expected);
  });
});

onlyOnGpu("the cache of the device", () => {
  test("is given back", async () => {
    randn([1 << 26], { device }).dispose();
    await cuda.synchronize(device);
    const { reserved } = cuda.memory(device);
    cuda.emptyCache();
    expect(cuda.memory(device).reserved).toBeLessThan(reserved);
    cuda.resetPeakMemory(device);
    const { allocated: now, peakAllocated } = cuda.memory(device);
    expect(peakAllocated).toBe(now);
  });
});

onDevice("a training of 10,000 steps", () => {
  test("keeps the memory that it had after the first 100", async () => {
    const student = await (await toyModule(1, undefined, "float32")).to({ device });
    const teacher = await (await toyModule(2, undefined, "float32")).to({ device });
    const step = toyStep(student, {
      ...{ from: [teacher], using: optim.adamw({ lr: 1e-3 }), clipNorm: 1, emaDecay: 0.99 },
      scaler: { initialScale: 1024, growthFactor: 2, backoffFactor: 0.5, growthInterval: 100 },
    });
    using batch = toyBatch(toySamples(16, 1));
    const run = async (steps: number) => {
      for (let i = 1; i <= steps; i++) {
        const job = step.run(batch, 1e-3);
        // A few of them in flight, as in a run.
        if (i % 4 === 0) await job;
      }
      await step.metrics();
    };
    await run(100);
    const first = await allocated();
    await run(9900);
    expect(await allocated()).toBeLessThanOrEqual(first);
    step.dispose();
  });
});

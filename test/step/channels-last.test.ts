/** Steps of a student whose weights lie channels-last: the same numbers, in that order throughout. */

import { expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { type Module, type ModuleDef, nn } from "../../lib/nn/index.js";
import { type Optimizer, optim } from "../../lib/optim/index.js";
import { manualSeed, randint, randn } from "../../lib/tensor/index.js";
import {
  batchOf,
  flat,
  gap,
  type ToyPlan,
  toyModule,
  toyStep,
  weightsLieChannelsLast,
} from "./toys.js";

const classes = 4;
/** With one input channel and kernels of one pixel: strides of dimensions of size 1 say little. */
const network = nn.sequential(
  nn.conv2d(1, 6, 3, { padding: 1 }),
  nn.batchNorm2d(6),
  nn.relu(),
  nn.conv2d(6, 6, 3, { padding: 1, groups: 3 }),
  nn.conv2d(6, 8, 1),
  nn.maxPool2d(2),
  nn.relu(),
  nn.adaptiveAvgPool2d(2),
  nn.flatten(),
  nn.linear(32, classes),
);

async function student(): Promise<Module> {
  return (await toyModule(1, network, "float32")).train();
}

/** Weights after some steps on batches that are the same every time. */
async function trained(model: Module, using: Optimizer, plan: ToyPlan): Promise<number[]> {
  manualSeed(5);
  const step = toyStep(model, { using, objective: losses.crossEntropy(), ...plan });
  for (let i = 0; i < 6; i++) {
    using batch = batchOf(randn([8, 1, 8, 8]), randint(0, classes, [8]).to({ dtype: "int64" }));
    await step.run(batch, using.lr);
  }
  await step.swapAverage();
  step.dispose();
  return flat(model);
}

const optimizers: Record<string, Optimizer> = {
  sgd: optim.sgd({ lr: 0.05 }),
  momentum: optim.sgd({ lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-3 }),
  adam: optim.adam({ lr: 1e-3, eps: 1e-3, amsgrad: true }),
  adamw: optim.adamw({ lr: 1e-3, eps: 1e-3 }),
  rmsprop: optim.rmsprop({ lr: 1e-4, eps: 1e-3, momentum: 0.5, centered: true }),
};

test.each(Object.entries(optimizers))("%s", async (_, using) => {
  const plan = { accumulate: 2, clipNorm: 1, emaDecay: 0.5 };
  const plain = await student();
  const start = flat(plain);
  const laidOut = await (await student()).to({ memoryFormat: "channels_last" });
  const expected = await trained(plain, using, plan);
  const found = await trained(laidOut, using, plan);
  expect(gap(found, expected)).toBeLessThan(1e-5);
  expect(gap(expected, start)).toBeGreaterThan(1e-3);
  expect([laidOut, plain].map(weightsLieChannelsLast)).toEqual([true, false]);
});

test("a convolution that oneDNN would compute wrongly so is refused", async () => {
  const strided = (channels: number, stride: number) =>
    nn.sequential(
      nn.conv2d(1, channels, 3, { padding: 1 }),
      nn.sequential(nn.conv2d(channels, 8, 1, { stride })),
      nn.adaptiveAvgPool2d(1),
      nn.flatten(),
    );
  const step = async (def: ModuleDef) => {
    const model = await toyModule(1, def, "float32");
    // As it is, it can be trained.
    toyStep(model, { objective: losses.crossEntropy() }).dispose();
    await model.to({ memoryFormat: "channels_last" });
    toyStep(model, { objective: losses.crossEntropy() }).dispose();
  };
  await step(strided(6, 1));
  await step(strided(16, 2));
  await expect(step(strided(6, 2))).rejects.toThrowError(
    expect.objectContaining({
      code: "ERR_CONFIG",
      message: expect.stringMatching(/student's 1\.0\.weight \[8, 6, 1, 1\].*6035/),
    }),
  );
});

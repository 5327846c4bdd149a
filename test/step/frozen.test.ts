/** Parameters that do not want gradients: none are computed, and nothing is remembered or changed. */

import { expect, test } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { losses } from "../../lib/losses/index.js";
import { type Module, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { randint, randn } from "../../lib/tensor/index.js";
import { distill, train } from "../../lib/train/index.js";
import { productChoices } from "../../lib/train/profile.js";
import { batchOf, classes, toyModule, toyStep, weightsOf } from "./toys.js";

/** Rows, and widths that no other test has, by which the products of each layer are told apart. */
const rows = 96;
const widths = [41, 43, 47, 53, classes] as const;
const mlp = () =>
  nn.sequential(
    ...widths.slice(1).flatMap((width, i) => [nn.linear(widths[i]!, width), nn.tanh()]),
  );

function freeze(model: Module, ...paths: string[]): Module {
  for (const [name, tensor] of model.parameters()) {
    if (paths.some((path) => name.startsWith(`${path}.`))) tensor.requiresGrad = false;
  }
  return model;
}

const batch = () =>
  batchOf(randn([rows, widths[0]]), randint(0, classes, [rows]).to({ dtype: "int64" }));

/** Products of a layer that have been run in this process. */
function productsOf(layer: number): string[] {
  const [k, n] = [widths[layer], widths[layer + 1]];
  return productChoices()
    .filter((choice) => [choice.k, choice.n].sort().join() === [k, n].sort().join())
    .map(({ product }) => product)
    .sort();
}

test("no gradient is computed for them, nor below the first that is trained", async () => {
  const model = freeze(await toyModule(1, mlp(), "float32"), "0", "2", "6").train();
  const before = weightsOf(model);
  const using = optim.sgd({ lr: 0.1, momentum: 0.9, weightDecay: 0.1 });
  const step = toyStep(model, { using, emaDecay: 0.9, objective: losses.crossEntropy() });
  for (let i = 0; i < 3; i++) {
    using one = batch();
    await step.run(one, 0.1);
  }
  expect(productsOf(0)).toEqual(["output"]);
  expect(productsOf(1)).toEqual(["output"]);
  // It is trained, and nothing below it is.
  expect(productsOf(2)).toEqual(["output", "weight-gradient"]);
  // A frozen layer above passes gradients on.
  expect(productsOf(3)).toEqual(["input-gradient", "output"]);

  const after = weightsOf(model);
  for (const name of Object.keys(before)) {
    if (name.startsWith("4.")) expect(after[name]).not.toEqual(before[name]);
    else expect(after[name]).toEqual(before[name]);
  }
  for (const tensor of model.parameters().values()) expect(tensor.grad).toBeNull();
  const { tensors } = await step.state();
  const momenta = Object.keys(tensors).filter((name) => name.startsWith("momentum."));
  expect(momenta.sort()).toEqual(["momentum.4.bias", "momentum.4.weight"]);
  step.dispose();
});

test("the graph of backward begins at the first layer that is trained, in runs too", async () => {
  const model = await toyModule(1, mlp(), "float32");
  const inputs = randn([rows, widths[0]]);
  const data = datasets.tensors({ inputs, labels: randint(0, classes, [rows]) });
  const seen: boolean[][] = [];
  const look = losses.custom(
    ({ students, logits }) => {
      seen.push(students.map(({ requiresGrad }) => requiresGrad));
      return logits.pow(2).mean();
    },
    { student: ["0", "2", "3", "4", "6"] },
  );
  const optimizer = optim.sgd({ lr: 0.1 });
  const run = { data, optimizer, batchSize: rows, test: null };
  await distill({
    ...{ ...run, teacher: await model.clone(), student: model },
    stages: [{ objective: look, epochs: 1, trainable: ["4", "6"] }],
  });
  await train({ ...run, model: freeze(model, "0"), objective: look, epochs: 1 });
  expect(seen).toEqual([
    [false, false, false, true, true],
    [false, true, true, true, true],
  ]);
});

test("of convolutions and under autocast as well, with checkpointed ones among them", async () => {
  const network = nn.sequential(
    ...[nn.conv2d(1, 4, 3), nn.batchNorm2d(4), nn.relu(), nn.conv2d(4, 4, 3), nn.relu()],
    ...[nn.flatten(), nn.linear(64, classes)],
  );
  const images = () =>
    batchOf(randn([8, 1, 8, 8]), randint(0, classes, [8]).to({ dtype: "int64" }));
  for (const plan of [
    {},
    { autocast: "bfloat16" as const },
    { gradientCheckpointing: ["0", "3"] },
  ]) {
    const model = freeze(await toyModule(1, network, "float32"), "0", "1").train();
    const before = weightsOf(model);
    const step = toyStep(model, { ...plan, objective: losses.crossEntropy() });
    for (let i = 0; i < 2; i++) {
      using one = images();
      await step.run(one, 0.1);
    }
    step.dispose();
    const after = weightsOf(model);
    for (const name of ["0.weight", "0.bias", "1.weight", "1.bias"]) {
      expect(after[name]).toEqual(before[name]);
    }
    for (const name of ["3.weight", "6.weight"]) expect(after[name]).not.toEqual(before[name]);
    // Statistics are no parameters: training mode updates them.
    expect(after["1.running_mean"]).not.toEqual(before["1.running_mean"]);
  }
});

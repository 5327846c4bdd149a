/**
 * Batch norms of a float32 student run with the sum and the ReLU behind them in one pass; of a float64
 * one, operator by operator. Both come to the same.
 */

import { describe, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { type ModuleDef, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { type DType, manualSeed, randint, randn } from "../../lib/tensor/index.js";
import { batchOf, gap, toyModule, toyStep, weightsOf } from "./toys.js";

const channels = 4;
const conv = (to = channels) => nn.conv2d(channels, to, 3, { padding: 1 });

/** A network that ends as all do, around what is tried. */
const around = (source: string, modules: Record<string, ModuleDef>) =>
  nn.sequential(
    ...[nn.conv2d(1, channels, 3), nn.script({ source, modules }), nn.adaptiveAvgPool2d(2)],
    ...[nn.flatten(), nn.linear(4 * channels, 3)],
  );
const norms = {
  one: conv(),
  two: conv(),
  a: nn.batchNorm2d(channels),
  b: nn.batchNorm2d(channels),
};
const forward = (...lines: string[]) =>
  ["", "def forward(self, x: Tensor) -> Tensor:", ...lines.map((line) => `    ${line}`), ""].join(
    "\n",
  );

const networks: Record<string, ModuleDef> = {
  "alone, and with a ReLU": around(
    forward("return self.b(self.two(torch.relu(self.a(self.one(x)))))"),
    norms,
  ),
  "a residual block that works in place": around(
    forward(
      "y = torch.relu_(self.a(self.one(x)))",
      "y = self.b(self.two(y))",
      "y += x",
      "return torch.relu_(y)",
    ),
    norms,
  ),
  "a sum of two, the second made after the first": around(
    forward("y = self.a(self.one(x))", "z = self.b(self.two(x))", "return torch.relu(y + z)"),
    norms,
  ),
  "a sum that is scaled, and one with another shape": around(
    forward(
      "y = torch.add(self.a(self.one(x)), x, alpha=2)",
      "return torch.relu(self.b(y) + y.mean([2, 3], keepdim=True))",
    ),
    norms,
  ),
  "a value that is read twice": around(
    forward("y = self.a(self.one(x))", "return torch.relu(y) + torch.sigmoid(y)"),
    norms,
  ),
  "one layer called twice, where the order counts": around(
    forward(
      "y = self.a(self.one(x))",
      "z = torch.relu(self.a(x)).mul(0.5)",
      "return torch.relu(y + z)",
    ),
    norms,
  ),
  "what it read is changed before the sum": around(
    forward(
      "y = self.one(x)",
      "z = self.a(y)",
      "w = self.two(x).detach().add_(1)",
      "return torch.relu(z + w) + self.b(w)",
    ),
    norms,
  ),
  "without weights, in one dimension": nn.sequential(
    ...[nn.flatten(), nn.linear(49, 8), nn.batchNorm1d(8, { affine: false }), nn.relu()],
    ...[nn.linear(8, 3), nn.batchNorm1d(3)],
  ),
};

async function trained(network: ModuleDef, dtype: DType, training: boolean) {
  const student = await toyModule(1, network, dtype);
  student.train(training);
  const using = optim.sgd({ lr: 0.1, momentum: 0.9 });
  const step = toyStep(student, { using, objective: losses.crossEntropy() });
  manualSeed(5);
  for (let i = 0; i < 3; i++) {
    const inputs = randn([8, 1, 7, 7]).add(i).to({ dtype });
    using one = batchOf(inputs, randint(0, 3, [8]).to({ dtype: "int64" }));
    await step.run(one, using.lr);
  }
  step.dispose();
  return weightsOf(student);
}

describe.each(Object.entries(networks))("%s", (_, network) => {
  test.each([true, false])("training: %s", async (training) => {
    const narrow = await trained(network, "float32", training);
    const wide = await trained(network, "float64", training);
    for (const [name, values] of Object.entries(wide))
      expect(gap(narrow[name]!, values), name).toBeLessThan(2e-5);
  });
});

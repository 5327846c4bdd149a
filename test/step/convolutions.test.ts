/** Students' convolutions are among the products that are chosen, however they were written down. */

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { loadModule, type Module, nn } from "../../lib/nn/index.js";
import { ops, randint, randn } from "../../lib/tensor/index.js";
import { batchOf, toyModule, toyStep } from "./toys.js";

/** The products of convolutions that a step chooses, with the sizes of the weights seen as a matrix. */
async function chosenFor(student: Module, shape: number[], classes: number): Promise<string[]> {
  const before = new Set(ops.potstill.product_choices().split("\n"));
  student.train();
  const step = toyStep(student, { objective: losses.crossEntropy() });
  using batch = batchOf(randn(shape), randint(0, classes, [shape[0]!]).to({ dtype: "int64" }));
  await step.run(batch, 0.1);
  step.dispose();
  const chosen = ops.potstill.product_choices().split("\n");
  return chosen.flatMap((line) => {
    const [product, , k, n] = line.split(" ");
    return !before.has(line) && product?.includes("convolution") ? [`${product} ${k} ${n}`] : [];
  });
}

test("of a student in TypeScript", async () => {
  const def = nn.sequential(
    ...[nn.conv2d(1, 7, 3), nn.relu(), nn.conv2d(7, 11, 3, { padding: 1, bias: false })],
    ...[nn.batchNorm2d(11), nn.conv2d(11, 13, 3, { stride: 2, padding: 1 }), nn.relu()],
    ...[nn.conv2d(13, 5, 3, { stride: 2 }), nn.flatten(), nn.linear(5, 3)],
  );
  const chosen = await chosenFor(await toyModule(1, def, "float32"), [3, 1, 8, 8], 3);
  const kinds = ["convolution", "convolution-input-gradient", "convolution-weight-gradient"];
  for (const kind of kinds) expect(chosen.join()).toMatch(new RegExp(`${kind} 63 11`));
  for (const kind of kinds) expect(chosen.join()).toMatch(new RegExp(`strided-${kind} 99 13`));
  // With a stride only those of padding 1.
  expect(chosen.join()).not.toMatch(/ 117 5/);
});

// In batches of different sizes: what is known is not chosen again.
test.each([
  ["convnet-scripted.pt", 5],
  ["convnet-traced-train.pt", 40],
])("of %s, from Python", async (name, batch) => {
  const file = fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
  const student = await loadModule(file, { eval: false });
  expect((await chosenFor(student, [batch, 1, 8, 8], 3)).join()).toMatch(/convolution 9 4/);
});

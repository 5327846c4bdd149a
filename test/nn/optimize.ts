/** Modules to optimise, in the way that a test wants, and what they give compared. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect } from "vitest";
import {
  build,
  type Module,
  type ModuleDef,
  models,
  nn,
  type OptimizeOptions,
} from "../../lib/nn/index.js";
import { manualSeed, randn, type Tensor } from "../../lib/tensor/index.js";

/** For what the tests of one file remember. */
export const folder = mkdtempSync(path.join(tmpdir(), "potstill-optimize-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A ResNet for small images. */
export async function network(): Promise<Module> {
  manualSeed(3);
  const module = await build(models.resnetCifar(20));
  // Running statistics that are not the identity, so that folding them has something to do.
  module.train();
  for (let i = 0; i < 3; i++) (await module.predict(randn([8, 3, 16, 16]))).dispose();
  return module.eval();
}

/** A module for smaller ones, after one batch. */
export async function settled(definition: ModuleDef): Promise<Module> {
  manualSeed(5);
  const module = await build(definition);
  module.train();
  (await module.predict(randn([8, 3, 8, 8]))).dispose();
  return module.eval();
}

export const values = (tensor: Tensor) => tensor.dataSync() as Float32Array;

/** The largest difference, relative to the largest value of `a`. */
export function relativeDifference(a: Tensor, b: Tensor): number {
  const [x, y] = [values(a), values(b)];
  const largest = Math.max(...x.map(Math.abs));
  return Math.max(...x.map((value, i) => Math.abs(value - y[i]!))) / largest;
}

/** A remembered choice is taken, however slow it is. */
export async function optimizedAs(way: string, module: Module, options: OptimizeOptions) {
  const file = path.join(folder, "chosen.json");
  rmSync(file, { force: true });
  const asked = { ...options, remember: file, milliseconds: 1 };
  await module.optimize(asked);
  const known = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  writeFileSync(file, JSON.stringify({ ...known, [Object.keys(known)[0]!]: way }));
  const found = await module.optimize(asked);
  expect(found.chosen).toBe(way);
  expect(found.remembered).toBe(true);
  return found;
}

/** Two convolutions of four channels, `a` and `b`, in a forward of one's own. */
const pair = (forward: string, size = 3) =>
  nn.script({
    source: `def forward(self, x: Tensor) -> Tensor:
${forward}`,
    modules: {
      a: nn.conv2d(3, 4, size, { padding: (size - 1) / 2 }),
      b: nn.sequential(nn.conv2d(4, 4, size, { padding: (size - 1) / 2 }), nn.batchNorm2d(4)),
    },
  });

const forwards = {
  "a value that is read again after the sum": `    y = self.a(x)
    z = torch.relu(self.b(y) + y)
    return z + y
`,
  "a sum in place": `    y = self.a(x)
    z = self.b(y)
    z += y
    return z.relu_() - y
`,
  "a sum into the other one": `    y = self.a(x)
    keep = y * 2.0
    y += self.b(y)
    return y + keep
`,
  "a sum over fewer dimensions": `    y = self.a(x)
    return torch.relu(self.b(y) + y.mean([2, 3], keepdim=True))
`,
  "the sum of a value with itself": `    y = self.b(self.a(x))
    return torch.relu(y + y)
`,
  "a sum with what the same convolution reads": `    y = torch.relu(self.a(x))
    return torch.relu(self.b(y) + y)
`,
  "a sum with the input": `    y = self.a(x) + x.mean(1, keepdim=True)
    return self.b(y)
`,
  "convolutions in a branch": `    y = self.a(x)
    if x.size(0) > 3:
        y = torch.relu(self.b(y) + y)
    return y
`,
};

export const pairs = (size: number) =>
  Object.entries(forwards).map(([name, forward]) => [name, pair(forward, size)] as const);

export const networks: Record<string, ModuleDef> = {
  "a ResNet that pads": models.resnetCifar(8),
  "a ResNet that projects": models.resnetCifar(8, { shortcut: "projection" }),
  "an argument that is left out": nn.script({
    source: `def forward(self, x: Tensor, scale: Optional[float] = None) -> Tensor:
    y = self.b(self.a(x))
    return y if scale is None else y * scale
`,
    modules: { a: nn.conv2d(3, 4, 3, { padding: 1 }), b: nn.conv2d(4, 5, 3, { stride: 2 }) },
  }),
  ...Object.fromEntries(pairs(3)),
};

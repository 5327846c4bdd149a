/** `Module.optimize`: as exact as asked, remembered, and refused where it cannot be. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  build,
  type Module,
  type ModuleDef,
  models,
  nn,
  type OptimizeOptions,
} from "../../lib/nn/index.js";
import { manualSeed, randn, type Tensor } from "../../lib/tensor/index.js";

const folder = mkdtempSync(path.join(tmpdir(), "potstill-optimize-"));
const before = process.env.POTSTILL_CACHE_DIR;
beforeAll(() => {
  process.env.POTSTILL_CACHE_DIR = folder;
});
afterAll(() => {
  if (before === undefined) delete process.env.POTSTILL_CACHE_DIR;
  else process.env.POTSTILL_CACHE_DIR = before;
  rmSync(folder, { recursive: true });
});

const coded = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

async function network(): Promise<Module> {
  manualSeed(3);
  const module = await build(models.resnetCifar(20));
  // Running statistics that are not the identity, so that folding them has something to do.
  module.train();
  for (let i = 0; i < 3; i++) (await module.predict(randn([8, 3, 16, 16]))).dispose();
  return module.eval();
}

/** The same of small images, after one batch. */
async function settled(definition: ModuleDef): Promise<Module> {
  manualSeed(5);
  const module = await build(definition);
  module.train();
  (await module.predict(randn([8, 3, 8, 8]))).dispose();
  return module.eval();
}

const values = (tensor: Tensor) => tensor.dataSync() as Float32Array;

function relativeDifference(a: Tensor, b: Tensor): number {
  const [x, y] = [values(a), values(b)];
  const largest = Math.max(...x.map(Math.abs));
  return Math.max(...x.map((value, i) => Math.abs(value - y[i]!))) / largest;
}

describe("what is chosen", () => {
  test("stays within the tolerance of the module itself, in float32", async () => {
    const module = await network();
    const sample = randn([8, 3, 16, 16]);
    const found = await module.optimize({ sample, dtype: "float32", remember: false });
    expect(found.candidates.map(({ name }) => name)).toEqual([
      "as it is",
      "frozen",
      "frozen, oneDNN",
      "frozen, channels-last",
      "frozen, packed",
      "frozen, Winograd",
      "frozen, own products",
    ]);
    expect(found.candidates.pop()!.refused).toMatch(/no convolution/);
    for (const { name, difference, refused } of found.candidates) {
      expect(refused, name).toBeNull();
      expect(difference, name).toBeLessThan(1e-4);
    }
    // What was measured is what comes back.
    const other = randn([8, 3, 16, 16]);
    const [own, fast] = [await module.predict(other), await found.module.predict(other)];
    expect(relativeDifference(own, fast)).toBeLessThan(1e-4);
    expect(fast.dtype).toBe("float32");
    expect(found.chosen === "as it is").toBe(found.speedup === 1);
  });

  test("is nothing less exact than asked", async () => {
    const module = await network();
    const found = await module.optimize({
      sample: randn([8, 3, 16, 16]),
      dtype: "auto",
      tolerance: 0,
      remember: false,
    });
    // Folding a batch norm rounds differently somewhere.
    const refused = found.candidates.filter((each) => each.refused !== null);
    expect(refused.length).toBeGreaterThan(2);
    expect(refused.map((each) => each.name)).not.toContain(found.chosen);
    expect(found.difference).toBe(0);
  });

  test("leaves the module as it was", async () => {
    const module = await network();
    const sample = randn([4, 3, 16, 16]);
    const [before, code] = [await module.predict(sample), module.code()];
    await module.optimize({ sample, remember: false });
    expect(values(await module.predict(sample))).toEqual(values(before));
    expect(module.code()).toBe(code);
  });

  test("takes other batch sizes, and keeps output and normalize", async () => {
    const module = await network();
    const { module: fast } = await module.optimize({
      sample: randn([8, 3, 16, 16]),
      dtype: "float32",
      remember: false,
    });
    const one = randn([1, 3, 16, 16]);
    expect(relativeDifference(await module.predict(one), await fast.predict(one))).toBeLessThan(
      1e-4,
    );
    expect(fast.output).toBe(module.output);
  });

  test("bfloat16 comes with its figures, or with the reason why not", async () => {
    const module = await network();
    const found = await module.optimize({ sample: randn([8, 3, 16, 16]), remember: false });
    const narrow = found.candidates.filter(({ name }) => name.startsWith("bfloat16"));
    expect(narrow).toHaveLength(4);
    for (const { difference, refused } of narrow) {
      if (refused === null) {
        expect(difference).toBeGreaterThan(1e-5);
        expect(difference).toBeLessThan(2e-2);
      } else expect(refused).toMatch(/bfloat16|outputs/);
    }
  });

  test("models without images have no channels-last", async () => {
    const module = (await build(nn.mlp([6, 5, 3]))).eval();
    const found = await module.optimize({ sample: randn([4, 6]), remember: false });
    expect(found.candidates.some(({ name }) => name.includes("channels-last"))).toBe(false);
  });
});

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
  "the sum of a value with itself": `    y = self.a(x)
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

const pairs = (size: number) =>
  Object.entries(forwards).map(([name, forward]) => [name, pair(forward, size)] as const);

const networks: Record<string, ModuleDef> = {
  "a ResNet that pads": models.resnetCifar(8),
  "a ResNet that projects": models.resnetCifar(8, { shortcut: "projection" }),
  "an argument that is left out": nn.script({
    source: `def forward(self, x: Tensor, scale: Optional[float] = None) -> Tensor:
    y = self.a(x)
    return y if scale is None else y * scale
`,
    modules: { a: nn.conv2d(3, 4, 3, { padding: 1 }) },
  }),
  ...Object.fromEntries(pairs(3)),
};

describe("packed convolutions", () => {
  const cases = [
    ...Object.entries(networks).flatMap(([name, definition]) =>
      ["frozen, packed", "frozen, Winograd"].map((way) => [way, name, definition] as const),
    ),
    ...pairs(1).map(([name, definition]) => ["frozen, own products", name, definition] as const),
  ];
  for (const [way, name, definition] of cases) {
    test(`give what the module gives: ${way}, ${name}`, async () => {
      const module = await settled(definition);
      const sample = randn([8, 3, 8, 8]);
      const found = await optimizedAs(way, module, { sample, dtype: "float32" });
      for (const batch of [8, 2, 8]) {
        const input = randn([batch, 3, 8, 8]);
        const copy = input.clone();
        const [own, fast] = [await module.predict(input), await found.module.predict(input)];
        expect(relativeDifference(own, fast)).toBeLessThan(1e-5);
        expect(values(input)).toEqual(values(copy));
      }
    });
  }
});

describe("int16", () => {
  const dilated = nn.sequential(
    nn.conv2d(3, 8, 3, { padding: 2, dilation: 2 }),
    nn.relu(),
    nn.conv2d(8, 8, 3, { groups: 4 }),
    nn.flatten(),
    nn.linear(8 * 6 * 6, 5),
  );
  const cases: (readonly [string, string, ModuleDef])[] = [
    ...Object.entries(networks).map(([name, definition]) => ["int16", name, definition] as const),
    ["int16", "convolutions that it leaves", dilated],
    ["int16, Winograd", "a ResNet that pads", networks["a ResNet that pads"]!],
    ["int16, Winograd", "a ResNet that projects", networks["a ResNet that projects"]!],
  ];
  test.each(cases)("gives what the module gives, to its digits: %s, %s", async (way, _, what) => {
    const module = await settled(what);
    const sample = randn([8, 3, 8, 8]);
    const found = await optimizedAs(way, module, { sample, agreement: 0 });
    expect(found.difference).toBeGreaterThan(0);
    for (const batch of [8, 2, 8]) {
      const input = randn([batch, 3, 8, 8]);
      const copy = input.clone();
      const [own, fast] = [await module.predict(input), await found.module.predict(input)];
      expect(fast.dtype).toBe("float32");
      expect(relativeDifference(own, fast)).toBeLessThan(2e-3);
      expect(values(input)).toEqual(values(copy));
    }
  });

  test("does linear layers of sequences, with what follows them", async () => {
    manualSeed(5);
    const layer = nn.transformerEncoderLayer(16, 2, { dimFeedforward: 24, batchFirst: true });
    const module = (await build(nn.transformerEncoder(layer, 2))).eval();
    const sample = randn([4, 6, 16]);
    const options = { sample, agreement: 0, taps: ["layers.0", "layers.1.linear1"] };
    const found = await optimizedAs("int16", module, options);
    expect(found.difference).toBeGreaterThan(0);
    const [own, got] = [
      await module.tap(options.taps).predict(sample),
      await found.module.tap(options.taps).predict(sample),
    ];
    expect(relativeDifference(own.output, got.output)).toBeLessThan(2e-3);
    for (const at of options.taps) {
      const [value, other] = [own.taps[at] as Tensor, got.taps[at] as Tensor];
      expect(relativeDifference(value, other), at).toBeLessThan(2e-3);
    }
  });

  test("is a candidate of auto, and none of float32", async () => {
    const module = (await build(nn.mlp([6, 5, 3]))).eval();
    const names = async (dtype: "auto" | "float32" | "bfloat16") => {
      const options = { sample: randn([4, 6]), dtype, remember: false, tolerance: 1 };
      const asked = module.optimize({ ...options, agreement: 0 });
      // Nothing demands that bfloat16 is there or faster.
      const found = await asked.catch((error: Error) => error);
      return found instanceof Error ? found.message : found.candidates.map(({ name }) => name);
    };
    expect(await names("auto")).toContain("int16");
    expect(await names("float32")).not.toContain("int16");
    expect(await names("bfloat16")).not.toContain("int16");
  });

  test("is refused where the tolerance is beyond its digits", async () => {
    const module = await network();
    const sample = randn([8, 3, 16, 16]);
    const { candidates } = await module.optimize({ sample, tolerance: 1e-6, remember: false });
    expect(candidates.find(({ name }) => name === "int16")).toMatchObject({
      milliseconds: null,
      refused: expect.stringMatching(/differ by more than the tolerance/),
    });
    await expect(
      module.optimize({ sample, dtype: "int16", tolerance: 1e-6, remember: false }),
    ).rejects.toThrowError(
      coded("ERR_CONFIG", /int16 was asked for.*differ by more than the tolerance.*"auto"/),
    );
  });

  test("is refused for weights that it cannot hold, and for none at all", async () => {
    const refused = async (module: Module, sample: Tensor) =>
      (await module.optimize({ sample, remember: false })).candidates.find(
        ({ name }) => name === "int16",
      )?.refused;
    const broken = (await build(nn.linear(3, 2))).eval();
    broken.parameters().get("weight")!.detach().fill_(Number.NaN);
    expect(await refused(broken, randn([4, 3]))).toMatch(/NaN or infinite/);
    const empty = (await build(nn.relu())).eval();
    expect(await refused(empty, randn([4, 3]))).toMatch(/no layer that int16 does/);
  });
});

/** A remembered choice is taken, however slow it is. */
async function optimizedAs(way: string, module: Module, options: OptimizeOptions) {
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

describe("taps", () => {
  // What a block gives is read on, a convolution's result and a sum are overwritten by a ReLU in
  // place, one module is called twice, and inputs are converted.
  const overwriting = nn.script({
    source: `def forward(self, x: Tensor) -> Tensor:
    y = self.a(x)
    z = self.b(y.relu_())
    z += y
    z = self.b(z.relu_())
    return self.head(z.mean([2, 3]))
`,
    modules: {
      a: nn.conv2d(3, 8, 3, { padding: 1 }),
      b: nn.sequential(nn.conv2d(8, 8, 3, { padding: 1 }), nn.batchNorm2d(8)),
      head: nn.linear(8, 5),
    },
  });
  const cases: [string, ModuleDef, string[]][] = [
    ["a ResNet", models.resnetCifar(8), ["layer1", "layer2.0.conv1", "layer*.0", ":input", ""]],
    ["values that are overwritten", overwriting, ["a", "b#0", "b", "b.0#*", "head:input"]],
  ];
  const ways = [
    "frozen",
    "frozen, oneDNN",
    "frozen, channels-last",
    "frozen, packed",
    "frozen, Winograd",
    "int16",
  ];

  describe.each(cases)("of %s", (_, definition, paths) => {
    test.each(ways)("keep their values: %s", async (way) => {
      const module = await settled(definition);
      const sample = randn([8, 3, 8, 8]);
      const exact = way !== "int16";
      const options = {
        sample,
        dtype: exact ? "float32" : "auto",
        taps: paths,
        agreement: 0,
      } as const;
      const tolerance = exact ? 1e-5 : 5e-3;
      const found = await optimizedAs(way, module, options);
      const tapped = module.tap(paths);
      const fast = found.module.tap(tapped.paths);
      for (const batch of [8, 2]) {
        const input = randn([batch, 3, 8, 8]);
        const [own, got] = [await tapped.predict(input), await fast.predict(input)];
        expect(relativeDifference(own.output, got.output)).toBeLessThan(tolerance);
        for (const at of tapped.paths) {
          const calls = (taps: typeof own.taps) => [taps[at]!].flat();
          for (const [call, value] of calls(own.taps).entries()) {
            const other = calls(got.taps)[call]!;
            expect(relativeDifference(value, other), at).toBeLessThan(tolerance);
            expect(other.isContiguous(), at).toBe(true);
          }
        }
      }
    });
  });

  test("come back in float32 from bfloat16", async () => {
    const module = await network();
    const sample = randn([8, 3, 16, 16]);
    const options = { sample, taps: ["layer1"], tolerance: 0.05, agreement: 0 };
    const { candidates } = await module.optimize({ ...options, remember: false });
    const way = "bfloat16, packed";
    const refused = candidates.find(({ name }) => name === way)!.refused;
    if (refused !== null) {
      expect(refused).toMatch(/no bfloat16 instructions/);
      return;
    }
    const found = await optimizedAs(way, module, options);
    const { taps } = await found.module.tap("layer1").predict(sample);
    const own = await module.tap("layer1").predict(sample);
    expect(taps.layer1.dtype).toBe("float32");
    expect(relativeDifference(own.taps.layer1, taps.layer1)).toBeLessThan(0.05);
  });

  test("are held to the tolerance although the output is exact", async () => {
    manualSeed(5);
    const module = await build(
      nn.script({
        source: `def forward(self, x: Tensor) -> Tensor:
    y = self.b(x)
    return x.mean([2, 3]) + torch.zeros_like(y.mean([2, 3]))
`,
        modules: { b: nn.sequential(nn.conv2d(3, 3, 3, { padding: 1 }), nn.batchNorm2d(3)) },
      }),
    );
    module.train();
    (await module.predict(randn([8, 3, 8, 8]))).dispose();
    module.eval();
    const sample = randn([8, 3, 8, 8]);
    const options = { sample, dtype: "float32", tolerance: 0, remember: false } as const;
    const frozen = async (taps: string[]) =>
      (await module.optimize({ ...options, taps })).candidates.find((c) => c.name === "frozen")!;
    expect(await frozen([])).toMatchObject({ difference: 0, refused: null });
    const held = await frozen(["b"]);
    expect(held.difference).toBeGreaterThan(0);
    expect(held.refused).toMatch(/outputs or taps differ/);
  });

  test("that were not asked for are gone, and some of those that were will do", async () => {
    const module = await network();
    const sample = randn([2, 3, 16, 16]);
    const options = { sample, dtype: "float32", taps: ["layer1", "layer2"] } as const;
    const found = await optimizedAs("frozen", module, options);
    const { taps } = await found.module.tap("layer2").predict(sample);
    expect(Object.keys(taps)).toEqual(["layer2"]);
    expect(() => found.module.tap("layer3")).toThrowError(
      coded("ERR_TAP", /layer3.*frozen or optimised/),
    );
  });

  test("are part of what is remembered", async () => {
    const module = await network();
    const options = { sample: randn([2, 3, 16, 16]), dtype: "float32" } as const;
    const remember = path.join(folder, "tapped.json");
    for (const taps of [[], ["layer1"], ["layer2"]]) {
      const found = await module.optimize({ ...options, taps, remember });
      expect(found.remembered).toBe(false);
    }
    const again = await module.optimize({ ...options, taps: ["layer1"], remember });
    expect(again.remembered).toBe(true);
  });

  test("that are not there are refused", async () => {
    const module = await network();
    const options = { sample: randn([2, 3, 16, 16]), remember: false };
    await expect(module.optimize({ ...options, taps: ["layer9"] })).rejects.toThrowError(
      coded("ERR_TAP", /layer9.*layer/),
    );
    await expect(module.optimize({ ...options, taps: "layer1" as never })).rejects.toThrowError(
      coded("ERR_CONFIG", /taps: expected a list of paths/),
    );
  });
});

describe("remembering", () => {
  test("the second time nothing is measured, and other weights are other modules", async () => {
    const module = await network();
    const sample = randn([8, 3, 16, 16]);
    const first = await module.optimize({ sample, dtype: "float32" });
    expect(first.remembered).toBe(false);
    const again = await module.optimize({ sample, dtype: "float32" });
    expect(again.remembered).toBe(true);
    expect(again.chosen).toBe(first.chosen);
    expect(again.candidates.every(({ milliseconds }) => milliseconds === null)).toBe(true);
    const file = JSON.parse(readFileSync(path.join(folder, "teachers.json"), "utf8")) as object;
    expect(Object.values(file)).toEqual([first.chosen]);

    const weight = [...module.parameters().values()][0]!;
    weight.detach().mul_(1.01);
    const changed = await module.optimize({ sample, dtype: "float32" });
    expect(changed.remembered).toBe(false);
  });
});

describe("refused", () => {
  test("in training mode", async () => {
    const module = (await network()).train();
    await expect(
      module.optimize({ sample: randn([2, 3, 16, 16]), remember: false }),
    ).rejects.toThrowError(coded("ERR_CONFIG", /call eval\(\)/));
  });

  test.each([
    [{ tolerance: -1 }, /tolerance/],
    [{ agreement: 2 }, /agreement/],
    [{ dtype: "float16" as never }, /dtype.*float32, auto, bfloat16/],
    [{ sample: [] }, /sample/],
    [{ milliseconds: 0 }, /milliseconds/],
  ])("%j", async (options, message) => {
    const module = (await build(nn.mlp([6, 5, 3]))).eval();
    await expect(module.optimize({ sample: randn([4, 6]), ...options })).rejects.toThrowError(
      coded("ERR_CONFIG", message),
    );
  });

  test("a sample that does not fit", async () => {
    const module = await network();
    await expect(
      module.optimize({ sample: randn([2, 5, 16, 16]), remember: false }),
    ).rejects.toThrowError(coded("ERR_SHAPE", /channels/));
  });

  test("bfloat16 that is asked for and not exact enough", async () => {
    const module = await network();
    await expect(
      module.optimize({
        sample: randn([2, 3, 16, 16]),
        dtype: "bfloat16",
        tolerance: 0,
        remember: false,
      }),
    ).rejects.toThrowError(coded("ERR_CONFIG", /bfloat16 was asked for/));
  });
});

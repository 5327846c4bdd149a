/** `Module.optimize` in integers of 16 bits: as exact as they are, and refused where they cannot be. */

import { describe, expect, test } from "vitest";
import { build, type Module, type ModuleDef, nn } from "../../lib/nn/index.js";
import { manualSeed, randn, type Tensor } from "../../lib/tensor/index.js";
import { coded } from "../ops/inputs.js";
import { network, networks, optimizedAs, relativeDifference, settled, values } from "./optimize.js";

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

/** `Module.optimize` with taps: each way keeps their values, and what they are is remembered. */

import path from "node:path";
import { describe, expect, test } from "vitest";
import { build, type ModuleDef, models, nn } from "../../lib/nn/index.js";
import { manualSeed, randn } from "../../lib/tensor/index.js";
import { coded } from "../ops/inputs.js";
import { folder, network, optimizedAs, relativeDifference, settled } from "./optimize.js";

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

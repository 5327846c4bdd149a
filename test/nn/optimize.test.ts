/** `Module.optimize`: as exact as asked, remembered, and refused where it cannot be. */

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { build, nn } from "../../lib/nn/index.js";
import { randn } from "../../lib/tensor/index.js";
import { coded } from "../ops/inputs.js";
import { folder, network, relativeDifference, values } from "./optimize.js";

beforeAll(() => {
  vi.stubEnv("POTSTILL_CACHE_DIR", folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

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

  test("a choice that is not exact enough is none, and what is measured replaces it", async () => {
    const module = await network();
    const remember = path.join(folder, "inexact.json");
    const options = { sample: randn([8, 3, 16, 16]), tolerance: 1e-6, remember, milliseconds: 1 };
    await module.optimize(options);
    const kept = () => JSON.parse(readFileSync(remember, "utf8")) as Record<string, string>;
    const [key] = Object.keys(kept());
    writeFileSync(remember, JSON.stringify({ [key!]: "int16" }));
    const found = await module.optimize(options);
    expect(found.remembered).toBe(false);
    expect(found.chosen).not.toBe("int16");
    expect(found.difference).toBeLessThanOrEqual(1e-6);
    expect(kept()).toEqual({ [key!]: found.chosen });
  });

  test("files that cannot be read or written are no failure", async () => {
    const module = (await build(nn.mlp([6, 5, 3]))).eval();
    const damaged = path.join(folder, "damaged.json");
    writeFileSync(damaged, "{");
    const sample = randn([4, 6]);
    await module.optimize({ sample, remember: damaged });
    expect((await module.optimize({ sample, remember: damaged })).remembered).toBe(true);
    const remember = path.join(damaged, "within-a-file.json");
    expect((await module.optimize({ sample, remember })).remembered).toBe(false);
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

/** `setMemoryLimit`: what would need more fails, and what is there goes on. */

import { afterEach, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import type { PotstillError } from "../../lib/native/errors.js";
import { nn } from "../../lib/nn/index.js";
import {
  manualSeed,
  memory,
  ops,
  randint,
  randn,
  setMemoryLimit,
  trimMemory,
  zeros,
} from "../../lib/tensor/index.js";
import { node } from "../cli/cli.js";
import { batchOf, flat, toyModule, toyStep } from "../step/toys.js";

const mebi = 2 ** 20;
const outOfMemory = expect.objectContaining({
  name: "PotstillError",
  code: "ERR_OOM",
  message: expect.stringMatching(/out of memory.*limit/) as string,
}) as PotstillError;

afterEach(() => setMemoryLimit(null));

/** Room for so many bytes more. */
function leave(bytes: number): void {
  trimMemory();
  setMemoryLimit(memory().allocated + bytes);
}

test("an allocation beyond it fails, here and on the executor's thread", async () => {
  expect(memory().limit).toBeNull();
  leave(8 * mebi);
  expect(memory().limit).toBe(memory().allocated + 8 * mebi);
  using kept = zeros([mebi]);
  expect(() => zeros([2 * mebi])).toThrowError(outOfMemory);
  await expect(ops.aten.zeros.default.async([2 * mebi])).rejects.toThrowError(outOfMemory);
  expect(kept.sum().item()).toBe(0);
  setMemoryLimit(null);
  using _ = zeros([2 * mebi]);
  expect(memory().limit).toBeNull();
});

test("what is kept for reuse counts, and gives way", () => {
  trimMemory();
  zeros([mebi]).dispose();
  expect(memory().cached).toBeGreaterThanOrEqual(4 * mebi);
  setMemoryLimit(memory().allocated + 6 * mebi);
  // Neither fits beside the block that is kept.
  using _ = zeros([(5 * mebi) / 4]);
  const { allocated, cached, limit } = memory();
  expect(allocated + cached).toBeLessThanOrEqual(limit!);
});

test("one that is exceeded already leaves what is there, and takes nothing more", () => {
  using kept = zeros([mebi]);
  setMemoryLimit(mebi);
  expect(memory().cached).toBe(0);
  expect(() => kept.add(1)).toThrowError(outOfMemory);
  expect(kept.dataSync().every((value) => value === 0)).toBe(true);
  setMemoryLimit(null);
  expect(kept.add(1).sum().item()).toBe(mebi);
});

test("a step that fails leaves weights and optimizer as they were, and can be run again", async () => {
  const train = async (fail: boolean) => {
    const student = await toyModule(1, nn.mlp([64, 256, 64]), "float32");
    manualSeed(2);
    const step = toyStep(student, { objective: losses.crossEntropy() });
    using batch = batchOf(randn([4096, 64]), randint(0, 64, [4096]).to({ dtype: "int64" }));
    await step.run(batch, 0.1);
    if (fail) {
      const before = flat(student);
      leave(3 * mebi);
      await expect(step.run(batch, 0.1)).rejects.toThrowError(outOfMemory);
      setMemoryLimit(null);
      expect(flat(student)).toEqual(before);
    }
    await step.run(batch, 0.1);
    step.dispose();
    return flat(student);
  };
  expect(await train(true)).toEqual(await train(false));
});

test.each([-1, 1.5, Number.NaN, "1 GB", undefined])("%s is refused", (bytes) => {
  expect(() => setMemoryLimit(bytes as never)).toThrowError(
    expect.objectContaining({ code: "ERR_CONFIG" }),
  );
});

test("POTSTILL_MEMORY_LIMIT says it from the start, and libtorch's own allocator has none", async () => {
  const index = new URL("../../dist/index.js", import.meta.url).href;
  const script = `
    import { memory, setMemoryLimit, zeros } from ${JSON.stringify(index)};
    const said = [memory().limit];
    for (const attempt of [() => zeros([2 ** 24]), () => setMemoryLimit(1)]) {
      try { attempt(); said.push("done"); } catch ({ code }) { said.push(code); }
    }
    console.log(said.join());
  `;
  const run = async (env: Record<string, string>) =>
    (await node(["--input-type=module", "-e", script], { env })).stdout.trim();
  expect(await run({ POTSTILL_MEMORY_LIMIT: "16777216" })).toBe("16777216,ERR_OOM,done");
  expect(await run({ POTSTILL_ALLOCATOR: "system" })).toBe(",done,ERR_CONFIG");
});

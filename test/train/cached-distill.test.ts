/** `distill({ cache })`: the teacher is asked once, and the student learns the same. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { losses } from "../../lib/losses/index.js";
import { nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed, ops, randn, type Tensor } from "../../lib/tensor/index.js";
import {
  cacheTeachers,
  type DistillOptions,
  distill,
  type TrainEvent,
  verifyCaches,
} from "../../lib/train/index.js";
import { toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "potstill-cached-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const coded = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) }) as Error;

async function options(change: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  return {
    teacher: await toyModel(1, 32),
    student: await toyModel(2),
    data: toyData(),
    objective: losses.response({ alpha: 0.7, temperature: 2 }),
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    batchSize: 16,
    epochs: 3,
    seed: 3,
    ...change,
  };
}

async function run(given: DistillOptions) {
  const running = distill(given);
  const events: TrainEvent[] = [];
  for await (const event of running) events.push(event);
  const result = await running;
  return { ...result, events };
}

function furthest(a: Record<string, number[]>, b: Record<string, number[]>): number {
  return Math.max(
    ...Object.entries(a).flatMap(([name, list]) => list.map((v, i) => Math.abs(v - b[name]![i]!))),
  );
}

describe("a student taught from the cache", () => {
  test("ends where one taught by the teacher ends", async () => {
    const asked = await run(await options());
    const cached = await run(await options({ cache: folder }));
    // Batches of another size may round differently; nothing else is different.
    expect(furthest(weightsOf(asked.student), weightsOf(cached.student))).toBeLessThan(1e-5);
    const last = cached.events.filter((event) => event.type === "cache").at(-1);
    expect(last).toMatchObject({ done: 96, total: 96, teacher: 0 });
    expect(asked.events.some((event) => event.type === "cache")).toBe(false);
  });

  test("the second run finds everything there, and ends on the same bits", async () => {
    const first = await run(await options({ cache: { dir: folder } }));
    const [name] = readdirSync(folder);
    const before = readdirSync(path.join(folder, name!)).sort();
    const second = await run(await options({ cache: { dir: folder } }));
    expect(readdirSync(path.join(folder, name!)).sort()).toEqual(before);
    expect(weightsOf(second.student)).toEqual(weightsOf(first.student));
  });

  test("another teacher does not find the first one's words", async () => {
    await run(await options({ cache: folder }));
    await run(await options({ cache: folder, teacher: await toyModel(9, 32) }));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("features come from it too", async () => {
    const objective = [
      losses.crossEntropy(),
      losses.script(
        "def loss(student: Tensor, teacher: Tensor) -> Tensor:\n  return (student - teacher).pow(2).mean()",
        { student: "0", teacher: "0" },
      ),
    ];
    const change = async () => ({
      objective,
      teacher: await toyModel(1),
      student: await toyModel(2),
    });
    const asked = await run(await options(await change()));
    const cached = await run(await options({ ...(await change()), cache: folder }));
    expect(furthest(weightsOf(asked.student), weightsOf(cached.student))).toBeLessThan(1e-5);
  });

  test("a teacher at another size is asked at that size", async () => {
    manualSeed(8);
    const images = ops.aten.to.dtype(ops.aten.mul.Scalar(randn([40, 1, 6, 6]).abs(), 80), "uint8");
    const labels = ops.aten.arange(40).remainder(3).to({ dtype: "int64" });
    const data = datasets.tensors({ inputs: images as Tensor, labels, classes: 3 });
    const change = async (resize: [number, number]): Promise<Partial<DistillOptions>> => {
      manualSeed(4);
      const net = (side: number) =>
        nn.build(nn.sequential(nn.flatten(), nn.linear(side * side, 9), nn.linear(9, 3)));
      const normalize = { mean: [0.2], std: [1.5] };
      return {
        data,
        teacher: { module: await net(resize[0]), resize, normalize },
        student: await net(6),
      };
    };
    for (const size of [4, 9]) {
      const asked = await run(await options(await change([size, size])));
      const cached = await run(await options({ ...(await change([size, size])), cache: folder }));
      expect(furthest(weightsOf(asked.student), weightsOf(cached.student))).toBeLessThan(1e-5);
    }
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("asked beforehand, the teacher has nothing left to say", async () => {
    const given = await options({ cache: folder });
    const beforehand = cacheTeachers(given);
    const types = new Set<string>();
    for await (const { type } of beforehand) types.add(type);
    expect([...types]).toEqual(["cache"]);
    const [filled] = await beforehand;
    expect(filled).toMatchObject({ samples: 96, views: 1, computed: 96 });
    const before = readdirSync(filled!.folder).sort();
    const first = await run(given);
    expect(readdirSync(filled!.folder).sort()).toEqual(before);
    const asked = await run(await options());
    expect(furthest(weightsOf(asked.student), weightsOf(first.student))).toBeLessThan(1e-5);
    await expect(cacheTeachers(await options())).rejects.toThrowError(
      coded("ERR_CONFIG", /where to keep/),
    );
  });

  test("augmented views come again with their epochs", async () => {
    manualSeed(8);
    const images = ops.aten.to.dtype(ops.aten.mul.Scalar(randn([40, 1, 6, 6]).abs(), 80), "uint8");
    const labels = ops.aten.arange(40).remainder(3).to({ dtype: "int64" });
    const data = datasets.tensors({ inputs: images as Tensor, labels, classes: 3 });
    const change = async (): Promise<Partial<DistillOptions>> => {
      manualSeed(4);
      const net = (width: number) =>
        nn.build(nn.sequential(nn.flatten(), nn.linear(36, width), nn.relu(), nn.linear(width, 3)));
      return {
        data,
        teacher: await net(20),
        student: await net(8),
        augment: { shift: 2 },
        epochs: 4,
      };
    };
    const cached = await run(
      await options({ ...(await change()), cache: { dir: folder, views: 2 } }),
    );
    const last = cached.events.filter((event) => event.type === "cache").at(-1);
    expect(last).toMatchObject({ done: 80, total: 80 });
    const one = await run(await options({ ...(await change()), cache: { dir: folder, views: 1 } }));
    // One view of each sample is another training than two.
    expect(furthest(weightsOf(cached.student), weightsOf(one.student))).toBeGreaterThan(1e-3);
  });
});

test("the student sees the very views that the teacher was asked about", async () => {
  manualSeed(8);
  const images = ops.aten.to.dtype(ops.aten.mul.Scalar(randn([40, 1, 6, 6]).abs(), 80), "uint8");
  const net = () => {
    manualSeed(4);
    return nn.build(nn.sequential(nn.flatten(), nn.linear(36, 20), nn.relu(), nn.linear(20, 3)));
  };
  // A student that does not learn says what its twin says, of the same input alone.
  const twins = async (seed: number) =>
    options({
      ...{ teacher: await net(), student: await net(), seed, epochs: 4 },
      data: datasets.tensors({ inputs: images as Tensor }),
      augment: { shift: 2 },
      objective: losses.logitMse(),
      optimizer: optim.sgd({ lr: 1e-12 }),
      cache: { dir: folder, views: 2 },
    });
  for (const seed of [3, 5]) {
    const { events } = await run(await twins(seed));
    const found = events.flatMap((event) => (event.type === "epoch" ? event.metrics.loss : []));
    expect(found).toHaveLength(4);
    for (const loss of found) expect(loss).toBeLessThan(1e-8);
  }
  // Another seed draws other views, and so has a cache of its own.
  expect(readdirSync(folder)).toHaveLength(2);
});

describe("what goes wrong", () => {
  test("a damaged file is warned about and computed again", async () => {
    const first = await run(await options({ cache: folder }));
    const inside = path.join(folder, readdirSync(folder)[0]!);
    const shard = readdirSync(inside).find((name) => name.endsWith(".safetensors"))!;
    const bytes = readFileSync(path.join(inside, shard));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path.join(inside, shard), bytes);
    const [state] = await verifyCaches(folder);
    expect(state!.damaged).toEqual([
      { file: path.join(inside, shard), reason: expect.stringContaining("SHA-256") },
    ]);
    const second = await run(await options({ cache: folder }));
    expect(second.events).toContainEqual(
      expect.objectContaining({
        type: "warning",
        message: expect.stringContaining("computed again"),
      }),
    );
    expect(weightsOf(second.student)).toEqual(weightsOf(first.student));
    const [after] = await verifyCaches(folder);
    expect(after).toMatchObject({ damaged: [], samples: [96] });
  });

  test.each([
    [{ cache: { dir: folder ?? "x", views: 2 } }, "ERR_CONFIG", /without augmentation/],
    [{ cache: { dir: "x", depth: 3 } as never }, "ERR_CONFIG", /cache/],
    [{ cache: 5 as never }, "ERR_CONFIG", /cache.*folder/],
  ])("options %#", async (change, code, message) => {
    await expect(distill(await options(change))).rejects.toThrowError(coded(code, message));
  });

  test("a stream cannot be kept", async () => {
    const data = datasets.from(() => [{ inputs: randn([4, 8]) }]);
    await expect(
      distill(await options({ data, cache: folder, objective: losses.softTargets() })),
    ).rejects.toThrowError(coded("ERR_DATA", /stream/));
  });

  test("a folder without caches is no folder of caches", async () => {
    await expect(verifyCaches(folder)).rejects.toThrowError(coded("ERR_DATA", /no teacher cache/));
  });
});

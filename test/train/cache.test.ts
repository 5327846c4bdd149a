/** The teacher cache: what it holds, whom it is for, and what it survives. */

import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { datasets, type Split } from "../../lib/data/index.js";
import { build, type Module, nn } from "../../lib/nn/index.js";
import { arange, manualSeed, ops, randn, type Tensor, tensor } from "../../lib/tensor/index.js";
import { fillCache } from "../../lib/train/cache/build.js";
import { cacheKey, type KeyParts, keyName } from "../../lib/train/cache/key.js";
import { TeacherCache } from "../../lib/train/cache/store.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "potstill-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const coded = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) }) as Error;

async function setting(): Promise<{ teacher: Module; split: Split; parts: KeyParts }> {
  manualSeed(5);
  const teacher = (await build(nn.mlp([6, 8, 5]))).eval();
  const data = datasets.tensors({ inputs: randn([50, 6]), labels: tensor(new BigInt64Array(50)) });
  const parts: KeyParts = {
    teacher,
    resize: null,
    data: data.train,
    normalize: undefined,
    augment: null,
    seed: 0,
    dtype: "float32",
    top: null,
    taps: [],
  };
  return { teacher, split: data.train, parts };
}

const ask = (teacher: Module) => async (inputs: Parameters<Module["logits"]>[0]) => ({
  logits: await teacher.logits(inputs, { grad: false }),
  taps: {},
});

const plain = {
  views: 1,
  batchSize: 16,
  seed: 0,
  augment: null,
  normalize: undefined,
  device: "cpu",
};

const idsOf = (list: readonly number[]) => tensor(BigInt64Array.from(list, BigInt));
const numbers = (t: Tensor) => Array.from(t.dataSync() as Float32Array);

/** The teacher's logits of these samples, asked directly. */
async function direct(teacher: Module, split: Split, ids: readonly number[]): Promise<number[]> {
  const iterator = split.subset(ids).batches({ batchSize: ids.length });
  for await (const batch of iterator) return numbers(await teacher.logits(batch.inputs));
  throw new Error("no batch");
}

const shards = (cache: TeacherCache) =>
  readdirSync(cache.folder).filter((name) => name.endsWith(".safetensors"));

describe("what it holds", () => {
  test("gives what the teacher says, whatever the order of the ids", async () => {
    const { teacher, split, parts } = await setting();
    const cache = await TeacherCache.open(folder, await cacheKey(parts));
    expect(await fillCache(cache, ask(teacher), { ...plain, split })).toBe(50);
    const ids = [49, 0, 17, 16, 3, 3];
    const { logits } = await cache.lookup(0, idsOf(ids));
    const expected = await direct(teacher, split, ids);
    expect(logits.shape).toEqual([6, 5]);
    for (const [i, value] of numbers(logits).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  test("gathers from several shards in the order of the batch", async () => {
    const { teacher, split, parts } = await setting();
    const cache = await TeacherCache.open(folder, await cacheKey(parts));
    for (const rows of [
      [0, 1, 2],
      [10, 11],
      [3, 4, 5],
    ]) {
      const inputs = (await firstBatch(split, rows)) as Tensor;
      await cache.append(0, idsOf(rows), await ask(teacher)(inputs));
    }
    expect(shards(cache)).toHaveLength(3);
    const ids = [4, 10, 0, 11, 5, 1];
    const { logits } = await cache.lookup(0, idsOf(ids));
    const expected = await direct(teacher, split, ids);
    for (const [i, value] of numbers(logits).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
    await expect(cache.lookup(0, idsOf([4, 20]))).rejects.toThrowError(
      coded("ERR_DATA", /nothing of sample 20/),
    );
  });

  test("is read again by another process's eyes, and asks the teacher nothing twice", async () => {
    const { teacher, split, parts } = await setting();
    const key = await cacheKey(parts);
    const first = await TeacherCache.open(folder, key);
    await fillCache(first, ask(teacher), { ...plain, split: split.subset([0, 1, 2, 3]) });
    first.dispose();
    const again = await TeacherCache.open(folder, key);
    expect(again.size(0)).toBe(4);
    let asked = 0;
    const counting = async (inputs: Parameters<Module["logits"]>[0]) => {
      asked += 1;
      return ask(teacher)(inputs);
    };
    expect(await fillCache(again, counting, { ...plain, split: split.subset([3, 2, 1, 0]) })).toBe(
      0,
    );
    expect(asked).toBe(0);
    expect(await fillCache(again, counting, { ...plain, split })).toBe(46);
    expect(asked).toBe(3);
  });

  test("small shards are put together once a view is whole, and nothing is lost", async () => {
    const { teacher, split, parts } = await setting();
    const cache = await TeacherCache.open(folder, await cacheKey({ ...parts, top: 2 }));
    for (let from = 0; from < 48; from += 4) {
      const rows = [from + 1, from, from + 3, from + 2];
      const inputs = (await firstBatch(split, rows)) as Tensor;
      await cache.append(0, idsOf(rows), await ask(teacher)(inputs));
    }
    expect(shards(cache)).toHaveLength(12);
    const other = await TeacherCache.open(folder, cache.key);
    const ids = [49, 0, 17, 3, 46];
    expect(await fillCache(cache, ask(teacher), { ...plain, split })).toBe(2);
    expect(shards(cache)).toHaveLength(1);
    expect(readdirSync(cache.folder).filter((name) => name.endsWith(".sha256"))).toHaveLength(1);
    const again = await TeacherCache.open(folder, cache.key);
    const [own, afresh] = [await cache.lookup(0, idsOf(ids)), await again.lookup(0, idsOf(ids))];
    expect(numbers(own.logits)).toEqual(numbers(afresh.logits));
    // Who had it open before still has the files that are gone.
    await other.refresh();
    expect(other.size(0)).toBe(50);
    const late = await other.lookup(0, idsOf(ids));
    for (const [i, value] of numbers(late.logits).entries()) {
      expect(value).toBeCloseTo(numbers(own.logits)[i]!, 5);
    }
  });

  test("two that fill it share the work", async () => {
    const { teacher, split, parts } = await setting();
    const key = await cacheKey(parts);
    const both = [await TeacherCache.open(folder, key), await TeacherCache.open(folder, key)];
    const progress: number[] = [];
    // Neither goes on before both are at work.
    let begun = 0;
    let meet: () => void = () => {};
    const together = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const waiting = () => {
      let first = true;
      return async (inputs: Parameters<Module["logits"]>[0]) => {
        if (first && ++begun === 2) meet();
        first = false;
        await together;
        return await ask(teacher)(inputs);
      };
    };
    const computed = await Promise.all(
      both.map((cache) =>
        fillCache(cache, waiting(), {
          ...{ ...plain, split, batchSize: 2 },
          progress: (done) => void progress.push(done),
        }),
      ),
    );
    expect(computed[0]! + computed[1]!).toBe(50);
    expect(Math.min(...computed)).toBeGreaterThan(0);
    expect(Math.max(...progress)).toBe(50);
    const ids = [49, 0, 17, 16, 3];
    const expected = await direct(teacher, split, ids);
    for (const cache of both) {
      expect(cache.size(0)).toBe(50);
      const { logits } = await cache.lookup(0, idsOf(ids));
      for (const [i, value] of numbers(logits).entries())
        expect(value).toBeCloseTo(expected[i]!, 5);
    }
    expect(readdirSync(both[0]!.folder).filter((name) => name.endsWith(".claim"))).toEqual([]);
  });

  test("keeps features beside the logits", async () => {
    const { teacher, split, parts } = await setting();
    const cache = await TeacherCache.open(folder, await cacheKey({ ...parts, taps: ["0"] }));
    const both = async (inputs: Parameters<Module["logits"]>[0]) => ({
      logits: await teacher.logits(inputs, { grad: false }),
      taps: { "0": ops.aten.mul.Scalar(inputs as Tensor, 2) as Tensor },
    });
    await fillCache(cache, both, { ...plain, split });
    const { taps } = await cache.lookup(0, idsOf([7, 2]));
    const own = ops.aten.mul.Scalar((await firstBatch(split, [7, 2])) as Tensor, 2) as Tensor;
    expect(numbers(taps["0"]!)).toEqual(numbers(own));
  });

  test.each([
    ["float16", 2 ** -10],
    ["bfloat16", 2 ** -7],
  ] as const)("%s is as exact as its type", async (dtype, tolerance) => {
    const { teacher, split, parts } = await setting();
    const cache = await TeacherCache.open(folder, await cacheKey({ ...parts, dtype }));
    await fillCache(cache, ask(teacher), { ...plain, split });
    const { logits } = await cache.lookup(0, idsOf([1, 30]));
    const expected = await direct(teacher, split, [1, 30]);
    const found = numbers(logits.to({ dtype: "float32" }));
    const largest = Math.max(...expected.map(Math.abs));
    const worst = Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)));
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(tolerance * largest);
  });

  test("the largest logits stay as they are, and the rest keep their mass", async () => {
    const { teacher, split, parts } = await setting();
    const cache = await TeacherCache.open(folder, await cacheKey({ ...parts, top: 2 }));
    await fillCache(cache, ask(teacher), { ...plain, split });
    const ids = [8, 41];
    const { logits } = await cache.lookup(0, idsOf(ids));
    const expected = await direct(teacher, split, ids);
    const found = numbers(logits);
    for (let row = 0; row < 2; row++) {
      const [own, kept] = [expected.slice(row * 5, row * 5 + 5), found.slice(row * 5, row * 5 + 5)];
      const order = [...own.keys()].sort((a, b) => own[b]! - own[a]!);
      for (const c of order.slice(0, 2)) expect(kept[c]).toBeCloseTo(own[c]!, 5);
      const mass = (values: number[]) =>
        order.slice(2).reduce((sum, c) => sum + Math.exp(values[c]!), 0);
      expect(mass(kept)).toBeCloseTo(mass(own), 5);
      expect(new Set(order.slice(2).map((c) => kept[c]!.toFixed(5))).size).toBe(1);
    }
  });
});

async function firstBatch(split: Split, ids: readonly number[]): Promise<unknown> {
  for await (const batch of split.subset(ids).batches({ batchSize: ids.length }))
    return batch.inputs;
  throw new Error("no batch");
}

describe("whom it is for", () => {
  test("another teacher, data, preprocessing, augmentation or form is another cache", async () => {
    const { teacher, parts } = await setting();
    const name = async (change: Partial<KeyParts>) =>
      keyName(await cacheKey({ ...parts, ...change }));
    const own = await name({});
    expect(await name({})).toBe(own);
    manualSeed(6);
    const others: Partial<KeyParts>[] = [
      { teacher: (await build(nn.mlp([6, 8, 5]))).eval() },
      { data: datasets.tensors({ inputs: randn([50, 6]) }).train },
      { normalize: { mean: [0.5], std: [2] } },
      { augment: { shift: 1 } },
      { augment: { shift: 1 }, seed: 3 },
      { dtype: "float16" },
      { top: 3 },
      { sampled: { count: 3, temperature: 2, seed: 0 } },
      { sampled: { count: 3, temperature: 4, seed: 0 } },
      { taps: ["0"] },
      { resize: [8, 8] },
    ];
    const names = await Promise.all(others.map(name));
    expect(new Set([own, ...names]).size).toBe(others.length + 1);
    // Trained on, it is another teacher.
    [...teacher.parameters().values()][0]!.detach().add_(0.01);
    expect(await name({})).not.toBe(own);
  });

  test("a subset of the data shares the cache of the whole", async () => {
    const { split, parts } = await setting();
    const part = split.subset([4, 5]);
    expect(keyName(await cacheKey({ ...parts, data: part }))).toBe(keyName(await cacheKey(parts)));
  });

  test("streams and mixup are refused", async () => {
    const { parts } = await setting();
    const stream = datasets.from(() => [{ inputs: arange(6).view([1, 6]) }]).train;
    await expect(cacheKey({ ...parts, data: stream })).rejects.toThrowError(
      coded("ERR_DATA", /is a stream/),
    );
    await expect(cacheKey({ ...parts, augment: { mixup: 0.2 } })).rejects.toThrowError(
      coded("ERR_CONFIG", /mixup/),
    );
  });
});

describe("what it survives", () => {
  test("a damaged shard is noticed, set aside, and computed again", async () => {
    const { teacher, split, parts } = await setting();
    const key = await cacheKey(parts);
    const cache = await TeacherCache.open(folder, key);
    await fillCache(cache, ask(teacher), { ...plain, split });
    const file = path.join(cache.folder, shards(cache)[0]!);
    cache.dispose();
    const bytes = readFileSync(file);
    bytes[bytes.length - 3]! ^= 0x40;
    writeFileSync(file, bytes);
    const again = await TeacherCache.open(folder, key);
    expect(again.damaged).toEqual([`${file}.damaged`]);
    expect(again.size(0)).toBe(0);
    expect(await fillCache(again, ask(teacher), { ...plain, split })).toBe(50);
    const { logits } = await again.lookup(0, idsOf([9]));
    const expected = await direct(teacher, split, [9]);
    for (const [i, value] of numbers(logits).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  test("a shard without its checksum was never finished", async () => {
    const { teacher, split, parts } = await setting();
    const key = await cacheKey(parts);
    const cache = await TeacherCache.open(folder, key);
    await fillCache(cache, ask(teacher), { ...plain, split });
    rmSync(path.join(cache.folder, `${shards(cache)[0]}.sha256`));
    cache.dispose();
    expect((await TeacherCache.open(folder, key)).size(0)).toBe(0);
  });

  test("a manifest that is damaged or of something else is refused", async () => {
    const { parts } = await setting();
    const key = await cacheKey(parts);
    const cache = await TeacherCache.open(folder, key);
    const manifest = path.join(cache.folder, "cache.json");
    writeFileSync(manifest, JSON.stringify({ ...key, teacher: "0123456789abcdef" }));
    await expect(TeacherCache.open(folder, key)).rejects.toThrowError(
      coded("ERR_DATA", /something else \(teacher\)/),
    );
    appendFileSync(manifest, "{");
    await expect(TeacherCache.open(folder, key)).rejects.toThrowError(coded("ERR_DATA", /damaged/));
  });

  test("NaN from the teacher is an error, and nothing of it is kept", async () => {
    const { teacher, split, parts } = await setting();
    const cache = await TeacherCache.open(folder, await cacheKey(parts));
    const broken = async (inputs: Parameters<Module["logits"]>[0]) => {
      const { logits, taps } = await ask(teacher)(inputs);
      return { logits: ops.aten.mul.Scalar(logits, Number.NaN) as Tensor, taps };
    };
    await expect(fillCache(cache, broken, { ...plain, split })).rejects.toThrowError(
      coded("ERR_NONFINITE", /samples 0 to 15/),
    );
    expect(cache.size(0)).toBe(0);
  });
});

test("views come again, and differ from one another", async () => {
  manualSeed(1);
  const images = ops.aten.to.dtype(ops.aten.mul.Scalar(randn([20, 1, 8, 8]).abs(), 80), "uint8");
  const split = datasets.tensors({ inputs: images as Tensor }).train;
  const pixels = async (view: number, epoch: number) => {
    const options = { batchSize: 20, seed: 4, epoch, view, augment: { shift: 2 } };
    for await (const batch of split.batches(options)) return numbers(batch.inputs as Tensor);
    return [];
  };
  expect(await pixels(1, 0)).toEqual(await pixels(1, 7));
  expect(await pixels(1, 0)).not.toEqual(await pixels(0, 0));
});

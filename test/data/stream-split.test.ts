import { describe, expect, it } from "vitest";
import { datasets, toDataset, type UserBatch } from "../../lib/data/index.js";
import { peek, unpeek } from "../../lib/data/peek.js";
import { fromTypedArray, type Tensor } from "../../lib/tensor/index.js";
import {
  byteImages,
  failure,
  idsOf,
  inputsOf,
  int64,
  numbers,
  readAll,
  rowsOf,
} from "./tensors.js";

const batch = (first: number): UserBatch => ({
  inputs: rowsOf(2).add(first),
  labels: int64([first % 4, (first + 1) % 4]),
  ids: int64([first, first + 1]),
});
const list = [batch(0), batch(2), batch(4)];

async function* slowly(): AsyncGenerator<UserBatch> {
  for (const each of list) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield each;
  }
}

describe("datasets.from", () => {
  it("passes batches on in order, as often as the source allows", async () => {
    for (const source of [list, slowly, () => list]) {
      const { train } = datasets.from(source, { classes: 4, length: 6, batches: 3 });
      expect([train.length, train.classes, train.batchCount({ batchSize: 1 })]).toEqual([6, 4, 3]);
      for (let epoch = 0; epoch < 2; epoch++) {
        const seen = await readAll(train.batches({ batchSize: 99, epoch, prefetch: 3 }));
        expect(seen.flatMap(({ ids }) => ids)).toEqual([0, 1, 2, 3, 4, 5]);
        expect(seen[2]?.labels).toEqual([0, 1]);
      }
    }
    // The tensors are still the user's.
    expect(numbers(list[0]?.labels as Tensor)).toEqual([0, 1]);
  });

  it("tells a function which epoch it makes", async () => {
    const told: unknown[] = [];
    const { train } = datasets.from(({ epoch, seed, shuffle, batchSize }) => {
      told.push({ epoch, seed, shuffle, batchSize });
      return list;
    });
    await readAll(train.batches({ batchSize: 2, epoch: 5, seed: 9, shuffle: true }));
    expect(told).toEqual([{ epoch: 5, seed: 9, shuffle: true, batchSize: 2 }]);
  });

  it("says so when a one-time iterable is read again", async () => {
    const { train } = datasets.from(slowly());
    expect(await idsOf(train)).toHaveLength(6);
    await expect(readAll(train.batches({ batchSize: 2 }))).rejects.toThrow(
      failure("ERR_DATA", /read once.*function/),
    );
  });

  it("resumes by skipping what was read", async () => {
    const { train } = datasets.from(slowly);
    const iterator = train.batches({ batchSize: 2 });
    await iterator.next();
    const resume = iterator.state();
    await iterator.return();
    expect(await idsOf(train, { batchSize: 2, resume })).toEqual([2, 3, 4, 5]);
  });

  it("normalizes and augments images by id", async () => {
    const images = byteImages([6, 5, 5]);
    const pick = (rows: number[], ids?: number[]): UserBatch => ({
      inputs: images.indexSelect(0, int64(rows)),
      ids: ids === undefined ? null : int64(ids),
    });
    const options = { batchSize: 1, augment: { shift: 2, flip: true }, seed: 3, epoch: 1 };
    const memoryRead = await readAll(
      datasets.tensors({ inputs: images }).train.batches({ ...options, batchSize: 6 }),
    );
    const whole = memoryRead[0]?.inputs as number[];
    const rows = (...samples: number[]) =>
      samples.flatMap((i) => whole.slice(25 * i, 25 * (i + 1)));

    const withIds = datasets.from([pick([4, 1], [4, 1]), pick([0], [0])]).train;
    const seen = await readAll(withIds.batches(options));
    expect(seen.map(({ inputs }) => inputs)).toEqual([rows(4, 1), rows(0)]);

    // Without ids the place in the epoch is the id, also after a resume.
    const inOrder = datasets.from([pick([0, 1]), pick([2, 3, 4])]).train;
    const { value } = await inOrder.batches({ ...options, startBatch: 1 }).next();
    expect(numbers(inputsOf(value))).toEqual(rows(2, 3, 4));
    expect(value.ids).toBeNull();
  });

  it("leaves other inputs alone, masks included", async () => {
    const mask = fromTypedArray(Uint8Array.of(1, 0, 1, 1), [2, 2]).to("bool");
    const inputs = { tokens: int64([1, 2]), bytes: fromTypedArray(Uint8Array.of(7, 8)) };
    const { train } = datasets.from([{ inputs, mask }]);
    const { value } = await train.batches({ batchSize: 2 }).next();
    expect(numbers((value.inputs as typeof inputs).bytes)).toEqual([7, 8]);
    expect(value.mask?.shape).toEqual([2, 2]);
    await expect(train.batches({ batchSize: 2, augment: { shift: 1 } }).next()).rejects.toThrow(
      failure("ERR_CONFIG", /augment\.shift/),
    );
  });

  it.each<[string, unknown, RegExp]>([
    ["no batch", 7, /train, batch 1: expected \{ inputs/],
    ["no inputs", { labels: int64([1]) }, /train, batch 1: expected \{ inputs/],
    ["labels of another length", { inputs: rowsOf(2), labels: int64([1]) }, /labels.*2 samples/],
    ["a label out of range", { inputs: rowsOf(2), labels: int64([1, 4]) }, /sample 1 is 4/],
    ["ids of another type", { inputs: rowsOf(1), ids: rowsOf(1, 1) }, /ids must be int64/],
  ])("refuses %s where it comes", async (_, bad, message) => {
    const { train } = datasets.from([list[0] as UserBatch, bad as UserBatch], { classes: 4 });
    const iterator = train.batches({ batchSize: 2 });
    expect((await iterator.next()).done).toBe(false);
    await expect(iterator.next()).rejects.toThrow(failure("ERR_DATA", message));
    expect((await iterator.next()).done).toBe(true);
  });

  it("passes on the error of the source, after the batches before it", async () => {
    const { train } = datasets.from(function* () {
      yield list[0] as UserBatch;
      throw new Error("disk on fire");
    });
    const iterator = train.batches({ batchSize: 2 });
    expect((await iterator.next()).done).toBe(false);
    await expect(iterator.next()).rejects.toThrow("disk on fire");
  });

  it("closes the source when the reader breaks off, and does not hang on a stuck one", async () => {
    let closed = 0;
    const endless = async function* (): AsyncGenerator<UserBatch> {
      try {
        for (;;) yield batch(0);
      } finally {
        closed += 1;
      }
    };
    for await (const each of datasets.from(endless).train.batches({ batchSize: 2 })) {
      each.dispose();
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(closed).toBe(1);

    const controller = new AbortController();
    const stuck = datasets.from(async function* (): AsyncGenerator<UserBatch> {
      await new Promise(() => {});
      yield batch(0);
    });
    const iterator = stuck.train.batches({ batchSize: 2, signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    await expect(iterator.next()).rejects.toThrow(failure("ERR_ABORTED", /stopped/));
  });

  it("has no samples to pick", () => {
    const { train } = datasets.from(list);
    for (const pick of [
      () => train.subset([0]),
      () => train.split(0.5),
      () => train.withoutClasses([0]),
    ]) {
      expect(pick).toThrow(failure("ERR_DATA", /stream of batches/));
    }
    expect(train.withoutLabels().labeled).toBe(false);
  });

  it("drops labels when asked", async () => {
    const [first] = await readAll(
      datasets.from(list).train.withoutLabels().batches({ batchSize: 2 }),
    );
    expect(first?.labels).toBeNull();
  });
});

describe("peek", () => {
  it("shows what the next reader begins with, as often as it is asked", async () => {
    for (const source of [slowly(), slowly, list, () => list]) {
      const { train } = datasets.from(source);
      for (let look = 0; look < 2; look++) {
        using found = await peek(train, 1, { batchSize: 2 });
        expect(numbers(found!.ids)).toEqual([0, 1]);
      }
      expect(await idsOf(train, { batchSize: 2 })).toEqual([0, 1, 2, 3, 4, 5]);
    }
    const { train } = datasets.from(slowly());
    using _ = await peek(train, 1, { batchSize: 2 });
    expect(await idsOf(train, { batchSize: 2, startBatch: 1 })).toEqual([2, 3, 4, 5]);
  });

  it("shows the first samples of a data set", async () => {
    const { train } = datasets.tensors({ inputs: rowsOf(5) });
    const options = { batchSize: 5, shuffle: true, dropLast: true };
    for (const [samples, ids] of [
      [2, [0, 1]],
      [9, [0, 1, 2, 3, 4]],
    ] as const) {
      using found = await peek(train, samples, options);
      expect(numbers(found!.ids)).toEqual(ids);
    }
  });

  it("has a function begin the epoch once, and again where another is read", async () => {
    const told: number[] = [];
    let closed = 0;
    const { train } = datasets.from(async function* ({ epoch }) {
      told.push(epoch);
      try {
        yield* list;
      } finally {
        closed += 1;
      }
    });
    const options = { batchSize: 2, shuffle: true, seed: 3 };
    (await peek(train, 1, options))?.dispose();
    expect(await idsOf(train, options)).toHaveLength(6);
    expect([told, closed]).toEqual([[0], 1]);
    (await peek(train, 1, options))?.dispose();
    expect(await idsOf(train, { ...options, epoch: 4 })).toHaveLength(6);
    expect([told, closed]).toEqual([[0, 0, 4], 3]);
  });

  it("is closed where nobody reads on, and does not wait for a source that is stuck", async () => {
    let closed = 0;
    const { train } = datasets.from(function* () {
      try {
        yield* list;
      } finally {
        closed += 1;
      }
    });
    (await peek(train, 1, { batchSize: 2 }))?.dispose();
    await unpeek(train);
    await unpeek(train);
    expect(closed).toBe(1);

    const controller = new AbortController();
    const stuck = datasets.from(async function* (): AsyncGenerator<UserBatch> {
      await new Promise(() => {});
      yield batch(0);
    });
    setTimeout(() => controller.abort(), 10);
    const { signal } = controller;
    await expect(peek(stuck.train, 1, { batchSize: 2, signal })).rejects.toThrow(
      failure("ERR_ABORTED", /stopped/),
    );
    await unpeek(stuck.train);
  });

  it("is null without batches, and refuses what is none", async () => {
    expect(await peek(datasets.from([]).train, 1, { batchSize: 2 })).toBeNull();
    await expect(peek(datasets.from([7 as never]).train, 1, { batchSize: 2 })).rejects.toThrow(
      failure("ERR_DATA", /train, batch 0: expected \{ inputs/),
    );
  });
});

describe("toDataset", () => {
  it("takes whatever a run may be given", async () => {
    const memory = datasets.tensors({ inputs: rowsOf(4), labels: int64([0, 1, 2, 1]) });
    expect(toDataset(memory)).toBe(memory);
    expect(await idsOf(toDataset(memory.train).train)).toEqual([0, 1, 2, 3]);
    expect(await idsOf(toDataset(list).train)).toHaveLength(6);
    expect(await idsOf(toDataset(slowly).train)).toHaveLength(6);
    const parts = toDataset({ train: memory.train.withoutClasses([1]), test: list });
    expect(await idsOf(parts.train)).toEqual([0, 2]);
    expect(parts.classes).toBe(3);
    expect(await idsOf(parts.test ?? parts.train)).toHaveLength(6);
    expect(() => toDataset(5 as never)).toThrow(failure("ERR_CONFIG", /data: expected/));
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { datasets, type Split } from "../../lib/data/index.js";
import { fromTypedArray, memory, type Tensor } from "../../lib/tensor/index.js";
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

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const upTo = (length: number) => Array.from({ length }, (_, i) => i);

/** 23 rows; sample i holds i, and its class is i mod 5. */
function small(): Split {
  const labels = int64(upTo(23).map((i) => i % 5));
  return datasets.tensors({ inputs: rowsOf(23), labels }).train;
}

describe("batches", () => {
  it("delivers every sample once with its own label", async () => {
    const split = small();
    for (const shuffle of [false, true]) {
      const batches = await readAll(split.batches({ batchSize: 5, shuffle, seed: 3 }));
      expect(batches.map(({ size }) => size)).toEqual([5, 5, 5, 5, 3]);
      const ids = batches.flatMap((batch) => batch.ids);
      expect(sorted(ids)).toEqual(upTo(23));
      expect(batches.flatMap((batch) => batch.labels)).toEqual(ids.map((id) => id % 5));
      expect(batches.flatMap((batch) => batch.inputs)).toEqual(
        ids.flatMap((id) => [id, id + 0.25]),
      );
    }
  });

  it("orders an epoch by seed and epoch, not by batch size or prefetching", async () => {
    const split = small();
    const reference = await idsOf(split, { shuffle: true, seed: 8, epoch: 2 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 5 }),
        async (batchSize, prefetch) => {
          const options = { shuffle: true, seed: 8, epoch: 2, batchSize, prefetch };
          expect(await idsOf(split, options)).toEqual(reference);
        },
      ),
      { numRuns: 20 },
    );
    expect(await idsOf(split, { shuffle: true, seed: 8, epoch: 3 })).not.toEqual(reference);
  });

  it("leaves the last batch out when asked, and counts accordingly", async () => {
    const split = small();
    expect(await idsOf(split, { batchSize: 5, dropLast: true })).toEqual(upTo(20));
    expect(split.batchCount({ batchSize: 5 })).toBe(5);
    expect(split.batchCount({ batchSize: 5, dropLast: true })).toBe(4);
  });

  it("continues from a saved place with the same batches", async () => {
    const split = small();
    const options = { batchSize: 4, shuffle: true, seed: 5, epoch: 7 };
    const whole = await readAll(split.batches(options));
    const iterator = split.batches(options);
    expect(iterator.state()).toMatchObject({ epoch: 7, seed: 5, batch: 0 });
    const begun = [await iterator.next(), await iterator.next()];
    const state = JSON.parse(JSON.stringify(iterator.state()));
    expect(state).toMatchObject({ batch: 2, length: 23 });
    await iterator.return();
    for (const { value } of begun) value?.dispose();

    const { seed: _, epoch: __, ...rest } = options;
    expect(await readAll(split.batches({ ...rest, resume: state }))).toEqual(whole.slice(2));
    expect(await readAll(split.batches({ ...options, startBatch: 4 }))).toEqual(whole.slice(4));
    expect(() => split.batches({ ...rest, batchSize: 5, resume: state })).toThrow(
      failure("ERR_CHECKPOINT", /batchSize 4, this one has 5/),
    );
    expect(() => split.subset(upTo(9)).batches({ ...rest, resume: state })).toThrow(
      failure("ERR_CHECKPOINT", /length/),
    );
  });

  it.each<[string, object, RegExp]>([
    ["batchSize", { batchSize: 0 }, /batchSize/],
    ["seed", { seed: 0.5 }, /seed/],
    ["epoch", { epoch: -1 }, /epoch/],
    ["shuffle", { shuffle: "yes" }, /shuffle/],
    ["prefetch", { prefetch: -1 }, /prefetch/],
    ["augment", { augment: { shift: 1 } }, /augment\.shift.*no images/],
    ["normalize", { normalize: { mean: [0], std: [1] } }, /normalize.*no images/],
    ["dropLast", { batchSize: 24, dropLast: true }, /larger than the 23 samples/],
  ])("refuses %s at the call", (_, options, message) => {
    expect(() => small().batches({ batchSize: 4, ...options })).toThrow(
      failure("ERR_CONFIG", message),
    );
  });

  it("stops on an abort signal", async () => {
    const controller = new AbortController();
    const iterator = small().batches({ batchSize: 2, signal: controller.signal });
    const first = await iterator.next();
    first.value?.dispose();
    controller.abort(new Error("enough"));
    await expect(iterator.next()).rejects.toMatchObject({
      code: "ERR_ABORTED",
      cause: expect.objectContaining({ message: "enough" }),
    });
    expect((await iterator.next()).done).toBe(true);
  });

  it("leaves nothing behind, also when the reader breaks off", async () => {
    const split = small();
    await idsOf(split);
    const before = memory().tensors;
    await idsOf(split, { shuffle: true });
    for await (const batch of split.batches({ batchSize: 2, prefetch: 4 })) {
      batch.dispose();
      break;
    }
    const images = datasets.tensors({ inputs: byteImages([20, 4, 4]), labels: int64(upTo(20)) });
    await idsOf(images.train, { augment: { shift: 1, mixup: 0.4 } });
    images.dispose();
    // Two handles are the test's own: images and labels.
    expect(memory().tensors).toBeLessThanOrEqual(before + 2);
  });

  it("keeps its batches out of the scope of the caller", async () => {
    const { scope } = await import("../../lib/tensor/index.js");
    const split = small();
    const iterator = split.batches({ batchSize: 4 });
    await scope(async () => {
      (await iterator.next()).value?.dispose();
    });
    const second = (await iterator.next()).value;
    expect(numbers(second.ids)).toEqual([4, 5, 6, 7]);
    expect(numbers(inputsOf(second))).toHaveLength(8);
    await iterator.return();
  });
});

describe("images", () => {
  const images = () => byteImages([12, 3, 3]);

  it("come as normalized float32 [B, C, H, W]", async () => {
    const data = datasets.tensors({
      inputs: images(),
      labels: int64(upTo(12)),
      normalize: { mean: [0.5], std: [0.25] },
    });
    expect(data.train.sampleShape).toEqual([1, 3, 3]);
    const { value: batch } = await data.train.batches({ batchSize: 5 }).next();
    expect(inputsOf(batch).shape).toEqual([5, 1, 3, 3]);
    expect(inputsOf(batch).dtype).toBe("float32");
    const raw = Array.from(images().dataSync(), Number).slice(0, 45);
    numbers(inputsOf(batch)).forEach((value, i) => {
      expect(value).toBeCloseTo(((raw[i] as number) / 255 - 0.5) / 0.25, 5);
    });
    const { value: bare } = await data.train.batches({ batchSize: 5, normalize: null }).next();
    expect(numbers(inputsOf(bare))[1]).toBe(Math.fround((raw[1] as number) / 255));
    expect(() =>
      data.train.batches({ batchSize: 5, normalize: { mean: [0, 0], std: [1, 1] } }),
    ).toThrow(failure("ERR_CONFIG", /2 means for images of 1 channels/));
  });

  it("are augmented by id, whatever the batch", async () => {
    const data = datasets.tensors({ inputs: byteImages([30, 6, 6]), labels: int64(upTo(30)) });
    const augment = { shift: 2, flip: true, cutout: 2 };
    const bySample = async (split: Split, options: object) => {
      const found = new Map<number, string>();
      for (const { ids, inputs } of await readAll(
        split.batches({ batchSize: 7, seed: 4, epoch: 1, augment, ...options }),
      )) {
        ids.forEach((id, i) => {
          found.set(id, inputs.slice(36 * i, 36 * (i + 1)).join());
        });
      }
      return found;
    };
    const reference = await bySample(data.train, {});
    expect(await bySample(data.train, { shuffle: true, batchSize: 4 })).toEqual(
      new Map([...reference].sort(([a], [b]) => a - b)),
    );
    const part = await bySample(data.train.subset([9, 3, 21]), {});
    for (const [id, pixels] of part) expect(pixels).toBe(reference.get(id));
    const later = await bySample(data.train, { epoch: 2 });
    expect([...later].some(([id, pixels]) => pixels !== reference.get(id))).toBe(true);
  });

  it("may be float32 when said so", async () => {
    const floats = images().to("float32").div(255);
    const data = datasets.tensors({ inputs: floats, images: true });
    const { value } = await data.train.batches({ batchSize: 2, augment: { flip: true } }).next();
    expect(inputsOf(value).shape).toEqual([2, 1, 3, 3]);
    const rows = datasets.tensors({ inputs: floats });
    const plain = await rows.train.batches({ batchSize: 2 }).next();
    expect(inputsOf(plain.value).shape).toEqual([2, 3, 3]);
    expect(() => datasets.tensors({ inputs: floats.to("float64"), images: true })).toThrow(
      failure("ERR_DATA", /uint8 or float32/),
    );
  });
});

describe("mixup", () => {
  it("mixes inputs, and tells labels and weight", async () => {
    const data = datasets.tensors({ inputs: rowsOf(8, 1), labels: int64(upTo(8)) });
    const options = { batchSize: 8, seed: 2, augment: { mixup: 0.7 } };
    const read = async (epoch: number) => {
      const { value } = await data.train.batches({ ...options, epoch }).next();
      return value;
    };
    const weights = new Set<number>();
    for (let epoch = 0; epoch < 6; epoch++) {
      const batch = await read(epoch);
      const [inputs, own, other] = [inputsOf(batch), batch.labels, batch.mixedLabels].map(numbers);
      expect(batch.mixWeight).toBeGreaterThanOrEqual(0);
      expect(batch.mixWeight).toBeLessThanOrEqual(1);
      expect(sorted(other as number[])).toEqual(upTo(8));
      inputs?.forEach((value, i) => {
        const [a, b] = [own?.[i] as number, other?.[i] as number];
        expect(value).toBeCloseTo(batch.mixWeight * a + (1 - batch.mixWeight) * b, 4);
      });
      weights.add(batch.mixWeight);
    }
    expect(weights.size).toBe(6);
    const [first, again] = [await read(0), await read(0)];
    expect(again.mixWeight).toBe(first.mixWeight);
    expect(numbers(inputsOf(again))).toEqual(numbers(inputsOf(first)));
  });

  it("is off unless asked, and refuses inputs that cannot be mixed", async () => {
    const { value } = await small().batches({ batchSize: 2 }).next();
    expect(value).toMatchObject({ mixedLabels: null, mixWeight: 1, mask: null });
    const tokens = datasets.tensors({ inputs: int64(upTo(4)) });
    expect(() => tokens.train.batches({ batchSize: 2, augment: { mixup: 1 } })).toThrow(
      failure("ERR_CONFIG", /mixup.*int64/),
    );
  });
});

describe("several inputs", () => {
  it("are batched together, as a list or by name", async () => {
    const named = { tokens: int64(upTo(6)), values: rowsOf(6) };
    const byName = datasets.tensors({ inputs: named });
    expect(byName.train.sampleShape).toBeNull();
    const { value } = await byName.train.batches({ batchSize: 4 }).next();
    const inputs = value.inputs as Record<string, Tensor>;
    expect(Object.keys(inputs)).toEqual(["tokens", "values"]);
    expect(numbers(inputs.tokens as Tensor)).toEqual([0, 1, 2, 3]);
    expect(inputs.values?.shape).toEqual([4, 2]);

    const list = datasets.tensors({ inputs: [rowsOf(6), rowsOf(6, 3)] });
    const second = await list.train.batches({ batchSize: 4, startBatch: 1 }).next();
    expect((second.value.inputs as Tensor[]).map(({ shape }) => shape)).toEqual([
      [2, 2],
      [2, 3],
    ]);
  });
});

describe("narrowing", () => {
  it("keeps ids and labels together", async () => {
    const part = small().subset([7, 1, 19]);
    expect(part.length).toBe(3);
    expect(await idsOf(part)).toEqual([7, 1, 19]);
    expect(numbers(part.labels)).toEqual([2, 1, 4]);
    expect(await idsOf(part.subset([2, 0]))).toEqual([19, 7]);
    for (const bad of [[23], [-1], [0.5]]) {
      expect(() => small().subset(bad)).toThrow(failure("ERR_CONFIG", /out of range/));
    }
    expect(() => small().subset([])).toThrow(failure("ERR_DATA", /no samples/));
  });

  it("splits into two disjoint parts, class by class", async () => {
    const inputs = rowsOf(100);
    const labels = int64(upTo(100).map((i) => (i < 80 ? 0 : 1)));
    const { train } = datasets.tensors({ inputs, labels });
    const [rest, part] = train.split(0.25, 3);
    const [a, b] = [await idsOf(rest), await idsOf(part)];
    expect(sorted([...a, ...b])).toEqual(upTo(100));
    expect(b).toHaveLength(25);
    expect(b.filter((id) => id < 80)).toHaveLength(20);
    expect(part.name).toBe("validation");
    expect(await idsOf(train.split(0.25, 3)[1])).toEqual(b);
    expect(await idsOf(train.split(0.25, 4)[1])).not.toEqual(b);
    expect(() => train.split(1)).toThrow(failure("ERR_CONFIG", /fraction/));
    expect(() => train.split(0.001)).toThrow(failure("ERR_DATA", /empty/));
  });

  it("splits where there are no classes, too", async () => {
    const [rest, part] = datasets.tensors({ inputs: rowsOf(10) }).train.split(0.3, 1);
    expect([rest.length, part.length]).toEqual([7, 3]);
  });

  it("drops classes and keeps the numbers of the others", async () => {
    const split = small().withoutClasses([3, 0]);
    expect(split.classes).toBe(5);
    expect(await idsOf(split)).toEqual(upTo(23).filter((i) => i % 5 !== 3 && i % 5 !== 0));
    expect(() => small().withoutClasses([5])).toThrow(failure("ERR_CONFIG", /no class 5/));
    expect(() => small().withoutClasses([0, 1, 2, 3, 4])).toThrow(
      failure("ERR_DATA", /no samples/),
    );
    expect(() => small().withoutLabels().withoutClasses([1])).toThrow(
      failure("ERR_DATA", /no class labels/),
    );
  });

  it("drops labels", async () => {
    const split = small().withoutLabels();
    expect(split.labeled).toBe(false);
    expect(split.labels).toBeNull();
    expect(split.classes).toBe(5);
    const [batch] = await readAll(split.batches({ batchSize: 23 }));
    expect(batch?.labels).toBeNull();
    expect(batch?.ids).toEqual(upTo(23));
  });
});

describe("bad data", () => {
  it("is refused when the set is made", () => {
    const inputs = rowsOf(4);
    const make = (options: object) => () => datasets.tensors({ inputs, name: "set", ...options });
    expect(make({ labels: int64([0, 1, 2]) })).toThrow(
      failure("ERR_DATA", /set, training labels: 3 labels for the 4 samples/),
    );
    expect(make({ labels: int64([0, 1, 9, 2]), classes: 3 })).toThrow(
      failure("ERR_DATA", /set, training labels: the label of sample 2 is 9.*3 classes.*0 to 2/),
    );
    expect(make({ labels: int64([0, -1, 0, 2]) })).toThrow(failure("ERR_DATA", /sample 1 is -1/));
    expect(
      make({
        labels: int64([0, 1, 0, 1]),
        testInputs: inputs,
        testLabels: int64([0, 1, 5, 1]),
        classes: 2,
      }),
    ).toThrow(failure("ERR_DATA", /set, test labels: the label of sample 2 is 5/));
    expect(make({ inputs: fromTypedArray(new Float32Array(0), [0, 2]) })).toThrow(
      failure("ERR_DATA", /no samples/),
    );
    expect(make({ inputs: [inputs, rowsOf(5)] })).toThrow(
      failure("ERR_DATA", /inputs\[1\] has 5 samples, inputs\[0\] has 4/),
    );
    expect(make({ inputs: [] })).toThrow(failure("ERR_DATA", /no tensor/));
    expect(make({ classes: 0 })).toThrow(failure("ERR_CONFIG", /classes/));
    expect(make({ classes: 3, classNames: ["a"] })).toThrow(failure("ERR_CONFIG", /1 names for 3/));
    expect(make({ inputs: undefined })).toThrow(failure("ERR_CONFIG", /inputs is missing/));
  });

  it("allows the mark for no label", () => {
    const { train } = datasets.tensors({ inputs: rowsOf(3), labels: int64([1, -100, 0]) });
    expect(train.classes).toBe(2);
  });

  it("is found by validate()", async () => {
    const values = new Float32Array(20);
    await datasets.tensors({ inputs: fromTypedArray(values, [10, 2]) }).train.validate();
    values[13] = Number.NaN;
    values[17] = Number.POSITIVE_INFINITY;
    const { train } = datasets.tensors({ inputs: fromTypedArray(values, [10, 2]), name: "set" });
    await expect(train.validate()).rejects.toThrow(
      failure("ERR_DATA", /set, training inputs: inputs: sample 6 \(row 6\) holds NaN/),
    );
    await expect(train.subset([0, 8, 6]).validate()).rejects.toThrow(
      failure("ERR_DATA", /sample 1 \(row 8\) holds Infinity/),
    );
    await train.subset([0, 1, 2]).validate();
    const targets = fromTypedArray(Float32Array.of(0, Number.NaN));
    await expect(
      datasets.tensors({ inputs: rowsOf(2), labels: targets }).train.validate(),
    ).rejects.toThrow(failure("ERR_DATA", /labels: sample 1/));
  });
});

describe("labels", () => {
  it("become int64 from any whole numbers, and stay what they are otherwise", async () => {
    const bytes = fromTypedArray(Uint8Array.of(2, 0, 1));
    const { train } = datasets.tensors({ inputs: rowsOf(3), labels: bytes });
    expect(train.labels?.dtype).toBe("int64");
    expect(train.classes).toBe(3);
    const targets = rowsOf(3, 4);
    const regression = datasets.tensors({ inputs: rowsOf(3), labels: targets }).train;
    expect(regression.classes).toBeNull();
    const [batch] = await readAll(regression.batches({ batchSize: 2 }));
    expect(batch?.labels).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]);
  });
});

describe("dispose", () => {
  it("frees the set's tensors, not the user's, and later reads say so", async () => {
    const inputs = rowsOf(6);
    const before = memory().tensors;
    const data = datasets.tensors({ inputs, labels: int64([0, 1, 0, 1, 0, 1]) });
    const part = data.train.subset([0, 1]);
    expect(part.labels?.shape).toEqual([2]);
    data.dispose();
    data.dispose();
    expect(memory().tensors).toBeLessThanOrEqual(before + 1);
    expect(numbers(inputs)).toHaveLength(12);
    expect(() => data.train.batches({ batchSize: 2 })).toThrow(failure("ERR_DISPOSED", /disposed/));
    expect(() => part.subset([0])).toThrow(failure("ERR_DISPOSED", /disposed/));
  });
});

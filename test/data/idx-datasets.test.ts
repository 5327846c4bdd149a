import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { counting, idxBytes, idxHeader, temporaryFolder, write } from "./files.js";
import { failure, inputsOf, numbers, readAll } from "./tensors.js";

const folder = await temporaryFolder();
const images = await write(folder, "images", idxBytes([6, 4, 3], counting(72)));
const labels = await write(folder, "labels.gz", idxBytes([6], counting(6, 3)), true);
const testImages = await write(folder, "test-images.gz", idxBytes([2, 4, 3], counting(24)), true);
const testLabels = await write(folder, "test-labels", idxBytes([2], [2, 0]));

describe("datasets.idx", () => {
  it("reads images and labels, plain and compressed", async () => {
    const data = await datasets.idx({ images, labels, testImages, testLabels });
    expect([data.classes, data.train.length, data.test?.length]).toEqual([3, 6, 2]);
    expect(data.train.sampleShape).toEqual([1, 4, 3]);
    expect(numbers(data.test?.labels ?? null)).toEqual([2, 0]);
    const [batch] = await readAll(data.train.batches({ batchSize: 6 }));
    expect(batch?.labels).toEqual([0, 1, 2, 0, 1, 2]);
    expect(batch?.inputs).toEqual(Array.from({ length: 72 }, (_, i) => Math.fround(i / 255)));
    data.dispose();
  });

  it("needs no labels", async () => {
    const data = await datasets.idx({ images, classes: 10 });
    expect([data.train.labeled, data.train.classes, data.test]).toEqual([false, 10, null]);
  });

  it("names the file and the sample that are wrong", async () => {
    const fails = (options: object) => datasets.idx({ images, labels, ...options });
    await expect(fails({ classes: 2 })).rejects.toThrow(
      failure("ERR_DATA", /labels\.gz: the label of sample 2 is 2/),
    );
    await expect(fails({ labels: testLabels })).rejects.toThrow(
      failure("ERR_DATA", /test-labels: 2 labels for the 6 samples of .*images/),
    );
    await expect(fails({ images: labels })).rejects.toThrow(
      failure("ERR_DATA", /labels\.gz: images must be.*uint8 \[6\]/),
    );
    await expect(fails({ labels: images })).rejects.toThrow(
      failure("ERR_DATA", /images: labels must be/),
    );
    const none = await write(folder, "none", idxHeader(0x08, [0, 4, 3]));
    await expect(datasets.idx({ images: none })).rejects.toThrow(
      failure("ERR_DATA", /none: there are no samples/),
    );
    await expect(fails({ images: join(folder, "gone") })).rejects.toThrow(
      failure("ERR_IO", /gone/),
    );
    await expect(datasets.idx({} as never)).rejects.toThrow(failure("ERR_CONFIG", /images/));
    await expect(datasets.idx({ images, testLabels })).rejects.toThrow(
      failure("ERR_CONFIG", /testLabels needs testImages/),
    );
  });
});

describe("datasets.mnist", () => {
  it("reads the original files", async () => {
    const data = await datasets.mnist();
    expect([data.train.length, data.test?.length, data.classes]).toEqual([60000, 10000, 10]);
    expect(data.train.normalize).toEqual({ mean: [0.1307], std: [0.3081] });
    expect(data.train.sampleShape).toEqual([1, 28, 28]);
    // The first labels of the training file and of the test file, and their class counts.
    expect(numbers(data.train.subset([0, 1, 2, 3, 4]).labels)).toEqual([5, 0, 4, 1, 9]);
    const counts = (values: number[]) =>
      values.reduce<number[]>(
        (sum, value) => sum.with(value, (sum[value] ?? 0) + 1),
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      );
    expect(counts(numbers(data.test?.labels ?? null))).toEqual([
      980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]);
    // The constants are the data's own: normalized pixels have mean 0 and deviation 1.
    let [mean, square] = [0, 0];
    for await (const batch of data.train.batches({ batchSize: 5000 })) {
      const pixels = inputsOf(batch);
      mean += pixels.mean().item<number>() / 12;
      square += pixels.square().mean().item<number>() / 12;
      batch.dispose();
    }
    expect(Math.abs(mean)).toBeLessThan(0.001);
    expect(Math.abs(square - 1)).toBeLessThan(0.001);
    data.dispose();
  });

  it("reads a folder with the four files, and says which is missing", async () => {
    const dir = join(folder, "mnist");
    await mkdir(dir);
    await write(dir, "train-images-idx3-ubyte.gz", idxBytes([3, 2, 2], counting(12)), true);
    await write(dir, "train-labels-idx1-ubyte", idxBytes([3], [9, 8, 7]));
    await write(dir, "t10k-images-idx3-ubyte", idxBytes([1, 2, 2], counting(4)));
    const last = await write(dir, "t10k-labels-idx1-ubyte", idxBytes([1], [0]));
    const data = await datasets.mnist({ dir });
    expect([data.name, data.train.length, data.classes]).toEqual(["mnist", 3, 10]);
    const fashion = await datasets.fashionMnist({ dir });
    expect(fashion.classNames?.[9]).toBe("Ankle boot");
    await rename(last, `${last}.bak`);
    await expect(datasets.mnist({ dir })).rejects.toThrow(
      failure("ERR_IO", /t10k-labels-idx1-ubyte/),
    );
  });
});

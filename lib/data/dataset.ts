/** Two splits under one roof. */

import { PotstillError } from "../native/errors.js";
import { keep, Tensor } from "../tensor/index.js";
import { ArraySplit, type Store } from "./array-split.js";
import { looksLikeImages } from "./assemble.js";
import { countSamples, listInputs, mapInputs } from "./inputs.js";
import { checkClasses, countClasses, type Labels, takeLabels } from "./labels.js";
import { checkWhole } from "./sampler.js";
import type { BatchSource, Dataset, Inputs, Normalize, Split } from "./source.js";
import { type StreamOptions, StreamSplit } from "./stream-split.js";

/** A data set over splits that exist. */
export function makeDataset(
  name: string,
  train: Split,
  test: Split | null,
  dispose: () => void = () => {},
): Dataset {
  return {
    name,
    train,
    test,
    classes: train.classes,
    classNames: train.classNames,
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** One split's tensors and where they came from. */
export interface SplitSource {
  inputs: Inputs;
  labels: Tensor | null;
  origin: { inputs: string; labels: string };
}

export interface ArrayOptions {
  classes?: number | undefined;
  classNames?: readonly string[] | undefined;
  images?: boolean | undefined;
  normalize?: Normalize | undefined;
}

/**
 * A data set over tensors in memory. The tensors are aliased, not copied (unless they are not
 * contiguous); the caller's handles stay the caller's.
 *
 * @throws ERR_DATA for an empty set, lengths that differ, or a class out of range
 */
export function arrayDataset(
  name: string,
  train: SplitSource,
  test: SplitSource | null,
  options: ArrayOptions,
): Dataset {
  const stores: Store[] = [];
  const dispose = () => {
    for (const store of stores) {
      store.disposed = true;
      for (const tensor of store.owned) tensor.dispose();
      store.owned.clear();
    }
  };
  try {
    stores.push(openStore(train, options));
    if (test !== null) stores.push(openStore(test, options));
    const hosts = stores.map((store) => store.labels?.host ?? null);
    const classes = checkedClasses(options) ?? countClasses(...hosts);
    for (const store of stores) {
      if (store.labels?.host) checkClasses(store.labels.host, classes, store.origin.labels);
      store.classes = store.labels === null || store.labels.host ? classes : null;
    }
    const [first, second] = stores as [Store, Store?];
    const testSplit = second === undefined ? null : new ArraySplit("test", second);
    return makeDataset(name, new ArraySplit("train", first), testSplit, dispose);
  } catch (error) {
    dispose();
    throw error;
  }
}

function checkedClasses({ classes, classNames }: ArrayOptions): number | null {
  if (classes !== undefined) checkWhole("classes", classes, 1, 0x7fffffff);
  if (classNames === undefined) return classes ?? null;
  if (classes !== undefined && classNames.length !== classes) {
    throw new PotstillError(
      "ERR_CONFIG",
      `classNames: ${classNames.length} names for ${classes} classes`,
    );
  }
  return classNames.length;
}

function openStore(source: SplitSource, options: ArrayOptions): Store {
  const { origin } = source;
  const length = countSamples(source.inputs, origin.inputs);
  if (length === 0) throw new PotstillError("ERR_DATA", `${origin.inputs}: there are no samples`);
  if (source.labels !== null && source.labels.shape[0] !== length) {
    throw new PotstillError(
      "ERR_DATA",
      `${origin.labels}: ${source.labels.shape[0] ?? "no"} labels for the ${length} samples of ` +
        origin.inputs,
    );
  }
  const images = areImages(source, options.images);
  if (options.normalize !== undefined && !images) {
    throw new PotstillError("ERR_CONFIG", `normalize: ${origin.inputs} holds no images`);
  }
  const owned = new Set<Tensor>();
  const own = (tensor: Tensor): Tensor => {
    owned.add(keep(tensor));
    return tensor;
  };
  const alias = (tensor: Tensor): Tensor => {
    const detached = own(tensor.detach());
    return detached.isContiguous() ? detached : own(detached.contiguous());
  };
  let labels: Labels | null = null;
  if (source.labels !== null) {
    labels = takeLabels(source.labels);
    own(labels.tensor);
  }
  return {
    inputs: mapInputs(source.inputs, alias),
    length,
    images,
    labels,
    classes: null,
    classNames: options.classNames ?? null,
    normalize: options.normalize ?? null,
    origin,
    owned,
    disposed: false,
  };
}

function areImages({ inputs, origin }: SplitSource, asked: boolean | undefined): boolean {
  if (asked === false) return false;
  const list = listInputs(inputs);
  const tensor = inputs instanceof Tensor ? inputs : null;
  if (asked === undefined) return tensor !== null && looksLikeImages(tensor);
  const { dtype = "", shape = [] } = tensor ?? {};
  if ((dtype === "uint8" || dtype === "float32") && (shape.length === 3 || shape.length === 4)) {
    return true;
  }
  const got = list.map((each) => `${each.tensor.dtype} [${each.tensor.shape.join(", ")}]`);
  throw new PotstillError(
    "ERR_DATA",
    `${origin.inputs}: images must be one uint8 or float32 tensor [N, H, W] or [N, C, H, W], got ` +
      got.join(", "),
  );
}

/** What `distill` and `train` take as data. */
export type DataInput = Dataset | Split | BatchSource | DataParts;

/** Splits or streams put together by hand, e.g. a training split without some classes. */
export interface DataParts {
  train: Split | BatchSource;
  test?: Split | BatchSource | null;
  name?: string;
}

/** Whether a value is a split. */
export function isSplit(value: unknown): value is Split {
  return value instanceof ArraySplit || value instanceof StreamSplit || hasBatches(value);
}

function hasBatches(value: unknown): boolean {
  return typeof value === "object" && value !== null && "batches" in value && "length" in value;
}

/** A split from a split or from a source of batches. */
export function toSplit(value: Split | BatchSource, name: string, options?: StreamOptions): Split {
  return isSplit(value) ? value : new StreamSplit(name, value, options);
}

/**
 * Makes a data set of whatever a user passes: a data set, a split (for training), a source of
 * batches, or parts `{ train, test? }`.
 *
 * @throws ERR_CONFIG for anything else
 */
export function toDataset(value: DataInput): Dataset {
  if (isSplit(value)) return makeDataset(value.name, value, null);
  if (typeof value === "object" && value !== null && "train" in value) {
    if ("dispose" in value) return value;
    const { train, test = null, name = "data" } = value;
    return makeDataset(name, toSplit(train, "train"), test === null ? null : toSplit(test, "test"));
  }
  const iterable =
    typeof value === "function" ||
    (typeof value === "object" &&
      value !== null &&
      (Symbol.asyncIterator in value || Symbol.iterator in value));
  if (!iterable) {
    throw new PotstillError(
      "ERR_CONFIG",
      "data: expected a data set (datasets.mnist(), datasets.tensors(…)), a split, an iterable of " +
        `batches, a function that makes one, or { train, test? }; got ${String(value)}`,
    );
  }
  return makeDataset("data", new StreamSplit("train", value as BatchSource), null);
}

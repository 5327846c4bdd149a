/** `datasets.*`: where a run's data comes from. */

import { PotstillError } from "../native/errors.js";
import type { Tensor } from "../tensor/index.js";
import { arrayDataset, makeDataset, toSplit } from "./dataset.js";
import { fashionMnist, idx, mnist } from "./idx-datasets.js";
import type { BatchSource, Dataset, Inputs, Normalize, Split } from "./source.js";
import type { StreamOptions } from "./stream-split.js";

export interface TensorsOptions {
  /** Samples in the first dimension: one tensor, a list or a record of them. */
  inputs: Inputs;
  /** `[N]` whole numbers for classes, floating-point rows for other targets; none for transfer sets. */
  labels?: Tensor | null | undefined;
  testInputs?: Inputs | undefined;
  testLabels?: Tensor | null | undefined;
  /** Default: one more than the largest label. */
  classes?: number | undefined;
  classNames?: readonly string[] | undefined;
  /**
   * Whether `inputs` is one tensor of images, uint8 or float32, `[N, H, W]` or `[N, C, H, W]`, to be
   * batched as float32 `[B, C, H, W]`, with normalization and augmentation. Default: uint8 tensors
   * of these shapes are; anything else is batched as it is, row by row.
   */
  images?: boolean | undefined;
  /** For images only; default: none beyond `value / 255` for uint8. */
  normalize?: Normalize | undefined;
  /** For messages and reports; default "tensors". */
  name?: string | undefined;
}

/**
 * A data set over tensors in memory, which it shares: the caller keeps its handles, and
 * `dispose()` of the data set leaves them alone.
 *
 * @throws ERR_DATA for an empty set, lengths that differ, or a label out of range
 */
function tensors(options: TensorsOptions): Dataset {
  const { inputs, labels, testInputs, testLabels, name = "tensors" } = options;
  if (inputs === undefined || inputs === null) {
    throw new PotstillError("ERR_CONFIG", "datasets.tensors: inputs is missing");
  }
  if (testInputs === undefined && testLabels) {
    throw new PotstillError("ERR_CONFIG", "datasets.tensors: testLabels needs testInputs");
  }
  const part = (inputs: Inputs, labels: Tensor | null | undefined, split: string) => ({
    inputs,
    labels: labels ?? null,
    origin: { inputs: `${name}, ${split} inputs`, labels: `${name}, ${split} labels` },
  });
  return arrayDataset(
    name,
    part(inputs, labels, "training"),
    testInputs === undefined ? null : part(testInputs, testLabels, "test"),
    options,
  );
}

export interface FromOptions extends StreamOptions {
  test?: Split | BatchSource | undefined;
  name?: string | undefined;
}

/**
 * A data set over an iterable of batches `{ inputs, labels?, mask?, ids? }`, or over a function
 * that makes one for every epoch. An iterable that can be read once serves one epoch.
 *
 * @throws ERR_DATA when a batch arrives that is none
 */
function from(source: BatchSource, options: FromOptions = {}): Dataset {
  const { test, name = "stream" } = options;
  const { length: _, batches: __, ...shared } = options;
  return makeDataset(
    name,
    toSplit(source, "train", options),
    test === undefined ? null : toSplit(test, "test", shared),
  );
}

/** Ready-made and home-made data sets. */
export const datasets = { idx, mnist, fashionMnist, tensors, from };

/** Checks the options of `batches()` and fills in the defaults, the same for every kind of split. */

import { PotstillError } from "../native/errors.js";
import { type Augmentation, parseAugment, parseNormalize } from "./augment.js";
import { checkWhole, resumeOptions } from "./sampler.js";
import type { BatchOptions, Normalize, Split } from "./source.js";

export interface CheckedOptions {
  batchSize: number;
  shuffle: boolean;
  seed: number;
  epoch: number;
  view: number | null;
  dropLast: boolean;
  augment: Augmentation | null;
  normalize: Normalize | null;
  signal: AbortSignal | undefined;
  startBatch: number;
  prefetch: number;
  place: BatchOptions["place"];
}

/**
 * @throws ERR_CONFIG naming the option; ERR_CHECKPOINT when `resume` does not fit
 */
export function checkOptions(split: Split, options: BatchOptions): CheckedOptions {
  const { shuffle = false, dropLast = false, resume, prefetch = 2, signal, batchSize } = options;
  const { view = null } = options;
  let { seed = 0, epoch = 0, startBatch = 0 } = options;
  checkWhole("batchSize", batchSize, 1);
  checkWhole("prefetch", prefetch, 0, 1024);
  for (const [name, value] of Object.entries({ shuffle, dropLast })) {
    if (typeof value !== "boolean") {
      throw new PotstillError(
        "ERR_CONFIG",
        `${name}: expected true or false, got ${String(value)}`,
      );
    }
  }
  if (resume !== undefined) {
    const now = { length: split.length, batchSize, shuffle, dropLast };
    ({ seed, epoch, startBatch } = resumeOptions(resume, now));
  }
  checkWhole("seed", seed, 0);
  checkWhole("epoch", epoch, 0, 0xffffffff);
  if (view !== null) checkWhole("view", view, 0, 0xffffffff);
  checkWhole("startBatch", startBatch, 0);
  const normalize =
    options.normalize === undefined ? split.normalize : parseNormalize(options.normalize);
  return {
    batchSize,
    shuffle,
    seed,
    epoch,
    view,
    dropLast,
    augment: parseAugment(options.augment),
    normalize,
    signal,
    startBatch,
    prefetch,
    place: options.place,
  };
}

/** @throws ERR_CONFIG unless the constants fit images of so many channels */
export function checkChannels(normalize: Normalize | null, channels: number): void {
  const given = normalize?.mean.length ?? 1;
  if (given === 1 || given === channels) return;
  throw new PotstillError(
    "ERR_CONFIG",
    `normalize: ${given} means for images of ${channels} channels; give one, or one per channel`,
  );
}

/** @throws ERR_CONFIG when something that only images can bear is switched on for other inputs */
export function refuseImageOptions(
  name: string,
  augment: Augmentation | null,
  normalize: Normalize | null,
): void {
  const { shift = 0, flip = false, crop = 0, cutout = 0 } = augment ?? {};
  const asked = Object.entries({ shift, flip, crop, cutout }).filter(([, value]) => value);
  const named = asked.map(([key]) => `augment.${key}`);
  if (normalize !== null) named.push("normalize");
  if (named.length === 0) return;
  throw new PotstillError(
    "ERR_CONFIG",
    `${named.join(", ")}: the inputs of ${name} are no images; images are one uint8 tensor ` +
      "[N, H, W] or [N, C, H, W], or a float32 one given with images: true",
  );
}

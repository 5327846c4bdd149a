/** What a page shows of a finished run: confusion, calibration, and samples that tell models apart. */

import type { Batch, Normalize, Split } from "../data/index.js";
import { Module } from "../nn/index.js";
import { scope, Tensor } from "../tensor/index.js";
import { deviceOf, onDevice } from "./device.js";
import { type Evaluation, logitsOf } from "./evaluate.js";
import type { Phase } from "./events.js";
import { imageOf, imageShape } from "./image-details.js";
import type { Predictor } from "./predictor.js";
import type { Details, ModelDetails, SampleDetails } from "./report.js";

/** A model with what was found on the test set. */
export interface Compared {
  phase: Phase;
  model: Predictor;
  found: Evaluation;
}

const most = { confusion: 200, logits: 1000, differences: 24, softTargets: 8 } as const;
/** Samples among which those with the most telling soft targets are looked for. */
const candidates = 256;
const speed = { batch: 256, milliseconds: 400, runs: 5 } as const;

type Normalizing = { normalize?: Normalize | null };

/**
 * @param compared at least one model, with the predictions on `test`; the soft targets are chosen by
 * the first, the teacher where there is one
 * @param test the split that they were measured on
 */
export async function detailsOf(
  compared: readonly Compared[],
  test: Split,
  normalizing: Normalizing,
): Promise<Details> {
  const models: Details["models"] = {};
  for (const each of compared) models[each.phase] = await modelDetails(each, test, normalizing);
  const { normalize = test.normalize } = normalizing;
  const details: Details = {
    input: {
      shape: test.sampleShape ? [...test.sampleShape] : null,
      normalize: normalize && { mean: [...normalize.mean], std: [...normalize.std] },
    },
    classNames: test.classNames ? [...test.classNames] : null,
    models,
    differing: null,
    differences: [],
    softTargets: [],
  };
  const length = test.length;
  const single = compared.every(({ found }) => found.predictions?.length === length);
  // Streams cannot be asked for single samples, and tokens are none.
  if (length === null || !single || test.sampleShape === null || length === 0) return details;
  const differing = positionsOfDifference(compared, length);
  details.differing = compared.length > 1 ? differing.length : null;
  const view = (positions: number[]) => samplesAt(positions, compared, test, normalizing);
  details.differences = await view(spread(differing, most.differences));
  const some = spread(
    Array.from({ length }, (_, at) => at),
    candidates,
  );
  const telling = await mostTelling(some, compared[0]!, test, normalizing);
  details.softTargets = await view(telling);
  return details;
}

async function modelDetails(
  { model, found }: Compared,
  test: Split,
  normalizing: Normalizing,
): Promise<ModelDetails> {
  let bytes = 0;
  const buffers = model instanceof Module ? model.buffers().values() : [];
  for (const tensor of [...model.parameters().values(), ...buffers]) {
    bytes += tensor.numel * itemSize(tensor);
    tensor.dispose();
  }
  const classes = found.confusion?.length ?? 0;
  return {
    confusion: classes <= most.confusion ? found.confusion : null,
    calibration: found.calibration,
    bytes,
    inferenceSamplesPerSecond: await inferenceSpeed(model, test, normalizing),
  };
}

function itemSize(tensor: Tensor): number {
  if (/64$/.test(tensor.dtype)) return 8;
  if (/32$/.test(tensor.dtype)) return 4;
  return /16$/.test(tensor.dtype) ? 2 : 1;
}

/** The median of a few forwards of one batch, in samples per second. */
async function inferenceSpeed(
  model: Predictor,
  test: Split,
  normalizing: Normalizing,
): Promise<number | null> {
  if (test.length === null || test.length === 0) return null;
  const times: number[] = [];
  let size = 0;
  await eachBatch(test, speed.batch, normalizing, model, async (batch) => {
    size = batch.size;
    const began = performance.now();
    // The first forward compiles and is not counted.
    for (let run = 0; run <= speed.runs; run++) {
      const start = performance.now();
      await scope(async () => {
        await logitsOf(model, batch);
      });
      if (run > 0) times.push(performance.now() - start);
      if (run > 0 && performance.now() - began > speed.milliseconds) break;
    }
    return false;
  });
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  return median ? (1000 * size) / median : null;
}

function positionsOfDifference(compared: readonly Compared[], length: number): number[] {
  const positions: number[] = [];
  const [first, ...others] = compared.map(({ found }) => found.predictions!);
  for (let at = 0; at < length; at++) {
    if (others.some((predictions) => predictions[at] !== first![at])) positions.push(at);
  }
  return positions;
}

/** At most `count` of the values, evenly spaced. */
function spread(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return Array.from(
    { length: count },
    (_, at) => values[Math.floor((at * values.length) / count)]!,
  );
}

/** Positions whose targets have the most entropy, half of all, and evenly spaced ones. */
async function mostTelling(
  positions: number[],
  { model }: Compared,
  test: Split,
  normalizing: Normalizing,
): Promise<number[]> {
  const entropies: number[] = [];
  await eachBatch(test.subset(positions), speed.batch, normalizing, model, async (batch) => {
    for (const logits of await rowsOf(model, batch)) entropies.push(entropy(probabilities(logits)));
    return true;
  });
  const order = positions.map((_, at) => at).sort((a, b) => entropies[b]! - entropies[a]!);
  const chosen = new Set(order.slice(0, most.softTargets / 2));
  for (const at of spread(order, most.softTargets)) {
    if (chosen.size < most.softTargets) chosen.add(at);
  }
  return [...chosen].map((at) => positions[at]!);
}

/** What the models say of the samples at these positions, with their images. */
async function samplesAt(
  positions: number[],
  compared: readonly Compared[],
  test: Split,
  normalizing: Normalizing,
): Promise<SampleDetails[]> {
  if (positions.length === 0) return [];
  const samples: SampleDetails[] = positions.map((position) => ({
    position,
    label: null,
    image: null,
    models: {},
  }));
  const subset = test.subset(positions);
  const shape = imageShape(subset.sampleShape);
  // Without normalization an image's values are in [0, 1].
  await eachBatch(subset, positions.length, { normalize: null }, null, async (batch) => {
    const labels = batch.labels?.ndim === 1 ? await batch.labels.data() : null;
    const pixels = shape && batch.inputs instanceof Tensor ? await batch.inputs.data() : null;
    for (const [at, sample] of samples.entries()) {
      if (labels) sample.label = Number(labels[at]);
      if (shape && pixels) sample.image = imageOf(pixels as ArrayLike<number>, at, shape);
    }
    return true;
  });
  for (const { phase, model } of compared) {
    await eachBatch(subset, positions.length, normalizing, model, async (batch) => {
      for (const [at, logits] of (await rowsOf(model, batch)).entries()) {
        const shares = probabilities(logits);
        const prediction = shares.indexOf(Math.max(...shares));
        samples[at]!.models[phase] = {
          prediction,
          probability: round(shares[prediction]!),
          logits: logits.length <= most.logits ? logits.map(round) : null,
        };
      }
      return true;
    });
  }
  return samples;
}

async function rowsOf(model: Predictor, batch: Batch): Promise<number[][]> {
  return await scope(async () => {
    const logits = await logitsOf(model, batch);
    const classes = logits.shape.at(-1) ?? 1;
    const values = Array.from(await logits.data(), Number);
    return Array.from({ length: batch.size }, (_, row) =>
      values.slice(row * classes, (row + 1) * classes),
    );
  });
}

/** Hands batches to `use`, on the model's device, until it says false; the model is in eval mode. */
async function eachBatch(
  split: Split,
  batchSize: number,
  normalizing: Normalizing,
  model: Predictor | null,
  use: (batch: Batch) => Promise<boolean>,
): Promise<void> {
  const mode = model?.training ?? false;
  model?.eval();
  const iterator = split.batches({ batchSize, prefetch: 0, ...normalizing });
  try {
    for await (const given of iterator) {
      using batch = model ? onDevice(given, deviceOf(model)) : given;
      if (!(await use(batch))) break;
    }
  } finally {
    model?.train(mode);
  }
}

function probabilities(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}

function entropy(shares: readonly number[]): number {
  return -shares.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
}

/** Five digits are more than a picture shows. */
function round(value: number): number {
  return Number(value.toPrecision(5));
}

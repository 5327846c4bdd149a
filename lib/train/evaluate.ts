/** Measuring a model on data that it has not been trained on. */

import type { Batch, Dataset, Normalize, Split } from "../data/index.js";
import { PotstillError } from "../native/errors.js";
import type { Module } from "../nn/index.js";
import {
  checkDevice,
  type Device,
  fromTypedArray,
  isFloatingPoint,
  noGrad,
  ops,
  scope,
  type Tensor,
} from "../tensor/index.js";
import { deviceOf, mappedInputs, onDevice } from "./device.js";
import type { Predictor } from "./predictor.js";
import type { CalibrationBin, ClassRow } from "./report.js";
import { Tally } from "./tally.js";
import { batchesFor } from "./uploads.js";

const { aten } = ops;

/** Label of samples (tokens) that are left out, as in PyTorch. */
const ignored = -100;

export interface EvaluateOptions {
  /** The k of top-k accuracy; default 1 and, with more than five classes, 5. */
  topK?: readonly number[] | undefined;
  /** A model to compare predictions with. */
  teacher?: Module | null | undefined;
  /** Samples per batch; default 500. */
  batchSize?: number | undefined;
  /** Keep the prediction of every sample; default false. */
  predictions?: boolean | undefined;
  /** Bins of the calibration error; default 15, as in the paper. */
  bins?: number | undefined;
  /** Overrides the split's own normalization; null: none. */
  normalize?: Normalize | null | undefined;
  /** Moves model and teacher to a device, where they stay; default: each where it is. */
  device?: Device | null | undefined;
  signal?: AbortSignal | null | undefined;
}

/** What `evaluate` found. Where labels are no classes, everything about classes is null or empty. */
export interface Evaluation {
  samples: number;
  /** Samples whose largest logit is not that of their label. */
  errors: number | null;
  /** In [0, 1]. */
  accuracy: number | null;
  /** Mean cross-entropy in nats; mean squared error where labels are no classes. Null without labels. */
  loss: number | null;
  /** Accuracy within the best k, by k. */
  topK: Record<string, number>;
  /** Expected calibration error (Guo et al. 2017, arXiv:1706.04599), in [0, 1]. */
  calibrationError: number | null;
  /** What the calibration error is the sum of; empty where labels are no classes. */
  calibration: CalibrationBin[];
  perClass: ClassRow[];
  /** Rows are true classes, columns predictions; null where labels are no classes. */
  confusion: number[][] | null;
  /** Share of samples for which model and teacher predict the same class; null without a teacher. */
  agreement: number | null;
  /** The class predicted for each row of logits, in order; null unless asked for. */
  predictions: number[] | null;
  samplesPerSecond: number;
  seconds: number;
}

/**
 * Measures a model, batch by batch on the executor's thread. The model is in evaluation mode
 * meanwhile, and in the mode it had before afterwards.
 *
 * Logits are `[B, C]` for labels `[B]`, or `[B, …, C]` for labels `[B, …]` (tokens), where the label
 * −100 is left out.
 *
 * @param data a split, or a data set whose test split (or else whose only one) is used
 * @throws ERR_DATA for an empty split or a label out of range, ERR_SHAPE where logits and labels do
 * not fit, ERR_NONFINITE where the model gives NaN, ERR_DEVICE for a device that is not there,
 * ERR_ABORTED
 */
export async function evaluate(
  model: Module,
  data: Split | Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { device, teacher } = options;
  if (device != null) {
    checkDevice("evaluate: device", device);
    await model.to({ device });
    await teacher?.to({ device });
  }
  return await measure(model, data, options);
}

/** The same for ensembles, and against one. */
export async function measure(
  model: Predictor,
  data: Split | Dataset,
  options: Omit<EvaluateOptions, "teacher"> & { teacher?: Predictor | null | undefined },
): Promise<Evaluation> {
  const { teacher = null, batchSize = 500, bins = 15, signal = null } = options;
  const split = "train" in data ? (data.test ?? data.train) : data;
  const training = model.training;
  const judge = new Judge(split, bins, options.topK, options.predictions ?? false);
  const began = performance.now();
  model.eval();
  try {
    const device = deviceOf(model);
    const iterator = batchesFor(device, split, {
      batchSize,
      ...(options.normalize === undefined ? {} : { normalize: options.normalize }),
      ...(signal === null ? {} : { signal }),
    });
    const elsewhere = teacher && deviceOf(teacher);
    for await (const given of iterator) {
      using batch = onDevice(given, device);
      await scope(async () => {
        const logits = await logitsOf(model, batch);
        const move = (each: Tensor) => each.to({ device: elsewhere ?? device });
        const inputs = elsewhere === device ? batch.inputs : mappedInputs(batch.inputs, move);
        const said = teacher && (await logitsOf(teacher, { inputs }));
        await judge.add(logits, batch.labels, said);
      });
    }
  } finally {
    model.train(training);
  }
  return judge.result((performance.now() - began) / 1000);
}

/** Logits of a batch, not recorded for backward. */
export function logitsOf(model: Predictor, batch: Pick<Batch, "inputs">): Promise<Tensor> {
  let running: Promise<Tensor> | undefined;
  // The mode is taken along by the job that starts inside.
  noGrad(() => {
    running = model.logits(batch.inputs);
  });
  return running as Promise<Tensor>;
}

class Judge {
  #tally: Tally | null = null;
  #samples = 0;
  #squares = { sum: 0, elements: 0 };
  #agreed = { sum: 0, of: 0 };
  #predictions: number[] | null;

  constructor(
    readonly split: Split,
    readonly bins: number,
    readonly topK: readonly number[] | undefined,
    predictions: boolean,
  ) {
    this.#predictions = predictions ? [] : null;
  }

  async add(logits: Tensor, labels: Tensor | null, teacherLogits: Tensor | null): Promise<void> {
    const size = logits.shape[0] ?? 0;
    if (labels && isFloatingPoint(labels.dtype)) {
      await this.#addTargets(logits, labels);
      this.#samples += size;
      return;
    }
    const classes = logits.shape.at(-1) ?? 0;
    if (logits.ndim < 2) throw this.#misfit(logits, labels);
    const rows = float(logits.reshape([-1, classes]));
    const [best, predictions] = await aten.max.dim.async(rows, 1);
    const predicted = await numbers(predictions);
    if (this.#predictions) for (const each of predicted) this.#predictions.push(each);
    const classesOf = labels && (await this.#labels(labels, logits, classes));
    if (classesOf) await this.#addClasses(rows, best, classesOf, predicted, classes);
    this.#samples += classesOf
      ? classesOf.filter((label) => label !== ignored).length
      : predicted.length;
    if (teacherLogits) await this.#addAgreement(teacherLogits, predicted, classesOf);
  }

  result(seconds: number): Evaluation {
    const tally = this.#tally;
    const samples = this.#samples;
    if (samples === 0) {
      throw new PotstillError(
        "ERR_DATA",
        `evaluate: the split "${this.split.name}" has no samples`,
      );
    }
    const { sum, elements } = this.#squares;
    return {
      samples,
      errors: tally?.errors ?? null,
      accuracy: tally?.accuracy ?? null,
      loss: tally?.loss ?? (elements > 0 ? sum / elements : null),
      topK: tally?.topKAccuracy ?? {},
      calibrationError: tally?.calibrationError ?? null,
      calibration: tally?.calibration ?? [],
      perClass: tally?.perClass(this.split.classNames) ?? [],
      confusion: tally?.confusion ?? null,
      agreement: this.#agreed.of > 0 ? this.#agreed.sum / this.#agreed.of : null,
      predictions: this.#predictions,
      samplesPerSecond: samples / seconds,
      seconds,
    };
  }

  async #addClasses(
    rows: Tensor,
    best: Tensor,
    labels: number[],
    predictions: number[],
    classes: number,
  ): Promise<void> {
    const log = await aten.log_softmax.int.async(rows, 1);
    const index = indexOf(labels, rows);
    const [likelihoods, own, largest] = [
      aten.gather.default(log, 1, index),
      aten.gather.default(rows, 1, index),
      best.unsqueeze(1),
    ];
    const ranks = await numbers(aten.sum.dim_IntList(aten.gt.Tensor(rows, own), [1]));
    const confidences = await numbers(
      aten.exp.default(aten.sub.Tensor(largest, aten.logsumexp.default(rows, [1], true))),
    );
    const losses = (await numbers(likelihoods)).map((value) => -value);
    if (losses.some(Number.isNaN)) {
      throw new PotstillError(
        "ERR_NONFINITE",
        `evaluate: the model gives NaN for a sample of "${this.split.name}"; look at its weights and at the data`,
      );
    }
    const keep = labels.flatMap((label, at) => (label === ignored ? [] : [at]));
    const pick = (values: number[]) => keep.map((at) => values[at]!);
    this.#tally ??= new Tally(classes, this.#chosenK(classes), this.bins);
    this.#tally.add({
      labels: pick(labels),
      predictions: pick(predictions),
      ranks: pick(ranks),
      losses: pick(losses),
      confidences: pick(confidences),
    });
  }

  #chosenK(classes: number): number[] {
    const wanted = this.topK ?? [1, 5];
    // Within as many as there are everything is a hit.
    return wanted.filter((k) => k < classes || this.topK !== undefined);
  }

  async #labels(labels: Tensor, logits: Tensor, classes: number): Promise<number[]> {
    const fits =
      labels.ndim === logits.ndim - 1 && labels.shape.every((n, dim) => n === logits.shape[dim]);
    if (!fits) throw this.#misfit(logits, labels);
    const values = await numbers(labels);
    const wrong = values.find((label) => label !== ignored && (label < 0 || label >= classes));
    if (wrong !== undefined) {
      throw new PotstillError(
        "ERR_DATA",
        `evaluate: label ${wrong} in "${this.split.name}" is out of range, the model tells ${classes} classes apart`,
      );
    }
    return values;
  }

  async #addTargets(logits: Tensor, targets: Tensor): Promise<void> {
    if (logits.shape.join() !== targets.shape.join()) throw this.#misfit(logits, targets);
    const squares = await aten.mse_loss.default.async(float(logits), float(targets), 2);
    this.#squares.sum += Number(squares.item());
    this.#squares.elements += logits.numel;
  }

  async #addAgreement(
    teacherLogits: Tensor,
    predicted: number[],
    labels: number[] | null,
  ): Promise<void> {
    const rows = teacherLogits.reshape([-1, teacherLogits.shape.at(-1) ?? 0]);
    const other = await numbers(await aten.argmax.default.async(rows, 1));
    for (const [at, prediction] of predicted.entries()) {
      if (labels?.[at] === ignored) continue;
      this.#agreed.of += 1;
      if (other[at] === prediction) this.#agreed.sum += 1;
    }
  }

  #misfit(logits: Tensor, labels: Tensor | null): PotstillError {
    const other = labels ? `the labels [${labels.shape.join(", ")}]` : "a batch of class scores";
    return new PotstillError(
      "ERR_SHAPE",
      `evaluate: the model's output [${logits.shape.join(", ")}] does not fit ${other} of ` +
        `"${this.split.name}"; choose the logits with output, or change the model's last layer`,
    );
  }
}

/** Half types are summed in float32. */
function float(values: Tensor): Tensor {
  return values.dtype === "float64" || values.dtype === "float32"
    ? values
    : values.to({ dtype: "float32" });
}

/** Labels as a column of indices, ignored ones as 0. */
function indexOf(labels: readonly number[], like: Tensor): Tensor {
  const values = BigInt64Array.from(labels, (label) => BigInt(Math.max(0, label)));
  return fromTypedArray(values, [labels.length, 1]).to({ device: like.device });
}

async function numbers(values: Tensor): Promise<number[]> {
  return Array.from(await values.data(), Number);
}

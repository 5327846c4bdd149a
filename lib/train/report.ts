/** The report of a run: what went into `report.json`, and nothing that cannot. */

import type { AutocastDType } from "./autocast.js";
import type { Phase } from "./events.js";

/** Version of the layout of `report.json`; a field may be added without a new one. */
export const REPORT_VERSION = 1;

/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** One class of a test set. */
export interface ClassRow {
  class: number;
  name: string | null;
  samples: number;
  errors: number;
  /** Share of this class's samples that were recognized (recall); null without samples. */
  accuracy: number | null;
  /** Share of the predictions of this class that were right; null if it was never predicted. */
  precision: number | null;
}

/** One model, measured on the test set. */
export interface Section {
  /** Samples whose top prediction is wrong, of `samples`; null where labels are no classes. */
  errors: number | null;
  samples: number;
  /** In [0, 1]. */
  accuracy: number | null;
  /** Mean cross-entropy, in nats. */
  loss: number | null;
  /** Accuracy within the best k, by k. */
  topK: Record<string, number>;
  /** Expected calibration error over 15 bins (arXiv:1706.04599), in [0, 1]. */
  calibrationError: number | null;
  /** Share of test samples on which the model and the teacher agree; null for the teacher. */
  agreement: number | null;
  /** Parameters of the model. */
  parameters: number;
  /** Of its training; null for a model whose training nobody recorded. */
  samplesPerSecond: number | null;
  /** Of its training, without validation; null for a model whose training nobody recorded. */
  seconds: number | null;
  perClass: ClassRow[];
}

/** One bin of confidence in a calibration diagram (arXiv:1706.04599). */
export interface CalibrationBin {
  samples: number;
  /** Mean probability of the predictions, and the share of them that is right; 0 without samples. */
  confidence: number;
  accuracy: number;
}

/** What the table of a report has no room for, of one model. */
export interface ModelDetails {
  /** Rows are true classes, columns predictions; null without classes, and for more than 200. */
  confusion: number[][] | null;
  calibration: CalibrationBin[];
  /** Of parameters and buffers. */
  bytes: number;
  /** Samples per second in inference, in batches; null where they could not be repeated. */
  inferenceSamplesPerSecond: number | null;
}

/** Pixels as bytes, row by row, channels last, in base64; one channel or three. */
export interface ImageDetails {
  width: number;
  height: number;
  channels: number;
  data: string;
}

/** One sample of the test set with what each model says of it. */
export interface SampleDetails {
  /** In the test set, from 0. */
  position: number;
  label: number | null;
  /** Made smaller than it is where it is large; null where samples are no images. */
  image: ImageDetails | null;
  models: Partial<
    Record<
      Phase,
      {
        prediction: number;
        /** Of the prediction. */
        probability: number;
        /** Null for more than 1000 classes. */
        logits: number[] | null;
      }
    >
  >;
}

/** What a model is to be given, as it was trained. */
export interface InputDetails {
  /** One sample, without the batch dimension; null where the data did not say. */
  shape: number[] | null;
  /** Of images, whose values are in [0, 1] before it; null: none. */
  normalize: { mean: number[]; std: number[] } | null;
}

/** `details.json`, for the page: a report that a program reads needs none of it. */
export interface Details {
  input: InputDetails;
  classNames: string[] | null;
  models: Partial<Record<Phase, ModelDetails>>;
  /** Test samples that not all models put into the same class; null where that is unknown. */
  differing: number | null;
  /** Some of them, spread over the test set. */
  differences: SampleDetails[];
  /** Some test samples, those whose soft targets tell most among them. */
  softTargets: SampleDetails[];
}

/** The machine and the software that a run ran on. */
export interface Environment {
  date: string;
  potstill: string;
  node: string;
  libtorch: string;
  platform: string;
  cpu: string;
  cores: number;
  threads: number;
  /** The instruction set that libtorch picked. */
  cpuCapability: string;
  /** Whether products on this CPU compute in bfloat16. */
  bfloat16: boolean;
  /** What products and convolutions of the trained model computed in; null: the type of its weights. */
  autocast: AutocastDType | null;
  device: string;
}

/** How the training of one phase went. */
export interface History {
  /** Optimizer updates and epochs done. */
  steps: number;
  epochs: number;
  /** One-based epoch whose weights the model has; null where no epoch was selected. */
  bestEpoch: number | null;
  /** True when `patience` ran out before the budget. */
  stoppedEarly: boolean;
  /** Per epoch, as in the `epoch` events. */
  metrics: Json[];
  /** What the stages of a training did, where it has several. */
  stages?: { name: string; steps: number; epochs: number }[];
}

/** `report.json`. A section is null or absent where that model was not there or nothing was measured. */
export interface Report {
  version: typeof REPORT_VERSION;
  /** The options of the run as plain data, or the recipe it came from. */
  recipe: Json;
  environment: Environment;
  /** Null for `train()`, and where there is no test set. */
  teacher: Section | null;
  /** The student trained without the teacher; only with `alone: true`. */
  alone?: Section | null;
  /** Null for `train()`, and where there is no test set. */
  distilled: Section | null;
  /** The second student of `mutual()`; `distilled` is the first. */
  peer?: Section | null;
  /** The model of `train()`. */
  trained?: Section | null;
  history: Partial<Record<Phase, History>>;
}

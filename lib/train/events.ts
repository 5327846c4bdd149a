/**
 * What a run tells while it works. Plain data throughout, so that every event can go into a JSONL
 * file or over a wire as it is; lib/report consumes these and nothing else of lib/train.
 */

import type { AutocastDType } from "./autocast.js";
import type { Details, Report, Section } from "./report.js";
import type { ScalerSpec } from "./scaler.js";

/**
 * Which training an event belongs to: the teacher that a recipe trains first, the student on its
 * own (`alone: true`), the distilled student, the second of two that learn from each other
 * (`mutual()`), or the model of `train()`.
 */
export type Phase = "teacher" | "alone" | "distilled" | "peer" | "trained";

/** One of the stages of a training. */
export interface Stage {
  /** One-based. */
  index: number;
  count: number;
  name: string;
}

/** What decides the bits of a run besides its recipe; recorded in reports and checkpoints. */
export interface Plan {
  seed: number;
  device: string;
  threads: number;
  libtorch: string;
  cpuCapability: string;
  /** What the model's products and convolutions compute in; null: the type of its weights. */
  autocast: AutocastDType | null;
  /** How the loss is scaled; null: it is not. */
  scaler: ScalerSpec | null;
  /** Whether convolutions and images lie channels-last in memory. */
  channelsLast: boolean;
  batchSize: number;
  accumulate: number;
  /** Optimizer updates in all, and epochs; null where the data do not say how long they are. */
  steps: number | null;
  epochs: number | null;
}

/** A phase begins (or goes on). */
export interface StartEvent {
  type: "start";
  phase: Phase;
  /** Where the training has stages. */
  stage?: Stage | undefined;
  plan: Plan;
  /** Samples of one epoch, null for a stream that does not say. */
  samples: number | null;
  validationSamples: number | null;
  /** Trainable parameters of the model. */
  parameters: number;
  /** Names of the objective's terms, as in `terms` of later events. */
  terms: string[];
  /** Where a resumed run goes on: updates done and zero-based epoch; null for a fresh one. */
  resumed: { step: number; epoch: number } | null;
}

/** Progress between epochs, a few times a second at most. */
export interface StepEvent {
  type: "step";
  phase: Phase;
  /** Where the training has stages. */
  stage?: Stage | undefined;
  /** Optimizer updates done, and in all. */
  step: number;
  steps: number | null;
  /** One-based. */
  epoch: number;
  epochs: number | null;
  lr: number;
  /** Means over the samples since the last reading; null before the first one of a phase. */
  loss: number | null;
  terms: Record<string, number>;
  /** Of the training samples, as augmented; null where labels are no classes. */
  accuracy: number | null;
  samplesPerSecond: number;
  /** Expected seconds to the end of the phase; null where its length is unknown. */
  eta: number | null;
}

/** Figures on held-out data. */
export interface ValidationMetrics {
  samples: number;
  /** Mean cross-entropy; null where labels are no classes. */
  loss: number | null;
  errors: number | null;
  accuracy: number | null;
  /** Share of samples where student and teacher agree, where there is a teacher. */
  agreement: number | null;
}

/** Means over one epoch. */
export interface EpochMetrics {
  /** The whole objective, sample-weighted. */
  loss: number;
  /** Each term, unweighted. */
  terms: Record<string, number>;
  accuracy: number | null;
  /** Of the last update. */
  lr: number;
  /** Before clipping, of the last update; null unless gradients are clipped by norm. */
  gradNorm: number | null;
  /**
   * Of a run whose loss is scaled: the factor after the last update, and the updates that were left
   * out because gradients overflowed.
   */
  scaler?: { scale: number; skipped: number } | undefined;
  samples: number;
  /** Optimizer updates in this epoch. */
  steps: number;
  samplesPerSecond: number;
  /** Of training, without validation. */
  seconds: number;
  validation: ValidationMetrics | null;
}

/** An epoch is over. */
export interface EpochEvent {
  type: "epoch";
  phase: Phase;
  /** Where the training has stages. */
  stage?: Stage | undefined;
  /** One-based. */
  epoch: number;
  epochs: number | null;
  /** Optimizer updates since the start of the phase. */
  step: number;
  metrics: EpochMetrics;
  /** True when this is the best epoch so far, by the metric that the run monitors. */
  best: boolean;
}

/** How a teacher is run, where measuring found a faster way that is exact enough. */
export interface TeacherEvent {
  type: "teacher";
  phase: Phase;
  /** Which of the teachers, from 0. */
  teacher: number;
  /** Such as "frozen, oneDNN". */
  chosen: string;
  /** Times as fast as the module as it is; null where an earlier choice was taken. */
  speedup: number | null;
  /** On a real batch: max |Δ| over max |logit|, and the share of samples with the same top class. */
  difference: number;
  agreement: number;
}

/** A teacher says what its cache lacks; a few times a second at most, and at the end. */
export interface CacheEvent {
  type: "cache";
  phase: Phase;
  /** Which of the teachers, from 0. */
  teacher: number;
  folder: string;
  /** Samples (times views) that the cache holds, and in all. */
  done: number;
  total: number;
}

/** A checkpoint is on the disk, whole. */
export interface CheckpointEvent {
  type: "checkpoint";
  phase: Phase;
  /** Where the training has stages. */
  stage?: Stage | undefined;
  path: string;
  step: number;
  epoch: number;
  reason: "epoch" | "abort" | "complete";
}

/** Something the user should know and the run can live with. */
export interface WarningEvent {
  type: "warning";
  phase: Phase | null;
  message: string;
}

/** A phase has been measured on the test set. */
export interface ResultEvent {
  type: "result";
  phase: Phase;
  section: Section;
}

/** What a page shows beside the report: some samples, confusion, calibration. */
export interface DetailsEvent {
  type: "details";
  details: Details;
}

/** The run is over; the report is also part of its result. */
export interface DoneEvent {
  type: "done";
  report: Report;
}

export type TrainEvent =
  | StartEvent
  | StepEvent
  | EpochEvent
  | TeacherEvent
  | CacheEvent
  | CheckpointEvent
  | WarningEvent
  | ResultEvent
  | DetailsEvent
  | DoneEvent;

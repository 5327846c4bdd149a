/** Of `native/node/step.cpp`: training steps, and single terms of an objective. */

import type { ModuleHandle } from "./module.js";
import type { NativeTensor } from "./tensor.js";

export interface StepHandle {
  readonly __step: true;
}

/** How logits are picked from a model's output: a key, an index, or nothing for a plain tensor. */
export type OutputSelector = string | number | null;

/**
 * One term of an objective. `lib/losses` checks its options and the native side does again. Terms on
 * features have `student` and `teacher` (tap paths, in pairs), `teacherIndex` and `connectors` (a
 * module or null for each pair), and so may terms of kind "module" and "custom"; one of kind "module"
 * has `module`, whose forward is the loss, or `source`, and with `masked` sees only what a batch's mask
 * keeps.
 */
export interface TermSpec {
  kind: string;
  weight: number;
  [option: string]: TermOption;
}

export type TermOption =
  | number
  | string
  | boolean
  | null
  | undefined
  | ModuleHandle
  | readonly TermOption[];

export type OptimizerSpec =
  | {
      kind: "sgd";
      momentum: number;
      dampening: number;
      weightDecay: number;
      nesterov: boolean;
      maximize: boolean;
    }
  | {
      kind: "adam" | "adamw";
      beta1: number;
      beta2: number;
      eps: number;
      weightDecay: number;
      amsgrad: boolean;
      maximize: boolean;
    }
  | {
      kind: "rmsprop";
      alpha: number;
      eps: number;
      weightDecay: number;
      momentum: number;
      centered: boolean;
      maximize: boolean;
    };

/** Options of a group override those of the optimizer; `lrScale` multiplies the step's rate. */
export interface ParameterGroup {
  /** Parameter paths of the student, each in one group only. */
  parameters: string[];
  lrScale: number;
  weightDecay?: number;
}

export interface TeacherSpec {
  module: ModuleHandle;
  weight: number;
  output: OutputSelector;
  /** Per-channel affine applied to the inputs of this teacher only, or null. */
  normalize: { mean: number[]; std: number[] } | null;
  /** Height and width that images are brought to for this teacher (bilinear), or null. */
  resize?: [number, number] | null;
  /** Decay with which the weights follow the student's after each update; 0: they do not. */
  follow?: number;
  /** The weights change under way, by `follow` or by somebody else. */
  changing?: boolean;
}

/** torch.amp.GradScaler: the factor of the loss, and how it changes. */
export interface ScalerSpec {
  initialScale: number;
  growthFactor: number;
  backoffFactor: number;
  /** Updates with finite gradients before it grows. */
  growthInterval: number;
}

export interface StepSpec {
  teachers: TeacherSpec[];
  /** Mean of the teachers' probabilities, or of their logits. */
  ensemble: "probabilities" | "logits";
  student: ModuleHandle;
  studentOutput: OutputSelector;
  studentNormalize: { mean: number[]; std: number[] } | null;
  studentResize?: [number, number] | null;
  /** What the student's products and convolutions compute in; null: the type of its weights. */
  autocast?: "bfloat16" | "float16" | null;
  /** Scales the loss so that gradients fit float16; null: it is not. */
  scaler?: ScalerSpec | null;
  /** Submodules of the student, by path or pattern, that are computed again in backward. */
  gradientCheckpointing?: string[];
  /**
   * Record steps as CUDA graphs and replay them; null: run each. `emulated`: on the CPU, where what was
   * recorded is called again, for tests.
   */
  cudaGraph?: { emulated?: boolean } | null;
  terms: TermSpec[];
  optimizer: OptimizerSpec;
  groups: ParameterGroup[];
  /** Micro-batches per update. */
  accumulate: number;
  clipNorm: number | null;
  clipValue: number | null;
  /** Decay of the exponential moving average of the student's weights, or null. */
  emaDecay: number | null;
  /** Raise ERR_NONFINITE when the loss is not finite (looked at with the metrics, never per step). */
  checkFinite: boolean;
}

export interface StepBatch {
  inputs: NativeTensor[] | Record<string, NativeTensor>;
  /** int64 class indices [B] (or [B, T] for tokens), float targets for mse and bce, or null. */
  labels: NativeTensor | null;
  /** Mixup: second labels and the weight of the first; null otherwise. */
  mixedLabels: NativeTensor | null;
  mixWeight: number;
  /** bool, the leading dimensions of features or logits; samples or tokens that count. */
  mask?: NativeTensor | null;
  /** int64 [B], the samples' numbers in the data set. */
  ids?: NativeTensor | null;
  /** Weights of the terms from here on, in their order; null: as they were. */
  weights?: number[] | null;
  /** What each teacher said of these samples, from a cache; null: they are asked. */
  said?: { logits: NativeTensor; taps: Record<string, NativeTensor> }[] | null;
}

/** What the models gave for a batch. */
export interface StepOutputs {
  student: NativeTensor;
  teachers: NativeTensor[];
  /** Of each custom term what its paths tap, behind its connectors. */
  features: { student: NativeTensor[]; teacher: NativeTensor[] }[];
}

/** Sums since the last call; divide by `samples` (or `steps`) for means. */
export interface StepMetrics {
  steps: number;
  updates: number;
  samples: number;
  /** Sample-weighted mean of the whole objective. */
  loss: number;
  /** Sample-weighted mean of each term, unweighted, in the order of `terms`. */
  terms: number[];
  /** Correct top-1 predictions, NaN where labels are not class indices. */
  correct: number;
  /** Norm of the gradient before clipping at the last update, NaN when clipping by norm is off. */
  gradNorm: number;
  /** Updates among `updates` that were left out, as gradients were not finite under the scaler. */
  skipped: number;
  /** What the loss is multiplied by now, NaN without a scaler. */
  scale: number;
  /** Steps that were replayed by a graph, and the reasons why others were not, where there is one. */
  replayed: number;
  notReplayed: string[];
}

export interface StepBinding {
  createStep(spec: StepSpec): StepHandle;
  /** One micro-batch; an update follows every `accumulate` of them. Resolves with the number of updates so far. */
  stepRun(s: StepHandle, batch: StepBatch, lr: number): Promise<number>;
  /** The first half of a step with custom terms: runs the models and keeps what they gave. */
  stepBegin(s: StepHandle, batch: StepBatch): Promise<StepOutputs>;
  /** The second: takes one scalar for each custom term, in their order. */
  stepFinish(s: StepHandle, custom: NativeTensor[], lr: number): Promise<number>;
  /** Update with what has been accumulated, at the end of an epoch. */
  stepFlush(s: StepHandle, lr: number): Promise<number>;
  /** Reads and resets the sums; queued behind the steps submitted so far. */
  stepMetrics(s: StepHandle): Promise<StepMetrics>;
  /** Of each span since the last call its stage, beginning and end (ms); notes spans from here on. */
  stepProfile(s: StepHandle, on: boolean): Promise<number[]>;
  /**
   * Optimizer and EMA tensors under stable names, with counters; for checkpoints. V8 is not told of
   * their memory, so dispose of them.
   */
  stepState(
    s: StepHandle,
  ): Promise<{ tensors: Record<string, NativeTensor>; counters: Record<string, number> }>;
  stepLoadState(
    s: StepHandle,
    state: { tensors: Record<string, NativeTensor>; counters: Record<string, number> },
  ): Promise<void>;
  /** Copies the averaged weights into the student (swap back with the same call); no-op without EMA. */
  stepSwapEma(s: StepHandle): Promise<void>;
  stepDispose(s: StepHandle): void;
  /**
   * Value of one term without its weight, synchronous and differentiable by the student; for
   * `losses.compute`. Terms on logits take one tensor a side, those on features one for each pair.
   */
  computeTerm(
    term: TermSpec,
    student: NativeTensor[],
    teacher: NativeTensor[],
    labels: NativeTensor | null,
    mask: NativeTensor | null,
    ids: NativeTensor | null,
  ): NativeTensor;
}

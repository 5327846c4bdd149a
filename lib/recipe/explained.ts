/** What an explanation is made of: sizes, terms, plans of trainings, and measured steps. */

import { type Dataset, toDataset } from "../data/index.js";
import type { Loss } from "../losses/index.js";
import { build, isModuleDef, type Module, type ModuleDef } from "../nn/index.js";
import type { Plan, Run } from "../train/index.js";
import type { TapShape } from "./tap-shapes.js";
import type { trainingOptions } from "./training.js";

/** One training of a run. */
export interface ExplainedPhase {
  phase: "teacher" | "alone" | "distilled" | "mutual";
  /** Its name, where the training has stages. */
  stage: string | null;
  /** Null where the data do not say. */
  stepsPerEpoch: number | null;
  epochs: number | null;
  steps: number | null;
  batchSize: number;
  /** What products and convolutions of the trained model compute in here; null: its weights' type. */
  autocast: Plan["autocast"];
  /** Mean of three steps after a first one, in seconds, and what an epoch and all take at that rate. */
  secondsPerStep: number;
  secondsPerEpoch: number | null;
  seconds: number | null;
}

export interface Explanation {
  data: {
    name: string;
    train: number | null;
    test: number | null;
    classes: number | null;
    sample: number[] | null;
  };
  models: { role: string; parameters: number; from: string }[];
  terms: {
    kind: string;
    weight: unknown;
    options: Record<string, unknown>;
    /** The stage that it belongs to, where there are any. */
    stage: string | null;
  }[];
  taps: TapShape[];
  optimizer: unknown;
  phases: ExplainedPhase[];
  /** Bytes: weights of the models, and the most that tensors took while the steps were measured. */
  memory: { weights: number; peak: number };
}

export type Options = ReturnType<typeof trainingOptions>;

/** Steps that are measured, after one that compiles. */
const measuredSteps = 3;

/** A loss as an explanation shows it. */
export function termOf(loss: Loss, stage: string | null): Explanation["terms"][number] {
  const { kind, ...options } = loss as { kind: string; weight?: unknown };
  const { weight = 1, ...rest } = options;
  return { kind, weight, options: rest, stage };
}

/** A module of a description, or the one that was given. */
export async function built(made: Module | ModuleDef): Promise<Module> {
  return isModuleDef(made) ? await build(made) : (made as Module);
}

/** The data as an explanation shows them. */
export function describedData(data: Dataset): Explanation["data"] {
  return {
    name: data.name,
    train: data.train.length,
    test: data.test?.length ?? null,
    classes: data.classes,
    sample: data.train.sampleShape ? [...data.train.sampleShape] : null,
  };
}

/** What a recipe calls a model. */
export function nameOf(node: unknown): string {
  return typeof node === "string" ? node : Object.keys(node as object).join(", ");
}

/** Of all parameters. */
export function sizeOf(module: Module): { count: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  for (const tensor of module.parameters().values()) {
    count += tensor.numel;
    bytes += tensor.numel * (tensor.dtype === "float64" ? 8 : tensor.dtype === "float32" ? 4 : 2);
    tensor.dispose();
  }
  return { count, bytes };
}

/** Without the test set, which is no part of a step. */
export function onlyTrain(data: Dataset) {
  return toDataset({ train: data.train, name: data.name });
}

/** The same steps, a few of them, that leave nothing behind. */
export function limited(options: Options, steps: number) {
  const optimizer = options.optimizer!;
  return { ...options, optimizer, steps, out: null, validation: null, patience: null, test: null };
}

/** One step of a training, as it was measured. */
export type MeasuredStep = Pick<ExplainedPhase, "secondsPerStep" | "autocast">;

/** Seconds of one step, the mean of a few after the first, and how it computed. */
export async function measuredStep(run: (steps: number) => Run<unknown>): Promise<MeasuredStep> {
  const first = await timed(run(1));
  const all = await timed(run(1 + measuredSteps));
  // What the first one takes more is compiling, and there once.
  const seconds = Math.max(all.seconds - first.seconds, all.seconds / (2 * (1 + measuredSteps)));
  return { secondsPerStep: seconds / measuredSteps, autocast: all.autocast };
}

async function timed(run: Run<unknown>): Promise<{ seconds: number; autocast: Plan["autocast"] }> {
  let seconds = 0;
  let autocast: Plan["autocast"] = null;
  for await (const event of run) {
    if (event.type === "start") autocast = event.plan.autocast;
    // Of two students each tells the time of both.
    if (event.type === "epoch" && event.phase !== "peer") seconds += event.metrics.seconds;
  }
  await run;
  return { seconds, autocast };
}

/** Samples that are trained on; null where the data do not say. */
export function lengthOf(data: Dataset, validation: number | undefined): number | null {
  const { length } = data.train;
  return length === null ? null : length - Math.round((validation ?? 0) * length);
}

/** The plan of one training, and what it takes at this rate. */
export function phaseOf(
  phase: ExplainedPhase["phase"],
  options: Options,
  samples: number | null,
  { secondsPerStep, autocast }: MeasuredStep,
  stage: string | null = null,
): ExplainedPhase {
  const { batchSize = 128, dropLast = false, accumulate = 1 } = options;
  const batches = samples === null ? null : Math[dropLast ? "floor" : "ceil"](samples / batchSize);
  const stepsPerEpoch = batches === null ? null : Math.ceil(batches / accumulate);
  const epochs = options.epochs ?? null;
  const steps =
    options.steps ?? (stepsPerEpoch === null || epochs === null ? null : stepsPerEpoch * epochs);
  return {
    phase,
    stage,
    stepsPerEpoch,
    epochs,
    steps,
    batchSize,
    autocast,
    secondsPerStep,
    secondsPerEpoch: stepsPerEpoch === null ? null : stepsPerEpoch * secondsPerStep,
    seconds: steps === null ? null : steps * secondsPerStep,
  };
}

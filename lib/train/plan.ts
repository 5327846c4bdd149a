/** From checked options to a plan that the loop and the native step can carry out. */

import type { Split } from "../data/index.js";
import { type Loss, needsLabels, type Objective, termsOf, weightAt } from "../losses/index.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { type Module, moduleHandle } from "../nn/index.js";
import { learningRates } from "../optim/index.js";
import { getThreads } from "../tensor/index.js";
import { chosenAutocast } from "./autocast.js";
import { plannedChannelsLast } from "./channels-last.js";
import { whyNotRecorded } from "./cuda-graph.js";
import { deviceOf } from "./device.js";
import type { Phase, Plan, Stage } from "./events.js";
import { nativeTerms } from "./features.js";
import type { TrainingPlan } from "./loop.js";
import {
  type CheckedOptions,
  nativeOutput,
  type PlannedTeacher,
  type TrainingOptions,
} from "./options.js";
import { Ensemble, type Predictor } from "./predictor.js";
import type { Json } from "./report.js";
import { chosenScaler } from "./scaler.js";
import type { CustomTerms, StepSpec } from "./step.js";
import { frozenPaths } from "./trainable.js";

/** What the phases of one run have in common. */
export interface PlanContext {
  checked: CheckedOptions;
  options: Omit<TrainingOptions, "data">;
  ensemble?: "probabilities" | "logits" | undefined;
  /** One of several stages, with the parameters that it trains; null: a training of one piece. */
  stage?: (Stage & { trainable?: readonly string[] | null | undefined }) | null;
  train: Split;
  validation: Split | null;
  /** What validation compares with; null: nothing. */
  judge: Predictor | null;
}

export interface Planned {
  plan: Omit<TrainingPlan, "store" | "resume">;
  /** What a resumed run has to agree on. */
  settings: { [key: string]: Json };
}

/**
 * Plans one phase.
 *
 * @throws ERR_CONFIG where objective, optimizer, schedule, teachers and data do not go together
 */
export async function planPhase(
  {
    checked,
    options,
    train,
    validation,
    judge,
    ensemble = "probabilities",
    stage = null,
  }: PlanContext,
  phase: Phase,
  model: Module,
  objective: Objective,
  teachers: readonly PlannedTeacher[],
): Promise<Planned> {
  const losses = termsOf(objective);
  checkLabels(losses, train);
  const { epochs = null, steps = null, batchSize, dropLast, seed, accumulate } = checked;
  const batches = train.batchCount({ batchSize, dropLast });
  const perEpoch = batches === null ? null : Math.ceil(batches / accumulate);
  const total = steps ?? (perEpoch === null ? null : perEpoch * (epochs ?? 0));
  const { optimizer, schedule = null } = options;
  if (optimizer === undefined) {
    throw new PotstillError(
      "ERR_CONFIG",
      "optimizer is missing, such as optim.sgd({ lr: 0.05, momentum: 0.9 })",
    );
  }
  const rate = learningRates(optimizer, schedule, { steps: total, stepsPerEpoch: perEpoch });
  const { libtorch, cpuCapability } = native.versionInfo();
  const autocast = chosenAutocast(checked.autocast, model, phase);
  const record: Plan = {
    seed,
    device: deviceOf(model),
    threads: getThreads(),
    libtorch,
    cpuCapability,
    autocast,
    scaler: chosenScaler(checked.scaler, autocast),
    channelsLast: plannedChannelsLast(checked.channelsLast, model, phase),
    batchSize,
    accumulate,
    steps: total,
    epochs: steps === null ? epochs : perEpoch === null ? null : Math.ceil(steps / perEpoch),
  };
  const outline: Omit<StepSpec, "terms"> = {
    teachers: teachers.map(({ module, weight = 1, resize = null, follow, changing }, index) => ({
      module: moduleHandle(module),
      weight,
      output: nativeOutput(`teachers[${index}]`, module.output),
      normalize: copied(module.normalize),
      resize: resize && [...resize],
      follow: follow ?? 0,
      changing: changing ?? false,
    })),
    ensemble,
    student: moduleHandle(model),
    studentOutput: nativeOutput(phase, model.output),
    studentNormalize: copied(model.normalize),
    studentResize: checked.resize ?? null,
    gradientCheckpointing: [...checked.gradientCheckpointing],
    autocast,
    scaler: record.scaler,
    optimizer: optimizer.spec,
    groups: optimizer.groups,
    accumulate,
    clipNorm: checked.clip?.norm ?? null,
    clipValue: checked.clip?.value ?? null,
    emaDecay: checked.ema ?? null,
    checkFinite: true,
  };
  const terms = await nativeTerms(losses, {
    ...{ spec: outline, model, train, batchSize, seed, signal: checked.signal ?? undefined },
    teachers: teachers.map(({ module, original = module }) => original),
    device: record.device,
    normalize: options.normalize,
  });
  const spec: StepSpec = { ...outline, terms };
  const unrecorded = whyNotRecorded(spec, {
    student: record.device,
    teachers: teachers.map(({ module }) => deviceOf(module)),
  });
  if (checked.cudaGraph && unrecorded === null) spec.cudaGraph = {};
  return {
    plan: {
      name: stage === null ? phase : `${phase}-stage${stage.index}`,
      stage: stage && { index: stage.index, count: stage.count, name: stage.name },
      learners: [
        {
          phase,
          model,
          asked: studentPredictor(model, checked),
          spec,
          unrecorded: checked.cudaGraph === true ? unrecorded : null,
          termNames: termNames(losses),
          weights: termWeights(losses, perEpoch),
          custom: customTerms(losses, teachers, ensemble),
          teacher: teachers.length > 0 ? judge : null,
          frozen: frozenPaths(model, stage?.trainable, stage?.name ?? phase),
          followers: teachers.filter(({ follow = 0 }) => follow > 0).map(({ module }) => module),
        },
      ],
      accumulate,
      rate,
      train,
      cached: null,
      validation,
      epochs,
      steps,
      batchSize,
      dropLast,
      seed,
      augment: options.augment ?? null,
      normalize: options.normalize,
      monitor: checked.monitor,
      keepBest: checked.keepBest ?? validation !== null,
      patience: checked.patience ?? null,
      signal: checked.signal ?? null,
      checkpointEvery: checked.checkpointEvery,
      record,
    },
    settings: {
      ...{ epochs, steps, batchSize, dropLast, seed, accumulate },
      ...{ monitor: checked.monitor, keepBest: checked.keepBest ?? null },
      ...{ patience: checked.patience ?? null, ema: checked.ema ?? null },
      // Checkpoints that know nothing of it are as good as "auto": it is taken from their plan.
      ...(checked.autocast === "auto" ? {} : { autocast: plain(checked.autocast) }),
      ...(checked.scaler === undefined ? {} : { scaler: plain(checked.scaler) }),
      samples: train.length,
      validation: validation?.length ?? null,
      ...(plain({
        clip: checked.clip ?? null,
        objective: losses,
        optimizer,
        schedule,
        augment: options.augment ?? null,
        normalize: options.normalize ?? null,
        resize: checked.resize ?? null,
        ensemble,
        teachers: teachers.map(({ weight = 1, resize = null, follow = 0 }) => ({
          ...{ weight, resize, follow },
        })),
        stage: stage && { index: stage.index, count: stage.count },
        trainable: stage?.trainable ?? null,
      }) as { [key: string]: Json }),
    },
  };
}

/** The trained model as it is validated and measured. */
export function studentPredictor(model: Module, { resize = null }: CheckedOptions): Predictor {
  return resize === null ? model : new Ensemble([{ module: model, resize }], "logits");
}

function customTerms(
  losses: readonly Loss[],
  teachers: readonly PlannedTeacher[],
  ensemble: "probabilities" | "logits",
): CustomTerms | null {
  const custom = losses.filter((loss) => loss.kind === "custom");
  if (custom.length === 0) return null;
  return { losses: custom, teacherWeights: teachers.map(({ weight = 1 }) => weight), ensemble };
}

/** Terms under their names or kinds, numbered where one occurs twice. */
export function termNames(terms: readonly Loss[]): string[] {
  const names = terms.map((term) => ("name" in term ? term.name : term.kind));
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name}${before + 1}`;
  });
}

/** Weights by epochs and updates done so far; null where none ever changes. */
function termWeights(
  losses: readonly Loss[],
  perEpoch: number | null,
): ((epoch: number, update: number) => number[]) | null {
  if (losses.every(({ weight }) => typeof weight === "number")) return null;
  // Of a stream nobody knows how long an epoch is: its weights change with the epochs.
  return (epoch, update) =>
    losses.map(({ weight }) => weightAt(weight, perEpoch === null ? epoch : update / perEpoch));
}

/** @throws ERR_CONFIG where a term wants labels and the data have none */
function checkLabels(terms: readonly Loss[], train: Split): void {
  if (train.labeled) return;
  const wanting = terms.find(needsLabels);
  if (!wanting) return;
  const hint = wanting.kind === "response" ? "set alpha to 1" : "use softTargets";
  throw new PotstillError(
    "ERR_CONFIG",
    `objective: ${wanting.kind} needs labels, and "${train.name}" has none; ${hint}, or give it labels`,
  );
}

/** Options as JSON can hold them: what is made by code is named, what is data stays. */
export function recipeOf(options: object, objective: Objective | undefined): Json {
  const { data, test, signal, recipe, ...rest } = options as Record<string, unknown>;
  const name = (data as { name?: unknown } | null)?.name;
  return plain({ ...rest, data: typeof name === "string" ? name : "data", objective });
}

/** Modules and other objects with a class become that class's name; functions and symbols go. */
function plain(value: unknown): Json {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => {
      if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
      if ("className" in item && "source" in item) return item.className;
      const prototype: unknown = Object.getPrototypeOf(item);
      if (prototype === Object.prototype || prototype === null) return item;
      return (item as object).constructor.name;
    }),
  ) as Json;
}

function copied(normalize: { mean: readonly number[]; std: readonly number[] } | null) {
  return normalize && { mean: [...normalize.mean], std: [...normalize.std] };
}

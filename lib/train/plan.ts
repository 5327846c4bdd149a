/** From checked options to a plan that the loop and the native step can carry out. */

import type { Split } from "../data/index.js";
import { type Loss, type Objective, termsOf, weightAt } from "../losses/index.js";
import { PotstillError } from "../native/errors.js";
import { type Module, moduleHandle } from "../nn/index.js";
import { learningRates } from "../optim/index.js";
import { getThreads } from "../tensor/index.js";
import { deviceOf } from "./device.js";
import { environment } from "./environment.js";
import type { Phase, Plan } from "./events.js";
import type { TrainingPlan } from "./loop.js";
import {
  type CheckedOptions,
  nativeOutput,
  type TeacherOptions,
  type TrainingOptions,
} from "./options.js";
import type { Json } from "./report.js";
import type { StepSpec } from "./step.js";

/** What the phases of one run have in common. */
export interface PlanContext {
  checked: CheckedOptions;
  options: TrainingOptions & { ensemble?: "probabilities" | "logits" | undefined };
  train: Split;
  validation: Split | null;
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
export function planPhase(
  { checked, options, train, validation }: PlanContext,
  phase: Phase,
  model: Module,
  objective: Objective,
  teachers: readonly TeacherOptions[],
): Planned {
  const losses = termsOf(objective);
  checkLabels(losses, train);
  const { epochs = null, steps = null, batchSize, dropLast, seed, accumulate } = checked;
  const batches = train.batchCount({ batchSize, dropLast });
  const perEpoch = batches === null ? null : Math.ceil(batches / accumulate);
  const total = steps ?? (perEpoch === null ? null : perEpoch * (epochs ?? 0));
  const { optimizer, schedule = null } = options;
  const rate = learningRates(optimizer, schedule, { steps: total, stepsPerEpoch: perEpoch });
  const { libtorch, cpuCapability } = environment("cpu");
  const record: Plan = {
    seed,
    device: deviceOf(model),
    threads: getThreads(),
    libtorch,
    cpuCapability,
    batchSize,
    accumulate,
    steps: total,
    epochs: steps === null ? epochs : perEpoch === null ? null : Math.ceil(steps / perEpoch),
  };
  const spec: StepSpec = {
    teachers: teachers.map(({ module, weight = 1 }, index) => ({
      module: moduleHandle(module),
      weight,
      output: nativeOutput(`teachers[${index}]`, module.output),
      normalize: copied(module.normalize),
      resize: null,
      follow: 0,
      changing: false,
    })),
    ensemble: options.ensemble ?? "probabilities",
    student: moduleHandle(model),
    studentOutput: nativeOutput(phase, model.output),
    studentNormalize: copied(model.normalize),
    studentResize: null,
    terms: losses.map((loss) => ({ ...loss, weight: weightAt(loss.weight, 0) })),
    optimizer: optimizer.spec,
    groups: optimizer.groups,
    accumulate,
    clipNorm: checked.clip?.norm ?? null,
    clipValue: checked.clip?.value ?? null,
    emaDecay: checked.ema ?? null,
    checkFinite: true,
  };
  return {
    plan: {
      phase,
      model,
      spec,
      termNames: termNames(losses),
      weights: termWeights(losses, perEpoch),
      rate,
      train,
      validation,
      teacher: teachers.length === 1 ? teachers[0]!.module : null,
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
      samples: train.length,
      validation: validation?.length ?? null,
      ...(plain({
        clip: checked.clip ?? null,
        objective: losses,
        optimizer,
        schedule,
        augment: options.augment ?? null,
        normalize: options.normalize ?? null,
        teachers: teachers.length,
      }) as { [key: string]: Json }),
    },
  };
}

/** Terms under their kinds, numbered where one occurs twice. */
export function termNames(terms: readonly Loss[]): string[] {
  return terms.map(({ kind }, index) => {
    const before = terms.slice(0, index).filter((term) => term.kind === kind).length;
    return before === 0 ? kind : `${kind}${before + 1}`;
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
  const wanting = terms.find((term) => {
    if (term.kind === "response") return term.alpha < 1;
    return !["softTargets", "logitMse"].includes(term.kind);
  });
  if (!wanting) return;
  const hint = wanting.kind === "response" ? "set alpha to 1" : "use softTargets";
  throw new PotstillError(
    "ERR_CONFIG",
    `objective: ${wanting.kind} needs labels, and "${train.name}" has none; ${hint}, or give it labels`,
  );
}

/** Options as JSON can hold them: what is made by code is named, what is data stays. */
export function recipeOf(options: object, objective: Objective): Json {
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

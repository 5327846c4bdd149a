/** The options of `distill()` and `train()`, and their checks. */

import { z } from "zod";
import type {
  AugmentOptions,
  BatchSource,
  DataInput,
  Dataset,
  Normalize,
  Split,
} from "../data/index.js";
import { isSplit, toDataset, toSplit } from "../data/index.js";
import type { Objective } from "../losses/index.js";
import { PotstillError } from "../native/errors.js";
import { isModuleDef, Module, type ModuleDef, type Output } from "../nn/index.js";
import type { Optimizer, Schedule } from "../optim/index.js";
import { nearestName } from "../tensor/options.js";
import { type CacheOptions, cacheSchema } from "./cache/options.js";
import type { Json } from "./report.js";

/** What `distill()` and `train()` have in common. */
export interface TrainingOptions {
  /** A data set, a split to train on, or an iterable of batches. */
  data: DataInput;
  /** For the figures at the end; default: the data set's own test split. Null: none. */
  test?: Split | BatchSource | null | undefined;
  optimizer: Optimizer;
  /** Of the learning rate; default constant. */
  schedule?: Schedule | null | undefined;
  /** Passes over the training data; this or `steps`. */
  epochs?: number | undefined;
  /** Optimizer updates; wins over `epochs`. */
  steps?: number | undefined;
  /** Samples per batch; default 128. */
  batchSize?: number | undefined;
  /** Leave the last, smaller batch of an epoch out; default false. */
  dropLast?: boolean | undefined;
  /** Of initial weights, order, augmentation and dropout; default 0. */
  seed?: number | undefined;
  /** Batches per optimizer update; default 1. */
  accumulate?: number | undefined;
  /** Clips gradients by their total norm, or each by value. */
  clip?: { norm?: number | undefined; value?: number | undefined } | null | undefined;
  /** Decay of an exponential moving average of the weights, which is what the run returns then. */
  ema?: number | null | undefined;
  /** A share of the training data, or a split, to select the best weights and to stop early by. */
  validation?: number | Split | null | undefined;
  /** What selects and stops; default "accuracy". */
  monitor?: "accuracy" | "loss" | undefined;
  /** Return the weights of the best epoch rather than the last; default: with `validation`. */
  keepBest?: boolean | undefined;
  /** Epochs without a better one before the run stops early; default: none does. */
  patience?: number | null | undefined;
  augment?: AugmentOptions | null | undefined;
  /** Overrides the normalization of the data; null: none. */
  normalize?: Normalize | null | undefined;
  /** [height, width] that images are brought to for the trained model; default: as they come. */
  resize?: readonly [number, number] | null | undefined;
  /** Picks the logits from the trained model's output: an index or a key. */
  output?: Output | null | undefined;
  /** Caps the threads of one operator, process-wide. */
  threads?: number | undefined;
  /** Stops after the current step, saves, and rejects with ERR_ABORTED. */
  signal?: AbortSignal | null | undefined;
  /** Folder for checkpoints, the report and the trained model; default: nothing is written. */
  out?: string | null | undefined;
  /** Go on from the checkpoint in `out`; without one the run starts over and says so. */
  resume?: boolean | undefined;
  /** Epochs between checkpoints; default 1. */
  checkpointEvery?: number | undefined;
  /** Train a traced model whose trace fixes its mode all the same; default false. */
  allowBaked?: boolean | undefined;
  /** What the report says the recipe was; default: these options as plain data. */
  recipe?: Json | undefined;
}

/** A teacher with what is particular to it. */
export interface TeacherOptions {
  module: Module;
  /** Among several; default 1. */
  weight?: number | undefined;
  /** Overrides the module's own. */
  output?: Output | null | undefined;
  /** Overrides the module's own. */
  normalize?: Normalize | null | undefined;
  /** [height, width] that images are brought to for this teacher; default: as they come. */
  resize?: readonly [number, number] | null | undefined;
  /** Figures of its training, for the report, where they are known. */
  training?: { seconds: number; samplesPerSecond: number } | null | undefined;
}

export interface DistillOptions extends TrainingOptions {
  /** This or `teachers`. */
  teacher?: Module | TeacherOptions | undefined;
  teachers?: readonly (Module | TeacherOptions)[] | undefined;
  /** What is averaged over several teachers; default "probabilities". */
  ensemble?: "probabilities" | "logits" | undefined;
  /** A module, trained in place, or a description such as `nn.mlp([784, 100, 10])`. */
  student: Module | ModuleDef;
  /** File with the student's initial weights: safetensors, or TorchScript. */
  studentWeights?: string | null | undefined;
  /** Default: `losses.response()` with α 0.9 and T 4, without labels α 1. */
  objective?: Objective | undefined;
  /**
   * Keep what the teachers say in this folder: they are asked about each sample once, by this run or
   * an earlier one with the same teacher, data and preprocessing. Default: they are asked every time.
   */
  cache?: CacheOptions | string | null | undefined;
  /** Train the same student without the teacher as well, to compare with; default false. */
  alone?: boolean | undefined;
}

export interface TrainOptions extends TrainingOptions {
  /** A module, trained in place, or a description such as `nn.mlp([784, 100, 10])`. */
  model: Module | ModuleDef;
  /** File with the model's initial weights: safetensors, or TorchScript. */
  weights?: string | null | undefined;
  /** Default: cross-entropy. */
  objective?: Objective | undefined;
}

const whole = (least: number) =>
  z.int(`expected a whole number`).min(least, `expected at least ${least}`);
const isA = <T>(test: (value: unknown) => boolean, what: string) =>
  z.custom<T>(test, { error: `expected ${what}` });

const size = z.tuple([whole(1), whole(1)], { error: "expected [height, width] in pixels" });

const numbers = z.object({
  epochs: whole(1).optional(),
  steps: whole(1).optional(),
  batchSize: whole(1).default(128),
  dropLast: z.boolean().default(false),
  seed: whole(0).default(0),
  accumulate: whole(1).default(1),
  clip: z
    .strictObject({
      norm: z.number().positive().optional(),
      value: z.number().positive().optional(),
    })
    .nullish(),
  ema: z.number().gt(0).lt(1).nullish(),
  validation: z
    .union([z.number().gt(0).lt(1), isA<Split>((value) => isSplit(value), "a split")], {
      error: "expected a share between 0 and 1, or a split",
    })
    .nullish(),
  monitor: z.enum(["accuracy", "loss"]).default("accuracy"),
  keepBest: z.boolean().optional(),
  patience: whole(0).nullish(),
  threads: whole(1).optional(),
  signal: isA<AbortSignal>((value) => value instanceof AbortSignal, "an AbortSignal").nullish(),
  out: z.string().min(1).nullish(),
  resume: z.boolean().default(false),
  checkpointEvery: whole(1).default(1),
  cache: cacheSchema.nullish(),
  allowBaked: z.boolean().default(false),
  resize: size.nullish(),
});

const shared = [
  ...Object.keys(numbers.shape),
  ...[
    "data",
    "test",
    "objective",
    "optimizer",
    "schedule",
    "augment",
    "normalize",
    "output",
    "recipe",
  ],
];
const distillKeys = [
  ...shared,
  ...["teacher", "teachers", "ensemble", "student", "studentWeights", "alone"],
];
const teacherKeys = ["module", "weight", "output", "normalize", "resize", "training"];
const trainKeys = [...shared.filter((key) => key !== "cache"), "model", "weights"];

/** Training options with every default in place. */
export interface CheckedOptions extends z.infer<typeof numbers> {
  dataset: Dataset;
  test: Split | null;
  normalize: Normalize | null | undefined;
}

/**
 * @throws ERR_CONFIG naming the option, what was expected and what was given
 */
export function checkOptions(kind: "distill" | "train", options: TrainingOptions): CheckedOptions {
  if (typeof options !== "object" || options === null) {
    throw new PotstillError("ERR_CONFIG", `${kind}: expected an object of options`);
  }
  const known = kind === "distill" ? distillKeys : trainKeys;
  refuseUnknown(kind, options, known);
  const parsed = numbers.safeParse(options);
  if (!parsed.success) {
    const list = parsed.error.issues.map((issue) => {
      const given = issue.path.reduce<unknown>(
        (at, key) => (at as Record<PropertyKey, unknown> | null)?.[key],
        options,
      );
      return `${issue.path.join(".")}: ${issue.message}, got ${shownValue(given)}`;
    });
    throw new PotstillError("ERR_CONFIG", `${kind}: ${list.join("; ")}`, { cause: parsed.error });
  }
  const checked = parsed.data;
  if (checked.epochs === undefined && checked.steps === undefined) {
    throw new PotstillError("ERR_CONFIG", `${kind}: say how long to train, with epochs or steps`);
  }
  if (checked.validation == null && (checked.patience != null || checked.keepBest === true)) {
    const option = checked.patience != null ? "patience" : "keepBest";
    throw new PotstillError("ERR_CONFIG", `${kind}: ${option} needs validation, such as 0.1`);
  }
  const { data, test } = options;
  if (data === undefined || data === null) {
    throw new PotstillError(
      "ERR_CONFIG",
      `${kind}: data is missing, such as await datasets.mnist()`,
    );
  }
  const dataset = toDataset(data);
  const measured = test === undefined ? dataset.test : test && toSplit(test, "test");
  return { ...checked, dataset, test: measured, normalize: options.normalize };
}

/** @throws ERR_CONFIG for an option that is not known, with the nearest name */
function refuseUnknown(where: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const near = nearestName(unknown, known);
  const hint =
    near === null ? `there are ${[...known].sort().join(", ")}` : `did you mean "${near}"?`;
  throw new PotstillError("ERR_CONFIG", `${where}: there is no option ${unknown}; ${hint}`);
}

/** @throws ERR_CONFIG unless it is a module or a description of one */
export function checkModel(option: string, value: unknown): Module | ModuleDef {
  if (value instanceof Module || isModuleDef(value)) return value;
  throw new PotstillError(
    "ERR_CONFIG",
    `${option}: expected a module or a description such as nn.mlp([784, 100, 10]), got ${shownValue(value)}`,
  );
}

/** The teachers with their options; empty where there is none. */
export function checkTeachers(options: DistillOptions): TeacherOptions[] {
  const { teacher, teachers } = options;
  if (teacher !== undefined && teachers !== undefined) {
    throw new PotstillError("ERR_CONFIG", "distill: give teacher or teachers, not both");
  }
  const list = teachers ?? (teacher === undefined ? [] : [teacher]);
  if (!Array.isArray(list) || list.length === 0) {
    throw new PotstillError("ERR_CONFIG", "distill: teacher is missing; train() needs none");
  }
  return list.map((each: unknown, index) => {
    const where = teachers ? `teachers[${index}]` : "teacher";
    if (each instanceof Module) return { module: each };
    const given = each as Partial<TeacherOptions> | null;
    if (!(given?.module instanceof Module)) {
      throw new PotstillError(
        "ERR_CONFIG",
        `distill: ${where}: expected a module (await loadModule("teacher.pt")) or { module, weight, … }, got ${shownValue(each)}`,
      );
    }
    const { weight = 1 } = given;
    if (typeof weight !== "number" || !(weight > 0) || !Number.isFinite(weight)) {
      throw new PotstillError(
        "ERR_CONFIG",
        `distill: ${where}.weight: expected a number above 0, got ${shownValue(weight)}`,
      );
    }
    refuseUnknown(`distill: ${where}`, given, teacherKeys);
    if (given.resize != null && !size.safeParse(given.resize).success) {
      throw new PotstillError(
        "ERR_CONFIG",
        `distill: ${where}.resize: expected [height, width] in pixels, got ${shownValue(given.resize)}`,
      );
    }
    return given as TeacherOptions;
  });
}

/** What the native step can do by itself: a function of JavaScript it cannot call. */
export function nativeOutput(
  where: string,
  output: Output | null | undefined,
): string | number | null {
  if (typeof output === "function") {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: output is a function, which the native step cannot call; use a key or an index, or wrap the model with nn.script`,
    );
  }
  return output ?? null;
}

function shownValue(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "an array" : `a ${value.constructor?.name ?? "bare object"}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

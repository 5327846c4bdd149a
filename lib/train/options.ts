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
import { checkDevice, type Device } from "../tensor/index.js";
import { nearestName } from "../tensor/options.js";
import { type Autocast, autocastSchema } from "./autocast.js";
import { type CacheOptions, cacheSchema } from "./cache/options.js";
import { type ChannelsLast, channelsLastSchema } from "./channels-last.js";
import { type CudaGraph, cudaGraphSchema } from "./cuda-graph.js";
import type { Json } from "./report.js";
import { type ScalerOptions, scalerSchema } from "./scaler.js";

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
  /**
   * "cpu", "cuda" or "cuda:1": models are moved there, batches go there, and what is trained stays
   * there; files are written to load anywhere. Default: where the models are.
   */
  device?: Device | null | undefined;
  /**
   * Compute products and convolutions of the trained model in bfloat16, with the weights, their
   * updates and what is saved in float32: "auto" where the CPU has bfloat16, "bfloat16" there and on
   * GPUs (else ERR_CONFIG), "float16" on GPUs, `{ dtype: "bfloat16", emulated: true }` also where it
   * is slow, false never. What was chosen is said by the start event and taken over by a resumed run.
   * Default "auto".
   */
  autocast?: Autocast | undefined;
  /**
   * Scale the loss so that gradients fit float16, as torch.amp.GradScaler does; an update whose
   * gradients are not finite is left out. Default: where the model is trained in float16, with
   * PyTorch's numbers; false: never.
   */
  scaler?: ScalerOptions | false | undefined;
  /**
   * Keep convolutions and images channels-last (NHWC) in memory while the model is trained, which is
   * faster for some networks and slower for others; results are the same up to rounding, and so are
   * files. "auto" tries a few steps both ways and keeps what is faster, for those that resume the run
   * and for this machine; images stay as they come where nothing can be measured (streams, losses that
   * are functions, GPUs), where channels-last fails, and where convolutions have fewer than 2^14
   * weights. Default "auto".
   */
  channelsLast?: ChannelsLast | undefined;
  /**
   * Paths or patterns (`layer*`) of the trained model's submodules that keep their arguments for
   * backward instead of what they compute, and compute it again there (arXiv 1604.06174): less
   * memory, one more forward of theirs, the same gradients. Nothing within them can be tapped.
   */
  gradientCheckpointing?: readonly string[] | undefined;
  /**
   * Caps the threads of one operator, process-wide. "auto" tries a few steps of each training with
   * several numbers of them, and keeps the best for the run and those that resume it. Default: as set.
   */
  threads?: number | "auto" | undefined;
  /**
   * On GPUs: record the step as a CUDA graph, after a few of them, and replay it for every batch of the
   * same shape, which costs the host one call. true warns where that cannot be and says why, "auto" does
   * not; batches that do not fit are run one by one, and the run says why. Default false.
   */
  cudaGraph?: CudaGraph | undefined;
  /** On GPUs: see `cuda.allowTf32`, process-wide. Default: as it is. */
  allowTf32?: boolean | undefined;
  /** Stops after the current step, saves, and rejects with ERR_ABORTED. */
  signal?: AbortSignal | null | undefined;
  /** Folder for checkpoints, the report and the trained model; default: nothing is written. */
  out?: string | null | undefined;
  /** Go on from the checkpoint in `out`; without one the run starts over and says so. */
  resume?: boolean | undefined;
  /** Epochs between checkpoints; default 1. */
  checkpointEvery?: number | undefined;
  /** Checkpoints that are kept of a phase, the latest included; default 2. */
  keepCheckpoints?: number | undefined;
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
  /** Where this teacher runs, if not where the student does; it is moved there and stays there. */
  device?: Device | null | undefined;
  /** Figures of its training, for the report, where they are known. */
  training?: { seconds: number; samplesPerSecond: number } | null | undefined;
}

/** A teacher that is an average of the student's own weights over time (arXiv:1703.01780). */
export interface SelfTeacherOptions {
  /** Decay of the average, 0 to 1: after each update the teacher moves 1 − `ema` of the way. */
  ema: number;
  /** Among several; default 1. */
  weight?: number | undefined;
}

/** A teacher as the plan takes it. */
export interface PlannedTeacher extends TeacherOptions {
  /** Decay with which it follows the student; 0: it does not. */
  follow?: number | undefined;
  /** Its weights change under way. */
  changing?: boolean | undefined;
  /** Where `module` was optimized, what it was made of, with its submodules and weights. */
  original?: Module | undefined;
}

/** One part of a training, after those before it. */
export interface StageOptions {
  objective: Objective;
  /** This or `steps`. */
  epochs?: number | undefined;
  steps?: number | undefined;
  /** Default: that of the run. */
  optimizer?: Optimizer | undefined;
  /** Default: that of the run, over the length of the stage. */
  schedule?: Schedule | null | undefined;
  /**
   * Paths of what is trained, such as `["features.0", "features.2.*"]`: of parameters or of modules
   * around them, `*` for anything within a segment, `**` for any segments. Default: everything.
   */
  trainable?: readonly string[] | null | undefined;
  /** For events and reports; default "stage 1", … */
  name?: string | undefined;
}

export interface DistillOptions extends Omit<TrainingOptions, "optimizer"> {
  /** May be left out where every stage has its own. */
  optimizer?: Optimizer | undefined;
  /** This or `teachers`. */
  teacher?: Module | TeacherOptions | SelfTeacherOptions | undefined;
  teachers?: readonly (Module | TeacherOptions | SelfTeacherOptions)[] | undefined;
  /**
   * Stages instead of `objective`, `epochs` and `steps`: FitNet's hints before the logits
   * (arXiv:1412.6550). The best weights are those of the last stage, which alone may stop early.
   */
  stages?: readonly StageOptions[] | null | undefined;
  /** What is averaged over several teachers; default "probabilities". */
  ensemble?: "probabilities" | "logits" | undefined;
  /** A module, trained in place, or a description such as `nn.mlp([784, 100, 10])`. */
  student: Module | ModuleDef;
  /** File with the student's initial weights: safetensors, or TorchScript. */
  studentWeights?: string | null | undefined;
  /** Default: `losses.response()` with α 0.9 and T 4, without labels α 1. */
  objective?: Objective | undefined;
  /**
   * Run teachers in the fastest way that is exact enough on a real batch (see `Module.optimize`):
   * "auto" may take bfloat16 and integers of 16 bits (2e-2 of the largest logit, and of the largest
   * value of each tap; 99 % the same top class), "float32" stays within 1e-4, false leaves them as
   * they are. Teachers that are quick (under 2 ms a batch) or follow the student are always left.
   * Default "auto".
   */
  optimizeTeacher?: "auto" | "float32" | false | undefined;
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
  device: z.string({ error: "expected a device such as cpu or cuda" }).nullish(),
  autocast: autocastSchema.default("auto"),
  channelsLast: channelsLastSchema.default("auto"),
  gradientCheckpointing: z.array(z.string().min(1)).default([]),
  scaler: scalerSchema.optional(),
  threads: z
    .union([whole(1), z.literal("auto")], { error: 'expected a whole number from 1, or "auto"' })
    .optional(),
  cudaGraph: cudaGraphSchema.default(false),
  allowTf32: z.boolean().optional(),
  signal: isA<AbortSignal>((value) => value instanceof AbortSignal, "an AbortSignal").nullish(),
  out: z.string().min(1).nullish(),
  resume: z.boolean().default(false),
  checkpointEvery: whole(1).default(1),
  keepCheckpoints: whole(1).default(2),
  cache: cacheSchema.nullish(),
  optimizeTeacher: z
    .union([z.literal(false), z.enum(["auto", "float32"])], {
      error: 'expected "auto", "float32" or false',
    })
    .default("auto"),
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
  ...["teacher", "teachers", "ensemble", "student", "studentWeights", "alone", "stages"],
];
const teacherKeys = ["module", "weight", "output", "normalize", "resize", "device", "training"];
// These have no teacher beside themselves.
const alone = shared.filter((key) => key !== "cache" && key !== "optimizeTeacher");
const trainKeys = [...alone, "model", "weights"];
const mutualKeys = [...alone, "students"];
const stageKeys = ["objective", "epochs", "steps", "optimizer", "schedule", "trainable", "name"];

/** Training options with every default in place. */
export interface CheckedOptions extends z.infer<typeof numbers> {
  dataset: Dataset;
  test: Split | null;
  normalize: Normalize | null | undefined;
}

/**
 * @throws ERR_CONFIG naming the option, what was expected and what was given; ERR_DEVICE for a device
 * that is not there
 */
export function checkOptions(
  kind: "distill" | "train" | "mutual",
  options: Omit<TrainingOptions, "optimizer"> & { stages?: unknown },
): CheckedOptions {
  if (typeof options !== "object" || options === null) {
    throw new PotstillError("ERR_CONFIG", `${kind}: expected an object of options`);
  }
  const known = { distill: distillKeys, train: trainKeys, mutual: mutualKeys }[kind];
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
  if (checked.device != null) checkDevice(`${kind}: device`, checked.device);
  if (options.stages == null && checked.epochs === undefined && checked.steps === undefined) {
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

/**
 * The stages with their names; null where the training is one piece.
 *
 * @throws ERR_CONFIG for unknown options, and where the run says what the stages have to say
 */
export function checkStages(
  options: DistillOptions,
): (StageOptions & { name: string; trainable: readonly string[] | null })[] | null {
  const { stages } = options;
  if (stages == null) return null;
  const refuse = (message: string): never => {
    throw new PotstillError("ERR_CONFIG", `distill: ${message}`);
  };
  if (!Array.isArray(stages) || stages.length === 0) {
    return refuse(`stages: expected at least one, got ${shownValue(stages)}`);
  }
  for (const key of ["objective", "epochs", "steps"] as const) {
    if (options[key] !== undefined) refuse(`${key}: with stages each stage has its own`);
  }
  return stages.map((stage: StageOptions, index) => {
    const where = `stages[${index}]`;
    if (typeof stage !== "object" || stage === null) {
      return refuse(`${where}: expected { objective, epochs, … }, got ${shownValue(stage)}`);
    }
    refuseUnknown(`distill: ${where}`, stage, stageKeys);
    const { objective, epochs, steps, optimizer, trainable = null } = stage;
    if (objective == null) refuse(`${where}.objective is missing, such as losses.response()`);
    for (const [key, value] of Object.entries({ epochs, steps })) {
      if (value !== undefined && !whole(1).safeParse(value).success) {
        refuse(`${where}.${key}: expected a whole number of at least 1, got ${shownValue(value)}`);
      }
    }
    if (epochs === undefined && steps === undefined) {
      refuse(`${where}: say how long to train, with epochs or steps`);
    }
    if (optimizer === undefined && options.optimizer === undefined) {
      refuse(`${where}: optimizer is missing, here and for the run`);
    }
    if (trainable !== null && !z.array(z.string().min(1)).min(1).safeParse(trainable).success) {
      refuse(`${where}.trainable: expected paths of parameters, got ${shownValue(trainable)}`);
    }
    return { ...stage, trainable, name: stage.name ?? `stage ${index + 1}` };
  });
}

/** The teachers with their options. */
export function checkTeachers(options: DistillOptions): (TeacherOptions | SelfTeacherOptions)[] {
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
    if (typeof each === "object" && each !== null && "ema" in each) {
      return checkSelfTeacher(`distill: ${where}`, each as SelfTeacherOptions);
    }
    const given = each as Partial<TeacherOptions> | null;
    if (!(given?.module instanceof Module)) {
      throw new PotstillError(
        "ERR_CONFIG",
        `distill: ${where}: expected a module (await loadModule("teacher.pt")) or { module, weight, … } or { ema: 0.999 }, got ${shownValue(each)}`,
      );
    }
    checkWeight(`distill: ${where}`, given.weight);
    refuseUnknown(`distill: ${where}`, given, teacherKeys);
    if (given.resize != null && !size.safeParse(given.resize).success) {
      throw new PotstillError(
        "ERR_CONFIG",
        `distill: ${where}.resize: expected [height, width] in pixels, got ${shownValue(given.resize)}`,
      );
    }
    if (given.device != null) checkDevice(`distill: ${where}.device`, given.device);
    return given as TeacherOptions;
  });
}

function checkSelfTeacher(where: string, given: SelfTeacherOptions): SelfTeacherOptions {
  refuseUnknown(where, given, ["ema", "weight"]);
  checkWeight(where, given.weight);
  if (typeof given.ema !== "number" || !(given.ema > 0 && given.ema < 1)) {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}.ema: expected a number between 0 and 1, got ${shownValue(given.ema)}`,
    );
  }
  return given;
}

function checkWeight(where: string, weight: unknown = 1): void {
  if (typeof weight === "number" && weight > 0 && Number.isFinite(weight)) return;
  throw new PotstillError(
    "ERR_CONFIG",
    `${where}.weight: expected a number above 0, got ${shownValue(weight)}`,
  );
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

/** What a recipe comes to, without running it: models, terms, steps, and time measured on three. */

import { access } from "node:fs/promises";
import path from "node:path";
import { type Dataset, toDataset } from "../data/index.js";
import { type Loss, losses, termsOf } from "../losses/index.js";
import { PotstillError } from "../native/errors.js";
import { build, isModuleDef, type Module, type ModuleDef } from "../nn/index.js";
import { memory } from "../tensor/index.js";
import {
  type DistillOptions,
  distill,
  type Run,
  type StageOptions,
  type TeacherOptions,
  train,
} from "../train/index.js";
import { makeData } from "./data.js";
import { makeObjective, makeStages } from "./learning.js";
import { makeModel } from "./models.js";
import { parseDistill } from "./parse.js";
import { runFolder } from "./run.js";
import type { DistillRecipe, TeacherRecipe } from "./schema.js";
import type { RecipeSource } from "./source.js";
import { type TapShape, tapShapes, teacherRole } from "./tap-shapes.js";
import { obtainTeacher } from "./teacher.js";
import { type Kitchen, trainingOptions } from "./training.js";

/** One training of a run. */
export interface ExplainedPhase {
  phase: "teacher" | "alone" | "distilled";
  /** Its name, where the training has stages. */
  stage: string | null;
  /** Null where the data do not say. */
  stepsPerEpoch: number | null;
  epochs: number | null;
  steps: number | null;
  batchSize: number;
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

type Options = ReturnType<typeof trainingOptions>;

/** Steps that are measured, after one that compiles. */
const measuredSteps = 3;

/**
 * Explains a recipe of `potstill distill`. A teacher that is not there yet is measured as the recipe
 * builds it, untrained; nothing is written.
 *
 * @throws ERR_CONFIG and ERR_TAP as a run would, and ERR_CONFIG for `students`, which it does not
 *   explain
 */
export async function explainRecipe(
  source: RecipeSource,
  options: { out?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Explanation> {
  const recipe = parseDistill(source);
  if (recipe.student === undefined) {
    throw new PotstillError(
      "ERR_CONFIG",
      `${source.file}: explain knows recipes with a student, not with students that learn from each other`,
    );
  }
  const kitchen: Kitchen = {
    source,
    out: runFolder(source, options.out),
    resume: false,
    signal: options.signal,
    emit: () => {},
  };
  const shared = trainingOptions(recipe, [], kitchen);
  using data = await makeData(recipe.data, { folder: source.folder, seed: recipe.seed ?? 0 });
  const student = await built(await makeModel(recipe.student, ["student"], source.folder));
  const models = [
    { role: "student", parameters: sizeOf(student).count, from: nameOf(recipe.student) },
  ];
  let weights = sizeOf(student).bytes;
  const phases: ExplainedPhase[] = [];
  const teachers: NonNullable<DistillOptions["teachers"]>[number][] = [];
  const nodes: [TeacherRecipe, PropertyKey[]][] = recipe.teachers
    ? recipe.teachers.map((node, at) => [node, ["teachers", at]])
    : recipe.teacher === undefined
      ? []
      : [[recipe.teacher, ["teacher"]]];
  const count = lengthOf(data, recipe.validation);
  for (const [node, key] of nodes) {
    const role = teacherRole(teachers.length, nodes.length);
    if (typeof node === "object" && "ema" in node) {
      teachers.push(node as never);
      models.push({ role, parameters: models[0]!.parameters, from: "average of the student" });
      continue;
    }
    const found = await teacherFor(node, key, data, recipe, kitchen);
    teachers.push(found.teacher);
    const { count: parameters, bytes } = sizeOf(found.teacher.module);
    models.push({ role, parameters, from: found.from });
    weights += bytes;
    if (!found.training) continue;
    const training = trainingOptions(found.training, [...key, "train"], kitchen);
    const { module } = found.teacher;
    const time = await stepTime((steps) =>
      train({ ...limited(training, steps), data: onlyTrain(data), model: module }),
    );
    phases.push(phaseOf("teacher", training, lengthOf(data, found.training.validation), time));
  }
  const objective =
    recipe.objective === undefined
      ? losses.response(data.train.labeled ? {} : { alpha: 1 })
      : makeObjective(recipe.objective, ["objective"]);
  const parts: Part[] = recipe.stages
    ? makeStages(recipe.stages).map((stage, index) => ({
        name: stage.name ?? `stage ${index + 1}`,
        stage,
        terms: termsOf(stage.objective),
      }))
    : [{ name: null, stage: null, terms: termsOf(objective) }];
  const taps = await tapShapes(
    data,
    student,
    teachers,
    parts.flatMap(({ terms }) => terms),
  );
  const { ensemble, alone } = recipe;
  const given = teachers.length === 1 ? { teacher: teachers[0]! } : { teachers, ensemble };
  if (alone) {
    const own = await stepTime((steps) =>
      train({
        ...limited(shared, steps),
        objective: losses.crossEntropy(),
        data: onlyTrain(data),
        model: student,
      }),
    );
    phases.push(phaseOf("alone", shared, count, own));
  }
  for (const { name, stage } of parts) {
    const { epochs, steps, optimizer, schedule, ...rest } = stage ?? {};
    const own: Options = { ...shared, ...(stage && { epochs, steps }) };
    const measured = (steps: number) => {
      const { steps: _, epochs: __, ...others } = limited(own, steps);
      return stage
        ? {
            ...others,
            stages: [{ ...rest, optimizer, schedule, steps, objective: stage.objective }],
          }
        : { ...others, objective, steps };
    };
    const time = await stepTime((steps) =>
      distill({
        ...measured(steps),
        ...(given as Pick<DistillOptions, "teacher">),
        data: onlyTrain(data),
        student,
      }),
    );
    phases.push(phaseOf("distilled", own, count, time, name));
  }
  const explanation: Explanation = {
    data: {
      name: data.name,
      train: data.train.length,
      test: data.test?.length ?? null,
      classes: data.classes,
      sample: data.train.sampleShape ? [...data.train.sampleShape] : null,
    },
    models,
    terms: parts.flatMap(({ name, terms }) => terms.map((loss) => termOf(loss, name))),
    taps,
    optimizer: recipe.optimizer,
    phases,
    memory: { weights, peak: memory().peak },
  };
  student.dispose();
  for (const each of teachers) if ("module" in each) each.module.dispose();
  return explanation;
}

/** A stage, or the whole of a training without stages. */
interface Part {
  name: string | null;
  stage: StageOptions | null;
  terms: readonly Loss[];
}

function termOf(loss: Loss, stage: string | null): Explanation["terms"][number] {
  const { kind, ...options } = loss as { kind: string; weight?: unknown };
  const { weight = 1, ...rest } = options;
  return { kind, weight, options: rest, stage };
}

async function teacherFor(
  node: Exclude<TeacherRecipe, { ema: number }>,
  key: readonly PropertyKey[],
  data: Dataset,
  recipe: DistillRecipe,
  kitchen: Kitchen,
) {
  const given = typeof node === "string" ? { path: node } : node;
  const training = "train" in given ? given.train : undefined;
  const file = given.path
    ? path.resolve(kitchen.source.folder, given.path)
    : path.join(kitchen.out, "teacher.pt");
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (there || !training) {
    const teacher = await obtainTeacher(node, key, data, recipe, kitchen);
    return { teacher, training: null, from: file };
  }
  const { folder } = kitchen.source;
  const module = await built(await makeModel(training.model, [...key, "train", "model"], folder));
  const teacher: TeacherOptions = { module };
  return { teacher, training, from: "not there yet: it is trained first" };
}

async function built(made: Module | ModuleDef): Promise<Module> {
  return isModuleDef(made) ? await build(made) : (made as Module);
}

function nameOf(node: unknown): string {
  return typeof node === "string" ? node : Object.keys(node as object).join(", ");
}

function sizeOf(module: Module): { count: number; bytes: number } {
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
function onlyTrain(data: Dataset) {
  return toDataset({ train: data.train, name: data.name });
}

/** The same steps, a few of them, that leave nothing behind. */
function limited(options: Options, steps: number) {
  const optimizer = options.optimizer!;
  return { ...options, optimizer, steps, out: null, validation: null, patience: null, test: null };
}

async function stepTime(run: (steps: number) => Run<unknown>): Promise<number> {
  const first = await timeOf(run(1));
  const all = await timeOf(run(1 + measuredSteps));
  // What the first one takes more is compiling, and there once.
  return Math.max(all - first, all / (2 * (1 + measuredSteps))) / measuredSteps;
}

async function timeOf(run: Run<unknown>): Promise<number> {
  let seconds = 0;
  for await (const event of run) if (event.type === "epoch") seconds += event.metrics.seconds;
  await run;
  return seconds;
}

function lengthOf(data: Dataset, validation: number | undefined): number | null {
  const { length } = data.train;
  return length === null ? null : length - Math.round((validation ?? 0) * length);
}

function phaseOf(
  phase: ExplainedPhase["phase"],
  options: Options,
  samples: number | null,
  secondsPerStep: number,
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
    secondsPerStep,
    secondsPerEpoch: stepsPerEpoch === null ? null : stepsPerEpoch * secondsPerStep,
    seconds: steps === null ? null : steps * secondsPerStep,
  };
}

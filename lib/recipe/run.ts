/** From a recipe to a run: data, models, an absent teacher first, then `distill()` or `train()`. */

import path from "node:path";
import type { Dataset } from "../data/index.js";
import { PotstillError } from "../native/errors.js";
import type { Module } from "../nn/index.js";
import { checkDevice } from "../tensor/index.js";
import {
  cacheTeachers,
  type DistillOptions,
  distill,
  type FilledCache,
  mutual,
  type Report,
  Run,
  type SelfTeacherOptions,
  type TeacherOptions,
  train,
  withLock,
} from "../train/index.js";
import { contained } from "./contained.js";
import { makeData } from "./data.js";
import { keyPath } from "./errors.js";
import { makeStages } from "./learning.js";
import { makeModel } from "./models.js";
import { parseDistill, parseTrain } from "./parse.js";
import type { DistillRecipe, TeacherRecipe, TrainRecipe } from "./schema.js";
import type { RecipeSource } from "./source.js";
import { obtainTeacher } from "./teacher.js";
import { type Kitchen, trainingOptions } from "./training.js";

export interface RecipeRunOptions {
  /** Folder of the run; default: the recipe's `out`, or `runs/<name of the recipe>` here. */
  out?: string | undefined;
  /** Go on from the last checkpoint in that folder. */
  resume?: boolean | undefined;
  /** Stops after the current step and saves. */
  signal?: AbortSignal | undefined;
}

export interface RecipeResult {
  report: Report;
  /** The distilled student, or the model that was trained. */
  model: Module;
  out: string;
  files: string[];
}

/**
 * Runs a recipe as `potstill distill` and `potstill train` do.
 *
 * @param source from `readRecipe` or `recipeFromText`
 * @throws what `distill()` throws, as a rejection; ERR_CONFIG names the key of the recipe
 */
export function runRecipe(
  kind: "distill" | "train",
  source: RecipeSource,
  options: RecipeRunOptions = {},
): Run<RecipeResult> {
  return new Run(async (emit, profiler) => {
    const recipe = kind === "distill" ? parseDistill(source) : parseTrain(source);
    checkDevices(recipe);
    const kitchen: Kitchen = {
      source,
      out: runFolder(source, options.out),
      resume: options.resume ?? false,
      signal: options.signal,
      emit,
      profiler,
    };
    using data = await makeData(recipe.data, { folder: source.folder, seed: recipe.seed ?? 0 });
    if ("model" in recipe) return await runTrain(recipe, data, kitchen);
    return recipe.students
      ? await runMutual(recipe, recipe.students, data, kitchen)
      : await runDistill(recipe, data, kitchen);
  });
}

/** @throws ERR_DEVICE for a device that is not there, before anything is loaded or trained */
export function checkDevices(recipe: DistillRecipe | TrainRecipe): void {
  const check = (key: readonly PropertyKey[], device: string | undefined) => {
    if (device !== undefined) checkDevice(keyPath([...key, "device"]), device);
  };
  check([], recipe.device);
  if ("model" in recipe) return;
  const { teacher, teachers = [] } = recipe;
  for (const [index, each] of [teacher, ...teachers].entries()) {
    const key = index === 0 ? ["teacher"] : ["teachers", index - 1];
    if (typeof each === "object" && "device" in each) check(key, each.device);
  }
}

async function runDistill(
  recipe: DistillRecipe,
  data: Dataset,
  kitchen: Kitchen,
): Promise<RecipeResult> {
  const { source, out } = kitchen;
  // What is quick to find wrong comes before anything that takes long.
  const shared = trainingOptions(recipe, [], kitchen);
  const stages = recipe.stages && makeStages(recipe.stages);
  const student = await makeModel(recipe.student, ["student"], source.folder);
  // Between the teacher's training and the student's the folder stays this run's as well.
  return await withLock(out, async () => {
    const given = await teachersOf(recipe, data, kitchen);
    const run = distill({
      ...{ ...shared, ...given, ...ofDistillation(recipe, source), data, student, stages },
    });
    kitchen.profiler.passTo(run);
    for await (const event of run) kitchen.emit(event);
    const result = await run;
    disposeTeachers(given);
    result.alone?.dispose();
    return { report: result.report, model: result.student, out, files: result.files };
  });
}

/**
 * Fills the teacher caches of a recipe as `potstill cache` does, without training the student. The
 * folder of the run is where an absent teacher is trained and kept, and not touched otherwise.
 *
 * @throws what `cacheTeachers()` throws, as a rejection; ERR_CONFIG names the key of the recipe
 */
export function cacheRecipe(
  source: RecipeSource,
  options: Pick<RecipeRunOptions, "out" | "signal"> = {},
): Run<FilledCache[]> {
  return new Run(async (emit, profiler) => {
    const recipe = parseDistill(source);
    checkDevices(recipe);
    const out = runFolder(source, options.out);
    const kitchen: Kitchen = { source, out, resume: true, signal: options.signal, emit, profiler };
    if (recipe.cache === undefined || recipe.students) {
      throw new PotstillError(
        "ERR_CONFIG",
        recipe.students
          ? "students: two students that learn from each other have no teacher to cache"
          : "cache: the recipe names no folder; say --set cache=teacher-cache",
      );
    }
    using data = await makeData(recipe.data, { folder: source.folder, seed: recipe.seed ?? 0 });
    const shared = trainingOptions(recipe, [], kitchen);
    const stages = recipe.stages && makeStages(recipe.stages);
    const student = await makeModel(recipe.student, ["student"], source.folder);
    const given = await teachersOf(recipe, data, kitchen);
    const run = cacheTeachers({
      ...{ ...shared, ...given, ...ofDistillation(recipe, source), data, student, stages },
    });
    for await (const event of run) emit(event);
    disposeTeachers(given);
    return await run;
  });
}

/** What only `distill()` takes, as it stands in a recipe. */
function ofDistillation(recipe: DistillRecipe, { folder }: RecipeSource) {
  const { ensemble, alone, studentWeights, cache, optimizeTeacher } = recipe;
  const beside = (file: string) => path.resolve(folder, file);
  return {
    ...{ ensemble, alone, optimizeTeacher },
    cache:
      typeof cache === "object" ? { ...cache, dir: beside(cache.dir) } : cache && beside(cache),
    studentWeights: studentWeights && beside(studentWeights),
  };
}

type Teachers = Pick<DistillOptions, "teacher" | "teachers">;

async function teachersOf(
  recipe: DistillRecipe,
  data: Dataset,
  kitchen: Kitchen,
): Promise<Teachers> {
  if (recipe.teachers) {
    const teachers: (TeacherOptions | SelfTeacherOptions)[] = [];
    for (const [index, each] of recipe.teachers.entries()) {
      teachers.push(await teacherOf(each, ["teachers", index], data, recipe, kitchen));
    }
    return { teachers };
  }
  if (recipe.teacher === undefined) return {};
  return { teacher: await teacherOf(recipe.teacher, ["teacher"], data, recipe, kitchen) };
}

function disposeTeachers({ teacher, teachers = teacher ? [teacher] : [] }: Teachers): void {
  for (const each of teachers) if ("module" in each) each.module.dispose();
}

async function teacherOf(
  node: TeacherRecipe,
  key: readonly PropertyKey[],
  data: Dataset,
  recipe: DistillRecipe,
  kitchen: Kitchen,
): Promise<TeacherOptions | SelfTeacherOptions> {
  if (typeof node === "object" && "ema" in node) return node;
  return await obtainTeacher(node, key, data, recipe, kitchen);
}

async function runMutual(
  recipe: DistillRecipe,
  students: NonNullable<DistillRecipe["students"]>,
  data: Dataset,
  kitchen: Kitchen,
): Promise<RecipeResult> {
  const { source, out } = kitchen;
  const { optimizer, ...shared } = trainingOptions(recipe, [], kitchen);
  const [first, second] = students.map((each, index) =>
    makeModel(each, ["students", index], source.folder),
  ) as [ReturnType<typeof makeModel>, ReturnType<typeof makeModel>];
  const run = mutual({
    ...{ ...shared, optimizer: optimizer!, data },
    students: [await first, await second],
  });
  kitchen.profiler.passTo(run);
  for await (const event of run) kitchen.emit(event);
  const result = await run;
  result.students[1].dispose();
  return { report: result.report, model: result.students[0], out, files: result.files };
}

async function runTrain(
  recipe: TrainRecipe,
  data: Dataset,
  kitchen: Kitchen,
): Promise<RecipeResult> {
  const { source, out } = kitchen;
  const { optimizer, ...shared } = trainingOptions(recipe, [], kitchen);
  const model = await makeModel(recipe.model, ["model"], source.folder);
  const weights = recipe.weights && path.resolve(source.folder, recipe.weights);
  const run = train({ ...shared, optimizer: optimizer!, data, model, weights });
  kitchen.profiler.passTo(run);
  for await (const event of run) kitchen.emit(event);
  const result = await run;
  return { report: result.report, model: result.model, out, files: result.files };
}

/**
 * The folder that a run of this recipe writes to: `given`, or else the recipe's own `out`, or else
 * `runs/<name of the recipe>` here.
 *
 * @throws ERR_CONFIG where the recipe's own `out` leads out of its folder and of this one
 */
export function runFolder(source: RecipeSource, given?: string | undefined): string {
  const own = (source.value as { out?: unknown }).out;
  if (given !== undefined) return path.resolve(given);
  if (typeof own === "string") {
    return contained(own, ["out"], source, "name the folder with --out to have it there");
  }
  const name = path.basename(source.file).replace(/\.(ya?ml|json)$/i, "");
  // recipe.yaml says nothing; the folder it lies in does.
  return path.resolve("runs", name === "recipe" ? path.basename(source.folder) : name);
}

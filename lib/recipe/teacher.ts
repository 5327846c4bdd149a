/** Teachers of a recipe: a file that is there, or one that is trained first and kept. */

import { access, readFile } from "node:fs/promises";
import path from "node:path";
import type { Dataset } from "../data/index.js";
import { writeJson } from "../files/index.js";
import { PotstillError } from "../native/errors.js";
import { loadModule, type Module } from "../nn/index.js";
import { type History, type TeacherOptions, trainTeacher } from "../train/index.js";
import { contained } from "./contained.js";
import { keyPath } from "./errors.js";
import { makeOptimizer } from "./learning.js";
import { located } from "./made.js";
import { makeModel } from "./models.js";
import type { DistillRecipe, FileTeacherRecipe, TrainingRecipe } from "./schema.js";
import { type Kitchen, trainingOptions } from "./training.js";

/** What is kept beside a teacher that a recipe trained: `teacher.json` beside `teacher.pt`. */
interface Origin {
  version: 1;
  /** The `train` section that it was made by, and the seed. */
  train: unknown;
  seed: number;
  seconds: number;
  samplesPerSecond: number;
  history: History;
}

/**
 * Loads a teacher, after training it where its file does not exist and the recipe says how. Without
 * a path the file is `teacher.pt` in the folder of the run.
 *
 * @param key of the teacher in the recipe, for messages
 * @throws ERR_MODEL_LOAD where there is no such file and no `train`, or it is no model
 */
export async function obtainTeacher(
  node: FileTeacherRecipe,
  key: readonly PropertyKey[],
  data: Dataset,
  recipe: DistillRecipe,
  kitchen: Kitchen,
): Promise<TeacherOptions> {
  const given = typeof node === "string" ? { path: node } : node;
  const file = given.path
    ? path.resolve(kitchen.source.folder, given.path)
    : path.join(kitchen.out, "teacher.pt");
  const training = "train" in given ? given.train : undefined;
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists && training && given.path) {
    const advice = "leave it out to keep the teacher in the folder of the run";
    // Runs of a sweep share a teacher in the folder around theirs.
    const own = [kitchen.out, path.dirname(kitchen.out)];
    contained(given.path, [...key, "path"], kitchen.source, advice, own);
  }
  if (!exists && training) await trainAndKeep(file, training, key, data, recipe, kitchen);
  if (!exists && !training) {
    throw new PotstillError(
      "ERR_MODEL_LOAD",
      `${keyPath(key)}: there is no file ${file}, and the recipe does not say how to train it (train: …)`,
    );
  }
  const origin = await readOrigin(file);
  if (exists && training && origin) warnIfChanged(file, origin, training, kitchen);
  const { weight, resize, device, output, normalize } = {
    weight: undefined,
    resize: undefined,
    device: undefined,
    output: undefined,
    normalize: undefined,
    ...given,
  };
  const module = await loadModule(file, { output, normalize }).catch((error: unknown) => {
    throw located(error, key);
  });
  return {
    module,
    ...{ weight, resize, device },
    training: origin && { seconds: origin.seconds, samplesPerSecond: origin.samplesPerSecond },
  };
}

async function trainAndKeep(
  file: string,
  training: TrainingRecipe,
  key: readonly PropertyKey[],
  data: Dataset,
  recipe: DistillRecipe,
  kitchen: Kitchen,
): Promise<void> {
  const at = [...key, "train"];
  const seed = training.seed ?? recipe.seed ?? 0;
  const run = trainTeacher({
    ...trainingOptions(training, at, kitchen),
    optimizer: makeOptimizer(training.optimizer, [...at, "optimizer"]),
    seed,
    ...{ device: recipe.device, threads: recipe.threads, allowTf32: recipe.allowTf32 },
    data,
    model: await makeModel(training.model, [...at, "model"], kitchen.source.folder),
  });
  for await (const event of run) kitchen.emit(event);
  const { model, seconds, samplesPerSecond, history } = await run;
  await keepTeacher(file, model, {
    version: 1,
    train: training,
    seed,
    seconds,
    samplesPerSecond,
    history,
  });
}

async function keepTeacher(file: string, model: Module, origin: Origin): Promise<void> {
  // The model last: a file that is there is complete, with all that belongs to it.
  await writeJson(originFile(file), origin);
  await model.save(file);
  model.dispose();
}

function originFile(file: string): string {
  return `${file.replace(/\.[^./\\]+$/, "")}.json`;
}

/** Null for a teacher from elsewhere. */
async function readOrigin(file: string): Promise<Origin | null> {
  const text = await readFile(originFile(file), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    const origin = JSON.parse(text) as Partial<Origin> | null;
    return origin?.version === 1 && typeof origin.seconds === "number" ? (origin as Origin) : null;
  } catch {
    return null;
  }
}

function warnIfChanged(
  file: string,
  origin: Origin,
  training: TrainingRecipe,
  kitchen: Kitchen,
): void {
  if (JSON.stringify(origin.train) === JSON.stringify(training)) return;
  kitchen.emit({
    type: "warning",
    phase: "teacher",
    message: `${file} was trained by other settings than the recipe has now; delete it to train it again`,
  });
}

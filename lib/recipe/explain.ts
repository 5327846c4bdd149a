/** What a recipe comes to, without running it: models, terms, steps, and time measured on three. */

import { access } from "node:fs/promises";
import path from "node:path";
import type { Dataset } from "../data/index.js";
import { type Loss, losses, termsOf } from "../losses/index.js";
import type { Module } from "../nn/index.js";
import { memory } from "../tensor/index.js";
import {
  type DistillOptions,
  distill,
  mutual,
  type StageOptions,
  type TeacherOptions,
  train,
} from "../train/index.js";
import { mutualObjective } from "../train/mutual.js";
import { makeData } from "./data.js";
import {
  built,
  describedData,
  type ExplainedPhase,
  type Explanation,
  lengthOf,
  limited,
  measuredStep,
  nameOf,
  type Options,
  onlyTrain,
  phaseOf,
  sizeOf,
  termOf,
} from "./explained.js";
import { makeObjective, makeStages } from "./learning.js";
import { makeModel } from "./models.js";
import { parseDistill } from "./parse.js";
import { checkDevices, runFolder } from "./run.js";
import type { DistillRecipe, TeacherRecipe } from "./schema.js";
import type { RecipeSource } from "./source.js";
import { tappedInBoth, tappedInPairs, tapShapes, teacherRole } from "./tap-shapes.js";
import { obtainTeacher } from "./teacher.js";
import { type Kitchen, trainingOptions } from "./training.js";

export type { ExplainedPhase, Explanation } from "./explained.js";

/**
 * Explains a recipe of `potstill distill`. A teacher that is not there yet is measured as the recipe
 * builds it, untrained; nothing is written.
 *
 * @throws ERR_CONFIG and ERR_TAP as a run would
 */
export async function explainRecipe(
  source: RecipeSource,
  options: { out?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Explanation> {
  const recipe = parseDistill(source);
  checkDevices(recipe);
  const kitchen: Kitchen = {
    source,
    out: runFolder(source, options.out),
    resume: false,
    signal: options.signal,
    emit: () => {},
    profiler: { passTo: () => {} },
  };
  const shared = trainingOptions(recipe, [], kitchen);
  using data = await makeData(recipe.data, { folder: source.folder, seed: recipe.seed ?? 0 });
  if (recipe.students !== undefined) return await explainStudents(recipe, shared, data, kitchen);
  const student = await built(await makeModel(recipe.student!, ["student"], source.folder));
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
    const time = await measuredStep((steps) =>
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
    tappedInPairs(
      parts.flatMap(({ terms }) => terms),
      { module: student, resize: shared.resize },
      teachers,
    ),
  );
  const { ensemble, alone } = recipe;
  const given = teachers.length === 1 ? { teacher: teachers[0]! } : { teachers, ensemble };
  if (alone) {
    const own = await measuredStep((steps) =>
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
    const time = await measuredStep((steps) =>
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
    data: describedData(data),
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

/** Two students that learn from each other. */
async function explainStudents(
  recipe: DistillRecipe,
  shared: Options,
  data: Dataset,
  { source }: Kitchen,
): Promise<Explanation> {
  const students: Module[] = [];
  for (const [index, node] of recipe.students!.entries()) {
    students.push(await built(await makeModel(node, ["students", index], source.folder)));
  }
  const roles = students.map((_, index) => `student ${index + 1}`);
  const sizes = students.map(sizeOf);
  const objective =
    recipe.objective === undefined
      ? mutualObjective()
      : makeObjective(recipe.objective, ["objective"]);
  const terms = termsOf(objective);
  const members = students.map((module, index) => ({
    ...{ role: roles[index]!, module, resize: shared.resize },
  }));
  const taps = await tapShapes(data, tappedInBoth(terms, members));
  const time = await measuredStep((steps) =>
    mutual({
      ...limited(shared, steps),
      data: onlyTrain(data),
      students: students as [Module, Module],
    }),
  );
  for (const each of students) each.dispose();
  return {
    data: describedData(data),
    models: sizes.map(({ count }, index) => ({
      ...{ role: roles[index]!, parameters: count, from: nameOf(recipe.students![index]) },
    })),
    terms: terms.map((loss) => termOf(loss, null)),
    taps,
    optimizer: recipe.optimizer,
    phases: [phaseOf("mutual", shared, lengthOf(data, recipe.validation), time)],
    memory: { weights: sizes.reduce((sum, { bytes }) => sum + bytes, 0), peak: memory().peak },
  };
}

/** A stage, or the whole of a training without stages. */
interface Part {
  name: string | null;
  stage: StageOptions | null;
  terms: readonly Loss[];
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
  const { path: _, train: __, ...rest } = { train: undefined, ...given };
  const teacher: TeacherOptions = { ...rest, module };
  return { teacher, training, from: "not there yet: it is trained first" };
}

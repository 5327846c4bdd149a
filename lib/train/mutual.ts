/** `mutual()`: two students that learn from each other. */

import { losses, type Objective } from "../losses/index.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import {
  assertTrainable,
  type Module,
  type ModuleDef,
  moduleHandle,
  wrapModule,
} from "../nn/index.js";
import { environment } from "./environment.js";
import type { Phase } from "./events.js";
import { checkModel, checkOptions, type TrainingOptions } from "./options.js";
import { type Planned, planPhase, recipeOf, studentPredictor } from "./plan.js";
import { Ensemble } from "./predictor.js";
import { REPORT_VERSION, type Report } from "./report.js";
import { Run } from "./run.js";
import { checkClasses, Session, type Training, viewOf } from "./session.js";

export interface MutualOptions extends TrainingOptions {
  /** Two modules or descriptions; each is the other's teacher. */
  students: readonly [Module | ModuleDef, Module | ModuleDef];
  /** Of each; default: cross-entropy, and soft targets at T = 1 as in the paper. */
  objective?: Objective | undefined;
}

/** What `await mutual(…)` gives. */
export interface MutualResult {
  /** Both, trained and in evaluation mode. */
  students: [Module, Module];
  report: Report;
  /** Files in the run's folder; empty without `out`. */
  files: string[];
}

const phases: readonly [Phase, Phase] = ["distilled", "peer"];

/** `mutual()` without a record: the events and the page are for whoever listens. */
export function mutual(options: MutualOptions): Run<MutualResult> {
  return new Run(async (emit, profiler) => {
    const session = new Session(checkOptions("mutual", options), emit, profiler);
    return session.within(["mutual"], () => mutualWithin(session, options));
  });
}

/** That of the paper. */
export function mutualObjective(): Objective {
  return [losses.crossEntropy(), losses.softTargets({ temperature: 1 })];
}

async function mutualWithin(session: Session, options: MutualOptions): Promise<MutualResult> {
  const checked = session.options;
  const given: unknown = options.students;
  if (!Array.isArray(given) || given.length !== 2) {
    throw new PotstillError("ERR_CONFIG", "mutual: students: expected two models");
  }
  if (given[0] === given[1] && !isDescription(given[0])) {
    throw new PotstillError(
      "ERR_CONFIG",
      "mutual: both students are the same module; clone() it, or give a description",
    );
  }
  const { train, validation } = session.split();
  await train.validate();
  const students: Module[] = [];
  const shapes: (number[] | null)[] = [];
  for (const [index, each] of given.entries()) {
    const def = checkModel(`students[${index}]`, each);
    // Other initial weights than the first one's: alike, they had nothing to tell each other.
    const model = await session.model(def, null, options.output, checked.seed + index);
    assertTrainable(model, checked.allowBaked);
    const view = viewOf(model, { output: options.output });
    const asked = studentPredictor(view, checked);
    const shape = await session.probe(`students[${index}]`, asked, train);
    if (shape) checkClasses(train, shape);
    students.push(view);
    shapes.push(shape);
  }
  const [first, second] = students as [Module, Module];
  if (shapes[0]?.join() !== shapes[1]?.join()) {
    const text = (sizes: number[] | null | undefined) =>
      `[${["batch", ...(sizes ?? [])].join(", ")}]`;
    throw new PotstillError(
      "ERR_SHAPE",
      `the students give logits ${text(shapes[0])} and ${text(shapes[1])}; give their last layers the same size`,
    );
  }
  const objective = options.objective ?? mutualObjective();
  const planned: Planned[] = [];
  const resize = checked.resize ?? null;
  for (const [index, model] of students.entries()) {
    const other = asTeacher(students[1 - index]!);
    const judge = new Ensemble([{ module: other, resize }], "probabilities");
    planned.push(
      await planPhase(
        { checked, options, train, validation, judge },
        phases[index]!,
        model,
        objective,
        [{ module: other, resize, changing: true }],
      ),
    );
  }
  const { plan, settings } = planned[0]!;
  const learners = planned.flatMap((each) => each.plan.learners);
  const trainings = (await session.train([
    { plan: { ...plan, name: "mutual", learners }, settings },
  ])) as [Training, Training];

  const ask = (model: Module) => studentPredictor(model, checked);
  const report: Report = {
    version: REPORT_VERSION,
    recipe: options.recipe ?? recipeOf(options, objective),
    environment: environment(plan.record),
    teacher: null,
    distilled: await session.measure("distilled", ask(first), trainings[0], ask(second)),
    peer: await session.measure("peer", ask(second), trainings[1], ask(first)),
    history: { distilled: trainings[0].history, peer: trainings[1].history },
  };
  await session.save(first, "student");
  await session.save(second, "peer");
  await session.finish(report);
  return { students: [first, second], report, files: session.files };
}

/** The same weights in a module that stays in evaluation mode while the student trains. */
function asTeacher(student: Module): Module {
  const { output, normalize } = student;
  return wrapModule(native.moduleView(moduleHandle(student)), { output, normalize }).eval();
}

function isDescription(value: unknown): boolean {
  return typeof value === "object" && value !== null && "source" in value;
}

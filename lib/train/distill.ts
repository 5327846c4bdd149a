/** `distill()`: a student learns from a teacher. */

import { comparesLogits, type Loss, losses, type Objective, termsOf } from "../losses/index.js";
import { PotstillError } from "../native/errors.js";
import { assertTrainable, type Module, teacherWarnings } from "../nn/index.js";
import { type CachedTeachers, prepareCaches } from "./cache/prepare.js";
import { environment } from "./environment.js";
import { fastTeachers } from "./fast-teachers.js";
import {
  type CheckedOptions,
  checkModel,
  checkOptions,
  checkStages,
  checkTeachers,
  type DistillOptions,
  type PlannedTeacher,
  type SelfTeacherOptions,
  type TeacherOptions,
} from "./options.js";
import { type PlanContext, type Planned, planPhase, recipeOf, studentPredictor } from "./plan.js";
import { Ensemble } from "./predictor.js";
import { REPORT_VERSION, type Report } from "./report.js";
import { Run } from "./run.js";
import { checkClasses, Session, type Training, viewOf } from "./session.js";

/** What `await distill(…)` gives. */
export interface DistillResult {
  /** The distilled student, in evaluation mode: the module that was given, or the one built. */
  student: Module;
  /** The student trained without the teacher; only with `alone: true`. */
  alone: Module | null;
  report: Report;
  /** Files in the run's folder; empty without `out`. */
  files: string[];
}

/** `distill()` without a record: the events and the page are for whoever listens. */
export function distill(options: DistillOptions): Run<DistillResult> {
  return new Run(async (emit, profiler) => {
    const checked = checkOptions("distill", options);
    const stages = checkStages(options);
    const named = checkTeachers(options);
    const session = new Session(checked, emit, profiler);
    const names = stages?.map((_, index) => `distilled-stage${index + 1}`) ?? ["distilled"];
    return session.within(options.alone ? ["alone", ...names] : names, () =>
      distillWithin(session, options, named, stages),
    );
  });
}

/** Models, data and objectives of a distillation, before anything is trained. */
export interface Ingredients {
  student: Module;
  /** The student with the output that the run asks of it. */
  view: Module;
  teachers: PlannedTeacher[];
  objectives: Objective[];
  /** Of all objectives. */
  losses: Loss[];
  context: PlanContext;
}

/** @throws as `distill()` for what does not go together */
export async function ingredientsOf(
  session: Session,
  options: DistillOptions,
  named: ReturnType<typeof checkTeachers>,
  stages: ReturnType<typeof checkStages>,
): Promise<Ingredients> {
  const checked = session.options;
  const given = checkModel("student", options.student);
  const student = await session.model(given, options.studentWeights, options.output);
  assertTrainable(student, checked.allowBaked);
  const view = viewOf(student, { output: options.output });
  const teachers: PlannedTeacher[] = [];
  for (const each of named) teachers.push(await teacherOf(each, view, checked));
  const { ensemble = "probabilities" } = options;
  const together = new Ensemble(teachers, ensemble);
  for (const { module } of teachers) {
    module.eval();
    for (const message of teacherWarnings(module)) session.warn(null, message);
  }
  const { train, validation } = session.split();
  await train.validate();
  const usual = () => losses.response(train.labeled ? {} : { alpha: 1 });
  const objectives = stages?.map(({ objective }) => objective) ?? [options.objective ?? usual()];
  const terms = objectives.flatMap(termsOf);
  const alike = await checkShapes(session, train, view, teachers, terms);
  // A teacher of other classes is neither measured nor compared with.
  const judge = alike ? together : null;

  const context: PlanContext = {
    ...{ checked, train, validation, judge, ensemble },
    options: options as PlanContext["options"],
  };
  return { student, view, teachers, objectives, losses: terms, context };
}

/** The plan of each objective, in order. */
export async function plansOf(
  { view, teachers, objectives, context }: Ingredients,
  stages: ReturnType<typeof checkStages>,
  asked: readonly PlannedTeacher[] = teachers,
): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const [index, objective] of objectives.entries()) {
    const own = stages ? stageContext(context, stages, index) : context;
    planned.push(await planPhase(own, "distilled", view, objective, asked));
  }
  return planned;
}

async function distillWithin(
  session: Session,
  options: DistillOptions,
  named: ReturnType<typeof checkTeachers>,
  stages: ReturnType<typeof checkStages>,
): Promise<DistillResult> {
  const ingredients = await ingredientsOf(session, options, named, stages);
  const { student, view, teachers, objectives, losses: terms, context } = ingredients;
  const { checked, train, judge } = context;
  // From a cache nobody is asked, and what it keeps are the words of the teachers themselves.
  const asking = {
    checked,
    options,
    losses: terms,
    train,
    emit: session.emit,
    warn: (message: string) => session.warn("distilled", message),
  };
  const fast = checked.cache ? null : await fastTeachers(teachers, asking);
  const distilling = await plansOf(ingredients, stages, fast?.teachers);
  let alone: { model: Module; planned: Planned } | null = null;
  if (options.alone) {
    // The same initial weights: the copy is made before either is trained.
    const model = await view.clone();
    const own = stages ? stageContext(context, stages, stages.length - 1, true) : context;
    alone = { model, planned: await planPhase(own, "alone", model, losses.crossEntropy(), []) };
  }
  const [aloneTraining] = alone ? await session.train([alone.planned]) : [];
  const [training] = (await distilWith(session, options, ingredients, distilling).finally(() =>
    fast?.dispose(),
  )) as [Training];

  const predictor = (model: Module) => studentPredictor(model, checked);
  const objective = objectives.length === 1 ? objectives[0]! : undefined;
  const report: Report = {
    version: REPORT_VERSION,
    recipe: options.recipe ?? recipeOf(options, objective),
    environment: environment(distilling[0]!.plan.record),
    teacher: judge && (await session.measure("teacher", judge, trainingOf(teachers), null)),
    ...(alone
      ? {
          alone: await session.measure(
            "alone",
            predictor(alone.model),
            aloneTraining ?? null,
            judge,
          ),
        }
      : {}),
    distilled: await session.measure("distilled", predictor(view), training, judge),
    history: {
      ...(aloneTraining ? { alone: aloneTraining.history } : {}),
      distilled: training.history,
    },
  };
  if (alone) await session.save(alone.model, "alone");
  await session.save(student, "student");
  const followers = teachers.filter(({ follow = 0 }) => follow > 0);
  for (const [index, { module }] of followers.entries()) {
    await session.save(module, index === 0 ? "ema-teacher" : `ema-teacher${index + 1}`);
  }
  await session.finish(report);
  return { student, alone: alone?.model ?? null, report, files: session.files };
}

/** The phase itself, with what the teachers say from a cache if there is to be one. */
async function distilWith(
  session: Session,
  options: DistillOptions,
  ingredients: Ingredients,
  stages: readonly Planned[],
): Promise<Training[]> {
  const { cache } = session.options;
  if (cache == null) return await session.train(stages);
  const cached = await openCaches(cache, session, options, ingredients, stages);
  try {
    return await session.train(
      stages.map(({ plan, settings }) => ({
        plan: { ...plan, cached },
        settings: { ...settings, views: cached.views },
      })),
    );
  } finally {
    cached.dispose();
  }
}

/** The caches of what the teachers say of these plans, filled. */
export function openCaches(
  given: NonNullable<CheckedOptions["cache"]>,
  session: Session,
  options: DistillOptions,
  { teachers, losses, context }: Ingredients,
  stages: readonly Planned[],
): Promise<CachedTeachers> {
  return prepareCaches(given, {
    ...{ checked: session.options, options, teachers, losses, emit: session.emit },
    train: context.train,
    terms: stages.flatMap(({ plan }) => plan.learners[0]!.spec.terms),
  });
}

/** In its place; a teacher that follows the student begins as its copy. */
async function teacherOf(
  given: TeacherOptions | SelfTeacherOptions,
  student: Module,
  { resize, device }: CheckedOptions,
): Promise<PlannedTeacher> {
  if ("module" in given) {
    const place = given.device ?? device;
    if (place != null) await given.module.to({ device: place });
    return { ...given, module: viewOf(given.module, given) };
  }
  const { ema, weight } = given;
  return { module: await student.clone(), weight, resize, follow: ema, changing: true };
}

/** What one stage has of its own; with `whole` all stages as one, for the student alone. */
function stageContext(
  context: PlanContext,
  stages: NonNullable<ReturnType<typeof checkStages>>,
  index: number,
  whole = false,
): PlanContext {
  const { checked, options } = context;
  const { epochs, steps, optimizer, schedule, trainable, name } = stages[index]!;
  const last = index === stages.length - 1;
  const sum = (values: (number | undefined)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const counted = stages.every((stage) => stage.steps !== undefined);
  const length = whole
    ? counted
      ? { steps: sum(stages.map((stage) => stage.steps)) }
      : { epochs: sum(stages.map((stage) => stage.epochs)) || 1 }
    : { epochs, steps };
  return {
    ...context,
    checked: {
      ...checked,
      ...{ epochs: undefined, steps: undefined, ...length },
      // Other orders and other connectors than the stage before; the first is as the run would be.
      // What a cache knows are the views of one seed.
      seed: checked.seed + (whole || checked.cache != null ? 0 : index),
      ...(last ? {} : { keepBest: false, patience: null }),
    },
    options: {
      ...options,
      optimizer: optimizer ?? options.optimizer,
      schedule: schedule === undefined ? options.schedule : schedule,
    },
    stage: whole ? null : { index: index + 1, count: stages.length, name, trainable },
  };
}

/** Of all teachers together, where it is known of each. */
function trainingOf(teachers: readonly PlannedTeacher[]) {
  const known = teachers.flatMap(({ training }) => training ?? []);
  if (known.length === 0 || known.length < teachers.length) return null;
  const seconds = known.reduce((sum, each) => sum + each.seconds, 0);
  const samples = known.reduce((sum, each) => sum + each.samplesPerSecond * each.seconds, 0);
  return { seconds, samplesPerSecond: seconds > 0 ? samples / seconds : 0 };
}

/**
 * Samples, models and classes have to fit together before anything is trained.
 *
 * @returns whether all models tell the same classes apart, as far as that can be known
 */
async function checkShapes(
  session: Session,
  train: CheckedOptions["dataset"]["train"],
  student: Module,
  teachers: readonly PlannedTeacher[],
  losses: readonly Loss[],
): Promise<boolean> {
  const shape = await session.probe("student", studentPredictor(student, session.options), train);
  if (shape === null) return true;
  let alike = true;
  const text = (sizes: number[]) => `[${["batch", ...sizes].join(", ")}]`;
  for (const index of teachers.keys()) {
    const name = teachers.length > 1 ? `teachers[${index}]` : "teacher";
    const other = await session.probe(name, new Ensemble([teachers[index]!], "logits"), train);
    if (other === null || other.join() === shape.join()) continue;
    alike = false;
    const compared = losses.find(comparesLogits);
    if (compared) {
      throw new PotstillError(
        "ERR_SHAPE",
        `the ${name} gives logits ${text(other)} and the student ${text(shape)}, and ` +
          `${compared.kind} compares them; change the student's last layer, choose the logits with ` +
          "output, or compare features instead",
      );
    }
  }
  checkClasses(train, shape);
  return alike;
}

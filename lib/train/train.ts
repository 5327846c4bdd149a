/** `train()`: a model learns from labels, as a teacher has to before it teaches. */

import { losses } from "../losses/index.js";
import { assertTrainable, type Module } from "../nn/index.js";
import { environment } from "./environment.js";
import { checkModel, checkOptions, type TrainOptions } from "./options.js";
import { planPhase, recipeOf, studentPredictor } from "./plan.js";
import { type History, REPORT_VERSION, type Report } from "./report.js";
import { Run } from "./run.js";
import { checkClasses, Session, type Training, viewOf } from "./session.js";

/** What `await train(…)` gives. */
export interface TrainResult {
  /** The trained model, in evaluation mode: the module that was given, or the one built. */
  model: Module;
  report: Report;
  /** Files in the run's folder; empty without `out`. */
  files: string[];
}

/** `train()` without a record: the events and the page are for whoever listens. */
export function train(options: TrainOptions): Run<TrainResult> {
  return new Run(async (emit, profiler) => {
    const checked = checkOptions("train", options);
    const session = new Session(checked, emit, profiler);
    return session.within(["trained"], async () => {
      const { model, asked, training, objective, record } = await trainPhase(
        session,
        options,
        "trained",
      );
      const report: Report = {
        version: REPORT_VERSION,
        recipe: options.recipe ?? recipeOf(options, objective),
        environment: environment(record),
        teacher: null,
        distilled: null,
        trained: await session.measure("trained", asked, training, null),
        history: { trained: training.history },
      };
      await session.save(model, "model");
      await session.finish(report);
      return { model, report, files: session.files };
    });
  });
}

/** A teacher that was trained for a distillation. */
export interface TrainedTeacher {
  model: Module;
  history: History;
  seconds: number;
  samplesPerSecond: number;
}

/**
 * Trains the teacher of a distillation that follows: as `train()`, but the test set is left alone,
 * and the folder gets nothing but the checkpoint.
 */
export function trainTeacher(options: TrainOptions): Run<TrainedTeacher> {
  return new Run(async (emit, profiler) => {
    const session = new Session(checkOptions("train", options), emit, profiler);
    return session.within(["teacher"], async () => {
      const { model, training } = await trainPhase(session, options, "teacher");
      const { history, seconds, samplesPerSecond } = training;
      return { model, history, seconds, samplesPerSecond };
    });
  });
}

async function trainPhase(session: Session, options: TrainOptions, phase: "trained" | "teacher") {
  const checked = session.options;
  const { weights, output } = options;
  const model = await session.model(checkModel("model", options.model), weights, output);
  assertTrainable(model, checked.allowBaked);
  const view = viewOf(model, { output });
  const { train, validation } = session.split();
  await train.validate();
  const asked = studentPredictor(view, checked);
  const shape = await session.probe("model", asked, train);
  if (shape) checkClasses(train, shape);
  const objective = options.objective ?? losses.crossEntropy();
  const context = { checked, options, train, validation, judge: null };
  const planned = await planPhase(context, phase, view, objective, []);
  const [training] = (await session.train([planned])) as [Training];
  return { model, asked, training, objective, record: planned.plan.record };
}

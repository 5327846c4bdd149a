/** Which of several ways to run a training is the fastest, by running some steps with each. */

import { Learner, type LearnerState } from "./learner.js";
import { runTraining, type TrainingPlan } from "./loop.js";

const stepsPerTurn = 4;
/** Quick steps need more turns than slow ones to tell the ways apart. */
const turns = { least: 2, most: 20, milliseconds: 2000 };
/** What gains less than this over an earlier way is left. */
const worthwhile = 0.97;

/**
 * Whether steps of this plan may be run before its time. Streams are not read and losses that are
 * functions not called by then, and times on a GPU are not those of its work.
 */
export function isMeasurable({ train, learners, record }: TrainingPlan): boolean {
  const untouched = train.sampleShape === null || learners.some(({ custom }) => custom !== null);
  return !untouched && record.device === "cpu";
}

/**
 * The way in which the steps of a plan come fastest: a few are run in each, data and all, in turns.
 * Models and followers are left as they were. Where the first way fails that is an error; others that
 * do are not chosen.
 *
 * @param ways the most welcome first
 * @param as makes the plan one that is run in such a way
 */
export async function fastestWay<Way>(
  plan: TrainingPlan,
  ways: readonly [Way, ...Way[]],
  as: (plan: TrainingPlan, way: Way) => TrainingPlan,
): Promise<Way> {
  const trial = {
    ...plan,
    ...{ epochs: null, validation: null, patience: null, store: null, resume: null, signal: null },
  };
  const seconds = async (way: Way, steps: number) => {
    try {
      return (await runTraining({ ...as(trial, way), steps }, () => {})).seconds;
    } catch (error) {
      if (way === ways[0]) throw error;
      return Number.POSITIVE_INFINITY;
    }
  };
  return await unchanged(plan, async () => {
    // The first step in a way chooses its matrix products.
    for (const way of ways) await seconds(way, 1);
    const best = new Map(ways.map((way) => [way, Number.POSITIVE_INFINITY]));
    const began = performance.now();
    for (let turn = 0; turn < turns.most && !plan.signal?.aborted; turn++) {
      for (const way of ways) {
        best.set(way, Math.min(await seconds(way, stepsPerTurn), best.get(way)!));
      }
      if (turn + 1 >= turns.least && performance.now() - began > turns.milliseconds) break;
    }
    return fastest(best);
  });
}

/** Of times by ways, the most welcome first. */
export function fastest<Way>(times: ReadonlyMap<Way, number>): Way {
  return [...times].reduce((best, each) => (each[1] < best[1] * worthwhile ? each : best))[0];
}

/** Runs a job that trains, and puts everything that was trained back. */
async function unchanged<T>(plan: TrainingPlan, job: () => Promise<T>): Promise<T> {
  const kept: { learner: Learner; state: LearnerState }[] = [];
  try {
    for (const each of plan.learners) {
      const learner = new Learner(each, plan);
      kept.push({ learner, state: await learner.state() });
    }
    return await job();
  } finally {
    for (const { learner, state } of kept) {
      await learner.restore(state);
      for (const tensor of Object.values(state.step.tensors)) tensor.dispose();
      learner.dispose();
    }
  }
}

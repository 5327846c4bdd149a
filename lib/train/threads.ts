/** Threads of one operator, where a run finds them out: `threads: "auto"`. */

import { availableParallelism } from "node:os";
import { setThreads } from "../tensor/index.js";
import { Learner, type LearnerState } from "./learner.js";
import { runTraining, type TrainingPlan } from "./loop.js";

const stepsPerTurn = 4;
/** Quick steps need more turns than slow ones to tell numbers of threads apart. */
const turns = { least: 2, most: 20, milliseconds: 2000 };
/** More threads that gain less than this are left to data and event loop. */
const worthwhile = 0.97;

/**
 * The number of threads with which the steps of this plan come fastest: a few are run with each, data
 * and all, in turns. Batches are assembled by a thread of their own, so that the most may be too many.
 * Models and followers are left as they were; the number of threads is not.
 *
 * @returns as many as there are cores where nothing is measured: on GPUs, for streams, which are not
 *   read before their time, and for losses that are functions, which are not called before it
 */
export async function measuredThreads(plan: TrainingPlan): Promise<number> {
  const cores = availableParallelism();
  const candidates = candidatesOf(cores);
  const untouchable =
    plan.train.sampleShape === null || plan.learners.some(({ custom }) => custom !== null);
  if (candidates.length === 1 || untouchable || plan.record.device !== "cpu") return cores;
  const trial = {
    ...plan,
    ...{ epochs: null, validation: null, patience: null, store: null, resume: null, signal: null },
  };
  const seconds = async (threads: number, steps: number) => {
    setThreads(threads);
    return (await runTraining({ ...trial, steps }, () => {})).seconds;
  };
  return await unchanged(plan, async () => {
    // The first step with a number of threads chooses its matrix products.
    for (const threads of candidates) await seconds(threads, 1);
    const best = new Map<number, number>();
    const began = performance.now();
    for (let turn = 0; turn < turns.most && !plan.signal?.aborted; turn++) {
      for (const threads of candidates) {
        const taken = await seconds(threads, stepsPerTurn);
        best.set(threads, Math.min(taken, best.get(threads) ?? Number.POSITIVE_INFINITY));
      }
      if (turn + 1 >= turns.least && performance.now() - began > turns.milliseconds) break;
    }
    return fastest(best);
  });
}

/** 1, 2, 4, … and all, and all but one: data then have a core of their own. */
export function candidatesOf(cores: number): number[] {
  const powers = Array.from({ length: Math.ceil(Math.log2(cores)) }, (_, power) => 2 ** power);
  return [...new Set([...powers, Math.max(1, cores - 1), cores])].sort((a, b) => a - b);
}

/** Of times by numbers of threads, in ascending order. */
export function fastest(times: ReadonlyMap<number, number>): number {
  let [chosen, least] = [1, Number.POSITIVE_INFINITY];
  for (const [threads, time] of times) {
    if (time < least * worthwhile) [chosen, least] = [threads, time];
  }
  return chosen;
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

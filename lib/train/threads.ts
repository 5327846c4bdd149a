/** Threads of one operator, where a run finds them out: `threads: "auto"`. */

import { availableParallelism } from "node:os";
import { setThreads } from "../tensor/index.js";
import type { TrainingPlan } from "./loop.js";
import { fastestWay, isMeasurable } from "./measured.js";

/**
 * The number of threads with which the steps of this plan come fastest. Batches are assembled by a
 * thread of their own, so that the most may be too many. Leaves some number of threads set.
 *
 * @returns as many as there are cores where nothing is measured
 */
export async function measuredThreads(plan: TrainingPlan): Promise<number> {
  const cores = availableParallelism();
  if (cores === 1 || !isMeasurable(plan)) return cores;
  return await fastestWay(plan, candidatesOf(cores), (trial, threads) => {
    setThreads(threads);
    return trial;
  });
}

/** 1, 2, 4, … and all, and all but one: data then have a core of their own. */
export function candidatesOf(cores: number): [number, ...number[]] {
  const powers = Array.from({ length: Math.ceil(Math.log2(cores)) }, (_, power) => 2 ** power);
  const all = [...new Set([...powers, Math.max(1, cores - 1), cores])];
  return all.sort((a, b) => a - b) as [number, ...number[]];
}

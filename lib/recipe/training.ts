/** The part of a recipe that says how to train. */

import type { Optimizer } from "../optim/index.js";
import type { Json, Profiler, TrainEvent, TrainingOptions } from "../train/index.js";
import { makeObjective, makeOptimizer, makeSchedule } from "./learning.js";
import type { DistillRecipe, TrainingRecipe, TrainRecipe } from "./schema.js";
import type { RecipeSource } from "./source.js";

/** What the parts of a recipe are made with. */
export interface Kitchen {
  source: RecipeSource;
  out: string;
  resume: boolean;
  signal: AbortSignal | undefined;
  emit: (event: TrainEvent) => void;
  /** Told of the run that does the training. */
  profiler: Pick<Profiler, "passTo">;
}

/** The options that `distill()`, `train()` and the training of a teacher share. */
export function trainingOptions(
  recipe: TrainingRecipe | DistillRecipe | TrainRecipe,
  key: readonly PropertyKey[],
  kitchen: Kitchen,
): Omit<TrainingOptions, "data" | "optimizer"> & { optimizer?: Optimizer } {
  const { objective, optimizer, schedule } = recipe;
  const { epochs, steps, batchSize, dropLast, seed, accumulate, clip, ema } = recipe;
  const { validation, monitor, keepBest, patience, checkpointEvery, keepCheckpoints } = recipe;
  const { augment, normalize, output, resize, allowBaked } = recipe;
  const { autocast, scaler, channelsLast, gradientCheckpointing, cudaGraph } = recipe;
  const made =
    objective === undefined ? {} : { objective: makeObjective(objective, [...key, "objective"]) };
  return {
    ...made,
    ...(optimizer === undefined
      ? {}
      : { optimizer: makeOptimizer(optimizer, [...key, "optimizer"]) }),
    ...(schedule === undefined ? {} : { schedule: makeSchedule(schedule, [...key, "schedule"]) }),
    ...{ epochs, steps, batchSize, dropLast, seed, accumulate, clip, ema },
    ...{ validation, monitor, keepBest, patience, checkpointEvery, keepCheckpoints },
    ...{ augment, normalize, output, resize, allowBaked },
    ...{ autocast, scaler, channelsLast, gradientCheckpointing, cudaGraph },
    ...{ threads: undefined, device: undefined, allowTf32: undefined },
    ...("threads" in recipe ? { threads: recipe.threads } : {}),
    ...("allowTf32" in recipe ? { allowTf32: recipe.allowTf32 } : {}),
    ...("device" in recipe ? { device: recipe.device } : {}),
    signal: kitchen.signal,
    out: kitchen.out,
    resume: kitchen.resume,
    recipe: kitchen.source.value as Json,
  };
}

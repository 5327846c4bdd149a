/** `objective:`, `optimizer:` and `schedule:` of a recipe. */

import { type Loss, losses, type Objective } from "../losses/index.js";
import { type Optimizer, optim, type Schedule, schedules } from "../optim/index.js";
import type { StageOptions } from "../train/index.js";
import { type MakeOptions, type Makers, make } from "./made.js";
import type { StageRecipe } from "./schema.js";

function functionsOf(namespace: object, without: readonly string[] = []): Makers {
  return Object.fromEntries(
    Object.entries(namespace).filter(
      ([name, value]) => typeof value === "function" && !without.includes(name),
    ),
  ) as Makers;
}

const lossOptions: MakeOptions = {
  what: "a loss",
  makers: { ...functionsOf(losses, ["compute", "custom"]), feature: featureOf },
};
const optimizerOptions: MakeOptions = { what: "an optimizer", makers: functionsOf(optim) };
const scheduleOptions: MakeOptions = {
  what: "a schedule",
  makers: functionsOf(schedules),
  nested: true,
};

/** `feature: { loss: hint, task: { crossEntropy: { … } }, … }`: the task's loss is made by name too. */
function featureOf(options: { task?: unknown } & Parameters<typeof losses.feature>[0]) {
  const { task, ...rest } = Object(options) as typeof options;
  const made = task === undefined ? {} : { task: make(task, ["task"], lossOptions) as Loss };
  return losses.feature({ ...rest, ...made });
}

/** One loss, or the sum of several: `[{ crossEntropy: {} }, { softTargets: { weight: 0.5 } }]`. */
export function makeObjective(node: unknown, key: readonly PropertyKey[]): Objective {
  if (!Array.isArray(node)) return make(node, key, lossOptions) as Objective;
  return node.map((each, index) => make(each, [...key, index], lossOptions)) as Objective;
}

export function makeOptimizer(node: unknown, key: readonly PropertyKey[]): Optimizer {
  return make(node, key, optimizerOptions) as Optimizer;
}

export function makeSchedule(node: unknown, key: readonly PropertyKey[]): Schedule {
  return make(node, key, scheduleOptions) as Schedule;
}

/** `stages:`, in their order. */
export function makeStages(stages: readonly StageRecipe[]): StageOptions[] {
  return stages.map(({ objective, optimizer, schedule, ...rest }, index) => {
    const key = (name: string) => ["stages", index, name];
    return {
      ...rest,
      objective: makeObjective(objective, key("objective")),
      ...(optimizer && { optimizer: makeOptimizer(optimizer, key("optimizer")) }),
      ...(schedule && { schedule: makeSchedule(schedule, key("schedule")) }),
    };
  });
}

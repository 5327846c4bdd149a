/** The learning rate of each update: a pure function of optimizer, schedule and position. */

import { PotstillError } from "../native/errors.js";
import { shown } from "../tensor/options.js";
import type { Optimizer } from "./optimizers.js";
import { checkSchedule, type Schedule, type ScheduleUnit } from "./schedules.js";

/** How long a training is, as far as it is known. */
export interface TrainingLength {
  /** Optimizer updates in all. */
  steps: number | null;
  /** Optimizer updates in one epoch. */
  stepsPerEpoch: number | null;
}

type Rate = (update: number) => number;

/**
 * The learning rate of the update with a zero-based number; a schedule of PyTorch has it after as
 * many calls of its `step()`.
 *
 * @param schedule null: constant
 * @throws PotstillError `ERR_CONFIG` where it is no optimizer or no schedule, and where a schedule
 *   counts epochs, or lasts as long as the training, and that is not known
 */
export function learningRates(
  optimizer: Optimizer,
  schedule: Schedule | null,
  length: TrainingLength,
): Rate {
  const { lr, spec } = Object(optimizer) as Partial<Optimizer>;
  if (typeof lr !== "number" || typeof spec?.kind !== "string") {
    throw new PotstillError(
      "ERR_CONFIG",
      `optimizer: expected one such as optim.sgd({ lr: 0.05, momentum: 0.9 }), got ${shown(optimizer)}`,
    );
  }
  if (schedule === null) return () => lr;
  return rateOf(checkSchedule("schedule", schedule), lr, length);
}

function rateOf(schedule: Schedule, base: number, length: TrainingLength): Rate {
  switch (schedule.kind) {
    case "constant":
      return () => base * schedule.factor;
    case "step": {
      const { stepSize, gamma } = schedule;
      const at = counter(schedule, length);
      return (update) => base * gamma ** Math.floor(at(update) / stepSize);
    }
    case "multistep": {
      const { milestones, gamma } = schedule;
      const at = counter(schedule, length);
      return (update) => {
        const now = at(update);
        return base * gamma ** milestones.filter((milestone) => milestone <= now).length;
      };
    }
    case "exponential": {
      const { gamma } = schedule;
      const at = counter(schedule, length);
      return (update) => base * gamma ** at(update);
    }
    case "cosine": {
      const { etaMin } = schedule;
      const at = counter(schedule, length);
      const half = schedule.tMax ?? trainingLength(schedule, length);
      return (update) =>
        etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * at(update)) / half))) / 2;
    }
    case "linearWarmup": {
      const { startFactor, endFactor, totalIters } = schedule;
      const at = counter(schedule, length);
      return (update) => {
        const done = Math.min(at(update), totalIters) / totalIters;
        return base * (startFactor + (endFactor - startFactor) * done);
      };
    }
    case "oneCycle":
      return oneCycle(schedule, base, length);
    case "chain":
      return chain(schedule, base, length);
  }
}

/** From updates to what the schedule counts. */
function counter(
  schedule: { kind: string; unit: ScheduleUnit },
  length: TrainingLength,
): (update: number) => number {
  if (schedule.unit === "steps") return (update) => update;
  const perEpoch = updatesPer(schedule, length);
  return (update) => Math.floor(update / perEpoch);
}

/** Updates in one of what the schedule counts. */
function updatesPer(
  { kind, unit }: { kind: string; unit: ScheduleUnit },
  { stepsPerEpoch }: TrainingLength,
): number {
  if (unit === "steps") return 1;
  if (stepsPerEpoch !== null) return stepsPerEpoch;
  throw new PotstillError(
    "ERR_CONFIG",
    `schedule: ${kind} counts epochs, and how many steps one has is not known; give it unit: "steps"`,
  );
}

/** The whole training in what the schedule counts. */
function trainingLength(
  schedule: { kind: string; unit: ScheduleUnit },
  length: TrainingLength,
): number {
  if (length.steps === null) {
    throw new PotstillError(
      "ERR_CONFIG",
      `schedule: ${schedule.kind} lasts as long as the training, which is not known; set its ` +
        `${schedule.kind === "oneCycle" ? "totalSteps" : "tMax"}, or train for a number of steps`,
    );
  }
  return Math.max(1, length.steps / updatesPer(schedule, length));
}

function oneCycle(
  schedule: Extract<Schedule, { kind: "oneCycle" }>,
  base: number,
  length: TrainingLength,
): Rate {
  const { pctStart, divFactor, finalDivFactor, threePhase, annealStrategy } = schedule;
  const total = schedule.totalSteps ?? trainingLength({ kind: "oneCycle", unit: "steps" }, length);
  const peak = schedule.maxLr ?? base;
  const first = peak / divFactor;
  const last = first / finalDivFactor;
  const up = { end: pctStart * total - 1, from: first, to: peak };
  const phases = threePhase
    ? [
        up,
        { end: 2 * pctStart * total - 2, from: peak, to: first },
        { end: total - 1, from: first, to: last },
      ]
    : [up, { end: total - 1, from: peak, to: last }];
  return (update) => {
    let begin = 0;
    for (const { end, from, to } of phases) {
      // A phase without length has no rate of its own.
      if (update <= end && end > begin) {
        const done = (update - begin) / (end - begin);
        if (annealStrategy === "linear") return from + (to - from) * done;
        return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * done));
      }
      begin = Math.max(begin, end);
    }
    return last;
  };
}

function chain(
  schedule: Extract<Schedule, { kind: "chain" }>,
  base: number,
  length: TrainingLength,
): Rate {
  const { schedules, milestones } = schedule;
  const scale = milestones === null ? 1 : updatesPer(schedule, length);
  let begin = 0;
  const parts = schedules.map((each, index) => {
    if (index > 0) {
      begin =
        milestones === null
          ? begin + ownLength(schedules[index - 1]!, length)
          : milestones[index - 1]! * scale;
    }
    const steps = length.steps === null ? null : Math.max(1, length.steps - begin);
    return { begin, rate: rateOf(each, base, { ...length, steps }) };
  });
  return (update) => {
    const part = parts.findLast((each) => each.begin <= update) ?? parts[0]!;
    return part.rate(update - part.begin);
  };
}

/** Updates until a schedule has reached its end. */
function ownLength(schedule: Schedule, length: TrainingLength): number {
  if (schedule.kind === "oneCycle" && schedule.totalSteps !== null) return schedule.totalSteps;
  if (schedule.kind === "linearWarmup") return schedule.totalIters * updatesPer(schedule, length);
  if (schedule.kind === "cosine" && schedule.tMax !== null) {
    return schedule.tMax * updatesPer(schedule, length);
  }
  throw new PotstillError(
    "ERR_CONFIG",
    `schedule: chain: ${schedule.kind} has no end of its own; give chain its milestones`,
  );
}

/** The values of a schedule. */

import { PotstillError } from "../native/errors.js";
import type { Optimizer } from "./optimizers.js";
import { checkSchedule, type Schedule, type Unit } from "./schedules.js";

/** How long a training is; null where nobody knows. */
export interface Duration {
  /** Optimizer updates of the whole training. */
  steps: number | null;
  /** Optimizer updates of one epoch. */
  stepsPerEpoch: number | null;
}

/**
 * The rate of every update of a training, counted from 0.
 *
 * @param schedule null: constant
 * @throws PotstillError `ERR_CONFIG` where the schedule needs a length that is not known
 */
export function learningRates(
  optimizer: Optimizer,
  schedule: Schedule | null,
  duration: Duration,
): (step: number) => number {
  const { lr } = optimizer;
  if (schedule === null) return () => lr;
  const checked = checkSchedule(schedule);
  // Complains now rather than in the middle of an epoch; all parts of a chain are asked.
  lengthsNeeded(checked, duration);
  return (step) => learningRate(checked, lr, step, duration);
}

/**
 * The rate of one update: a pure function, equal to what PyTorch's schedulers give.
 *
 * @param lr the optimizer's rate
 * @param step updates before this one
 * @throws PotstillError `ERR_CONFIG` where the schedule needs a length that is not known
 */
export function learningRate(
  schedule: Schedule,
  lr: number,
  step: number,
  duration: Duration,
): number {
  switch (schedule.kind) {
    case "constant":
      return lr;
    case "step":
      return (
        lr * schedule.gamma ** Math.floor(counted(step, schedule, duration) / schedule.stepSize)
      );
    case "multistep": {
      const at = counted(step, schedule, duration);
      return lr * schedule.gamma ** schedule.milestones.filter((each) => each <= at).length;
    }
    case "exponential":
      return lr * schedule.gamma ** counted(step, schedule, duration);
    case "cosine": {
      const { etaMin } = schedule;
      const phase =
        (Math.PI * counted(step, schedule, duration)) / cosineLength(schedule, duration);
      return etaMin + ((lr - etaMin) * (1 + Math.cos(phase))) / 2;
    }
    case "linearWarmup": {
      const { totalIters, startFactor, endFactor } = schedule;
      const at = Math.min(counted(step, schedule, duration), totalIters);
      return lr * (startFactor + ((endFactor - startFactor) * at) / totalIters);
    }
    case "oneCycle":
      return oneCycleRate(schedule, lr, step, duration);
    case "chain": {
      const starts = startsOf(schedule, duration);
      const index = starts.findLastIndex((start) => start <= step);
      return learningRate(
        schedule.schedules[index]!,
        lr,
        step - starts[index]!,
        segment(starts, index, duration),
      );
    }
  }
}

type Of<K extends Schedule["kind"]> = Extract<Schedule, { kind: K }>;

function oneCycleRate(schedule: Of<"oneCycle">, lr: number, step: number, duration: Duration) {
  const total = oneCycleLength(schedule, duration);
  const max = schedule.maxLr ?? lr;
  const initial = max / schedule.divFactor;
  const final = initial / schedule.finalDivFactor;
  const rise = schedule.pctStart * total;
  const phases = schedule.threePhase
    ? [
        { end: rise - 1, from: initial, to: max },
        { end: 2 * rise - 2, from: max, to: initial },
        { end: total - 1, from: initial, to: final },
      ]
    : [
        { end: rise - 1, from: initial, to: max },
        { end: total - 1, from: max, to: final },
      ];
  let start = 0;
  let phase = phases[0]!;
  for (phase of phases) {
    if (step <= phase.end) break;
    if (phase !== phases.at(-1)) start = phase.end;
  }
  const { from, to, end } = phase;
  // A cycle of one step has no length, and starts where it ends.
  const share = end === start ? 1 : Math.min((step - start) / (end - start), 1);
  if (schedule.annealStrategy === "linear") return (to - from) * share + from;
  return to + ((from - to) / 2) * (Math.cos(Math.PI * share) + 1);
}

/** Steps, or finished epochs. */
function counted(step: number, { per }: { per: Unit }, duration: Duration): number {
  return per === "step" ? step : Math.floor(step / epochLength(duration));
}

function epochLength({ stepsPerEpoch }: Duration): number {
  if (stepsPerEpoch === null || stepsPerEpoch < 1) {
    unknown('counts epochs, and the data do not say how long one is; count steps (per: "step")');
  }
  return stepsPerEpoch;
}

function cosineLength({ tMax, per }: Of<"cosine">, duration: Duration): number {
  if (tMax !== null) return tMax;
  if (duration.steps === null) unknown("needs the length of the training; set tMax, or steps");
  return Math.max(1, per === "step" ? duration.steps : duration.steps / epochLength(duration));
}

function oneCycleLength({ totalSteps }: Of<"oneCycle">, duration: Duration): number {
  const total = totalSteps ?? duration.steps;
  if (total === null) unknown("needs the length of the training; set totalSteps, or steps");
  return total;
}

/** The steps at which the parts of a chain start. */
function startsOf({ milestones, per }: Of<"chain">, duration: Duration): number[] {
  return [0, ...milestones.map((each) => (per === "step" ? each : each * epochLength(duration)))];
}

function segment(starts: readonly number[], index: number, duration: Duration): Duration {
  const end = starts[index + 1] ?? duration.steps;
  return { ...duration, steps: end === null ? null : Math.max(1, end - starts[index]!) };
}

function lengthsNeeded(schedule: Schedule, duration: Duration): void {
  if (schedule.kind === "chain") {
    const starts = startsOf(schedule, duration);
    schedule.schedules.forEach((part, index) => {
      lengthsNeeded(part, segment(starts, index, duration));
    });
  } else {
    learningRate(schedule, 1, 0, duration);
  }
}

function unknown(message: string): never {
  throw new PotstillError("ERR_CONFIG", `schedule: ${message}`);
}

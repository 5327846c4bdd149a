/** `schedules.*`: learning rate schedules with PyTorch's rules and names, as plain data. */

import { z } from "zod";
import { PotstillError } from "../native/errors.js";
import { nearestName, parseOptions, shown } from "../tensor/options.js";

/**
 * What a schedule counts. A step is one optimizer update; an epoch's rate holds for all of its
 * updates.
 */
export type ScheduleUnit = "steps" | "epochs";

/** What one of `schedules.*` makes; JSON holds it unchanged. */
export type Schedule =
  | { kind: "constant"; factor: number }
  | { kind: "step"; stepSize: number; gamma: number; unit: ScheduleUnit }
  | { kind: "multistep"; milestones: number[]; gamma: number; unit: ScheduleUnit }
  | { kind: "exponential"; gamma: number; unit: ScheduleUnit }
  | { kind: "cosine"; tMax: number | null; etaMin: number; unit: ScheduleUnit }
  | {
      kind: "linearWarmup";
      startFactor: number;
      endFactor: number;
      totalIters: number;
      unit: ScheduleUnit;
    }
  | {
      kind: "oneCycle";
      maxLr: number | null;
      totalSteps: number | null;
      pctStart: number;
      annealStrategy: "cos" | "linear";
      divFactor: number;
      finalDivFactor: number;
      threePhase: boolean;
    }
  | {
      kind: "chain";
      schedules: Schedule[];
      milestones: number[] | null;
      unit: ScheduleUnit;
    };

interface UnitOptions {
  /** What the numbers count: "steps" (optimizer updates) or "epochs". */
  unit?: ScheduleUnit | undefined;
}

/** `unit` is "epochs" by default. */
export interface StepOptions extends UnitOptions {
  /** Length of a step. */
  stepSize: number;
  /** Default 0.1. */
  gamma?: number | undefined;
}

/** `unit` is "epochs" by default. */
export interface MultistepOptions extends UnitOptions {
  /** When the rate is multiplied by gamma, in ascending order. */
  milestones: readonly number[];
  /** Default 0.1. */
  gamma?: number | undefined;
}

/** `unit` is "epochs" by default. */
export interface ExponentialOptions extends UnitOptions {
  gamma: number;
}

/** `unit` is "steps" by default. */
export interface CosineOptions extends UnitOptions {
  /** Half a period; default: what is left of the training. */
  tMax?: number | null | undefined;
  /** Rate at its end; default 0. */
  etaMin?: number | undefined;
}

/** `unit` is "steps" by default. */
export interface LinearWarmupOptions extends UnitOptions {
  /** Default 1/3. */
  startFactor?: number | undefined;
  /** Default 1. */
  endFactor?: number | undefined;
  /** Length of the ramp; default 5. */
  totalIters?: number | undefined;
}

export interface OneCycleOptions {
  /** Peak; default: the optimizer's learning rate. */
  maxLr?: number | null | undefined;
  /** Optimizer updates of the cycle; default: what is left of the training. */
  totalSteps?: number | null | undefined;
  /** Share of the cycle that goes up; default 0.3. */
  pctStart?: number | undefined;
  /** Default "cos". */
  annealStrategy?: "cos" | "linear" | undefined;
  /** The first rate is the peak divided by this; default 25. */
  divFactor?: number | undefined;
  /** The last rate is the first divided by this; default 1e4. */
  finalDivFactor?: number | undefined;
  /** Go down in two phases, the first as long as the way up; default false. */
  threePhase?: boolean | undefined;
}

/** `unit` is "steps" by default. */
export interface ChainOptions extends UnitOptions {
  schedules: readonly Schedule[];
  /**
   * When each but the first begins. Default: where the one before ends, which linearWarmup, cosine
   * with `tMax` and oneCycle with `totalSteps` know.
   */
  milestones?: readonly number[] | null | undefined;
}

const number = z.number({ error: "expected a finite number" });
const atLeast0 = number.min(0, { error: "expected a number of at least 0" });
const above0 = number.positive({ error: "expected a number above 0" });
const count = z
  .int({ error: "expected a whole number" })
  .min(1, { error: "expected a whole number of at least 1" });
const unit = (fallback: ScheduleUnit) =>
  z.enum(["steps", "epochs"], { error: 'expected "steps" or "epochs"' }).default(fallback);
const ascending = z
  .array(count, { error: "expected an array of whole numbers" })
  .refine((list) => list.every((value, i) => i === 0 || value >= list[i - 1]!), {
    error: "expected ascending numbers",
  });

const schemas = {
  constant: z.strictObject({ factor: atLeast0.default(1) }),
  step: z.strictObject({ stepSize: count, gamma: atLeast0.default(0.1), unit: unit("epochs") }),
  multistep: z.strictObject({
    milestones: ascending,
    gamma: atLeast0.default(0.1),
    unit: unit("epochs"),
  }),
  exponential: z.strictObject({ gamma: atLeast0, unit: unit("epochs") }),
  cosine: z.strictObject({
    tMax: count.nullable().default(null),
    etaMin: atLeast0.default(0),
    unit: unit("steps"),
  }),
  linearWarmup: z.strictObject({
    startFactor: above0.max(1, { error: "expected a number above 0, at most 1" }).default(1 / 3),
    endFactor: atLeast0.max(1, { error: "expected a number from 0 to 1" }).default(1),
    totalIters: count.default(5),
    unit: unit("steps"),
  }),
  oneCycle: z.strictObject({
    maxLr: above0.nullable().default(null),
    totalSteps: count.nullable().default(null),
    pctStart: atLeast0.max(1, { error: "expected a number from 0 to 1" }).default(0.3),
    annealStrategy: z
      .enum(["cos", "linear"], { error: 'expected "cos" or "linear"' })
      .default("cos"),
    divFactor: above0.default(25),
    finalDivFactor: above0.default(1e4),
    threePhase: z.boolean({ error: "expected true or false" }).default(false),
  }),
  chain: z.strictObject({
    schedules: z
      .array(z.unknown(), { error: "expected an array of schedules" })
      .min(1, { error: "expected at least one schedule" }),
    milestones: ascending.nullable().default(null),
    unit: unit("steps"),
  }),
};

type Of<K extends Schedule["kind"]> = Extract<Schedule, { kind: K }>;

function makeSchedule<K extends Schedule["kind"]>(
  kind: K,
  options: unknown,
  where = `schedules.${kind}`,
): Of<K> {
  const made = { kind, ...parseOptions(where, schemas[kind], options) } as unknown as Schedule;
  if (made.kind === "chain") {
    made.schedules = made.schedules.map((each, i) => checkSchedule(`${where}[${i}]`, each));
    const { milestones } = made;
    if (milestones !== null && milestones.length !== made.schedules.length - 1) {
      throw new PotstillError(
        "ERR_CONFIG",
        `${where}: milestones: expected ${made.schedules.length - 1}, one per schedule after the first, got ${milestones.length}`,
      );
    }
  }
  return made as Of<K>;
}

/**
 * A schedule with defaults for what is missing.
 *
 * @throws PotstillError `ERR_CONFIG` unless it is one
 */
export function checkSchedule(where: string, schedule: unknown): Schedule {
  const { kind, ...options } = Object(schedule) as { kind?: unknown };
  if (typeof kind !== "string") {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: expected a schedule such as schedules.cosine(), got ${shown(schedule)}`,
    );
  }
  if (!Object.hasOwn(schemas, kind)) {
    const names = Object.keys(schemas);
    const near = nearestName(kind, names);
    const hint = near === null ? `there are ${names.join(", ")}` : `did you mean "${near}"?`;
    throw new PotstillError("ERR_CONFIG", `${where}: there is no schedule "${kind}"; ${hint}`);
  }
  return makeSchedule(kind as Schedule["kind"], options, `${where}: ${kind}`);
}

/** The optimizer's rate times `factor` (default 1), all the time. */
function constant(options: { factor?: number | undefined } = {}): Of<"constant"> {
  return makeSchedule("constant", options);
}

/**
 * Multiplies the rate by gamma every `stepSize` epochs (or steps), as PyTorch's `StepLR`.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function step(options: StepOptions): Of<"step"> {
  return makeSchedule("step", options);
}

/**
 * Multiplies the rate by gamma at each milestone, as PyTorch's `MultiStepLR`.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function multistep(options: MultistepOptions): Of<"multistep"> {
  return makeSchedule("multistep", options);
}

/**
 * Multiplies the rate by gamma every epoch (or step), as PyTorch's `ExponentialLR`.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function exponential(options: ExponentialOptions): Of<"exponential"> {
  return makeSchedule("exponential", options);
}

/**
 * Half a cosine down to `etaMin` (arXiv:1608.03983), as PyTorch's `CosineAnnealingLR`; past `tMax`
 * it goes up again, as there.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function cosine(options: CosineOptions = {}): Of<"cosine"> {
  return makeSchedule("cosine", options);
}

/**
 * A ramp from `startFactor` to `endFactor` times the rate, as PyTorch's `LinearLR`.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function linearWarmup(options: LinearWarmupOptions = {}): Of<"linearWarmup"> {
  return makeSchedule("linearWarmup", options);
}

/**
 * Up to a peak and down again over the whole training (arXiv:1708.07120), as PyTorch's
 * `OneCycleLR` with `cycle_momentum=False`; counted in steps. Past its end the last rate stays.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function oneCycle(options: OneCycleOptions = {}): Of<"oneCycle"> {
  return makeSchedule("oneCycle", options);
}

/**
 * One schedule after another, each counted from its own beginning, as PyTorch's `SequentialLR`.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 *
 * @example
 * schedules.chain({ schedules: [schedules.linearWarmup({ totalIters: 500 }), schedules.cosine()] });
 */
function chain(options: ChainOptions): Of<"chain"> {
  return makeSchedule("chain", options);
}

/** Learning rate schedules, as plain data. */
export const schedules = {
  constant,
  step,
  multistep,
  exponential,
  cosine,
  linearWarmup,
  oneCycle,
  chain,
};

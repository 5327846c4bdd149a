/** Loss terms as plain data: each term by its name, with its options and their defaults. */

import { z } from "zod";
import type { TermSpec } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { describe, nearest, shown } from "../tensor/description.js";

const expected = (what: string) => ({ error: `expected ${what}` });
const share = z.number(expected("a number from 0 to 1")).min(0).max(1);
const weight = z.number(expected("a number")).default(1);
const temperature = z.number(expected("a number above 0")).positive(expected("a number above 0"));
const labelSmoothing = share.default(0);
const ignoreIndex = z.int(expected("a whole number")).default(-100);
const weights = z
  .array(z.number(expected("a number of 0 or more")).min(0), expected("a list of numbers"))
  .min(1)
  .nullable()
  .default(null);

const schemas = {
  response: z.strictObject({
    alpha: share.default(0.9),
    temperature: temperature.default(4),
    labelSmoothing,
    ignoreIndex,
    weight,
  }),
  crossEntropy: z.strictObject({ labelSmoothing, ignoreIndex, classWeights: weights, weight }),
  binaryCrossEntropy: z.strictObject({ positiveWeights: weights, weight }),
  mse: z.strictObject({ weight }),
  softTargets: z.strictObject({ temperature: temperature.default(4), weight }),
  logitMse: z.strictObject({ weight }),
} as const;

type Kind = keyof typeof schemas;
const kinds = Object.keys(schemas) as Kind[];

/** One term of an objective. */
export type LossTerm = Readonly<TermSpec>;

/** What a student is trained for: one term, or the weighted sum of several. */
export type Objective = LossTerm | readonly LossTerm[];

/**
 * A term with all its options.
 *
 * @throws PotstillError `ERR_CONFIG`
 */
export function term<K extends Kind>(
  kind: K,
  options: z.input<(typeof schemas)[K]> | undefined,
): LossTerm {
  return Object.freeze({
    kind,
    ...describe(`losses.${kind}`, schemas[kind], options),
  } as unknown as TermSpec);
}

/**
 * The terms of an objective, checked once more, as the native step takes them.
 *
 * @throws PotstillError `ERR_CONFIG` for what is no term, for unknown options and values out of
 * range, and for an empty list
 */
export function termsOf(objective: Objective): TermSpec[] {
  const list: readonly unknown[] = Array.isArray(objective) ? objective : [objective];
  if (list.length === 0) {
    throw new PotstillError("ERR_CONFIG", "objective: expected at least one loss term");
  }
  return list.map((each, index) =>
    checked(each, Array.isArray(objective) ? `objective[${index}]` : "objective"),
  );
}

function checked(value: unknown, where: string): TermSpec {
  const { kind, ...options } = (typeof value === "object" && value !== null ? value : {}) as {
    kind?: unknown;
  };
  if (typeof kind !== "string") {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: expected a loss term such as losses.crossEntropy(), got ${shown(value)}`,
    );
  }
  if (!Object.hasOwn(schemas, kind)) {
    const near = nearest(kind, kinds);
    const hint = near ? `did you mean "${near}"?` : `there are ${kinds.join(", ")}`;
    throw new PotstillError("ERR_CONFIG", `${where}: there is no loss "${kind}"; ${hint}`);
  }
  return { ...term(kind as Kind, options) };
}

export interface WeightOption {
  /** Factor of the term in an objective; default 1. `losses.compute` leaves it out. */
  weight?: number | undefined;
}

export interface ResponseOptions extends WeightOption {
  /** Share of the soft targets, 0 to 1; the labels have the rest. Default 0.9. */
  alpha?: number | undefined;
  /** T, above 0; default 4. */
  temperature?: number | undefined;
  /** Of the hard term, 0 to 1; default 0. */
  labelSmoothing?: number | undefined;
  /** Rows with this label are left out of both parts and of the mean; default -100. */
  ignoreIndex?: number | undefined;
}

export interface CrossEntropyOptions extends WeightOption {
  /** 0 to 1; default 0. */
  labelSmoothing?: number | undefined;
  /** Rows with this label are left out, of the mean too; default -100. */
  ignoreIndex?: number | undefined;
  /** One weight per class, of 0 or more; the mean is weighted as PyTorch weighs it. */
  classWeights?: number[] | null | undefined;
}

export interface BinaryCrossEntropyOptions extends WeightOption {
  /** One factor per output for the positive targets, `pos_weight` of PyTorch. */
  positiveWeights?: number[] | null | undefined;
}

export interface SoftTargetsOptions extends WeightOption {
  /** T, above 0; default 4. */
  temperature?: number | undefined;
}

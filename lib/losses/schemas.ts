/** What the options of each loss are, and their defaults. */

import { z } from "zod";

const number = z.number({ error: "expected a finite number" });
const weight = number.min(0, { error: "expected a number of at least 0" }).default(1);
const temperature = number.positive({ error: "expected a number above 0" });
const share = number
  .min(0, { error: "expected a number from 0 to 1" })
  .max(1, { error: "expected a number from 0 to 1" });
const labelSmoothing = share.default(0);
const ignoreIndex = z.int({ error: "expected an integer" }).default(-100);
const weights = z
  .array(number.min(0, { error: "expected numbers of at least 0" }), {
    error: "expected an array with one number per class",
  })
  .min(1, { error: "expected an array with one number per class" })
  .nullable()
  .default(null);

export const schemas = {
  response: z.strictObject({
    weight,
    alpha: share.default(0.9),
    temperature: temperature.default(4),
    labelSmoothing,
    ignoreIndex,
  }),
  crossEntropy: z.strictObject({ weight, labelSmoothing, ignoreIndex, classWeights: weights }),
  binaryCrossEntropy: z.strictObject({ weight, positiveWeights: weights }),
  mse: z.strictObject({ weight }),
  softTargets: z.strictObject({ weight, temperature: temperature.default(4) }),
  logitMse: z.strictObject({ weight }),
};

/** Options that every loss takes. */
export interface WeightOptions {
  /** Factor in a sum of losses; default 1. */
  weight?: number | undefined;
}

export interface ResponseOptions extends WeightOptions {
  /** Share of the teacher's part; default 0.9. */
  alpha?: number | undefined;
  /** Softens teacher and student alike; default 4. */
  temperature?: number | undefined;
  /** Of the labels' part; default 0. */
  labelSmoothing?: number | undefined;
  /** Samples with this label count in neither part; default -100. */
  ignoreIndex?: number | undefined;
}

export interface CrossEntropyOptions extends WeightOptions {
  /** Share of the target that is spread over all classes; default 0. */
  labelSmoothing?: number | undefined;
  /** Samples with this label do not count; default -100. */
  ignoreIndex?: number | undefined;
  /** One factor per class; the mean is then by the sum of the samples' factors. Default: none. */
  classWeights?: readonly number[] | null | undefined;
}

export interface BinaryCrossEntropyOptions extends WeightOptions {
  /** One factor of the positive part per class (PyTorch's `pos_weight`); default: none. */
  positiveWeights?: readonly number[] | null | undefined;
}

export interface SoftTargetsOptions extends WeightOptions {
  /** Default 4. */
  temperature?: number | undefined;
}

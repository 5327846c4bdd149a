/** What the options of each loss are, and their defaults. */

import { z } from "zod";
import { customSchema } from "./custom.js";
import {
  ignoreIndex,
  labelSmoothing,
  share,
  temperature,
  type Weight,
  weight,
  weights,
} from "./options.js";
import { composedSchemas } from "./schemas-composed.js";
import { divergenceSchemas } from "./schemas-divergences.js";
import { featureSchemas } from "./schemas-features.js";
import { learnedSchemas } from "./schemas-learned.js";
import { scriptSchema } from "./script.js";

export const schemas = {
  response: z.strictObject({
    weight: weight(1),
    alpha: share.default(0.9),
    temperature: temperature.default(4),
    labelSmoothing,
    ignoreIndex,
  }),
  crossEntropy: z.strictObject({
    weight: weight(1),
    labelSmoothing,
    ignoreIndex,
    classWeights: weights,
  }),
  binaryCrossEntropy: z.strictObject({ weight: weight(1), positiveWeights: weights }),
  mse: z.strictObject({ weight: weight(1) }),
  softTargets: z.strictObject({ weight: weight(1), temperature: temperature.default(4) }),
  ...featureSchemas,
  ...learnedSchemas,
  ...divergenceSchemas,
  ...composedSchemas,
  script: scriptSchema,
  custom: customSchema,
};

/** Options that every loss takes. */
export interface WeightOptions {
  /** Factor in a sum of losses; default 1, or what the loss says. */
  weight?: Weight | undefined;
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

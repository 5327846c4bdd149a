/** Options of the divergences of logits, and their defaults. */

import { z } from "zod";
import { number, share, temperature, weight } from "./options.js";
import type { WeightOptions } from "./schemas.js";

const scale = z.boolean({ error: "expected true or false" }).default(false);
const factor = number.min(0, { error: "expected a number of at least 0" });
const skewed = z.strictObject({
  weight: weight(1),
  skew: share.default(0.1),
  temperature: temperature.default(1),
  scale,
});

export const divergenceSchemas = {
  reverseKl: z.strictObject({ weight: weight(1), temperature: temperature.default(1) }),
  jsd: z.strictObject({
    weight: weight(1),
    beta: share.default(0.5),
    temperature: temperature.default(1),
    scale,
  }),
  skewKl: skewed,
  skewReverseKl: skewed,
  dkd: z.strictObject({
    weight: weight({ from: 0, to: 1, epochs: 20 }),
    alpha: factor.default(1),
    beta: factor.default(8),
    temperature: temperature.default(4),
  }),
  dist: z.strictObject({
    weight: weight(1),
    beta: factor.default(1),
    gamma: factor.default(1),
    temperature: temperature.default(1),
    scale,
  }),
  logitStandardization: z.strictObject({
    weight: weight(9),
    temperature: temperature.default(2),
  }),
  logitMse: z.strictObject({ weight: weight(1) }),
};

export interface ReverseKlOptions extends WeightOptions {
  /** Softens teacher and student alike; default 1. */
  temperature?: number | undefined;
}

export interface JsdOptions extends WeightOptions {
  /** Weight of the teacher in the mixture and of its divergence, 0 to 1; default 0.5. */
  beta?: number | undefined;
  /** Softens teacher and student alike; default 1. */
  temperature?: number | undefined;
  /** Whether the value is multiplied by T²; default false. */
  scale?: boolean | undefined;
}

export interface SkewOptions extends WeightOptions {
  /** Share of the divergence's first side in the mixture, 0 to 1; default 0.1. */
  skew?: number | undefined;
  /** Softens teacher and student alike; default 1. */
  temperature?: number | undefined;
  /** Whether the value is multiplied by T²; default false. */
  scale?: boolean | undefined;
}

export interface DkdOptions extends WeightOptions {
  /** Of the part about the label against the rest, at least 0; default 1. */
  alpha?: number | undefined;
  /** Of the part about the classes of the rest, at least 0; default 8. */
  beta?: number | undefined;
  /** Softens teacher and student alike; default 4. */
  temperature?: number | undefined;
}

export interface DistOptions extends WeightOptions {
  /** Of the correlations within samples, at least 0; default 1. */
  beta?: number | undefined;
  /** Of the correlations within classes, at least 0; default 1. */
  gamma?: number | undefined;
  /** Softens teacher and student alike; default 1. */
  temperature?: number | undefined;
  /** Whether the value is multiplied by T², as the paper's code does; default false. */
  scale?: boolean | undefined;
}

export interface LogitStandardizationOptions extends WeightOptions {
  /** Softens the standardized logits; default 2. */
  temperature?: number | undefined;
}

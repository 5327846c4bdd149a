/** What the options of losses with learned parts are, and their defaults. */

import { z } from "zod";
import { number, paths, positive, teacherIndex, type Weight, weight } from "./options.js";
import type { FeatureLossOptions } from "./schemas-features.js";

const count = (standard: number) =>
  z
    .int({ error: "expected a whole number of at least 1" })
    .min(1, { error: "expected a whole number of at least 1" })
    .default(standard);

/** Which values are compared, without connectors. */
const tapped = (standard: Weight) => ({
  weight: weight(standard),
  student: paths,
  teacher: paths,
  teacherIndex,
});

export const learnedSchemas = {
  vid: z.strictObject({
    ...tapped(1),
    hidden: count(1).nullable().default(null),
    variance: positive.default(5),
    eps: positive.default(1e-5),
  }),
  reviewKd: z.strictObject({
    ...tapped({ from: 0, to: 1, epochs: 20 }),
    channels: count(1).nullable().default(null),
  }),
  crd: z.strictObject({
    ...tapped(0.8),
    dimension: count(128),
    negatives: count(16384),
    temperature: positive.default(0.07),
    momentum: number
      .min(0, { error: "expected a number from 0 to 1" })
      .max(1, { error: "expected a number from 0 to 1" })
      .default(0.5),
    otherClasses: z.boolean({ error: "expected true or false" }).default(false),
  }),
};

/** Options of losses that bring what they learn with them. */
export type LearnedLossOptions = Omit<FeatureLossOptions, "connector">;

export interface VidOptions extends LearnedLossOptions {
  /** Channels between the convolutions; default those of the teacher. */
  hidden?: number | null | undefined;
  /** The variance at the start; default 5. */
  variance?: number | undefined;
  /** Added to the variance; default 1e-5. */
  eps?: number | undefined;
}

export interface ReviewKdOptions extends LearnedLossOptions {
  /** Channels in which the stages are fused; default those of the student's last, at most 512. */
  channels?: number | null | undefined;
}

export interface CrdOptions extends LearnedLossOptions {
  /** Of the embeddings; default 128. */
  dimension?: number | undefined;
  /** K, how many negatives are drawn for a sample; default 16384, at most the other samples. */
  negatives?: number | undefined;
  /** Default 0.07. */
  temperature?: number | undefined;
  /** Share of the remembered embedding that is kept when its sample comes again; default 0.5. */
  momentum?: number | undefined;
  /** Draw negatives from samples of other classes, which takes labels; default false: from all others. */
  otherClasses?: boolean | undefined;
}

/** What the options of losses on features that are composed of other operators are. */

import { z } from "zod";
import { number, paths, positive } from "./options.js";
import { type FeatureLossOptions, pairs } from "./schemas-features.js";

const least0 = number.min(0, { error: "expected a number of at least 0" });
const margins = z
  .array(z.array(number.max(0, { error: "expected numbers of at most 0" })), {
    error: "expected an array for each pair, with one number per channel",
  })
  .nullable()
  .default(null);

export const composedSchemas = {
  cosine: z.strictObject(pairs(1, "auto")),
  fsp: z.strictObject(pairs(50, null)),
  ab: z.strictObject({ ...pairs(1, "auto"), margin: positive.default(1) }),
  ofd: z.strictObject({
    ...pairs(0.001, { kind: "conv", kernel: 1, batchNorm: true, activation: null }),
    margins,
    batchNorm: paths,
  }),
  miniLm: z.strictObject({
    ...pairs(1, null),
    heads: z
      .int({ error: "expected a whole number of at least 1" })
      .min(1, { error: "expected a whole number of at least 1" })
      .default(12),
    attention: least0.default(1),
    values: least0.default(1),
  }),
};

export interface ActivationBoundaryOptions extends FeatureLossOptions {
  /** How far from 0 a neuron has to be on the teacher's side; default 1. */
  margin?: number | undefined;
}

export interface OverhaulOptions extends FeatureLossOptions {
  /**
   * For each pair one number of at most 0 per channel, the mean of what lies below zero in the
   * teacher there; default: from its batch norms.
   */
  margins?: readonly (readonly number[])[] | null | undefined;
  /**
   * Paths in the teacher of the batch norms whose scale and shift give the margins, one for each
   * pair; default: what `teacher` taps, where that is a batch norm.
   */
  batchNorm?: string | readonly string[] | undefined;
}

export interface MiniLmOptions extends FeatureLossOptions {
  /** Heads that D is split into, of student and teacher alike; default 12. */
  heads?: number | undefined;
  /** Factor of the attentions' part; default 1. */
  attention?: number | undefined;
  /** Factor of the value relations' part; default 1. */
  values?: number | undefined;
}

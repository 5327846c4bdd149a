/** `losses.custom`: a loss that is a function of JavaScript's. */

import { z } from "zod";
import type { Tensor } from "../tensor/tensor.js";
import { own } from "./script.js";

/**
 * What a custom loss is computed from. Tensors are freed when the function has returned; the
 * teacher's are constants.
 */
export interface LossContext {
  /** The student's value at the first path of `student`, behind its connector; without paths its logits. */
  student: Tensor;
  /** The teacher's; null where there is no teacher. */
  teacher: Tensor | null;
  /** The values at all paths, in their order. */
  students: readonly Tensor[];
  teachers: readonly Tensor[];
  /** The student's logits. */
  logits: Tensor;
  /** The teacher's, of several the ensemble's. */
  teacherLogits: Tensor | null;
  labels: Tensor | null;
  mask: Tensor | null;
  /** int64 [B], the samples' numbers in the data set. */
  ids: Tensor | null;
}

/** Returns one number, a tensor of shape [], that depends on the student: a mean over samples. */
export type CustomLoss = (context: LossContext) => Tensor;

export const customSchema = z.strictObject({
  ...own("custom"),
  compute: z.custom<CustomLoss>((value) => typeof value === "function", {
    error: "expected a function (context) => Tensor",
  }),
});

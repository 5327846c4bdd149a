/** Losses that are divergences of the teacher's and the student's logits. */

import { type LossOf, makeLoss } from "./objective.js";
import type { WeightOptions } from "./schemas.js";
import type {
  DistOptions,
  DkdOptions,
  JsdOptions,
  LogitStandardizationOptions,
  ReverseKlOptions,
  SkewOptions,
} from "./schemas-divergences.js";

/**
 * T²·KL(q‖p) with p = softmax(v/T) of the teacher and q = softmax(z/T) of the student: sum over
 * classes, mean over samples (MiniLLM, arXiv:2306.08543). The student keeps to classes that the
 * teacher finds likely instead of covering all of them. Infinite where the teacher masks a class
 * that the student does not.
 *
 * Logits [B, C] or [B, …, C]; samples that the batch's mask leaves out do not count.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function reverseKl(options: ReverseKlOptions = {}): LossOf<"reverseKl"> {
  return makeLoss("reverseKl", options);
}

/**
 * Generalized Jensen-Shannon divergence β·KL(p‖M) + (1 − β)·KL(q‖M), M = βp + (1 − β)q: sum over
 * classes, mean over samples (GKD, arXiv:2306.13649). β = 0 is KL(p‖q), β = 1 is KL(q‖p); in
 * between it stays finite under masks and saturated logits.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function jsd(options: JsdOptions = {}): LossOf<"jsd"> {
  return makeLoss("jsd", options);
}

/**
 * KL(p‖λp + (1 − λ)q): sum over classes, mean over samples (DistiLLM, arXiv:2402.03898). Finite for
 * 0 < λ < 1.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function skewKl(options: SkewOptions = {}): LossOf<"skewKl"> {
  return makeLoss("skewKl", options);
}

/**
 * KL(q‖(1 − λ)p + λq): sum over classes, mean over samples (DistiLLM, arXiv:2402.03898). Finite for
 * 0 < λ < 1.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function skewReverseKl(options: SkewOptions = {}): LossOf<"skewReverseKl"> {
  return makeLoss("skewReverseKl", options);
}

/**
 * Decoupled knowledge distillation (arXiv:2203.08679):
 *
 *     T²·[α·KL([p_y, 1 − p_y]‖[q_y, 1 − q_y]) + β·KL(p̂‖q̂)], mean over samples,
 *
 * hats being the softmax without the label's class. It does not contain the cross-entropy; the
 * paper adds one of weight 1. Its own weight grows from 0 to 1 over the first 20 epochs unless given.
 * Samples without a label (-100) do not count.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 *
 * @example
 * const objective = [losses.crossEntropy(), losses.dkd()];
 */
function dkd(options: DkdOptions = {}): LossOf<"dkd"> {
  return makeLoss("dkd", options);
}

/**
 * DIST (Huang et al., "Knowledge Distillation from a Stronger Teacher", NeurIPS 2022): correlation
 * instead of equality. With ρ Pearson's correlation
 *
 *     β·(1 − mean over samples ρ(p, q)) + γ·(1 − mean over classes ρ(p, q)),
 *
 * the second one between the columns of the batch, so that its value depends on which samples are in
 * a batch together, and accumulated micro-batches are not one large batch.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function dist(options: DistOptions = {}): LossOf<"dist"> {
  return makeLoss("dist", options);
}

/**
 * Soft targets of standardized logits (arXiv:2403.01427): T²·KL(p‖q) after each row of both sides
 * has lost its mean and been divided by its deviation (n − 1) + 1e-7, so that only the pattern
 * counts and not the size of the teacher's logits. Default weight 9, beside a cross-entropy.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function logitStandardization(
  options: LogitStandardizationOptions = {},
): LossOf<"logitStandardization"> {
  return makeLoss("logitStandardization", options);
}

/**
 * Squared difference of student's and teacher's logits, mean over all elements
 * (arXiv:1503.02531, section 2.1).
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function logitMse(options: WeightOptions = {}): LossOf<"logitMse"> {
  return makeLoss("logitMse", options);
}

export const divergences = {
  reverseKl,
  jsd,
  skewKl,
  skewReverseKl,
  dkd,
  dist,
  logitStandardization,
  logitMse,
};

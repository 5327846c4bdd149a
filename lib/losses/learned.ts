/** `losses.*` with learned parts, which only a run can make: `distill()`, not `losses.compute`. */

import { type LossOf, makeLoss } from "./objective.js";
import type { CrdOptions, ReviewKdOptions, VidOptions } from "./schemas-learned.js";

/**
 * Variational information distillation (arXiv:1904.05835): a Gaussian around what the student
 * predicts of the teacher's features, with a variance of each channel,
 *
 *     mean ½·[(F_t − μ(F_s))² / σ_c² + log σ_c²], σ² = softplus(a) + eps, σ² = 5 at first,
 *
 * summed over pairs. μ: three 1×1 convolutions without bias, with ReLU between them (linear layers
 * for vectors and tokens); μ and a are trained with the student. The larger map is averaged down to
 * the smaller. Negative values are no mistake. Weight 1 unless said otherwise.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function vid(options: VidOptions = {}): LossOf<"vid"> {
  return makeLoss("vid", options);
}

/**
 * Knowledge review (arXiv:2104.09044): the student's stages, paths from shallow to deep, are fused
 * from deep to shallow with learned attention (ABF), and each is compared with the teacher's stage:
 * the mean squared difference at full size, plus ½, ¼, ⅛ of it on averages of 4×4, 2×2, 1×1 where
 * the map is larger, over the sum of these factors (HCL). Summed over stages. Maps [B, C, H, W];
 * vectors [B, D] count as 1×1. As the paper's code. Weight: from 0 to 1 in 20 epochs.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 *
 * @example
 * losses.reviewKd({ student: ["layer1", "layer2"], teacher: ["layer1", "layer3"] });
 */
function reviewKd(options: ReviewKdOptions = {}): LossOf<"reviewKd"> {
  return makeLoss("reviewKd", options);
}

/**
 * Contrastive representation distillation (arXiv:1910.10699), as its code has it, with memories of
 * N embeddings of both sides: with l2-normed embeddings, s the dot of a sample's and a remembered
 * one, P = e^{s/τ}/Z and h = P / (P + K/N),
 *
 *     −log h(positive) − Σ over K negatives of log(1 − h), mean over samples, both directions.
 *
 * The positive is the sample's own remembered embedding, by its id; negatives are drawn uniformly
 * from the other ids, with replacement (the paper's variant without labels). Z = N × the mean of the
 * first batch, and kept. Embeddings are linear, of flattened features, and trained with the student;
 * memories are in the checkpoint. One path of each side. N: the samples of the training data. It relates
 * samples: under accumulation it is the sample-weighted mean over micro-batches, each of which
 * renews the memories. Weight 0.8 unless said otherwise.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 *
 * @example
 * losses.crd({ student: "avgpool", teacher: "avgpool" });
 */
function crd(options: CrdOptions = {}): LossOf<"crd"> {
  return makeLoss("crd", options);
}

export const learnedLosses = { vid, reviewKd, crd };

const learned: readonly string[] = Object.keys(learnedLosses);

/** Whether a loss has learned parts of its own. */
export function isLearned(kind: string): boolean {
  return learned.includes(kind);
}

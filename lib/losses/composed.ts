/** `losses.*` on features that are composed of other operators. */

import { type LossOf, makeLoss } from "./objective.js";
import type {
  ActivationBoundaryOptions,
  MiniLmOptions,
  OverhaulOptions,
} from "./schemas-composed.js";
import type { FeatureLossOptions } from "./schemas-features.js";

/**
 * One minus the cosine of student's and teacher's features,
 *
 *     mean of 1 − s·t / (‖s‖‖t‖)
 *
 * over the samples of vectors [B, D], the tokens of [B, T, D] or the positions of maps [B, C, H, W],
 * with a mask over those that it leaves; summed over pairs. Any floating type, computed in float32 or
 * float64. A student's feature that is zero counts 1 and gets no gradient. Weight 1, connector "auto".
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range; `ERR_SHAPE` from
 *   compute() and distill() where features differ in shape
 */
function cosine(options: FeatureLossOptions = {}): LossOf<"cosine"> {
  return makeLoss("cosine", options);
}

/**
 * Flow of the solution procedure (Yim et al., CVPR 2017): how layers follow from each other. For
 * maps F₁ [B, C₁, H, W] and F₂ [B, C₂, H, W] of one model, the larger averaged down to the smaller,
 *
 *     G = F₁F₂ᵀ / HW, mean of (G_s − G_t)² over B·C₁·C₂,
 *
 * summed over neighbors in the list of paths, of which there are two or more. Student and teacher
 * need equal channels, not equal sizes. Weight 50, no connector.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option, a value out of range or a single path;
 *   `ERR_SHAPE` from compute() and distill() for other shapes
 */
function fsp(options: FeatureLossOptions = {}): LossOf<"fsp"> {
  return makeLoss("fsp", options);
}

/**
 * Activation boundaries (arXiv:1811.03233): which neurons are active, not how much. For the student's
 * s and the teacher's t, both before the ReLU and of one shape [B, …], with margin m
 *
 *     Σ [(s + m)²·1(s > −m, t ≤ 0) + (s − m)²·1(s ≤ m, t > 0)] / B,
 *
 * summed over pairs. A sum over elements: weigh it down for large maps (the authors' code trains with
 * 1/1000). Margin 1, weight 1, connector "auto".
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range; `ERR_SHAPE` from
 *   compute() and distill() where features differ in shape
 */
function ab(options: ActivationBoundaryOptions = {}): LossOf<"ab"> {
  return makeLoss("ab", options);
}

/**
 * A comprehensive overhaul of feature distillation (arXiv:1904.01866): the teacher's values before
 * its ReLU, cut off below at a margin m for each channel. For stage i of n, maps [B, C, …]
 *
 *     Σ (s − max(t, m))² where s > max(t, m) or max(t, m) > 0, / (B·2^(n−i−1)),
 *
 * stages from shallow to deep, i from 0. m = E[x | x < 0] for x normal with the shift as its mean and
 * the scale as its deviation of the teacher's batch norm: of `batchNorm`, or of what `teacher` taps.
 * `losses.compute` needs `margins` and `connector: null`. Weight 0.001; connector a 1×1 convolution and a batch norm.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option, a value out of range, or without margins;
 *   `ERR_SHAPE` from compute() and distill() for other shapes
 */
function ofd(options: OverhaulOptions = {}): LossOf<"ofd"> {
  return makeLoss("ofd", options);
}

/**
 * MiniLM (arXiv:2002.10957): attention of a layer, and how values relate to each other. `student` and
 * `teacher` are three paths each, of queries, keys and values [B, T, D], split into `heads`; with
 * d = D / heads
 *
 *     KL(A_t‖A_s) + KL(R_t‖R_s),  A = softmax(QKᵀ/√d), R = softmax(VVᵀ/√d),
 *
 * each the mean over samples, heads and tokens, times `attention` and `values`. D may differ between
 * student and teacher, T may not. Tokens that the mask [B, T] leaves out are neither asked nor looked
 * at. Heads 12, weight 1, no connector.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option, a value out of range or other than three
 *   paths; `ERR_SHAPE` from compute() and distill() for other shapes
 */
function miniLm(options: MiniLmOptions = {}): LossOf<"miniLm"> {
  return makeLoss("miniLm", options);
}

export const composedLosses = { cosine, fsp, ab, ofd, miniLm };

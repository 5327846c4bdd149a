/** `losses.*` on features. */

import { type LossOf, makeLoss } from "./objective.js";
import type {
  AttentionOptions,
  FeatureLossOptions,
  PktOptions,
  RkdOptions,
} from "./schemas-features.js";

/**
 * FitNets' hints (arXiv:1412.6550): the mean squared difference of the student's features, behind a
 * learned connector, and the teacher's, over all elements; with a mask over those that it leaves.
 * Summed over pairs of layers. Weight 100 and connector "auto" unless said otherwise.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 *
 * @example
 * losses.hint({ student: "features.4", teacher: "layer3.1.conv2", connector: "conv3x3" });
 */
function hint(options: FeatureLossOptions = {}): LossOf<"hint"> {
  return makeLoss("hint", options);
}

/**
 * Hidden states of transformers [B, T, D] (arXiv:1909.10351): as `hint`, Σ mask·(W s − t)² over the
 * elements that the mask [B, T] leaves, with layers given as pairs; weight 1.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function hiddenState(options: FeatureLossOptions = {}): LossOf<"hiddenState"> {
  return makeLoss("hiddenState", options);
}

/**
 * Attention transfer (arXiv:1612.03928) on maps [B, C, H, W]: with Q = a / ‖a‖₂ and a the mean over
 * the channels of F², mean over samples and positions of (Q_s − Q_t)²; with `paper` the mean over
 * samples of ‖Q_s − Q_t‖₂. Channels may differ; the larger map is averaged down to the smaller.
 * Summed over pairs of layers; weight 1000.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function attention(options: AttentionOptions = {}): LossOf<"attention"> {
  return makeLoss("attention", options);
}

/**
 * Similarity preservation (arXiv:1907.09682): ‖G_t − G_s‖²_F / B², G the samples' inner products
 * with rows of length 1. Features [B, …] of any shape, each side its own. It relates the samples of
 * a batch, so over micro-batches the value is the mean of theirs. Weight 3000.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function similarity(options: FeatureLossOptions = {}): LossOf<"similarity"> {
  return makeLoss("similarity", options);
}

/**
 * Relational knowledge distillation (arXiv:1904.05068): `distance` times the smooth L1 loss of the
 * samples' distances, each side's divided by their mean, plus `angle` times that of the cosines
 * between triplets. Features [B, …] of any shape, each side its own. It relates the samples of a
 * batch, so over micro-batches the value is the mean of theirs. Weight 1, on top of the two.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function rkd(options: RkdOptions = {}): LossOf<"rkd"> {
  return makeLoss("rkd", options);
}

/**
 * Probabilistic knowledge transfer (arXiv:1803.10837): with K = (cos + 1) / 2 of all pairs of
 * samples and rows that sum to 1, mean over the B² pairs of K_t·log((K_t + ε) / (K_s + ε)).
 * Features [B, …] of any shape, each side its own. It relates the samples of a batch, so over
 * micro-batches the value is the mean of theirs. Weight 30000.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function pkt(options: PktOptions = {}): LossOf<"pkt"> {
  return makeLoss("pkt", options);
}

/**
 * Neuron selectivity transfer (arXiv:1707.01219) on maps [B, C, H, W]: the channels' maps, each of
 * length 1, compared as two sets with the kernel k(a, b) = (a·b)²; mean k(t, t′) + mean k(s, s′) −
 * 2 mean k(s, t), mean over samples. Channels may differ; the larger map is averaged down to the
 * smaller. Weight 50.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function nst(options: FeatureLossOptions = {}): LossOf<"nst"> {
  return makeLoss("nst", options);
}

export const featureLosses = { hint, hiddenState, attention, similarity, rkd, pkt, nst };

/** `losses.*` on features. */

import { type LossOf, makeLoss } from "./objective.js";
import type { FeatureLossOptions } from "./schemas-features.js";

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

export const featureLosses = { hint };

/** `losses.feature`: a loss on features beside the task's own. */

import { PotstillError } from "../native/errors.js";
import { nearestName, shown } from "../tensor/options.js";
import { checkLoss, type Loss, type LossKind, makeLoss } from "./objective.js";
import type { Weight } from "./options.js";
import { schemas } from "./schemas.js";

/** Options of `losses.feature`; any other is one of the loss that `loss` names. */
export interface FeatureOptions {
  /** Share of the loss on features; default 0.5. */
  alpha?: number | undefined;
  /** Paths, one or one for each pair. */
  teacher: string | readonly string[];
  student: string | readonly string[];
  /** A loss on features; default "hint". */
  loss?: string | undefined;
  /** The task's loss; default the cross-entropy. */
  task?: Loss | undefined;
  [option: string]: unknown;
}

/** Losses that compare features in pairs. */
function featureKinds(): LossKind[] {
  return (Object.keys(schemas) as LossKind[]).filter((kind) => "connector" in schemas[kind].shape);
}

/**
 * α·L_feature + (1 − α)·L_task, each times its own weight.
 *
 * @returns both losses, for `objective`
 * @throws PotstillError `ERR_CONFIG` for an α outside of 0 to 1, an unknown loss, or its options
 */
export function feature(options: FeatureOptions): Loss[] {
  const where = "losses.feature";
  const {
    alpha = 0.5,
    loss = "hint",
    task = makeLoss("crossEntropy", {}) as Loss,
    ...rest
  } = Object(options) as FeatureOptions;
  if (!(typeof alpha === "number" && alpha >= 0 && alpha <= 1)) {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: alpha: expected a number from 0 to 1, got ${shown(alpha)}`,
    );
  }
  const kinds = featureKinds();
  if (!kinds.includes(loss as LossKind)) {
    const near = nearestName(String(loss), kinds);
    const hint = near === null ? `there are ${kinds.join(", ")}` : `did you mean "${near}"?`;
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: loss: there is no loss on features ${shown(loss)}; ${hint}`,
    );
  }
  const first = makeLoss(loss as LossKind, rest, `${where}: ${loss}`) as Loss;
  const second = checkLoss(`${where}: task`, task);
  return [
    { ...first, weight: scaled(first.weight, alpha) },
    { ...second, weight: scaled(second.weight, 1 - alpha) },
  ];
}

function scaled(weight: Weight, by: number): Weight {
  if (typeof weight === "number") return weight * by;
  return { ...weight, from: weight.from * by, to: weight.to * by };
}

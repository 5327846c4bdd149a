/** In what order the values of images lie in memory while a model is trained. */

import { z } from "zod";
import { PotstillError } from "../native/errors.js";
import type { Module } from "../nn/index.js";

/** "auto": where a few steps show that it is faster; see `measuredLayout`. */
export type ChannelsLast = boolean | "auto";

export const channelsLastSchema = z.union([z.boolean(), z.literal("auto")], {
  error: 'expected true, false or "auto"',
});

/**
 * What a plan begins with; what "auto" comes to is measured with the plan.
 *
 * @throws ERR_CONFIG where it is asked for and the model has no convolutions
 */
export function plannedChannelsLast(asked: ChannelsLast, model: Module, where: string): boolean {
  if (asked !== true) return false;
  if (convolutionWeights(model) > 0) return true;
  throw new PotstillError(
    "ERR_CONFIG",
    `${where}: channelsLast is for convolutions, and the model has no weight of four dimensions; ` +
      "leave it out",
  );
}

/** Runs a job while the weights of these models lie channels-last, and brings them back. */
export async function withChannelsLast<T>(
  models: readonly Module[],
  job: () => Promise<T>,
): Promise<T> {
  try {
    for (const model of models) await model.to({ memoryFormat: "channels_last" });
    return await job();
  } finally {
    for (const model of models) await model.to({ memoryFormat: "contiguous_format" });
  }
}

/** Elements of all weights of four dimensions. */
export function convolutionWeights(model: Pick<Module, "parameters">): number {
  let sum = 0;
  for (const tensor of model.parameters().values()) {
    if (tensor.ndim === 4) sum += tensor.numel;
    tensor.dispose();
  }
  return sum;
}

/** One tensor, a list or a record of them, handled alike. */

import { PotstillError } from "../native/errors.js";
import { Tensor } from "../tensor/index.js";
import type { Inputs } from "./source.js";

/** The tensors with what to call them in a message. */
export function listInputs(inputs: Inputs): { name: string; tensor: Tensor }[] {
  if (inputs instanceof Tensor) return [{ name: "inputs", tensor: inputs }];
  return Object.entries(inputs).map(([key, tensor]) => ({
    name: Array.isArray(inputs) ? `inputs[${key}]` : `inputs.${key}`,
    tensor,
  }));
}

/** The same structure with other tensors in it; `index` counts as `listInputs` does. */
export function mapInputs(
  inputs: Inputs,
  change: (tensor: Tensor, index: number) => Tensor,
): Inputs {
  if (inputs instanceof Tensor) return change(inputs, 0);
  if (Array.isArray(inputs)) return inputs.map(change);
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value], index) => [key, change(value, index)]),
  );
}

/** As `Promise.all`, but waits for every one, and disposes what was made when one of them fails. */
export async function allOrDispose(
  promises: readonly (Promise<Tensor> | null)[],
): Promise<(Tensor | null)[]> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === "rejected");
  if (failed === undefined) {
    return results.map((result) => (result.status === "fulfilled" ? result.value : null));
  }
  for (const result of results) if (result.status === "fulfilled") result.value?.dispose();
  throw failed.reason;
}

/**
 * The number of samples: the first dimension, the same in every tensor.
 *
 * @param where for messages
 * @throws ERR_DATA when there is no tensor, no batch dimension, or the sizes differ
 */
export function countSamples(inputs: Inputs, where: string): number {
  const list = listInputs(inputs);
  const first = list[0];
  if (first === undefined) throw new PotstillError("ERR_DATA", `${where}: inputs holds no tensor`);
  for (const { name, tensor } of list) {
    if (!(tensor instanceof Tensor)) {
      throw new PotstillError("ERR_DATA", `${where}: ${name} is no tensor`);
    }
    if (tensor.shape.length === 0) {
      throw new PotstillError("ERR_DATA", `${where}: ${name} has no batch dimension`);
    }
    if (tensor.shape[0] !== first.tensor.shape[0]) {
      throw new PotstillError(
        "ERR_DATA",
        `${where}: ${name} has ${tensor.shape[0]} samples, ${first.name} has ` +
          `${first.tensor.shape[0]}; give every sample a row in each`,
      );
    }
  }
  return first.tensor.shape[0] as number;
}

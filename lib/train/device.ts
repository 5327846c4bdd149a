/** Batches where the models are: data sets deliver them on the CPU. */

import type { Batch, Inputs } from "../data/index.js";
import type { Module } from "../nn/index.js";
import { Tensor } from "../tensor/index.js";

/** Where a model's parameters are; "cpu" for one without any. */
export function deviceOf(model: Pick<Module, "parameters">): string {
  let device: string | null = null;
  for (const tensor of model.parameters().values()) {
    device ??= tensor.device;
    tensor.dispose();
  }
  return device ?? "cpu";
}

/**
 * The batch on a device: itself where it is there already, else copies, whose disposal disposes of
 * the batch too.
 */
export function onDevice(batch: Batch, device: string): Batch {
  if (device === "cpu") return batch;
  const made: Tensor[] = [];
  const move = (tensor: Tensor): Tensor => {
    const moved = tensor.to({ device, nonBlocking: true });
    made.push(moved);
    return moved;
  };
  const dispose = () => {
    for (const tensor of made) tensor.dispose();
    batch.dispose();
  };
  const { labels, mixedLabels, mask, ids } = batch;
  return {
    ...batch,
    inputs: mappedInputs(batch.inputs, move),
    labels: labels && move(labels),
    mixedLabels: mixedLabels && move(mixedLabels),
    mask: mask && move(mask),
    ids: ids && move(ids),
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** The inputs in the same form, each changed. */
export function mappedInputs(inputs: Inputs, change: (tensor: Tensor) => Tensor): Inputs {
  if (inputs instanceof Tensor) return change(inputs);
  if (Array.isArray(inputs)) return inputs.map(change);
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, change(tensor)]));
}

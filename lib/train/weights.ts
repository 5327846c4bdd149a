/** Copies of a model's state. */

import type { Module } from "../nn/index.js";
import { keep, ops, type Tensor } from "../tensor/index.js";

/** Parameters and buffers of a model at one moment, apart from it. */
export class Weights {
  constructor(readonly tensors: Record<string, Tensor>) {}

  /** Copies them on the executor's thread, after the steps submitted so far. */
  static async of(model: Module): Promise<Weights> {
    const state = model.stateDict();
    const copies: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(state)) {
      copies[name] = keep(await ops.aten.clone.default.async(tensor));
      tensor.dispose();
    }
    return new Weights(copies);
  }

  /** Puts them into a model of the same architecture. */
  load(model: Module): void {
    model.loadStateDict(this.tensors);
  }

  dispose(): void {
    for (const tensor of Object.values(this.tensors)) tensor.dispose();
  }
}

/** Copies of a model's state. */

import { native } from "../native/index.js";
import type { Module } from "../nn/index.js";
import { keep, type Tensor } from "../tensor/index.js";

/** Parameters and buffers of a model at one moment, apart from it. */
export class Weights {
  constructor(readonly tensors: Record<string, Tensor>) {}

  /** Copies them on the executor's thread, after the steps submitted so far; `dispose` frees them. */
  static async of(model: Module): Promise<Weights> {
    const state = model.stateDict();
    try {
      const copies = (await native.tensorsCopy(Object.values(state))) as Tensor[];
      const names = Object.keys(state);
      return new Weights(
        Object.fromEntries(names.map((name, index) => [name, keep(copies[index]!)])),
      );
    } finally {
      for (const tensor of Object.values(state)) tensor.dispose();
    }
  }

  /** Puts them into a model of the same architecture. */
  load(model: Module): void {
    model.loadStateDict(this.tensors);
  }

  dispose(): void {
    for (const tensor of Object.values(this.tensors)) tensor.dispose();
  }
}

/** The native training step, in the shape the loop wants it. */

import type { Batch } from "../data/index.js";
import type { StepBatch, StepHandle, StepMetrics, StepSpec } from "../native/binding.js";
import { native } from "../native/index.js";
import { Tensor } from "../tensor/index.js";

export type { StepMetrics, StepSpec };

/** Tensors and counters of optimizer and weight average, for a checkpoint. */
export interface StepState {
  tensors: Record<string, Tensor>;
  counters: Record<string, number>;
}

/**
 * Teacher forward, student forward, loss, backward and update as one job on the executor's thread.
 * Jobs run in the order they were submitted.
 */
export class TrainingStep {
  readonly #handle: StepHandle;

  /** @throws ERR_CONFIG for a plan that does not fit together, ERR_DEVICE for tensors on several devices */
  constructor(spec: StepSpec) {
    this.#handle = native.createStep(spec);
  }

  /**
   * One micro-batch; an update follows every `accumulate` of them. The batch may be disposed once
   * this has returned its promise.
   *
   * @param weights of the terms from here on; null: as they were
   *
   * @returns the number of updates so far
   * @throws ERR_SHAPE, ERR_DATA (labels out of range or missing), ERR_OOM
   */
  run(batch: Batch, lr: number, weights: number[] | null = null): Promise<number> {
    return native.stepRun(this.#handle, nativeBatch(batch, weights), lr);
  }

  /** Updates with what has been accumulated so far; nothing happens if that is nothing. */
  flush(lr: number): Promise<number> {
    return native.stepFlush(this.#handle, lr);
  }

  /**
   * Sums since the last reading; takes its turn behind the steps submitted so far.
   *
   * @throws ERR_NONFINITE where the loss was not finite
   */
  metrics(): Promise<StepMetrics> {
    return native.stepMetrics(this.#handle);
  }

  async state(): Promise<StepState> {
    return (await native.stepState(this.#handle)) as StepState;
  }

  async loadState(state: StepState): Promise<void> {
    await native.stepLoadState(this.#handle, state);
  }

  /** Exchanges the student's weights with their moving average; without one nothing happens. */
  async swapAverage(): Promise<void> {
    await native.stepSwapEma(this.#handle);
  }

  dispose(): void {
    native.stepDispose(this.#handle);
  }
}

function nativeBatch(batch: Batch, weights: number[] | null): StepBatch {
  const { inputs } = batch;
  return {
    inputs: Array.isArray(inputs) ? inputs : inputs instanceof Tensor ? [inputs] : inputs,
    labels: batch.labels,
    mixedLabels: batch.mixedLabels,
    mixWeight: batch.mixWeight,
    mask: batch.mask,
    ids: batch.ids,
    weights,
  };
}

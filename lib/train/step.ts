/** The native training step, in the shape the loop wants it. */

import type { Batch } from "../data/index.js";
import type { CustomLoss, LossContext, LossOf } from "../losses/index.js";
import type { StepBatch, StepHandle, StepMetrics, StepSpec } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { scope, Tensor } from "../tensor/index.js";
import type { Said } from "./cache/store.js";
import { meanOf } from "./predictor.js";

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
   * @param said what the teachers said, from a cache; null: they are asked
   *
   * @returns the number of updates so far
   * @throws ERR_SHAPE, ERR_DATA (labels out of range or missing), ERR_OOM
   */
  run(
    batch: Batch,
    lr: number,
    weights: number[] | null = null,
    said: readonly Said[] | null = null,
  ): Promise<number> {
    return native.stepRun(this.#handle, nativeBatch(batch, weights, said), lr);
  }

  /**
   * The same where some losses are functions of JavaScript's, which run here between two jobs. The
   * batch has to stay until the promise is settled.
   */
  async runCustom(
    batch: Batch,
    lr: number,
    weights: number[] | null,
    { losses, teacherWeights, ensemble }: CustomTerms,
    said: readonly Said[] | null = null,
  ): Promise<number> {
    const outputs = await native.stepBegin(this.#handle, nativeBatch(batch, weights, said));
    const values: Tensor[] = [];
    const logits = outputs.student as Tensor;
    const teachers = outputs.teachers as Tensor[];
    const features = outputs.features as { student: Tensor[]; teacher: Tensor[] }[];
    try {
      for (const [index, loss] of losses.entries()) {
        const value = scope(() => {
          const teacherLogits =
            teachers.length > 0 ? meanOf(teachers, teacherWeights, ensemble) : null;
          const { student: students, teacher: others } = features[index]!;
          const { labels, mask, ids } = batch;
          const context: LossContext = {
            student: students[0] ?? logits,
            teacher: others[0] ?? teacherLogits,
            students: students.length > 0 ? students : [logits],
            teachers: others.length > 0 ? others : teachers,
            ...{ logits, teacherLogits, labels, mask, ids },
          };
          return checkedValue(loss, loss.compute(context));
        });
        values.push(value);
      }
      return await native.stepFinish(this.#handle, values, lr);
    } finally {
      const tapped = features.flatMap(({ student, teacher }) => [...student, ...teacher]);
      for (const tensor of [logits, ...teachers, ...tapped, ...values]) tensor.dispose();
    }
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

  /**
   * Spans of the stages since the last call, as `spansOf` reads them; takes its turn behind the steps
   * submitted so far.
   *
   * @param on whether they are noted from here on
   */
  profile(on: boolean): Promise<number[]> {
    return native.stepProfile(this.#handle, on);
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

/** Losses that are functions, and what they need to know of the teachers. */
export interface CustomTerms {
  losses: readonly LossOf<"custom">[];
  teacherWeights: readonly number[];
  ensemble: "probabilities" | "logits";
}

function checkedValue({ name }: LossOf<"custom">, value: ReturnType<CustomLoss>): Tensor {
  if (value instanceof Tensor) return value;
  const given: unknown = value;
  const what = given instanceof Promise ? "a promise" : given === null ? "null" : typeof given;
  throw new PotstillError(
    "ERR_CONFIG",
    `the loss ${name} returned ${what}; expected a tensor of shape []`,
  );
}

/** A batch as it crosses the boundary. */
export function nativeBatch(
  batch: Batch,
  weights: number[] | null,
  said: readonly Said[] | null = null,
): StepBatch {
  const { inputs } = batch;
  return {
    inputs: Array.isArray(inputs) ? inputs : inputs instanceof Tensor ? [inputs] : inputs,
    labels: batch.labels,
    mixedLabels: batch.mixedLabels,
    mixWeight: batch.mixWeight,
    mask: batch.mask,
    ids: batch.ids,
    weights,
    said: said?.map(({ logits, taps }) => ({ logits, taps })) ?? null,
  };
}

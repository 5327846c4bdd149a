/** Sums of step metrics, and the means that come out of them. */

import type { StepMetrics } from "./step.js";

/** Plain data, so that a checkpoint can hold an epoch half done. */
export interface MeterState {
  samples: number;
  updates: number;
  loss: number;
  terms: number[];
  correct: number | null;
  gradNorm: number | null;
  /** Of a gradient scaler; null without one. */
  scaler: { scale: number; skipped: number } | null;
}

/** Adds up readings of the step; means are over samples. */
export class Meter {
  #sums: MeterState;

  constructor(terms: number, state?: MeterState) {
    this.#sums = state
      ? structuredClone(state)
      : {
          samples: 0,
          updates: 0,
          loss: 0,
          terms: new Array<number>(terms).fill(0),
          correct: 0,
          gradNorm: null,
          scaler: null,
        };
  }

  /** Adds one reading; an empty one changes nothing. */
  add(reading: StepMetrics): void {
    if (reading.steps === 0) return;
    const sums = this.#sums;
    sums.samples += reading.samples;
    sums.updates += reading.updates;
    sums.loss += reading.loss * reading.samples;
    sums.terms = sums.terms.map(
      (sum, index) => sum + (reading.terms[index] ?? 0) * reading.samples,
    );
    sums.correct =
      sums.correct === null || Number.isNaN(reading.correct)
        ? null
        : sums.correct + reading.correct;
    sums.gradNorm = Number.isNaN(reading.gradNorm) ? sums.gradNorm : reading.gradNorm;
    if (!Number.isNaN(reading.scale)) {
      const skipped = (sums.scaler?.skipped ?? 0) + reading.skipped;
      sums.scaler = { scale: reading.scale, skipped };
    }
  }

  get samples(): number {
    return this.#sums.samples;
  }

  get updates(): number {
    return this.#sums.updates;
  }

  get loss(): number {
    return this.#sums.loss / this.#sums.samples;
  }

  get terms(): number[] {
    return this.#sums.terms.map((sum) => sum / this.#sums.samples);
  }

  /** In [0, 1]; null where labels are no classes, or nothing was counted. */
  get accuracy(): number | null {
    const { correct, samples } = this.#sums;
    return correct === null || samples === 0 ? null : correct / samples;
  }

  get gradNorm(): number | null {
    return this.#sums.gradNorm;
  }

  /** The scale after the last update, and the updates that were left out; null without a scaler. */
  get scaler(): MeterState["scaler"] {
    return this.#sums.scaler;
  }

  state(): MeterState {
    return structuredClone(this.#sums);
  }
}

/** Counts over classified samples, and the figures that come out of them. */

import type { CalibrationBin, ClassRow } from "./report.js";

/** What is known about the samples of one batch, one entry per sample. */
export interface Judged {
  labels: ArrayLike<number>;
  predictions: ArrayLike<number>;
  /** Logits above that of the label: 0 is a top-1 hit, below 5 a top-5 hit. */
  ranks: ArrayLike<number>;
  /** Negative log-likelihood of the label, in nats. */
  losses: ArrayLike<number>;
  /** Probability of the prediction. */
  confidences: ArrayLike<number>;
}

/** Adds up judged samples. */
export class Tally {
  samples = 0;
  errors = 0;
  #loss = 0;
  readonly #hits: number[];
  readonly #confusion: Float64Array;
  readonly #binCount: number[];
  readonly #binConfidence: number[];
  readonly #binCorrect: number[];

  /**
   * @param classes number of classes
   * @param topK the k of top-k accuracy
   * @param bins equal bins of confidence for the calibration error
   */
  constructor(
    readonly classes: number,
    readonly topK: readonly number[],
    readonly bins: number,
  ) {
    this.#hits = topK.map(() => 0);
    this.#confusion = new Float64Array(classes * classes);
    this.#binCount = new Array<number>(bins).fill(0);
    this.#binConfidence = new Array<number>(bins).fill(0);
    this.#binCorrect = new Array<number>(bins).fill(0);
  }

  add(batch: Judged): void {
    const { labels, predictions, ranks, losses, confidences } = batch;
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i]!;
      const prediction = predictions[i]!;
      const correct = label === prediction;
      this.samples += 1;
      this.#loss += losses[i]!;
      if (!correct) this.errors += 1;
      this.#confusion[label * this.classes + prediction]! += 1;
      for (const [at, k] of this.topK.entries()) {
        // Where several logits are equally large, top-1 follows the prediction.
        if (k === 1 ? correct : ranks[i]! < k) this.#hits[at]! += 1;
      }
      // Bins are (lower, upper], as in the paper.
      const bin = Math.min(this.bins - 1, Math.max(0, Math.ceil(confidences[i]! * this.bins) - 1));
      this.#binCount[bin]! += 1;
      this.#binConfidence[bin]! += confidences[i]!;
      if (correct) this.#binCorrect[bin]! += 1;
    }
  }

  get accuracy(): number {
    return (this.samples - this.errors) / this.samples;
  }

  get loss(): number {
    return this.#loss / this.samples;
  }

  get topKAccuracy(): Record<string, number> {
    return Object.fromEntries(
      this.topK.map((k, at) => [String(k), this.#hits[at]! / this.samples]),
    );
  }

  /** Expected calibration error: the bins' |accuracy − confidence|, weighted by their samples. */
  get calibrationError(): number {
    let sum = 0;
    for (let bin = 0; bin < this.bins; bin++) {
      sum += Math.abs(this.#binCorrect[bin]! - this.#binConfidence[bin]!);
    }
    return sum / this.samples;
  }

  /** The bins, lowest confidence first, with means; zeros where no sample fell into one. */
  get calibration(): CalibrationBin[] {
    return this.#binCount.map((samples, bin) => ({
      samples,
      confidence: samples === 0 ? 0 : this.#binConfidence[bin]! / samples,
      accuracy: samples === 0 ? 0 : this.#binCorrect[bin]! / samples,
    }));
  }

  /** Rows are true classes, columns predictions. */
  get confusion(): number[][] {
    const { classes } = this;
    return Array.from({ length: classes }, (_, row) =>
      Array.from(this.#confusion.subarray(row * classes, (row + 1) * classes)),
    );
  }

  perClass(names: readonly string[] | null): ClassRow[] {
    const { classes } = this;
    const confusion = this.#confusion;
    return Array.from({ length: classes }, (_, index) => {
      let samples = 0;
      let predicted = 0;
      for (let other = 0; other < classes; other++) {
        samples += confusion[index * classes + other]!;
        predicted += confusion[other * classes + index]!;
      }
      const hits = confusion[index * classes + index]!;
      return {
        class: index,
        name: names?.[index] ?? null,
        samples,
        errors: samples - hits,
        accuracy: samples === 0 ? null : hits / samples,
        precision: predicted === 0 ? null : hits / predicted,
      };
    });
  }
}

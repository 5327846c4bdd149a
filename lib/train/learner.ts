/** One model in training: its step, its sums, its best weights. Mutual learning has two of them. */

import type { Batch, Normalize, Split } from "../data/index.js";
import { PotstillError } from "../native/errors.js";
import type { Module } from "../nn/index.js";
import type { Said } from "./cache/store.js";
import { measure } from "./evaluate.js";
import type { EpochMetrics, Phase, ValidationMetrics } from "./events.js";
import { Meter, type MeterState } from "./meter.js";
import type { Predictor } from "./predictor.js";
import type { CustomTerms, StepMetrics, StepSpec, StepState } from "./step.js";
import { TrainingStep } from "./step.js";
import { Weights } from "./weights.js";

/** What one model is trained for. */
export interface LearnerPlan {
  phase: Phase;
  model: Module;
  /** The model as it is validated. */
  asked: Predictor;
  spec: StepSpec;
  /** Why steps are not recorded although that was asked for; null: they are, or it was not. */
  unrecorded: string | null;
  termNames: string[];
  /** Weights of the terms after so many epochs and updates; null: they never change. */
  weights: ((epoch: number, update: number) => number[]) | null;
  /** Losses that are functions of JavaScript's, in the order of their terms. */
  custom: CustomTerms | null;
  /** For the agreement in validation; null without a teacher. */
  teacher: Predictor | null;
  /** Paths of parameters that are left as they are. */
  frozen: readonly string[];
  /** Teachers that follow the model; their weights belong to the result. */
  followers: readonly Module[];
}

/** What the whole run says of validation. */
export interface Selection {
  monitor: "accuracy" | "loss";
  keepBest: boolean;
  normalize: Normalize | null | undefined;
}

/** How far a learner is, as JSON. */
export interface LearnerPosition {
  best: { epoch: number; score: number } | null;
  /** Epochs since the best one. */
  withoutProgress: number;
  history: EpochMetrics[];
  meter: MeterState;
}

/** All that a checkpoint keeps of a learner. */
export interface LearnerState {
  position: LearnerPosition;
  model: Weights;
  best: Weights | null;
  step: StepState;
}

export class Learner {
  readonly step: TrainingStep;
  readonly #thaw: () => void;
  #meter: Meter;
  #best: LearnerPosition["best"] = null;
  #bestWeights: Weights | null = null;
  #withoutProgress = 0;
  #history: EpochMetrics[] = [];
  #latest: StepMetrics | null = null;
  #told = new Set<string>();

  constructor(
    readonly plan: LearnerPlan,
    readonly selection: Selection,
  ) {
    this.#meter = new Meter(plan.termNames.length);
    this.#thaw = freeze(plan.model, plan.frozen);
    try {
      this.step = new TrainingStep(plan.spec);
    } catch (error) {
      this.#thaw();
      throw error;
    }
  }

  /** Frees the step, and gives frozen parameters back as they were. */
  dispose(): void {
    this.step.dispose();
    this.#thaw();
  }

  /** Submits one micro-batch; without custom losses the batch may go once this has returned. */
  run(
    batch: Batch,
    rate: number,
    epoch: number,
    update: number,
    said: readonly Said[] | null,
  ): Promise<number> {
    const weights = this.plan.weights?.(epoch, update) ?? null;
    const { custom } = this.plan;
    return custom
      ? this.step.runCustom(batch, rate, weights, custom, said)
      : this.step.run(batch, rate, weights, said);
  }

  /**
   * Takes the sums since the last reading over.
   *
   * @returns why steps were not replayed, where that was not told before
   */
  async read(): Promise<string[]> {
    const reading = await this.step.metrics();
    this.#meter.add(reading);
    if (reading.steps > 0) this.#latest = reading;
    const news = reading.notReplayed.filter((why) => !this.#told.has(why));
    for (const why of news) this.#told.add(why);
    return news;
  }

  get latest(): StepMetrics | null {
    return this.#latest;
  }

  /** Samples in this epoch so far. */
  get samples(): number {
    return this.#meter.samples;
  }

  get withoutProgress(): number {
    return this.#withoutProgress;
  }

  get history(): readonly EpochMetrics[] {
    return this.#history;
  }

  get bestEpoch(): number | null {
    return this.selection.keepBest && this.#best ? this.#best.epoch : null;
  }

  named(terms: readonly number[]): Record<string, number> {
    const { termNames } = this.plan;
    return Object.fromEntries(terms.map((value, index) => [termNames[index], value]));
  }

  /** Ends an epoch: its figures, and whether it is the best one so far. */
  async endEpoch(
    epoch: number,
    lr: number,
    seconds: number,
    validation: Split | null,
  ): Promise<{ metrics: EpochMetrics; best: boolean }> {
    const meter = this.#meter;
    const metrics: EpochMetrics = {
      loss: meter.loss,
      terms: this.named(meter.terms),
      accuracy: meter.accuracy,
      lr,
      gradNorm: meter.gradNorm,
      ...(meter.scaler === null ? {} : { scaler: meter.scaler }),
      samples: meter.samples,
      steps: meter.updates,
      samplesPerSecond: meter.samples / seconds,
      seconds,
      validation: null,
    };
    this.#meter = new Meter(this.plan.termNames.length);
    const best = validation ? await this.#validate(validation, metrics, epoch) : false;
    this.#history.push(metrics);
    return { metrics, best };
  }

  /** Measures the (averaged) weights; true if they are the best so far. */
  async #validate(split: Split, metrics: EpochMetrics, epoch: number): Promise<boolean> {
    const { plan, step } = this;
    const { monitor, keepBest, normalize } = this.selection;
    await step.swapAverage();
    try {
      const result = await measure(plan.asked, split, {
        teacher: plan.teacher,
        topK: [],
        ...(normalize === undefined ? {} : { normalize }),
      });
      const validation: ValidationMetrics = {
        samples: result.samples,
        loss: result.loss,
        errors: result.errors,
        accuracy: result.accuracy,
        agreement: result.agreement,
      };
      metrics.validation = validation;
      const score = monitor === "loss" ? negative(validation.loss) : validation.accuracy;
      if (score === null) {
        throw new PotstillError(
          "ERR_DATA",
          `validation has no ${monitor} to select by: the samples of "${split.name}" have no class labels`,
        );
      }
      if (this.#best && score <= this.#best.score) {
        this.#withoutProgress += 1;
        return false;
      }
      this.#best = { epoch, score };
      this.#withoutProgress = 0;
      if (keepBest) {
        const before = this.#bestWeights;
        this.#bestWeights = await Weights.of(plan.model);
        before?.dispose();
      }
      return true;
    } finally {
      await step.swapAverage();
    }
  }

  /** Leaves the selected weights in the model, in eval mode. */
  async finish(): Promise<void> {
    await this.step.swapAverage();
    if (this.#bestWeights) this.#bestWeights.load(this.plan.model);
    this.#bestWeights?.dispose();
    this.#bestWeights = null;
    this.plan.model.eval();
  }

  /** A copy of everything but the best weights, which stay this object's. */
  async state(): Promise<LearnerState> {
    return {
      position: {
        best: this.#best,
        withoutProgress: this.#withoutProgress,
        history: this.#history,
        meter: this.#meter.state(),
      },
      model: await Weights.of(this.plan.model),
      best: this.#bestWeights,
      step: await this.step.state(),
    };
  }

  async restore(state: LearnerState): Promise<void> {
    const { best, withoutProgress, history, meter } = state.position;
    this.#best = best;
    this.#withoutProgress = withoutProgress;
    this.#history = history;
    this.#meter = new Meter(this.plan.termNames.length, meter);
    state.model.load(this.plan.model);
    state.model.dispose();
    this.#bestWeights = state.best;
    await this.step.loadState(state.step);
  }

  trainableParameters(): number {
    let sum = 0;
    for (const tensor of this.plan.model.parameters().values()) {
      if (tensor.requiresGrad) sum += tensor.numel;
      tensor.dispose();
    }
    return sum;
  }
}

/** Turns gradients off for these parameters; what comes back turns them on again. */
function freeze(model: Module, paths: readonly string[]): () => void {
  const changed: string[] = [];
  const set = (wanted: (name: string) => boolean, value: boolean) => {
    for (const [name, tensor] of model.parameters()) {
      if (wanted(name) && tensor.requiresGrad !== value) {
        tensor.requiresGrad = value;
        if (!value) changed.push(name);
      }
      tensor.dispose();
    }
  };
  if (paths.length > 0) set((name) => paths.includes(name), false);
  return () => {
    if (changed.length > 0) set((name) => changed.includes(name), true);
  };
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

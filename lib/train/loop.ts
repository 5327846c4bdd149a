/**
 * The training loop: epochs of steps with a few of them in flight, validation, selection of the
 * best weights, checkpoints. `distill()` and `train()` are this with different plans.
 */

import type { AugmentOptions, Batch, BatchIterator, Normalize, Split } from "../data/index.js";
import { PotstillError } from "../native/errors.js";
import type { Module } from "../nn/index.js";
import { getRngState, manualSeed, setRngState, type Tensor } from "../tensor/index.js";
import type { CachedTeachers } from "./cache/prepare.js";
import type { Said } from "./cache/store.js";
import { onDevice } from "./device.js";
import { measure } from "./evaluate.js";
import type { EpochMetrics, Phase, Plan, TrainEvent, ValidationMetrics } from "./events.js";
import { Flight } from "./flight.js";
import { Meter } from "./meter.js";
import type { PhaseState, PhaseStore, Position } from "./phase-store.js";
import type { Predictor } from "./predictor.js";
import type { History, Json } from "./report.js";
import type { CustomTerms, StepMetrics, StepSpec } from "./step.js";
import { TrainingStep } from "./step.js";
import { Weights } from "./weights.js";

/** Metrics are read at fixed steps, not by the clock, so that a rerun adds up the same sums. */
const stepsPerReading = 8;
const millisecondsPerEvent = 200;

/** One validated training, ready to go. */
export interface TrainingPlan {
  phase: Phase;
  model: Module;
  spec: StepSpec;
  termNames: string[];
  /** Weights of the terms after so many epochs and updates; null: they never change. */
  weights: ((epoch: number, update: number) => number[]) | null;
  /** Learning rate of the update with this zero-based number. */
  rate: (update: number) => number;
  train: Split;
  /** What the teachers said, where it is kept; null: they are asked. */
  cached: CachedTeachers | null;
  validation: Split | null;
  /** For the agreement in validation; null without a teacher. */
  teacher: Predictor | null;
  /** The model as it is validated. */
  asked: Predictor;
  /** Losses that are functions of JavaScript's, in the order of their terms. */
  custom: CustomTerms | null;
  /** At least one of the two; updates win. */
  epochs: number | null;
  steps: number | null;
  batchSize: number;
  dropLast: boolean;
  seed: number;
  augment: AugmentOptions | null;
  normalize: Normalize | null | undefined;
  monitor: "accuracy" | "loss";
  keepBest: boolean;
  patience: number | null;
  signal: AbortSignal | null;
  /** Where checkpoints go; null: none are written. */
  store: PhaseStore | null;
  checkpointEvery: number;
  resume: PhaseState | null;
  record: Plan;
}

/** What a training leaves besides the weights in its model. */
export interface Trained {
  history: History;
  /** Of training, without validation. */
  seconds: number;
  samplesPerSecond: number;
}

/** Trains `plan.model` in place. */
export async function runTraining(
  plan: TrainingPlan,
  emit: (event: TrainEvent) => void,
): Promise<Trained> {
  const step = new TrainingStep(plan.spec);
  try {
    return await new Loop(plan, step, emit).run();
  } finally {
    step.dispose();
  }
}

function idsOf({ ids }: Batch): Tensor {
  if (ids !== null) return ids;
  throw new PotstillError("ERR_DATA", "cache: a batch came without the ids of its samples");
}

function free(said: readonly Said[] | null): void {
  for (const { logits, taps } of said ?? []) {
    for (const each of [logits, ...Object.values(taps)]) each.dispose();
  }
}

class Loop {
  #position: Position;
  #meter: Meter;
  /** Samples and seconds of earlier processes and epochs. */
  #samples = 0;
  #seconds = 0;
  #epochSeconds = 0;
  #best: Weights | null = null;
  #clock: number | null = null;
  #lastEvent = 0;
  #latest: StepMetrics | null = null;

  constructor(
    readonly plan: TrainingPlan,
    readonly step: TrainingStep,
    readonly emit: (event: TrainEvent) => void,
  ) {
    this.#position = {
      epoch: 0,
      batch: 0,
      update: 0,
      best: null,
      withoutProgress: 0,
      history: [],
    };
    this.#meter = new Meter(plan.termNames.length);
  }

  async run(): Promise<Trained> {
    const { plan } = this;
    if (plan.resume) await this.#restore(plan.resume);
    else manualSeed(plan.seed);
    this.emit({
      type: "start",
      phase: plan.phase,
      plan: plan.record,
      samples: plan.train.length,
      validationSamples: plan.validation?.length ?? null,
      parameters: trainableParameters(plan.model),
      terms: plan.termNames,
      resumed: plan.resume && { step: this.#position.update, epoch: this.#position.epoch },
    });
    let stoppedEarly = false;
    while (!stoppedEarly && !this.#budgetSpent()) {
      if (plan.signal?.aborted) await this.#abort();
      await this.#epoch();
      stoppedEarly = plan.patience !== null && this.#position.withoutProgress > plan.patience;
      if (plan.store && this.#position.epoch % plan.checkpointEvery === 0) {
        if (!stoppedEarly && !this.#budgetSpent()) await this.#save("epoch");
      }
    }
    await this.#finish();
    const { history, best, update, epoch } = this.#position;
    return {
      history: {
        steps: update,
        epochs: epoch,
        bestEpoch: plan.keepBest && best ? best.epoch : null,
        stoppedEarly,
        metrics: history as unknown as Json[],
      },
      seconds: this.#seconds,
      samplesPerSecond: this.#seconds > 0 ? this.#samples / this.#seconds : 0,
    };
  }

  #budgetSpent(): boolean {
    const { epochs, steps } = this.plan;
    if (steps !== null) return this.#position.update >= steps;
    return this.#position.epoch >= (epochs ?? 0);
  }

  async #epoch(): Promise<void> {
    const { plan } = this;
    const position = this.#position;
    plan.model.train();
    const iterator = plan.train.batches({
      batchSize: plan.batchSize,
      shuffle: true,
      seed: plan.seed,
      epoch: position.epoch,
      dropLast: plan.dropLast,
      augment: plan.augment,
      view: plan.cached?.view(position.epoch) ?? null,
      startBatch: position.batch,
      ...(plan.signal === null ? {} : { signal: plan.signal }),
      ...(plan.normalize === undefined ? {} : { normalize: plan.normalize }),
    });
    this.#startClock();
    const ended = await this.#steps(iterator);
    this.#stopClock();
    if (!ended) await this.#abort();
    const meter = this.#meter;
    if (meter.samples === 0) {
      throw new PotstillError(
        "ERR_DATA",
        `epoch ${position.epoch + 1} of "${plan.train.name}" had no samples to train on`,
      );
    }
    const metrics: EpochMetrics = {
      loss: meter.loss,
      terms: this.#named(meter.terms),
      accuracy: meter.accuracy,
      lr: plan.rate(Math.max(0, position.update - 1)),
      gradNorm: meter.gradNorm,
      samples: meter.samples,
      steps: meter.updates,
      samplesPerSecond: meter.samples / this.#epochSeconds,
      seconds: this.#epochSeconds,
      validation: null,
    };
    this.#samples += meter.samples;
    this.#seconds += this.#epochSeconds;
    this.#epochSeconds = 0;
    this.#meter = new Meter(plan.termNames.length);
    position.epoch += 1;
    position.batch = 0;
    const best = plan.validation ? await this.#validate(plan.validation, metrics) : false;
    position.history.push(metrics);
    this.emit({
      type: "epoch",
      phase: plan.phase,
      epoch: position.epoch,
      epochs: plan.epochs,
      step: position.update,
      metrics,
      best,
    });
  }

  /** Runs the batches of an epoch; false when the signal ended it. */
  async #steps(iterator: BatchIterator): Promise<boolean> {
    const { plan, step } = this;
    const position = this.#position;
    const flight = new Flight();
    let micro = position.batch;
    try {
      for await (const batch of iterator) {
        const rate = plan.rate(position.update);
        // Gathered beside the steps in flight, and in the order of the batches.
        const said = plan.cached && (await plan.cached.said(position.epoch, idsOf(batch)));
        const job = this.#submit(batch, rate, said);
        await flight.add(job);
        // Between the halves of such a step nothing else may run.
        if (plan.custom) await flight.land();
        position.batch = ++micro;
        if (micro % plan.spec.accumulate === 0) position.update += 1;
        if (micro % stepsPerReading === 0) flight.watch(this.#read());
        if (plan.steps !== null && position.update >= plan.steps) break;
        if (plan.signal?.aborted) return await this.#landed(flight, false);
      }
      if (micro % plan.spec.accumulate !== 0) {
        await flight.add(step.flush(plan.rate(position.update)));
        position.update += 1;
      }
      return await this.#landed(flight, true);
    } catch (error) {
      // The wait for a batch ends by the signal too.
      if (plan.signal?.aborted && isAbort(error)) return await this.#landed(flight, false);
      throw error;
    } finally {
      await flight.settle();
    }
  }

  async #landed(flight: Flight, ended: boolean): Promise<boolean> {
    await flight.land();
    await this.#read();
    return ended;
  }

  #submit(given: Batch, rate: number, said: Said[] | null): Promise<number> {
    const { plan } = this;
    const batch = onDevice(given, plan.record.device);
    const { epoch, update } = this.#position;
    const weights = plan.weights?.(epoch, update) ?? null;
    if (plan.custom) {
      return this.step.runCustom(batch, rate, weights, plan.custom, said).finally(() => {
        batch.dispose();
        free(said);
      });
    }
    try {
      return this.step.run(batch, rate, weights, said);
    } finally {
      // The job holds what it uses.
      batch.dispose();
      free(said);
    }
  }

  async #read(): Promise<void> {
    let reading: StepMetrics;
    try {
      reading = await this.step.metrics();
    } catch (error) {
      throw this.#explained(error);
    }
    this.#meter.add(reading);
    if (reading.steps > 0) this.#latest = reading;
    const now = performance.now();
    if (now - this.#lastEvent < millisecondsPerEvent) return;
    this.#lastEvent = now;
    this.#emitStep();
  }

  #emitStep(): void {
    const { plan } = this;
    const { update, epoch } = this.#position;
    const reading = this.#latest;
    const elapsed = this.#epochSeconds + this.#runningSeconds();
    const steps = plan.record.steps;
    const seconds = this.#seconds + elapsed;
    const counted = reading && !Number.isNaN(reading.correct) && reading.samples > 0;
    this.emit({
      type: "step",
      phase: plan.phase,
      step: update,
      steps,
      epoch: epoch + 1,
      epochs: plan.epochs,
      lr: plan.rate(Math.max(0, update - 1)),
      loss: reading?.loss ?? null,
      terms: this.#named(reading?.terms ?? []),
      accuracy: counted ? reading.correct / reading.samples : null,
      samplesPerSecond: elapsed > 0 ? this.#meter.samples / elapsed : 0,
      eta: steps === null || update === 0 ? null : (seconds / update) * (steps - update),
    });
  }

  #explained(error: unknown): unknown {
    if (!(error instanceof PotstillError) || error.code !== "ERR_NONFINITE") return error;
    const { update, epoch } = this.#position;
    return new PotstillError(
      "ERR_NONFINITE",
      `${this.plan.phase}: the loss was not finite by step ${update} (epoch ${epoch + 1}, learning ` +
        `rate ${this.plan.rate(Math.max(0, update - 1))}): ${error.message}. Lower the learning rate, ` +
        "clip the gradients (clip: { norm: 1 }), or look for NaN in the data.",
      { cause: error },
    );
  }

  #named(terms: readonly number[]): Record<string, number> {
    return Object.fromEntries(terms.map((value, index) => [this.plan.termNames[index], value]));
  }

  /** Measures the (averaged) weights; true if they are the best so far. */
  async #validate(split: Split, metrics: EpochMetrics): Promise<boolean> {
    const { plan, step } = this;
    const position = this.#position;
    await step.swapAverage();
    try {
      const result = await measure(plan.asked, split, {
        teacher: plan.teacher,
        topK: [],
        ...(plan.normalize === undefined ? {} : { normalize: plan.normalize }),
      });
      const validation: ValidationMetrics = {
        samples: result.samples,
        loss: result.loss,
        errors: result.errors,
        accuracy: result.accuracy,
        agreement: result.agreement,
      };
      metrics.validation = validation;
      const score = plan.monitor === "loss" ? negative(validation.loss) : validation.accuracy;
      if (score === null) {
        throw new PotstillError(
          "ERR_DATA",
          `validation has no ${plan.monitor} to select by: the samples of "${split.name}" have no class labels`,
        );
      }
      if (position.best && score <= position.best.score) {
        position.withoutProgress += 1;
        return false;
      }
      position.best = { epoch: position.epoch, score };
      position.withoutProgress = 0;
      if (plan.keepBest) {
        const before = this.#best;
        this.#best = await Weights.of(plan.model);
        before?.dispose();
      }
      return true;
    } finally {
      await step.swapAverage();
    }
  }

  /** Leaves the selected weights in the model, in eval mode. */
  async #finish(): Promise<void> {
    const { plan } = this;
    await this.step.swapAverage();
    if (this.#best) this.#best.load(plan.model);
    this.#best?.dispose();
    this.#best = null;
    plan.model.eval();
  }

  async #abort(): Promise<never> {
    const { plan } = this;
    const { update, epoch } = this.#position;
    const where = `stopped after step ${update}${plan.steps === null ? "" : ` of ${plan.steps}`} (epoch ${epoch + 1})`;
    let saved = "nothing was saved, as the run has no folder (out)";
    if (plan.store) {
      const path = await this.#save("abort");
      saved = `saved ${path}; the same run with resume goes on exactly there`;
    }
    throw new PotstillError("ERR_ABORTED", `${plan.phase}: ${where}; ${saved}`, {
      cause: plan.signal?.reason,
    });
  }

  async #save(reason: "epoch" | "abort"): Promise<string> {
    const { plan, step } = this;
    const store = plan.store!;
    const rng = getRngState();
    const model = await Weights.of(plan.model);
    const stepState = await step.state();
    let path: string;
    try {
      path = await store.save({
        position: this.#position,
        meter: this.#meter.state(),
        samples: this.#samples,
        seconds: this.#seconds,
        epochSeconds: this.#epochSeconds,
        plan: plan.record,
        model,
        best: this.#best,
        step: stepState,
        rng,
      });
    } finally {
      model.dispose();
      rng.dispose();
      for (const tensor of Object.values(stepState.tensors)) tensor.dispose();
    }
    const { update, epoch } = this.#position;
    this.emit({ type: "checkpoint", phase: plan.phase, path, step: update, epoch, reason });
    return path;
  }

  async #restore(state: PhaseState): Promise<void> {
    this.#position = state.position;
    this.#meter = new Meter(this.plan.termNames.length, state.meter);
    this.#samples = state.samples;
    this.#seconds = state.seconds;
    this.#epochSeconds = state.epochSeconds;
    state.model.load(this.plan.model);
    state.model.dispose();
    this.#best = state.best;
    await this.step.loadState(state.step);
    setRngState(state.rng);
  }

  #startClock(): void {
    this.#clock = performance.now();
    this.#lastEvent = this.#clock;
  }

  #runningSeconds(): number {
    return this.#clock === null ? 0 : (performance.now() - this.#clock) / 1000;
  }

  #stopClock(): void {
    this.#epochSeconds += this.#runningSeconds();
    this.#clock = null;
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof PotstillError && error.code === "ERR_ABORTED";
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

function trainableParameters(model: Module): number {
  let sum = 0;
  for (const tensor of model.parameters().values()) {
    if (tensor.requiresGrad) sum += tensor.numel;
    tensor.dispose();
  }
  return sum;
}

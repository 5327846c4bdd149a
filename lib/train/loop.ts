/**
 * The training loop: epochs of steps with a few of them in flight, validation, selection of the
 * best weights, checkpoints. `distill()` and `train()` are this with different plans.
 */

import type { AugmentOptions, Batch, BatchIterator, Split } from "../data/index.js";
import { PotstillError } from "../native/errors.js";
import { getRngState, manualSeed, setRngState, type Tensor } from "../tensor/index.js";
import type { CachedTeachers } from "./cache/prepare.js";
import type { Said } from "./cache/store.js";
import { withChannelsLast } from "./channels-last.js";
import { hurry } from "./checkpoint.js";
import { onDevice } from "./device.js";
import type { Plan, Stage, TrainEvent } from "./events.js";
import { Flight } from "./flight.js";
import { Learner, type LearnerPlan, type Selection } from "./learner.js";
import type { PhaseState, PhaseStore, Position } from "./phase-store.js";
import type { Profiler } from "./profiler.js";
import type { History, Json } from "./report.js";
import { batchesFor } from "./uploads.js";

/** Metrics are read at fixed steps, not by the clock, so that a rerun adds up the same sums. */
const stepsPerReading = 8;
const millisecondsPerEvent = 200;

/** One validated training, ready to go. */
export interface TrainingPlan extends Selection {
  /** Of the phase and its stage; names the checkpoint. */
  name: string;
  /** One, or two that learn from each other: each batch goes through one after the other. */
  learners: readonly LearnerPlan[];
  /** Among several; null: the training is one piece. */
  stage: Stage | null;
  /** Learning rate of the update with this zero-based number. */
  rate: (update: number) => number;
  train: Split;
  /** What the teachers said, where it is kept; null: they are asked. */
  cached: CachedTeachers | null;
  validation: Split | null;
  /** At least one of the two; updates win. */
  epochs: number | null;
  steps: number | null;
  batchSize: number;
  dropLast: boolean;
  accumulate: number;
  seed: number;
  augment: AugmentOptions | null;
  patience: number | null;
  signal: AbortSignal | null;
  /** Where checkpoints go; null: none are written. */
  store: PhaseStore | null;
  checkpointEvery: number;
  resume: PhaseState | null;
  record: Plan;
}

/** What a training leaves besides the weights in its models. */
export interface Trained {
  /** Of each learner. */
  histories: History[];
  /** Of training, without validation. */
  seconds: number;
  samplesPerSecond: number;
}

/** Trains the models of `plan.learners` in place. */
export async function runTraining(
  plan: TrainingPlan,
  emit: (event: TrainEvent) => void,
  profiler: Profiler | null = null,
): Promise<Trained> {
  const train = () => trainLearners(plan, emit, profiler);
  if (!plan.record.channelsLast) return await train();
  const models = plan.learners.flatMap(({ model, followers }) => [model, ...followers]);
  return await withChannelsLast(models, train);
}

async function trainLearners(
  plan: TrainingPlan,
  emit: (event: TrainEvent) => void,
  profiler: Profiler | null,
): Promise<Trained> {
  const learners: Learner[] = [];
  try {
    for (const each of plan.learners) learners.push(new Learner(each, plan));
    const loop = new Loop(plan, learners, emit, profiler);
    try {
      return await loop.run();
    } finally {
      await loop.settle();
    }
  } finally {
    for (const learner of learners) learner.dispose();
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
  #position: Position = { epoch: 0, batch: 0, update: 0 };
  /** Samples and seconds of earlier processes and epochs. */
  #samples = 0;
  #seconds = 0;
  #epochSeconds = 0;
  #clock: number | null = null;
  #lastEvent = 0;
  /** The checkpoint that is being written while the training goes on. */
  readonly #saves = new Flight();

  constructor(
    readonly plan: TrainingPlan,
    readonly learners: readonly Learner[],
    readonly emit: (event: TrainEvent) => void,
    readonly profiler: Profiler | null,
  ) {}

  async run(): Promise<Trained> {
    const { plan, learners } = this;
    manualSeed(plan.seed);
    if (plan.resume) await this.#restore(plan.resume);
    for (const learner of learners) {
      this.emit({
        type: "start",
        ...this.#label(learner),
        plan: plan.record,
        samples: plan.train.length,
        validationSamples: plan.validation?.length ?? null,
        parameters: learner.trainableParameters(),
        terms: learner.plan.termNames,
        resumed: plan.resume && { step: this.#position.update, epoch: this.#position.epoch },
      });
    }
    let stoppedEarly = false;
    while (!stoppedEarly && !this.#budgetSpent()) {
      if (plan.signal?.aborted) await this.#abort();
      await this.#epoch();
      const { patience } = plan;
      stoppedEarly =
        patience !== null && learners.every(({ withoutProgress }) => withoutProgress > patience);
      if (plan.store && this.#position.epoch % plan.checkpointEvery === 0) {
        if (!stoppedEarly && !this.#budgetSpent()) await this.#save("epoch");
      }
    }
    await this.#written();
    await this.profiler?.finish(learners.map(({ step }) => step));
    for (const learner of learners) await learner.finish();
    const { update, epoch } = this.#position;
    return {
      histories: learners.map(({ bestEpoch, history }) => ({
        ...{ steps: update, epochs: epoch, bestEpoch, stoppedEarly },
        metrics: history as unknown as Json[],
      })),
      seconds: this.#seconds,
      samplesPerSecond: this.#seconds > 0 ? this.#samples / this.#seconds : 0,
    };
  }

  /** Resolves when nothing is written any more, also where something failed. */
  async settle(): Promise<void> {
    hurry();
    await this.#saves.settle();
  }

  /** Waits for the checkpoint that is being written. */
  async #written(): Promise<void> {
    hurry();
    await this.#saves.land();
  }

  /** What events say of whose training they belong to. */
  #label(learner: Learner) {
    const { stage } = this.plan;
    return { phase: learner.plan.phase, ...(stage ? { stage } : {}) };
  }

  #budgetSpent(): boolean {
    const { epochs, steps } = this.plan;
    if (steps !== null) return this.#position.update >= steps;
    return this.#position.epoch >= (epochs ?? 0);
  }

  async #epoch(): Promise<void> {
    const { plan, learners } = this;
    const position = this.#position;
    for (const learner of learners) learner.plan.model.train();
    const iterator = batchesFor(plan.record.device, plan.train, {
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
    const { samples } = learners[0]!;
    if (samples === 0) {
      throw new PotstillError(
        "ERR_DATA",
        `epoch ${position.epoch + 1} of "${plan.train.name}" had no samples to train on`,
      );
    }
    const seconds = this.#epochSeconds;
    this.#samples += samples;
    this.#seconds += seconds;
    this.#epochSeconds = 0;
    position.epoch += 1;
    position.batch = 0;
    const rate = plan.rate(Math.max(0, position.update - 1));
    for (const learner of learners) {
      const ending = await learner.endEpoch(position.epoch, rate, seconds, plan.validation);
      this.emit({
        type: "epoch",
        ...this.#label(learner),
        epoch: position.epoch,
        epochs: plan.epochs,
        step: position.update,
        ...ending,
      });
    }
  }

  /** Runs the batches of an epoch; false when the signal ended it. */
  async #steps(iterator: BatchIterator): Promise<boolean> {
    const { plan, learners } = this;
    const position = this.#position;
    const flight = new Flight();
    const steps = learners.map(({ step }) => step);
    let micro = position.batch;
    try {
      for await (const batch of this.profiler?.watch(iterator) ?? iterator) {
        const rate = plan.rate(position.update);
        // Gathered beside the steps in flight, and in the order of the batches.
        const said = plan.cached && (await plan.cached.said(position.epoch, idsOf(batch)));
        const job = this.#submit(batch, rate, said);
        await flight.add(job);
        this.#saves.check();
        this.profiler?.stepped(steps, flight);
        // Between the halves of such a step nothing else may run.
        if (learners.some((each) => each.plan.custom)) await flight.land();
        position.batch = ++micro;
        if (micro % plan.accumulate === 0) position.update += 1;
        if (micro % stepsPerReading === 0) flight.watch(this.#read());
        if (plan.steps !== null && position.update >= plan.steps) break;
        if (plan.signal?.aborted) return await this.#landed(flight, false);
      }
      if (micro % plan.accumulate !== 0) {
        const rate = plan.rate(position.update);
        await flight.add(Promise.all(learners.map(({ step }) => step.flush(rate))));
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

  #submit(batch: Batch, rate: number, said: Said[] | null): Promise<unknown> {
    const { plan, learners } = this;
    const { epoch, update } = this.#position;
    if (learners.some((each) => each.plan.custom)) {
      // Functions find all of it in one place; otherwise the step brings along what is elsewhere.
      const there = onDevice(batch, plan.record.device);
      return this.#oneByOne(there, rate, said).finally(() => {
        there.dispose();
        free(said);
      });
    }
    try {
      return Promise.all(learners.map((each) => each.run(batch, rate, epoch, update, said)));
    } finally {
      // The jobs hold what they use.
      batch.dispose();
      free(said);
    }
  }

  async #oneByOne(batch: Batch, rate: number, said: Said[] | null): Promise<void> {
    const { epoch, update } = this.#position;
    for (const learner of this.learners) await learner.run(batch, rate, epoch, update, said);
  }

  async #read(): Promise<void> {
    try {
      await Promise.all(
        this.learners.map(async (learner) => {
          for (const why of await learner.read()) {
            const message = `cudaGraph: a step was run by itself: ${why}`;
            this.emit({ type: "warning", phase: learner.plan.phase, message });
          }
        }),
      );
    } catch (error) {
      throw this.#explained(error);
    }
    const now = performance.now();
    if (now - this.#lastEvent < millisecondsPerEvent) return;
    this.#lastEvent = now;
    for (const learner of this.learners) this.#emitStep(learner);
  }

  #emitStep(learner: Learner): void {
    const { plan } = this;
    const { update, epoch } = this.#position;
    const reading = learner.latest;
    const elapsed = this.#epochSeconds + this.#runningSeconds();
    const steps = plan.record.steps;
    const seconds = this.#seconds + elapsed;
    const counted = reading && !Number.isNaN(reading.correct) && reading.samples > 0;
    this.emit({
      type: "step",
      ...this.#label(learner),
      step: update,
      steps,
      epoch: epoch + 1,
      epochs: plan.epochs,
      lr: plan.rate(Math.max(0, update - 1)),
      loss: reading?.loss ?? null,
      terms: learner.named(reading?.terms ?? []),
      accuracy: counted ? reading.correct / reading.samples : null,
      samplesPerSecond: elapsed > 0 ? learner.samples / elapsed : 0,
      eta: steps === null || update === 0 ? null : (seconds / update) * (steps - update),
    });
  }

  #explained(error: unknown): unknown {
    if (!(error instanceof PotstillError) || error.code !== "ERR_NONFINITE") return error;
    const { update, epoch } = this.#position;
    return new PotstillError(
      "ERR_NONFINITE",
      `${this.#phase}: the loss was not finite by step ${update} (epoch ${epoch + 1}, learning ` +
        `rate ${this.plan.rate(Math.max(0, update - 1))}): ${error.message}. Lower the learning rate, ` +
        "clip the gradients (clip: { norm: 1 }), or look for NaN in the data.",
      { cause: error },
    );
  }

  get #phase(): string {
    return this.learners[0]!.plan.phase;
  }

  async #abort(): Promise<never> {
    const { plan } = this;
    const { update, epoch } = this.#position;
    const where = `stopped after step ${update}${plan.steps === null ? "" : ` of ${plan.steps}`} (epoch ${epoch + 1})`;
    let saved = "nothing was saved, as the run has no folder (out)";
    if (plan.store) {
      await this.#save("abort");
      await this.#written();
      saved = `saved ${plan.store.file}; the same run with resume goes on exactly there`;
    }
    throw new PotstillError("ERR_ABORTED", `${this.#phase}: ${where}; ${saved}`, {
      cause: plan.signal?.reason,
    });
  }

  /** Copies the state as it is between two steps; it is written while the training goes on. */
  async #save(reason: "epoch" | "abort"): Promise<void> {
    const { plan, learners } = this;
    const store = plan.store!;
    // One at a time: where writing takes longer than an epoch, the training waits for it.
    await this.#written();
    const { device } = plan.record;
    const rng = getRngState();
    const deviceRng = device === "cpu" ? null : getRngState(device);
    const states = [];
    for (const learner of learners) states.push(await learner.state());
    const { update, epoch } = this.#position;
    const label = this.#label(learners[0]!);
    try {
      const state: PhaseState = {
        position: this.#position,
        samples: this.#samples,
        seconds: this.#seconds,
        epochSeconds: this.#epochSeconds,
        plan: plan.record,
        learners: states,
        ...{ rng, deviceRng },
      };
      const written = store.save(state, reason === "epoch");
      this.#saves.watch(
        written.then((path) =>
          this.emit({ type: "checkpoint", ...label, path, step: update, epoch, reason }),
        ),
      );
    } finally {
      rng.dispose();
      deviceRng?.dispose();
      for (const { model, step } of states) {
        model.dispose();
        for (const tensor of Object.values(step.tensors)) tensor.dispose();
      }
    }
  }

  async #restore(state: PhaseState): Promise<void> {
    this.#position = state.position;
    this.#samples = state.samples;
    this.#seconds = state.seconds;
    this.#epochSeconds = state.epochSeconds;
    for (const [index, learner] of this.learners.entries()) {
      await learner.restore(state.learners[index]!);
    }
    setRngState(state.rng);
    const { device } = this.plan.record;
    // Another device draws other numbers: its generator is seeded as for a run that begins.
    if (state.deviceRng && state.plan.device === device) setRngState(state.deviceRng, device);
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

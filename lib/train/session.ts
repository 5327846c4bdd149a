/** What `distill()` and `train()` do the same way: models, phases, figures, files. */

import { availableParallelism } from "node:os";
import path from "node:path";
import type { Normalize, Split } from "../data/index.js";
import { peek, unpeek } from "../data/peek.js";
import { ioError, removeLeftovers, writeAtomically, writeJson } from "../files/index.js";
import { PotstillError } from "../native/errors.js";
import {
  build,
  loadModule,
  loadSafetensors,
  Module,
  type ModuleDef,
  type ModuleOptions,
  moduleHandle,
  type Output,
  saveSafetensors,
  wrapModule,
} from "../nn/index.js";
import { cuda, manualSeed, setThreads, type Tensor } from "../tensor/index.js";
import { goesOnSlowly } from "./autocast.js";
import { type Compared, detailsOf } from "./details.js";
import { deviceOf, onDevice } from "./device.js";
import { type Evaluation, logitsOf, measure } from "./evaluate.js";
import type { Phase, Plan, TrainEvent } from "./events.js";
import { inLayout, measuredLayout } from "./layouts.js";
import type { LearnerPlan } from "./learner.js";
import { withLock } from "./lock.js";
import { runTraining, type TrainingPlan } from "./loop.js";
import type { CheckedOptions } from "./options.js";
import { checkpointFolder, type PhaseResult, PhaseStore } from "./phase-store.js";
import type { Planned } from "./plan.js";
import type { Predictor } from "./predictor.js";
import { keepProducts, recallProducts } from "./products.js";
import type { Profiler } from "./profiler.js";
import type { History, Report, Section } from "./report.js";
import { measuredThreads } from "./threads.js";
import { Weights } from "./weights.js";

/** How the training of one model went. */
export interface Training {
  history: History;
  seconds: number;
  samplesPerSecond: number;
}

export type Emit = (event: TrainEvent) => void;

/** One `distill()` or `train()` at work. */
export class Session {
  /** Files written so far, in order. */
  readonly files: string[] = [];
  /** The models that were measured, in order. */
  readonly #compared: Compared[] = [];

  constructor(
    readonly options: CheckedOptions,
    readonly emit: Emit,
    readonly profiler: Profiler,
  ) {}

  /**
   * Runs `job` with the run's folder locked, and thread count and TF32 as it says. A run that does
   * not resume clears the checkpoints of these names away first, lest a later one goes on from an old
   * state. Streams are closed at the end, and the products that were chosen are kept; a run that goes
   * on may have brought those of another machine.
   */
  async within<T>(names: readonly string[], job: () => Promise<T>): Promise<T> {
    const { out, threads, allowTf32, signal, resume, dataset } = this.options;
    const work = () =>
      job().finally(async () => {
        await unpeek(dataset.train);
        if (!resume) await keepProducts();
      });
    if (signal?.aborted) throw aborted(signal);
    await recallProducts();
    if (threads !== undefined) setThreads(threads === "auto" ? availableParallelism() : threads);
    if (allowTf32 !== undefined) cuda.allowTf32(allowTf32);
    if (!out) {
      if (resume) this.warn(null, "resume has no effect without out; starting over");
      return await work();
    }
    return await withLock(out, async () => {
      await removeLeftovers(out);
      await removeLeftovers(checkpointFolder(out));
      if (resume) await this.#announceFreshStart(names, out);
      else for (const name of names) await new PhaseStore(out, name, {}).remove();
      return await work();
    });
  }

  /** A module from a module or a description, with weights from a file if one is given, in its place. */
  async model(
    given: Module | ModuleDef,
    weights: string | null | undefined,
    output: Output | null | undefined,
    seed = this.options.seed,
  ): Promise<Module> {
    let model: Module;
    if (given instanceof Module) model = given;
    else {
      // The same seed gives the same initial weights.
      manualSeed(seed);
      model = await build(given, { output });
    }
    if (weights) await loadWeights(model, weights);
    const { device } = this.options;
    if (device != null) await model.to({ device });
    return model;
  }

  /** The training split without what is held out, and what is. */
  split(): { train: Split; validation: Split | null } {
    const { dataset, validation, seed } = this.options;
    if (dataset.train.length === 0) {
      throw new PotstillError("ERR_DATA", `"${dataset.train.name}" has no samples to train on`);
    }
    if (typeof validation !== "number")
      return { train: dataset.train, validation: validation ?? null };
    const [train, heldOut] = dataset.train.split(validation, seed);
    if (heldOut.length === 0) {
      throw new PotstillError(
        "ERR_DATA",
        `validation: ${validation} of ${dataset.train.length} samples leaves none to validate with`,
      );
    }
    return { train, validation: heldOut };
  }

  warn(phase: Phase | null, message: string): void {
    this.emit({ type: "warning", phase, message });
  }

  /** Trains the stages of a phase one after the other; what is done is taken from its checkpoint. */
  async train(stages: readonly Planned[]): Promise<Training[]> {
    const results: Omit<PhaseResult, "models" | "followers">[] = [];
    for (const { plan, settings } of stages) results.push(await this.#stage(plan, settings));
    return stages[0]!.plan.learners.map((_, index) =>
      joined(
        results.map(({ histories, ...rest }) => ({ history: histories[index]!, ...rest })),
        stages.map(({ plan }) => plan.stage?.name ?? null),
      ),
    );
  }

  async #stage(
    plan: Planned["plan"],
    settings: Planned["settings"],
  ): Promise<Omit<PhaseResult, "models" | "followers">> {
    const { out, resume, keepCheckpoints, threads, channelsLast } = this.options;
    const { learners } = plan;
    const phase = learners[0]!.phase;
    const store = out ? new PhaseStore(out, plan.name, settings, keepCheckpoints) : null;
    const found = resume && store ? await store.load() : null;
    for (const message of found?.warnings ?? []) this.warn(phase, message);
    if (found?.done) {
      restore(found.result, learners);
      return found.result;
    }
    this.#warnOfFunctions(plan);
    for (const { phase, unrecorded } of learners) {
      if (unrecorded) this.warn(phase, `cudaGraph: steps are not recorded: ${unrecorded}`);
    }
    const state = found?.state ?? null;
    if (state && threads !== "auto" && state.plan.threads !== plan.record.threads) {
      this.warn(
        phase,
        `the run began with ${state.plan.threads} threads and goes on with ${plan.record.threads}; ` +
          "sums may differ in their last bits",
      );
    }
    if (state && state.plan.device !== plan.record.device) {
      this.warn(
        phase,
        `the run began on ${state.plan.device} and goes on on ${plan.record.device}; sums may differ ` +
          "in their last bits, and what is drawn on a GPU (dropout) is drawn anew",
      );
    }
    const slow = state && goesOnSlowly(state.plan);
    if (slow) this.warn(phase, slow);
    let planned = { ...(state ? takenOver(plan, state.plan) : plan), store, resume: state };
    if (threads === "auto") planned = await withBestThreads(planned);
    if (channelsLast === "auto" && !state) {
      planned = inLayout(planned, await measuredLayout(planned));
    }
    const trained = await runTraining(
      planned,
      this.emit,
      phase === "alone" || phase === "teacher" ? null : this.profiler,
    );
    if (store) {
      const models: Weights[] = [];
      const followers: Weights[][] = [];
      for (const learner of learners) {
        models.push(await Weights.of(learner.model));
        followers.push(await Promise.all(learner.followers.map((each) => Weights.of(each))));
      }
      const file = await store.complete({ ...trained, models, followers });
      for (const weights of [...models, ...followers.flat()]) weights.dispose();
      const { steps: step, epochs: epoch } = trained.histories[0]!;
      this.emit({
        type: "checkpoint",
        phase,
        ...(plan.stage ? { stage: plan.stage } : {}),
        path: file,
        step,
        epoch,
        reason: "complete",
      });
    }
    return trained;
  }

  #warnOfFunctions({ learners }: Planned["plan"]): void {
    for (const { phase, custom } of learners) {
      if (!custom) continue;
      this.warn(
        phase,
        `${custom.losses.map(({ name }) => name).join(", ")}: losses that are functions run on ` +
          "the JavaScript thread, one step at a time, which is slower; losses.script runs natively",
      );
    }
  }

  /** Figures of a model on the test set, for the report; null where there is none. */
  async measure(
    phase: Phase,
    model: Predictor,
    training: { seconds: number; samplesPerSecond: number } | null,
    teacher: Predictor | null,
  ): Promise<Section | null> {
    const { test, signal, batchSize } = this.options;
    if (!test) return null;
    const found = await measure(model, test, {
      teacher,
      signal,
      predictions: true,
      // What one training step takes is a measure of what fits.
      batchSize: Math.max(batchSize, 500),
      ...this.#normalize(),
    });
    const section = sectionOf(found, parameterCountOf(model), training);
    this.#compared.push({ phase, model, found });
    this.emit({ type: "result", phase, section });
    return section;
  }

  /** Writes a model as TorchScript and as safetensors into the run's folder. */
  async save(model: Module, name: string): Promise<void> {
    const { out } = this.options;
    if (!out) return;
    const script = path.join(out, `${name}.pt`);
    const tensors = path.join(out, `${name}.safetensors`);
    await model.save(script);
    await saveSafetensors(tensors, model.stateDict());
    this.files.push(script, tensors);
  }

  /** Writes the report and says that the run is over. */
  async finish(report: Report): Promise<void> {
    const { out, test } = this.options;
    if (test && this.#compared.length > 0) {
      const details = await detailsOf(this.#compared, test, this.#normalize());
      if (out) await writeAtomically(path.join(out, "details.json"), [JSON.stringify(details)]);
      this.emit({ type: "details", details });
    }
    if (out) {
      const file = path.join(out, "report.json");
      await writeJson(file, report);
      this.files.push(file);
    }
    this.emit({ type: "done", report });
  }

  /**
   * One small batch through a model: what does not fit is said before hours are spent.
   *
   * @returns the shape of the logits without the batch dimension, or null for a stream
   */
  async probe(name: string, model: Predictor, split: Split): Promise<number[] | null> {
    // Reading from a stream would take samples away from the training.
    if (split.sampleShape === null || split.length === 0) return null;
    const found = await peek(split, 2, { batchSize: 2, ...this.#normalize() });
    if (found === null) return null;
    const mode = model.training;
    try {
      using batch = onDevice(found, deviceOf(model));
      model.eval();
      using logits: Tensor = await logitsOf(model, batch).catch((error: unknown) => {
        throw misfit(name, split, error);
      });
      return logits.shape.slice(1);
    } finally {
      model.train(mode);
    }
  }

  async #announceFreshStart(names: readonly string[], out: string): Promise<void> {
    for (const name of names) {
      if (await new PhaseStore(out, name, {}).exists()) return;
    }
    this.warn(null, `there is no checkpoint in ${out} to resume from; starting over`);
  }

  #normalize(): { normalize?: Normalize | null } {
    const { normalize } = this.options;
    return normalize === undefined ? {} : { normalize };
  }
}

/** What a checkpoint's run chose for its machine is what it goes on with. */
function takenOver(
  plan: Planned["plan"],
  { autocast = null, scaler = null, channelsLast = false }: Plan,
): Planned["plan"] {
  return {
    ...plan,
    record: { ...plan.record, autocast, scaler, channelsLast },
    learners: plan.learners.map((each) => {
      const cudaGraph = scaler ? null : (each.spec.cudaGraph ?? null);
      return { ...each, spec: { ...each.spec, autocast, scaler, cudaGraph } };
    }),
  };
}

/** With the threads that a checkpoint has, or that are found out. */
async function withBestThreads(plan: TrainingPlan): Promise<TrainingPlan> {
  const threads = plan.resume?.plan.threads ?? (await measuredThreads(plan));
  setThreads(threads);
  return { ...plan, record: { ...plan.record, threads } };
}

/** Puts the end of a training into its models, and into the teachers that followed them. */
function restore({ models, followers }: PhaseResult, learners: readonly LearnerPlan[]): void {
  for (const [index, learner] of learners.entries()) {
    models[index]!.load(learner.model);
    learner.model.eval();
    for (const [at, weights] of (followers[index] ?? []).entries()) {
      weights.load(learner.followers[at]!);
    }
  }
  for (const weights of [...models, ...followers.flat()]) weights.dispose();
}

/** The stages of one training as a whole. */
function joined(parts: readonly Training[], names: readonly (string | null)[]): Training {
  if (parts.length === 1) return parts[0]!;
  const sum = (value: (part: Training) => number) =>
    parts.reduce((total, part) => total + value(part), 0);
  const seconds = sum((part) => part.seconds);
  const samples = sum((part) => part.samplesPerSecond * part.seconds);
  const last = parts.at(-1)!.history;
  const epochs = sum(({ history }) => history.epochs);
  return {
    history: {
      steps: sum(({ history }) => history.steps),
      epochs,
      bestEpoch: last.bestEpoch === null ? null : epochs - last.epochs + last.bestEpoch,
      stoppedEarly: last.stoppedEarly,
      metrics: parts.flatMap(({ history }) => history.metrics),
      stages: parts.map(({ history }, index) => ({
        name: names[index] ?? `${index + 1}`,
        steps: history.steps,
        epochs: history.epochs,
      })),
    },
    seconds,
    samplesPerSecond: seconds > 0 ? samples / seconds : 0,
  };
}

/** @throws ERR_SHAPE where the data have more classes than the logits of this shape tell apart */
export function checkClasses(train: Split, shape: readonly number[]): void {
  const classes = shape.at(-1);
  if (train.classes === null || classes === undefined || train.classes <= classes) return;
  throw new PotstillError(
    "ERR_SHAPE",
    `"${train.name}" has ${train.classes} classes and the model ${classes} outputs; give its last layer as many`,
  );
}

function misfit(name: string, split: Split, error: unknown): unknown {
  // Only what the model itself says is about shapes: out of memory and the like stay what they are.
  const codes = ["ERR_SHAPE", "ERR_NATIVE", "ERR_DTYPE"];
  if (!(error instanceof PotstillError) || !codes.includes(error.code)) return error;
  const shape = `[${(split.sampleShape ?? []).join(", ")}]`;
  return new PotstillError(
    error.code === "ERR_NATIVE" ? "ERR_SHAPE" : error.code,
    `${name}: samples of "${split.name}" are ${shape}, which the model does not take; it said: ${error.message}`,
    { cause: error },
  );
}

function aborted(signal: AbortSignal): PotstillError {
  return new PotstillError("ERR_ABORTED", "stopped before the first step; nothing was saved", {
    cause: signal.reason,
  });
}

/** The same module, read with another output or normalization; both share weights and mode. */
export function viewOf(module: Module, options: ModuleOptions): Module {
  const { output = module.output, normalize = module.normalize } = options;
  if (output === module.output && normalize === module.normalize) return module;
  return wrapModule(moduleHandle(module), { output, normalize });
}

/** @throws ERR_IO, ERR_MODEL_LOAD, ERR_SHAPE or ERR_CONFIG where file and model do not fit */
async function loadWeights(model: Module, file: string): Promise<void> {
  if (file.endsWith(".safetensors")) {
    const state = await loadSafetensors(file);
    model.loadStateDict(state);
    for (const tensor of Object.values(state)) tensor.dispose();
    return;
  }
  using source = await loadModule(file).catch((error: unknown) => {
    throw error instanceof PotstillError ? error : ioError("read", file, error);
  });
  model.loadStateDict(source.stateDict());
}

/** Elements of all parameters. */
export function parameterCountOf(model: Predictor): number {
  let sum = 0;
  for (const tensor of model.parameters().values()) {
    sum += tensor.numel;
    tensor.dispose();
  }
  return sum;
}

function sectionOf(
  found: Evaluation,
  parameters: number,
  training: { seconds: number; samplesPerSecond: number } | null,
): Section {
  return {
    errors: found.errors,
    samples: found.samples,
    accuracy: found.accuracy,
    loss: found.loss,
    topK: found.topK,
    calibrationError: found.calibrationError,
    agreement: found.agreement,
    parameters,
    samplesPerSecond: training?.samplesPerSecond ?? null,
    seconds: training?.seconds ?? null,
    perClass: found.perClass,
  };
}

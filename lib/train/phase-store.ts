/** The checkpoint of one phase of a run: everything that goes on exactly from where it stopped. */

import { rm } from "node:fs/promises";
import path from "node:path";
import { PotstillError } from "../native/errors.js";
import type { Tensor } from "../tensor/index.js";
import {
  type Checkpoint,
  checkpointExists,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.js";
import type { EpochMetrics, Phase, Plan } from "./events.js";
import type { MeterState } from "./meter.js";
import type { History, Json } from "./report.js";
import type { StepState } from "./step.js";
import { Weights } from "./weights.js";

/** How far a training is. */
export interface Position {
  /** Epochs done, batches of the next one that have been trained on, and updates in all. */
  epoch: number;
  batch: number;
  update: number;
  best: { epoch: number; score: number } | null;
  /** Epochs since the best one. */
  withoutProgress: number;
  history: EpochMetrics[];
}

/** A training that is under way. */
export interface PhaseState {
  position: Position;
  meter: MeterState;
  samples: number;
  seconds: number;
  epochSeconds: number;
  plan: Plan;
  model: Weights;
  best: Weights | null;
  step: StepState;
  rng: Tensor;
}

/** A training that is over. */
export interface PhaseResult {
  history: History;
  seconds: number;
  samplesPerSecond: number;
  model: Weights;
}

interface Common {
  format: 1;
  phase: Phase;
  /** What has to be the same for a resumed run to be the same run, by key. */
  settings: { [key: string]: Json };
}

type Stored =
  | (Common & {
      done: false;
      position: Position;
      meter: MeterState;
      samples: number;
      seconds: number;
      epochSeconds: number;
      plan: Plan;
      counters: Record<string, number>;
    })
  | (Common & { done: true; history: History; seconds: number; samplesPerSecond: number });

export class PhaseStore {
  readonly file: string;

  /**
   * @param folder of the run
   * @param settings what a resumed run has to agree on
   */
  constructor(
    folder: string,
    readonly phase: Phase,
    readonly settings: { [key: string]: Json },
  ) {
    this.file = path.join(folder, "checkpoints", `${phase}.ckpt`);
  }

  /** Writes the state of a training under way; returns the path. */
  async save(state: PhaseState): Promise<string> {
    const { model, best, step, rng, ...rest } = state;
    await this.#write(
      { ...this.#common(), ...rest, done: false, counters: step.counters },
      {
        ...prefixed("model/", model.tensors),
        ...prefixed("best/", best?.tensors ?? {}),
        ...prefixed("step/", step.tensors),
        rng,
      },
    );
    return this.file;
  }

  /** Writes the end of a training, so that a resumed run does not repeat it; returns the path. */
  async complete(result: PhaseResult): Promise<string> {
    const { model, ...rest } = result;
    await this.#write(
      { ...this.#common(), ...rest, done: true },
      prefixed("model/", model.tensors),
    );
    return this.file;
  }

  /**
   * What was saved, or null where nothing was.
   *
   * @throws ERR_CHECKPOINT where the file is damaged or belongs to a run with other settings
   */
  async load(): Promise<
    { done: false; state: PhaseState } | { done: true; result: PhaseResult } | null
  > {
    if (!(await this.exists())) return null;
    const { state, tensors } = await readCheckpoint(this.file);
    const stored = state as unknown as Stored;
    this.#check(stored);
    const model = new Weights(withPrefix("model/", tensors));
    if (stored.done) {
      const { history, seconds, samplesPerSecond } = stored;
      return { done: true, result: { history, seconds, samplesPerSecond, model } };
    }
    const best = withPrefix("best/", tensors);
    const { position, meter, samples, seconds, epochSeconds, plan, counters } = stored;
    return {
      done: false,
      state: {
        position,
        meter,
        samples,
        seconds,
        epochSeconds,
        plan,
        model,
        best: Object.keys(best).length > 0 ? new Weights(best) : null,
        step: { tensors: withPrefix("step/", tensors), counters },
        rng: tensors.rng!,
      },
    };
  }

  exists(): Promise<boolean> {
    return checkpointExists(this.file);
  }

  async remove(): Promise<void> {
    await rm(this.file, { force: true });
  }

  #common(): Common {
    return { format: 1, phase: this.phase, settings: this.settings };
  }

  async #write(state: Stored, tensors: Record<string, Tensor>): Promise<void> {
    const checkpoint: Checkpoint = { state: state as unknown as Json, tensors };
    await writeCheckpoint(this.file, checkpoint);
  }

  #check(stored: Stored): void {
    if (stored.format !== 1 || stored.phase !== this.phase) {
      throw new PotstillError(
        "ERR_CHECKPOINT",
        `${this.file} was written by another version of potstill; delete it to start over`,
      );
    }
    const keys = new Set([...Object.keys(stored.settings), ...Object.keys(this.settings)]);
    const changed = [...keys].filter(
      (key) => JSON.stringify(stored.settings[key]) !== JSON.stringify(this.settings[key]),
    );
    if (changed.length === 0) return;
    const list = changed.map(
      (key) =>
        `${key} was ${JSON.stringify(stored.settings[key])} and is ${JSON.stringify(this.settings[key])}`,
    );
    throw new PotstillError(
      "ERR_CHECKPOINT",
      `${this.file} belongs to a run with other settings: ${list.join("; ")}. Resume with the old ` +
        "settings, choose another folder, or start over without resume.",
    );
  }
}

function prefixed(prefix: string, tensors: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]),
  );
}

function withPrefix(prefix: string, tensors: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

/** The checkpoint of one phase of a run: everything that goes on exactly from where it stopped. */

import { link, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { ioError } from "../files/index.js";
import { PotstillError } from "../native/errors.js";
import type { Tensor } from "../tensor/index.js";
import {
  advice,
  type Checkpoint,
  checkpointExists,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.js";
import type { Plan } from "./events.js";
import type { LearnerPosition, LearnerState } from "./learner.js";
import type { History, Json } from "./report.js";
import { Weights } from "./weights.js";

/** How far a training is. */
export interface Position {
  /** Epochs done, batches of the next one that have been trained on, and updates in all. */
  epoch: number;
  batch: number;
  update: number;
}

/** A training that is under way. */
export interface PhaseState {
  position: Position;
  samples: number;
  seconds: number;
  epochSeconds: number;
  plan: Plan;
  learners: LearnerState[];
  /** Of the CPU's generator. */
  rng: Tensor;
  /** Of the one on the device that is trained on; null for the CPU. */
  deviceRng: Tensor | null;
}

/** A training that is over. */
export interface PhaseResult {
  /** Of each learner, as all that follows. */
  histories: History[];
  seconds: number;
  samplesPerSecond: number;
  models: Weights[];
  /** Teachers that followed it. */
  followers: Weights[][];
}

interface Common {
  format: 2;
  /** Of the phase, and of its stage. */
  name: string;
  /** What has to be the same for a resumed run to be the same run, by key. */
  settings: { [key: string]: Json };
}

type Stored =
  | (Common & {
      done: false;
      position: Position;
      samples: number;
      seconds: number;
      epochSeconds: number;
      plan: Plan;
      learners: { position: LearnerPosition; counters: Record<string, number> }[];
    })
  | (Common & {
      done: true;
      histories: History[];
      seconds: number;
      samplesPerSecond: number;
      /** How many each learner has. */
      followers: number[];
    });

/** Of a run. */
export function checkpointFolder(run: string): string {
  return path.join(run, "checkpoints");
}

export class PhaseStore {
  readonly file: string;
  readonly #folder: string;
  /** The latest checkpoint is of no use: the next one takes its place, and those before it stay. */
  #damaged = false;

  /**
   * @param folder of the run
   * @param name of the phase, and of its stage
   * @param settings what a resumed run has to agree on
   * @param keep how many checkpoints stay, the latest included
   */
  constructor(
    folder: string,
    readonly name: string,
    readonly settings: { [key: string]: Json },
    readonly keep = 2,
  ) {
    this.#folder = checkpointFolder(folder);
    this.file = path.join(this.#folder, `${name}.ckpt`);
  }

  /**
   * Writes the state of a training under way; resolves with the path. Once this has returned its
   * promise the training may go on and the tensors may be disposed; the best weights must stay as
   * they are.
   *
   * @param gently as `writeCheckpoint` has it
   */
  async save(state: PhaseState, gently: boolean): Promise<string> {
    const { learners, rng, deviceRng, ...rest } = state;
    const tensors: Record<string, Tensor> = { rng, ...(deviceRng ? { deviceRng } : {}) };
    for (const [index, { model, best, step }] of learners.entries()) {
      Object.assign(tensors, prefixed(`${index}/model/`, model.tensors));
      Object.assign(tensors, prefixed(`${index}/best/`, best?.tensors ?? {}));
      Object.assign(tensors, prefixed(`${index}/step/`, step.tensors));
    }
    const kept = learners.map(({ position, step }) => ({ position, counters: step.counters }));
    await this.#write({ ...this.#common(), ...rest, done: false, learners: kept }, tensors, gently);
    return this.file;
  }

  /** Writes the end of a training, so that a resumed run does not repeat it; returns the path. */
  async complete(result: PhaseResult): Promise<string> {
    const { models, followers, ...rest } = result;
    const tensors: Record<string, Tensor> = {};
    for (const [index, { tensors: model }] of models.entries()) {
      Object.assign(tensors, prefixed(`${index}/model/`, model));
      for (const [at, follower] of (followers[index] ?? []).entries()) {
        Object.assign(tensors, prefixed(`${index}/follower${at}/`, follower.tensors));
      }
    }
    const counts = followers.map(({ length }) => length);
    await this.#write({ ...this.#common(), ...rest, done: true, followers: counts }, tensors);
    return this.file;
  }

  /**
   * What was saved, or null where nothing was. Where the latest checkpoint is damaged it is the one
   * before, and `warnings` say so.
   *
   * @throws ERR_CHECKPOINT where none is usable, or it belongs to a run with other settings
   */
  async load(): Promise<
    | ({ warnings: string[] } & (
        | { done: false; state: PhaseState }
        | { done: true; result: PhaseResult }
      ))
    | null
  > {
    const warnings: string[] = [];
    const files = [this.file, ...(await this.#earlier())];
    let first: unknown = null;
    for (const file of files) {
      if (!(await checkpointExists(file))) continue;
      let read: Checkpoint;
      try {
        read = await readCheckpoint(file);
      } catch (error) {
        if (!(error instanceof PotstillError) || error.code !== "ERR_CHECKPOINT") throw error;
        first ??= error;
        warnings.push(
          error.message.replace(`. ${advice}`, "; going on from the checkpoint before it"),
        );
        continue;
      }
      this.#damaged = warnings.length > 0;
      return { warnings, ...this.#restored(file, read) };
    }
    if (first !== null) throw first;
    return null;
  }

  #restored(
    file: string,
    { state, tensors }: Checkpoint,
  ): { done: false; state: PhaseState } | { done: true; result: PhaseResult } {
    const stored = state as unknown as Stored;
    this.#check(file, stored);
    const part = (index: number, what: string) => withPrefix(`${index}/${what}/`, tensors);
    if (stored.done) {
      const { histories, seconds, samplesPerSecond } = stored;
      const models = histories.map((_, index) => new Weights(part(index, "model")));
      const followers = stored.followers.map((count, index) =>
        Array.from({ length: count }, (_, at) => new Weights(part(index, `follower${at}`))),
      );
      return { done: true, result: { histories, seconds, samplesPerSecond, models, followers } };
    }
    const { position, samples, seconds, epochSeconds, plan } = stored;
    const learners = stored.learners.map(({ position, counters }, index): LearnerState => {
      const best = part(index, "best");
      return {
        position,
        model: new Weights(part(index, "model")),
        best: Object.keys(best).length > 0 ? new Weights(best) : null,
        step: { tensors: part(index, "step"), counters },
      };
    });
    return {
      done: false,
      state: {
        ...{ position, samples, seconds, epochSeconds, plan, learners },
        rng: tensors.rng!,
        deviceRng: tensors.deviceRng ?? null,
      },
    };
  }

  async exists(): Promise<boolean> {
    for (const file of [this.file, ...(await this.#earlier())]) {
      if (await checkpointExists(file)) return true;
    }
    return false;
  }

  async remove(): Promise<void> {
    for (const file of [this.file, ...(await this.#earlier())]) await rm(file, { force: true });
  }

  /** Checkpoints before the latest, the newest of them first. */
  async #earlier(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names
      .flatMap((name) => {
        const [, number] = /^\.(\d+)\.ckpt$/.exec(name.slice(this.name.length)) ?? [];
        return number && name.startsWith(this.name) ? [Number(number)] : [];
      })
      .sort((a, b) => a - b)
      .map((number) => this.#numbered(number));
  }

  #numbered(number: number): string {
    return path.join(this.#folder, `${this.name}.${number}.ckpt`);
  }

  /** Every checkpoint becomes one older; the latest keeps its name until there is a newer one. */
  async #rotate(): Promise<void> {
    const last = this.keep - 1;
    const worthless = this.#damaged;
    this.#damaged = false;
    if (worthless || last < 1 || !(await checkpointExists(this.file))) return;
    try {
      for (let number = last - 1; number >= 1; number--) {
        await moveIfThere(this.#numbered(number), this.#numbered(number + 1));
      }
      const newest = this.#numbered(1);
      await rm(newest, { force: true });
      await link(this.file, newest).catch((error: NodeJS.ErrnoException) => {
        // A file system without hard links: for a moment there is no latest one.
        if (error.code === "EEXIST") throw error;
        return rename(this.file, newest);
      });
    } catch (error) {
      throw ioError("write", this.file, error);
    }
  }

  #common(): Common {
    return { format: 2, name: this.name, settings: this.settings };
  }

  async #write(state: Stored, tensors: Record<string, Tensor>, gently = false): Promise<void> {
    const checkpoint: Checkpoint = { state: state as unknown as Json, tensors };
    await writeCheckpoint(this.file, checkpoint, { gently, before: () => this.#rotate() });
  }

  #check(file: string, stored: Stored): void {
    if (stored.format !== 2 || stored.name !== this.name) {
      throw new PotstillError(
        "ERR_CHECKPOINT",
        `${file} was written by another version of potstill; delete it to start over`,
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
      `${file} belongs to a run with other settings: ${list.join("; ")}. Resume with the old ` +
        "settings, choose another folder, or start over without resume.",
    );
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
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

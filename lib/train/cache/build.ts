/** Fills a cache: the teacher looks at every sample that nobody has asked it about yet. */

import path from "node:path";
import { setTimeout } from "node:timers/promises";
import type { AugmentOptions, Normalize, Split } from "../../data/index.js";
import { PotstillError } from "../../native/errors.js";
import type { Module } from "../../nn/index.js";
import { ops, type Tensor } from "../../tensor/index.js";
import { onDevice } from "../device.js";
import { claim } from "../lock.js";
import { type Said, shardBytes, type TeacherCache } from "./store.js";

export interface FillOptions {
  split: Split;
  /** Views of each sample: 1 without augmentation. */
  views: number;
  batchSize: number;
  seed: number;
  augment: AugmentOptions | null;
  normalize: Normalize | null | undefined;
  /** Where the teacher is. */
  device: string;
  signal?: AbortSignal | null | undefined;
  /** Samples done, those that were there and those that others have done included, of all. */
  progress?: ((done: number, total: number) => void) | undefined;
}

type Ask = (inputs: Parameters<Module["logits"]>[0]) => Promise<Said>;

/** What a process claims at a time: small enough that several end at about the same moment. */
const batchesPerClaim = 4;
/** What a process that is killed may lose. */
const millisecondsPerShard = 10_000;
const millisecondsOfWaiting = 100;

/**
 * Several processes may fill one cache: each claims a run of samples at a time, and in the end waits
 * for what the others have claimed, or does it where they are gone.
 *
 * @param ask what the teacher says of the inputs of a batch, on the CPU
 * @returns the samples that this process computed
 * @throws ERR_NONFINITE where the teacher says NaN, ERR_ABORTED by the signal (what was computed is
 *   written first), ERR_IO
 */
export async function fillCache(
  cache: TeacherCache,
  ask: Ask,
  options: FillOptions,
): Promise<number> {
  let computed = 0;
  for (let view = 0; view < options.views; view++) {
    computed += await new Filling(cache, ask, options, view).run();
    await cache.compact(view);
  }
  return computed;
}

/** One view of all samples. */
class Filling {
  readonly #ids: Int32Array;
  readonly #perClaim: number;
  readonly #pending: Pending;
  #computed = 0;
  /** Samples of this view that are done, as far as is known. */
  #done = 0;

  constructor(
    readonly cache: TeacherCache,
    readonly ask: Ask,
    readonly options: FillOptions,
    readonly view: number,
  ) {
    const ids = options.split.sampleIds();
    if (ids === null) {
      throw new PotstillError("ERR_DATA", `cache: "${options.split.name}" has no ids`);
    }
    this.#ids = ids;
    this.#perClaim = batchesPerClaim * options.batchSize;
    this.#pending = new Pending(cache, view);
  }

  async run(): Promise<number> {
    const { cache, view } = this;
    let waiting = Array.from({ length: Math.ceil(this.#ids.length / this.#perClaim) }, (_, i) => i);
    try {
      for (;;) {
        const claimed: number[] = [];
        const before = this.#done;
        for (const part of waiting) {
          if (this.#missing(part).length === 0) {
            this.#finished(part);
            continue;
          }
          const release = await claim(path.join(cache.folder, `view${view}-${part}.claim`));
          if (release === null) {
            claimed.push(part);
            continue;
          }
          this.#pending.hold(release);
          // Somebody else may have had it until just now.
          await cache.refresh();
          await this.#compute(part);
          this.#finished(part);
        }
        await this.#pending.flush();
        if (claimed.length === 0) return this.#computed;
        // Others are at work on the rest.
        this.#refuseAborted();
        if (this.#done === before) await setTimeout(millisecondsOfWaiting);
        await cache.refresh();
        waiting = claimed;
      }
    } catch (error) {
      const { signal } = this.options;
      if (!signal?.aborted) throw error;
      await this.#pending.flush();
      // The wait for a batch ends by the signal too.
      throw this.#aborted(signal);
    } finally {
      await this.#pending.drop();
    }
  }

  /** Positions in the split that the cache has nothing of. */
  #missing(part: number): number[] {
    const { cache, view } = this;
    const missing: number[] = [];
    const end = Math.min((part + 1) * this.#perClaim, this.#ids.length);
    for (let at = part * this.#perClaim; at < end; at++) {
      if (!cache.has(view, this.#ids[at]!)) missing.push(at);
    }
    return missing;
  }

  async #compute(part: number): Promise<void> {
    const missing = this.#missing(part);
    if (missing.length === 0) return;
    this.#refuseAborted();
    const { split, batchSize, signal, augment, normalize, seed } = this.options;
    const iterator = split.subset(missing).batches({
      ...{ batchSize, seed, view: this.view, augment },
      ...(normalize === undefined ? {} : { normalize }),
      ...(signal ? { signal } : {}),
    });
    let rows = 0;
    for await (const given of iterator) {
      const ids = given.ids!;
      const batch = onDevice(given, this.options.device);
      const said = await this.ask(batch.inputs);
      checkFinite(said, ids);
      await this.#pending.add(ids.clone(), said);
      rows += given.size;
      this.#computed += given.size;
      batch.dispose();
      this.#report(rows);
    }
  }

  #finished(part: number): void {
    this.#done += Math.min(this.#perClaim, this.#ids.length - part * this.#perClaim);
    this.#report(0);
  }

  #report(under: number): void {
    const { progress, views } = this.options;
    const each = this.#ids.length;
    progress?.(Math.min(this.view * each + this.#done + under, each * views), each * views);
  }

  /** @throws ERR_ABORTED once the signal has fired */
  #refuseAborted(): void {
    const { signal } = this.options;
    if (signal?.aborted) throw this.#aborted(signal);
  }

  #aborted(signal: AbortSignal): PotstillError {
    return new PotstillError(
      "ERR_ABORTED",
      "stopped while the cache was filled; it goes on from there",
      { cause: signal.reason },
    );
  }
}

/** What is said but not written, and the claims that it belongs to. */
class Pending {
  #ids: Tensor[] = [];
  #said: Said[] = [];
  #bytes = 0;
  #claims: (() => Promise<void>)[] = [];
  #since = performance.now();

  constructor(
    readonly cache: TeacherCache,
    readonly view: number,
  ) {}

  hold(release: () => Promise<void>): void {
    this.#claims.push(release);
  }

  async add(ids: Tensor, said: Said): Promise<void> {
    this.#ids.push(ids);
    this.#said.push(said);
    for (const each of [said.logits, ...Object.values(said.taps)]) this.#bytes += each.numel * 4;
    const late = performance.now() - this.#since > millisecondsPerShard;
    if (!late && this.#bytes < shardBytes) return;
    await this.#write();
    // The last is still under way.
    for (const release of this.#claims.splice(0, this.#claims.length - 1)) await release();
  }

  /** Writes it, and gives back what was claimed. */
  async flush(): Promise<void> {
    await this.#write();
    for (const release of this.#claims.splice(0)) await release();
  }

  /** Forgets what is not written. */
  async drop(): Promise<void> {
    for (const each of this.#ids) each.dispose();
    for (const { logits, taps } of this.#said) {
      for (const each of [logits, ...Object.values(taps)]) each.dispose();
    }
    [this.#ids, this.#said, this.#bytes] = [[], [], 0];
    for (const release of this.#claims.splice(0)) await release();
  }

  async #write(): Promise<void> {
    this.#since = performance.now();
    if (this.#ids.length === 0) return;
    const ids = joined(this.#ids);
    const logits = joined(this.#said.map((each) => each.logits));
    const taps = Object.fromEntries(
      Object.keys(this.#said[0]!.taps).map((path) => [
        path,
        joined(this.#said.map((each) => each.taps[path]!)),
      ]),
    );
    [this.#ids, this.#said, this.#bytes] = [[], [], 0];
    try {
      await this.cache.append(this.view, ids, { logits, taps });
    } finally {
      for (const each of [ids, logits, ...Object.values(taps)]) each.dispose();
    }
  }
}

/** One tensor of several, which are freed. */
function joined(parts: readonly Tensor[]): Tensor {
  const result = ops.aten.cat(parts, 0) as Tensor;
  for (const part of parts) part.dispose();
  return result;
}

function checkFinite(said: Said, ids: Tensor): void {
  const nan = ops.aten.isnan(said.logits) as Tensor;
  const any = ops.aten.any(nan) as Tensor;
  const bad = any.item() === true;
  nan.dispose();
  any.dispose();
  if (!bad) return;
  const names = ids.dataSync() as BigInt64Array;
  throw new PotstillError(
    "ERR_NONFINITE",
    `cache: the teacher says NaN of one of the samples ${names[0]} to ${names.at(-1)}`,
  );
}

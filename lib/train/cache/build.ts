/** Fills a cache: the teacher looks at every sample that nobody has asked it about yet. */

import type { AugmentOptions, Normalize, Split } from "../../data/index.js";
import { PotstillError } from "../../native/errors.js";
import type { Module } from "../../nn/index.js";
import { ops, type Tensor } from "../../tensor/index.js";
import { onDevice } from "../device.js";
import type { Said, TeacherCache } from "./store.js";

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
  /** Samples done, those that were there included, of all. */
  progress?: ((done: number, total: number) => void) | undefined;
}

/** About what one shard holds; big enough that few are needed, small enough to lose. */
const shardBytes = 64 << 20;

/**
 * @param ask what the teacher says of the inputs of a batch, on the CPU
 * @returns the samples that were computed
 * @throws ERR_NONFINITE where the teacher says NaN, ERR_ABORTED by the signal (what is written
 *   stays), ERR_IO
 */
export async function fillCache(
  cache: TeacherCache,
  ask: (inputs: Parameters<Module["logits"]>[0]) => Promise<Said>,
  options: FillOptions,
): Promise<number> {
  const { split, views, batchSize, signal, progress } = options;
  const total = (split.length ?? 0) * views;
  let [done, computed] = [0, 0];
  for (let view = 0; view < views; view++) {
    const pending = new Pending(cache, view);
    const iterator = split.batches({
      batchSize,
      seed: options.seed,
      view,
      augment: options.augment,
      ...(options.normalize === undefined ? {} : { normalize: options.normalize }),
      ...(signal ? { signal } : {}),
    });
    for await (const given of iterator) {
      const { ids } = given;
      if (ids === null) throw new PotstillError("ERR_DATA", `cache: "${split.name}" has no ids`);
      const names = Array.from(ids.dataSync() as BigInt64Array, Number);
      if (cache.missing(view, names).length > 0) {
        const batch = onDevice(given, options.device);
        const said = await ask(batch.inputs);
        checkFinite(said, names);
        await pending.add(ids.clone(), said);
        batch.dispose();
        computed += names.length;
      } else given.dispose();
      done += names.length;
      progress?.(done, total);
    }
    await pending.flush();
  }
  return computed;
}

/** What is said but not written. */
class Pending {
  #ids: Tensor[] = [];
  #said: Said[] = [];
  #bytes = 0;

  constructor(
    readonly cache: TeacherCache,
    readonly view: number,
  ) {}

  async add(ids: Tensor, said: Said): Promise<void> {
    this.#ids.push(ids);
    this.#said.push(said);
    for (const each of [said.logits, ...Object.values(said.taps)]) this.#bytes += each.numel * 4;
    if (this.#bytes >= shardBytes) await this.flush();
  }

  async flush(): Promise<void> {
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

function checkFinite(said: Said, names: readonly number[]): void {
  const nan = ops.aten.isnan(said.logits) as Tensor;
  const any = ops.aten.any(nan) as Tensor;
  const bad = any.item() === true;
  nan.dispose();
  any.dispose();
  if (!bad) return;
  throw new PotstillError(
    "ERR_NONFINITE",
    `cache: the teacher says NaN of one of the samples ${names[0]} to ${names.at(-1)}`,
  );
}

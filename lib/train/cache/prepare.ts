/** Caches of a run's teachers: opened, filled, and asked batch by batch. */

import type { z } from "zod";
import type { Split } from "../../data/index.js";
import type { TermSpec } from "../../native/binding.js";
import { PotstillError } from "../../native/errors.js";
import type { Tensor } from "../../tensor/index.js";
import { deviceOf } from "../device.js";
import type { CacheEvent, WarningEvent } from "../events.js";
import type { CheckedOptions, TeacherOptions, TrainingOptions } from "../options.js";
import { fillCache } from "./build.js";
import { cacheKey } from "./key.js";
import type { CacheOptions, cacheSchema } from "./options.js";
import { type Said, TeacherCache } from "./store.js";

/** What teachers said, for the loop. */
export class CachedTeachers {
  constructor(
    readonly views: number,
    readonly caches: readonly TeacherCache[],
  ) {}

  /** Of an epoch, counted from 0. */
  view(epoch: number): number {
    return epoch % this.views;
  }

  /** What each teacher said of these samples; the caller frees it. */
  said(epoch: number, ids: Tensor): Promise<Said[]> {
    return Promise.all(this.caches.map((cache) => cache.lookup(this.view(epoch), ids)));
  }

  dispose(): void {
    for (const cache of this.caches) cache.dispose();
  }
}

export interface PrepareContext {
  checked: CheckedOptions;
  options: Omit<TrainingOptions, "optimizer">;
  teachers: readonly TeacherOptions[];
  terms: readonly TermSpec[];
  train: Split;
  emit: (event: CacheEvent | WarningEvent) => void;
}

const millisecondsPerEvent = 200;

/**
 * Opens the caches and lets the teachers say what is missing.
 *
 * @throws ERR_CONFIG for mixup, teachers that change, or a resized teacher; ERR_DATA for a stream;
 *   ERR_NONFINITE where a teacher says NaN; ERR_IO; ERR_ABORTED
 */
export async function prepareCaches(
  given: z.output<typeof cacheSchema>,
  context: PrepareContext,
): Promise<CachedTeachers> {
  const { checked, options, teachers, terms, train, emit } = context;
  const { dir, dtype = "float32", top = null, views = 1, verify = true }: CacheOptions = given;
  const { batchSize, seed, signal } = checked;
  const augment = options.augment ?? null;
  if (views > 1 && augment === null) {
    throw new PotstillError(
      "ERR_CONFIG",
      `cache: ${views} views are all alike without augmentation; leave views out, or augment`,
    );
  }
  const caches: TeacherCache[] = [];
  try {
    for (const [index, { module, resize = null }] of teachers.entries()) {
      if (resize !== null) {
        throw new PotstillError(
          "ERR_CONFIG",
          "cache: a teacher with resize cannot be cached yet; wrap the resizing into the teacher",
        );
      }
      const taps = tapsOf(terms, index);
      const key = await cacheKey({
        ...{ teacher: module, resize, data: train, normalize: options.normalize },
        ...{ augment, seed, dtype, top, taps },
      });
      const cache = await TeacherCache.open(dir, key, verify);
      caches.push(cache);
      for (const file of cache.damaged) {
        const message = `${file} was damaged; what it held is computed again`;
        emit({ type: "warning", phase: "distilled", message });
      }
      const tapped = taps.length > 0 ? module.tap(taps) : null;
      const folder = cache.folder;
      let last = 0;
      try {
        await fillCache(
          cache,
          async (inputs) => {
            if (tapped) return await tapped.logits(inputs, { grad: false });
            return { logits: await module.logits(inputs, { grad: false }), taps: {} };
          },
          {
            ...{ split: train, views, seed, augment, normalize: options.normalize, signal },
            // What one training step takes is a measure of what fits.
            batchSize: Math.max(batchSize, 256),
            device: deviceOf(module),
            progress: (done, total) => {
              const now = performance.now();
              if (done < total && now - last < millisecondsPerEvent) return;
              last = now;
              emit({ type: "cache", phase: "distilled", teacher: index, folder, done, total });
            },
          },
        );
      } finally {
        tapped?.dispose();
      }
    }
    return new CachedTeachers(views, caches);
  } catch (error) {
    for (const cache of caches) cache.dispose();
    throw error;
  }
}

/** Paths of a teacher that some term compares, each once. */
function tapsOf(terms: readonly TermSpec[], index: number): string[] {
  const paths = terms
    .filter(({ teacherIndex = 0 }) => teacherIndex === index)
    .flatMap(({ teacher }) => (Array.isArray(teacher) ? (teacher as string[]) : []));
  return [...new Set(paths)];
}

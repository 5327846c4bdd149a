/** Caches of a run's teachers: opened, filled, and asked batch by batch. */

import type { z } from "zod";
import type { Inputs, Split } from "../../data/index.js";
import { listInputs } from "../../data/inputs.js";
import { comparesLogits, type Loss } from "../../losses/index.js";
import type { TermSpec } from "../../native/binding.js";
import { PotstillError } from "../../native/errors.js";
import type { Tensor } from "../../tensor/index.js";
import { deviceOf } from "../device.js";
import type { CacheEvent, WarningEvent } from "../events.js";
import type { CheckedOptions, PlannedTeacher, TrainingOptions } from "../options.js";
import { inputsOf } from "../predictor.js";
import { fillCache } from "./build.js";
import type { Sampled } from "./form.js";
import { cacheKey } from "./key.js";
import type { CacheOptions, cacheSchema } from "./options.js";
import { type Said, TeacherCache } from "./store.js";

/** What teachers said, for the loop. */
export class CachedTeachers {
  constructor(
    readonly views: number,
    readonly caches: readonly TeacherCache[],
    /** Samples that each teacher was asked about now. */
    readonly computed: readonly number[],
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
  teachers: readonly PlannedTeacher[];
  terms: readonly TermSpec[];
  /** What the terms were made of. */
  losses: readonly Loss[];
  train: Split;
  emit: (event: CacheEvent | WarningEvent) => void;
}

const millisecondsPerEvent = 200;

/**
 * Opens the caches and lets the teachers say what is missing.
 *
 * @throws ERR_CONFIG for mixup, teachers that change, and samples of what cannot be sampled; ERR_DATA
 *   for a stream;
 *   ERR_NONFINITE where a teacher says NaN; ERR_IO; ERR_ABORTED
 */
export async function prepareCaches(
  given: z.output<typeof cacheSchema>,
  context: PrepareContext,
): Promise<CachedTeachers> {
  const { checked, options, teachers, terms, train, emit } = context;
  const { dir, dtype = "float32", top = null, views = 1, verify = true }: CacheOptions = given;
  if (teachers.some(({ follow = 0 }) => follow > 0)) {
    throw new PotstillError(
      "ERR_CONFIG",
      "cache: a teacher that follows the student says something else every time; leave cache out",
    );
  }
  const { batchSize, seed, signal } = checked;
  const augment = options.augment ?? null;
  const sampled = sampledOf(given, context);
  if (views > 1 && augment === null && sampled === null) {
    throw new PotstillError(
      "ERR_CONFIG",
      `cache: ${views} views are all alike without augmentation; leave views out, or augment`,
    );
  }
  const caches: TeacherCache[] = [];
  const computed: number[] = [];
  try {
    for (const [index, { module, resize = null }] of teachers.entries()) {
      const taps = tapsOf(terms, index);
      const key = await cacheKey({
        ...{ teacher: module, resize, data: train, normalize: options.normalize },
        ...{ augment, seed, dtype, top, sampled, taps },
      });
      const cache = await TeacherCache.open(dir, key, verify);
      caches.push(cache);
      let told = 0;
      const tellDamaged = () => {
        for (const file of cache.damaged.slice(told)) {
          const message = `${file} was damaged; what it held is computed again`;
          emit({ type: "warning", phase: "distilled", message });
        }
        told = cache.damaged.length;
      };
      tellDamaged();
      const tapped = taps.length > 0 ? module.tap(taps) : null;
      const folder = cache.folder;
      let last = 0;
      try {
        const found = await fillCache(
          cache,
          async (given) => {
            const inputs = await inputsOf({ module, resize }, given);
            try {
              if (tapped) return await tapped.logits(inputs, { grad: false });
              return { logits: await module.logits(inputs, { grad: false }), taps: {} };
            } finally {
              freeCopies(inputs, given);
            }
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
        computed.push(found);
        tellDamaged();
      } finally {
        tapped?.dispose();
      }
    }
    return new CachedTeachers(views, caches, computed);
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

/** Tensors that were made of those of a batch. */
function freeCopies(made: Inputs, given: Inputs): void {
  const own = new Set(listInputs(given).map(({ tensor }) => tensor));
  for (const { tensor } of listInputs(made)) if (!own.has(tensor)) tensor.dispose();
}

/**
 * What is drawn where samples are asked for: at the temperature of the terms, since of draws at one
 * temperature nothing unbiased can be said of another.
 *
 * @throws ERR_CONFIG for terms that are not linear in the teacher's distribution, or of several
 *   temperatures
 */
function sampledOf(
  { sample = null }: CacheOptions,
  { losses, checked, teachers }: PrepareContext,
): Sampled | null {
  if (sample === null) return null;
  if (teachers.length > 1) {
    throw new PotstillError(
      "ERR_CONFIG",
      "cache: sample is for one teacher: a mean of several is not linear in each; leave it out",
    );
  }
  const temperatures = new Set<number>();
  for (const loss of losses.filter(comparesLogits)) {
    if (loss.kind !== "response" && loss.kind !== "softTargets") {
      throw new PotstillError(
        "ERR_CONFIG",
        `cache: sample is for losses that are linear in the teacher's distribution (response, ` +
          `softTargets), and there is ${loss.kind}; leave sample out, or use top`,
      );
    }
    temperatures.add(loss.temperature);
  }
  const [temperature] = temperatures;
  if (temperature === undefined || temperatures.size > 1) {
    throw new PotstillError(
      "ERR_CONFIG",
      temperature === undefined
        ? "cache: sample is of the teacher's logits, and no term compares them; leave it out"
        : `cache: samples are drawn at one temperature, and the objective has ${[...temperatures].join(" and ")}; leave sample out`,
    );
  }
  return { count: sample, temperature, seed: checked.seed };
}

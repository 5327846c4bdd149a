/** What a teacher cache is of, so that it can never be used for anything else. */

import { createHash } from "node:crypto";
import {
  type AugmentOptions,
  augmentSchema,
  type Normalize,
  type Split,
} from "../../data/index.js";
import { PotstillError } from "../../native/errors.js";
import { type Module, moduleFingerprint } from "../../nn/index.js";
import { nativeOutput } from "../options.js";
import type { Sampled } from "./form.js";
import type { CacheDType } from "./options.js";

/** Format of the folder; a reader of another one builds anew. */
export const CACHE_VERSION = 1;

/** Everything that decides what the teacher says of a sample. */
export interface CacheKey {
  version: number;
  /** `Module`'s code and weights. */
  teacher: string;
  output: string | number | null;
  /** Of this teacher's inputs, beyond those of the data. */
  teacherNormalize: Normalize | null;
  resize: readonly number[] | null;
  data: string;
  dataNormalize: Normalize | null;
  augment: AugmentOptions | null;
  /** Of the augmentation; 0 without one. */
  seed: number;
  dtype: CacheDType;
  /** Logits kept of each sample; null: all. */
  top: number | null;
  /** Draws in place of the logits; absent: there are none. */
  sampled?: Sampled;
  taps: readonly string[];
}

export interface KeyParts {
  teacher: Module;
  resize: readonly number[] | null;
  data: Split;
  normalize: Normalize | null | undefined;
  augment: AugmentOptions | null;
  seed: number;
  dtype: CacheDType;
  top: number | null;
  sampled?: Sampled | null;
  taps: readonly string[];
}

/**
 * @throws ERR_CONFIG for mixup and for an output that is a function, ERR_DATA for a stream
 */
export async function cacheKey(parts: KeyParts): Promise<CacheKey> {
  const { teacher, data, augment } = parts;
  const fingerprint = await data.fingerprint();
  if (fingerprint === null) {
    throw new PotstillError(
      "ERR_DATA",
      `cache: "${data.name}" is a stream, and nobody knows what it will bring; load it as a data set`,
    );
  }
  const checked = augment === null ? null : augmentSchema.parse(augment);
  if (checked !== null && (checked.mixup ?? 0) > 0) {
    throw new PotstillError(
      "ERR_CONFIG",
      "cache: mixup mixes the samples of one batch, which no cache can know; leave mixup out",
    );
  }
  const normalize = parts.normalize === undefined ? data.normalize : parts.normalize;
  return {
    version: CACHE_VERSION,
    teacher: await moduleFingerprint(teacher),
    output: nativeOutput("cache", teacher.output),
    teacherNormalize: teacher.normalize as Normalize | null,
    resize: parts.resize,
    data: fingerprint,
    dataNormalize: normalize,
    augment: checked as AugmentOptions | null,
    seed: checked === null ? 0 : parts.seed,
    dtype: parts.dtype,
    top: parts.top,
    ...(parts.sampled ? { sampled: parts.sampled } : {}),
    taps: [...parts.taps].sort(),
  };
}

/** Name of the folder of a key: the first 16 hexadecimal digits of its SHA-256. */
export function keyName(key: CacheKey): string {
  return createHash("sha256").update(canonical(key)).digest("hex").slice(0, 16);
}

const names: Record<keyof CacheKey, string> = {
  version: "format",
  teacher: "teacher",
  output: "output of the teacher",
  teacherNormalize: "normalization of the teacher",
  resize: "resize",
  data: "data",
  dataNormalize: "normalization of the data",
  augment: "augmentation",
  seed: "seed of the augmentation",
  dtype: "dtype",
  top: "top",
  sampled: "sample",
  taps: "taps",
};

/** In what two keys differ, in words; nothing where they are the same. */
export function differences(one: CacheKey, other: CacheKey): string[] {
  return (Object.keys(names) as (keyof CacheKey)[])
    .filter((part) => canonical(one[part]) !== canonical(other[part]))
    .map((part) => names[part]);
}

/** The same text for the same key, whatever the order it was written in. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(
          Object.entries(item)
            .filter(([, each]) => each !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : item,
  );
}

/**
 * What may be done to a training batch, as plain data. Shift, flip, crop and cutout run in the same
 * native pass that gathers and normalizes the images (`potstill::augment_images`); mixup follows on
 * the assembled batch.
 */

import { z } from "zod";
import { PotstillError } from "../native/errors.js";
import type { Normalize } from "./source.js";

const pixels = z.int().min(0).max(4096);

/** Schema of `augment`, for `batches()` and for recipes. */
export const augmentSchema = z.strictObject({
  shift: pixels.optional().describe("Moves by up to so many pixels in each direction."),
  flip: z.boolean().optional().describe("Mirrors left to right, with probability one half."),
  crop: pixels.optional().describe("Padding before a random crop to the old size, in pixels."),
  cutout: pixels.optional().describe("Side of a square set to the mean color, in pixels."),
  mixup: z
    .number()
    .min(0)
    .max(1000)
    .optional()
    .describe("Parameter of the beta distribution that mixes samples of a batch."),
});

/** Schema of `normalize`. */
export const normalizeSchema = z
  .strictObject({
    mean: z.array(z.number()).min(1).describe("Of all channels, or one for each."),
    std: z.array(z.number().positive()).min(1).describe("As many as there are means."),
  })
  .refine((value) => value.mean.length === value.std.length, {
    error: "mean and std must have the same number of channels",
  });

/** All are off by default; 0 and false switch one off. */
export interface AugmentOptions {
  /** Shift by up to this many whole pixels in each direction; what comes in is pixel value 0. */
  shift?: number | undefined;
  /** Mirror left to right with probability one half. */
  flip?: boolean | undefined;
  /** Pad by this many pixels of value 0 on every side, then crop the old size at random. */
  crop?: number | undefined;
  /**
   * Side in pixels of a square, centered anywhere and clipped at the border, that is set to 0 after
   * normalization, the mean color (DeVries and Taylor 2017, arXiv:1708.04552).
   */
  cutout?: number | undefined;
  /**
   * The α of Beta(α, α), from which every batch draws the weight of its own samples against those of
   * a permutation of itself (Zhang et al. 2018, arXiv:1710.09412).
   */
  mixup?: number | undefined;
}

/** `AugmentOptions` with every field in place. */
export interface Augmentation {
  shift: number;
  flip: boolean;
  crop: number;
  cutout: number;
  mixup: number;
}

const knownKeys = ["shift", "flip", "crop", "cutout", "mixup"];

/**
 * Checks `augment` and fills in what is missing; null when nothing is switched on.
 *
 * @throws ERR_CONFIG naming the key, what was expected and what was given
 */
export function parseAugment(value: unknown): Augmentation | null {
  if (value === undefined || value === null) return null;
  const result = augmentSchema.safeParse(value);
  if (!result.success) throw configError("augment", value, result.error, knownKeys);
  const { shift = 0, flip = false, crop = 0, cutout = 0, mixup = 0 } = result.data;
  if (shift === 0 && !flip && crop === 0 && cutout === 0 && mixup === 0) return null;
  return { shift, flip, crop, cutout, mixup };
}

/**
 * Checks `normalize`.
 *
 * @throws ERR_CONFIG naming the key, what was expected and what was given
 */
export function parseNormalize(value: unknown): Normalize | null {
  if (value === undefined || value === null) return null;
  const result = normalizeSchema.safeParse(value);
  if (!result.success) throw configError("normalize", value, result.error, ["mean", "std"]);
  return result.data;
}

function configError(
  where: string,
  value: unknown,
  error: z.ZodError,
  known: readonly string[],
): PotstillError {
  const messages = error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys") {
      const keys = issue.keys.map((key) => JSON.stringify(key)).join(", ");
      return `${where} has no option ${keys}; it takes ${known.join(", ")}`;
    }
    const path = [where, ...issue.path.map(String)].join(".");
    const given = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      value,
    );
    return `${path}: ${issue.message} (got ${JSON.stringify(given) ?? String(given)})`;
  });
  return new PotstillError("ERR_CONFIG", messages.join("; "), { cause: error });
}

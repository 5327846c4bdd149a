/** What can be said about a teacher cache. */

import { z } from "zod";

/** What a cache keeps values in. */
export type CacheDType = "float32" | "float16" | "bfloat16";

/** Options of `cache:`. */
export interface CacheOptions {
  /** Folder of the caches, one folder within it for each teacher, data and preprocessing. */
  dir: string;
  /** What values are kept in; default "float32". */
  dtype?: CacheDType | undefined;
  /**
   * Logits kept of each sample: the largest so many, and the mass of the others, which is spread
   * evenly when it is read (exact for T = 1). Default: all.
   */
  top?: number | null | undefined;
  /**
   * Augmented views of each sample; epoch e sees view e mod `views`. Default 1, and 1 is all there
   * is without augmentation.
   */
  views?: number | undefined;
  /**
   * Draws from each sample's distribution instead of all logits, with weights that make the mean over
   * many draws the whole distribution at the objective's temperature; `top` classes are kept for
   * certain (default none). Views of a sample are other draws too. Only for `losses.response` and
   * `losses.softTargets` of one constant temperature.
   */
  sample?: number | null | undefined;
  /** Compare every file with its checksum when it is opened; default true. */
  verify?: boolean | undefined;
}

export const cacheSchema = z.union(
  [
    z
      .string()
      .min(1)
      .transform((dir) => ({ dir })),
    z.strictObject({
      dir: z.string().min(1),
      dtype: z.enum(["float32", "float16", "bfloat16"]).optional(),
      top: z.int().min(1).nullish(),
      views: z.int().min(1).max(10_000).optional(),
      sample: z.int().min(1).nullish(),
      verify: z.boolean().optional(),
    }),
  ],
  { error: "expected a folder, or { dir, dtype, top, sample, views, verify }" },
);

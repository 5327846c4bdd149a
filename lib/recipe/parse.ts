/** From a recipe as written to one that has the right shape. */

import { recipeError } from "./errors.js";
import {
  type DistillRecipe,
  distillSchema,
  keysAt,
  type TrainRecipe,
  trainSchema,
} from "./schema.js";
import type { RecipeSource } from "./source.js";

/**
 * Checks the keys and types of a recipe for `potstill distill`.
 *
 * @throws ERR_CONFIG with every finding: the key, what was expected, the nearest valid name
 */
export function parseDistill(source: RecipeSource): DistillRecipe {
  const parsed = distillSchema.safeParse(source.value);
  if (parsed.success) return parsed.data;
  throw recipeError(source.file, source.value, parsed.error, (path) => keysAt(distillSchema, path));
}

/** The same for `potstill train`. */
export function parseTrain(source: RecipeSource): TrainRecipe {
  const parsed = trainSchema.safeParse(source.value);
  if (parsed.success) return parsed.data;
  throw recipeError(source.file, source.value, parsed.error, (path) => keysAt(trainSchema, path));
}

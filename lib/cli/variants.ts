/** Variants of a sweep: named sets of keys that replace those of the recipe. */

import { readRecipe } from "../recipe/index.js";
import { UsageError } from "./errors.js";
import type { Axis } from "./grid.js";

/** Keys of the recipe that a variant replaces; null takes a key out. */
export type Variant = Readonly<Record<string, unknown>>;

/** The axis on which variants lie; recipes have no such key. */
export const variantKey = "variant";

/**
 * Reads a file with a mapping of keys of the recipe under each name.
 *
 * @throws ERR_IO where there is no such file; UsageError where it holds no variants
 */
export async function readVariants(file: string): Promise<Map<string, Variant>> {
  const { value } = await readRecipe(file);
  const variants = new Map(Object.entries(value as Record<string, unknown>));
  if (variants.size === 0) throw new UsageError(`${file}: there are no variants in it`);
  for (const [name, keys] of variants) {
    if (typeof keys !== "object" || keys === null || Array.isArray(keys)) {
      throw new UsageError(
        `${file}: ${name}: expected keys of the recipe, such as objective: { dkd: {} }`,
      );
    }
  }
  return variants as Map<string, Variant>;
}

export function variantAxis(variants: ReadonlyMap<string, Variant>): Axis {
  return { given: variantKey, key: variantKey, values: [...variants.keys()] };
}

export function applyVariant(recipe: Record<string, unknown>, variant: Variant): void {
  for (const [key, value] of Object.entries(variant)) {
    if (value === null) delete recipe[key];
    else recipe[key] = structuredClone(value);
  }
}

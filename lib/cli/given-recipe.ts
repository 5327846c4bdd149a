/** The recipe that an argument names. */

import { type RecipeSource, readRecipe } from "../recipe/index.js";
import { UsageError } from "./errors.js";

/** @throws UsageError where there is no such file: a wrong argument, not a failed run */
export async function readGivenRecipe(file: string, set: string[]): Promise<RecipeSource> {
  return await readRecipe(file, set).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === "ERR_IO")
      throw new UsageError((error as Error).message);
    throw error;
  });
}

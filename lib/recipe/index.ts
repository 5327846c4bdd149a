/** Recipes: a run as a YAML or JSON file. */

export { makeData } from "./data.js";
export {
  cacheRecipe,
  type RecipeResult,
  type RecipeRunOptions,
  runFolder,
  runRecipe,
} from "./run.js";
export { type DistillRecipe, recipeJsonSchema, type TrainRecipe } from "./schema.js";
export { type RecipeSource, readRecipe, recipeFromText } from "./source.js";

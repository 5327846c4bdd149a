/** Paths that a recipe has written to. */

import path from "node:path";
import { PotstillError } from "../native/errors.js";
import { keyPath } from "./errors.js";
import type { RecipeSource } from "./source.js";

/**
 * Where a recipe may have something written: below its own folder, below the folder in which the
 * command runs, and below `more`. A recipe from elsewhere is run without fear that way; whoever wants
 * another place says so on the command line.
 *
 * @param key of the path in the recipe, for messages
 * @param advice what to do instead
 * @returns the absolute path
 * @throws ERR_CONFIG for a path that leads out of all of them
 */
export function contained(
  given: string,
  key: readonly PropertyKey[],
  source: RecipeSource,
  advice: string,
  more: readonly string[] = [],
): string {
  const target = path.resolve(source.folder, given);
  const roots = [source.folder, process.cwd(), ...more];
  if (roots.some((root) => isWithin(path.resolve(root), target))) return target;
  throw new PotstillError(
    "ERR_CONFIG",
    `${keyPath(key)}: ${given} leads out of the recipe's folder and of this one; ${advice}`,
  );
}

function isWithin(root: string, target: string): boolean {
  const way = path.relative(root, target);
  return way !== ".." && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

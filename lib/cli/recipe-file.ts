/** The recipe in the folder of its run, as it was resolved, with its hash. */

import { createHash } from "node:crypto";
import path from "node:path";
import { stringify } from "yaml";
import { writeAtomically } from "../files/index.js";
import { packageVersion } from "../native/versions.js";
import type { RecipeSource } from "../recipe/index.js";

/** @throws ERR_IO where it cannot be written */
export async function writeRecipe(folder: string, source: RecipeSource): Promise<void> {
  const recipe = stringify(source.value);
  const note = `# Resolved by potstill ${packageVersion} from ${path.resolve(source.file)};\n# relative paths start at ${source.folder}\n`;
  await writeAtomically(path.join(folder, "recipe.yaml"), [note, recipe]);
  const hash = createHash("sha256").update(note).update(recipe).digest("hex");
  await writeAtomically(path.join(folder, "recipe.sha256"), [`${hash}  recipe.yaml\n`]);
}

/** `potstill schema`. */

import { recipeJsonSchema } from "../../recipe/schema.js";
import { UsageError } from "../errors.js";

export function schemaCommand(command: string): void {
  if (command !== "distill" && command !== "train") {
    throw new UsageError(`schema: expected distill or train, got ${command}`);
  }
  process.stdout.write(`${JSON.stringify(recipeJsonSchema(command), null, 2)}\n`);
}

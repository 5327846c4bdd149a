/** Recipe files: YAML or JSON, with `extends:`, environment variables, and `--set` on top. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseDocument } from "yaml";
import { PotstillError } from "../native/errors.js";
import { withExtends } from "./extends.js";
import { withVariables } from "./variables.js";

/** A recipe as it was written, before anything was checked. */
export interface RecipeSource {
  /** For messages. */
  file: string;
  /** Relative paths in the recipe start here. */
  folder: string;
  value: unknown;
}

/**
 * Reads a recipe with what it extends, fills in environment variables, and applies overrides such as
 * `optimizer.sgd.lr=0.1`.
 *
 * @throws ERR_IO where there is no such file, ERR_CONFIG where it is no YAML or JSON
 */
export async function readRecipe(
  file: string,
  overrides: readonly string[] = [],
): Promise<RecipeSource> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw new PotstillError("ERR_IO", `cannot read the recipe ${file}: ${reason}`, {
      cause: error,
    });
  });
  return recipeFromText(text, file, overrides);
}

/** The same for text; `file` is for messages and for relative paths. */
export function recipeFromText(
  text: string,
  file: string,
  overrides: readonly string[] = [],
): RecipeSource {
  const whole = withExtends(keysOf(text, file), file, keysOf);
  const value = withVariables(whole, file, (each) => parseYaml(each, file));
  for (const override of overrides) applyOverride(value as Record<string, unknown>, override);
  return { file, folder: path.dirname(path.resolve(file)), value };
}

function keysOf(text: string, file: string): Record<string, unknown> {
  const value = parseYaml(text, file);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new PotstillError(
    "ERR_CONFIG",
    `${file}: expected a mapping of keys such as student, data, …`,
  );
}

/** JSON is YAML too, so one parser reads both. */
function parseYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const error = document.errors[0];
  if (error) {
    throw new PotstillError("ERR_CONFIG", `${file}: ${error.message.trimEnd()}`, { cause: error });
  }
  return document.toJS();
}

/**
 * Sets one key of a recipe: `a.b=value`, where numbers index lists and the value is YAML. A key
 * that contains dots itself, such as `nn.mlp`, is found if it is there.
 *
 * @throws ERR_CONFIG for text without `=` or a path through something that has no keys
 */
export function applyOverride(recipe: Record<string, unknown>, override: string): void {
  const equals = override.indexOf("=");
  if (equals < 1) {
    throw new PotstillError(
      "ERR_CONFIG",
      `--set ${override}: expected key=value, such as --set optimizer.sgd.lr=0.1`,
    );
  }
  const key = override.slice(0, equals).trim();
  if (key.split(".").includes("__proto__")) {
    throw new PotstillError("ERR_CONFIG", `--set ${override}: there is no key __proto__`);
  }
  const value = parseYaml(override.slice(equals + 1), `--set ${key}`);
  let at: Record<string, unknown> = recipe;
  const parts = key.split(".");
  while (parts.length > 0) {
    const name = takeKey(at, parts);
    if (parts.length === 0) {
      at[name] = value;
      return;
    }
    const next = Object.hasOwn(at, name) ? at[name] : undefined;
    if (next === undefined || next === null || next === true) at[name] = {};
    // A bare name takes arguments: `objective: response` and `objective.response.alpha=0.5`.
    else if (typeof next === "string" && next === parts[0]) at[name] = { [next]: {} };
    else if (typeof next !== "object") {
      throw new PotstillError(
        "ERR_CONFIG",
        `--set ${override}: ${name} is ${JSON.stringify(next)} and has no keys of its own`,
      );
    }
    at = at[name] as Record<string, unknown>;
  }
}

/** The longest run of parts that is a key here, or else the first part (`nn.mlp` is one part). */
function takeKey(at: Record<string, unknown>, parts: string[]): string {
  for (let length = parts.length; length > 1; length--) {
    const name = parts.slice(0, length).join(".");
    if (Object.hasOwn(at, name)) {
      parts.splice(0, length);
      return name;
    }
  }
  const first = parts.shift()!;
  const isNamespace = (first === "nn" || first === "models") && parts.length > 0;
  return isNamespace ? `${first}.${parts.shift()}` : first;
}

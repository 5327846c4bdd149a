/** Grids of a sweep: keys of a recipe and the values that they take. */

import { distillSchema, keysAt } from "../recipe/schema.js";
import { UsageError } from "./errors.js";

/** One key and its values, as YAML. */
export interface Axis {
  /** As it was written, such as `temperature`. */
  given: string;
  /** Where it is in the recipe, such as `objective.response.temperature`. */
  key: string;
  values: string[];
}

/**
 * `temperature=2,4,8`. A key that recipes do not have at their top is looked for below it: it has to
 * be in one place only, or to be written in full.
 *
 * @throws UsageError for no values, and for a key in no or several places
 */
export function parseAxis(text: string, recipe: unknown): Axis {
  const equals = text.indexOf("=");
  const given = text.slice(0, Math.max(0, equals)).trim();
  const values = split(text.slice(equals + 1));
  if (given === "" || values.length === 0 || values.some((value) => value === "")) {
    throw new UsageError(`--grid ${text}: expected key=value,value,…, such as temperature=2,4,8`);
  }
  if (given.includes(".") || keysAt(distillSchema, []).includes(given))
    return { given, key: given, values };
  // What a recipe's teacher is trained with is not what a sweep is about.
  const places = placesOf(recipe, given).filter((place) => !/^teachers?\b/.test(place));
  if (places.length === 1) return { given, key: places[0]!, values };
  const hint =
    places.length === 0
      ? "the recipe does not have it; write the whole key, such as objective.response.temperature"
      : `it is in several places: ${places.join(", ")}`;
  throw new UsageError(`--grid ${text}: ${hint}`);
}

/** At commas that are in no brackets: `[1,2],[3]` are two values. */
function split(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if ("[{(".includes(character)) depth += 1;
    if ("]})".includes(character)) depth -= 1;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

function placesOf(value: unknown, key: string, at: readonly string[] = []): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [
    ...(name === key ? [[...at, name].join(".")] : []),
    ...placesOf(each, key, [...at, name]),
  ]);
}

/** Every combination, the last key changing fastest. */
export function combinations(axes: readonly Axis[]): Record<string, string>[] {
  return axes.reduce<Record<string, string>[]>(
    (before, { key, values }) =>
      before.flatMap((each) => values.map((value) => ({ ...each, [key]: value }))),
    [{}],
  );
}

/** `temperature=2,alpha=0.5`: a folder's name, with nothing in it that leads elsewhere. */
export function folderName(
  axes: readonly Axis[],
  values: Readonly<Record<string, string>>,
): string {
  return axes
    .map(({ given, key }) => `${given}=${values[key]}`)
    .join(",")
    .replace(/[^A-Za-z0-9.=,_+-]/g, "_")
    .replace(/^\.+/, "_");
}

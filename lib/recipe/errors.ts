/** Everything that is wrong with a recipe in one error: key, what was expected, nearest valid name. */

import type { z } from "zod";
import { PotstillError } from "../native/errors.js";
import { suggestion } from "./nearest.js";

/** Keys that an object in the schema takes, by its path; for suggestions. */
export type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

/** A value as a message shows it. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `objective.response.alpha`, `teachers[1].path`. */
export function keyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number"
        ? `${text}[${key}]`
        : text === ""
          ? String(key)
          : `${text}.${String(key)}`,
    "",
  );
}

/**
 * zod's findings as one ERR_CONFIG.
 *
 * @param where the file, for the beginning of the message
 */
export function recipeError(
  where: string,
  value: unknown,
  error: z.ZodError,
  known: KnownKeys,
): PotstillError {
  const messages = error.issues.map((issue) => message(issue, value, known));
  const list = messages.length === 1 ? ` ${messages[0]}` : messages.map((m) => `\n  ${m}`).join("");
  return new PotstillError("ERR_CONFIG", `${where}:${list}`, { cause: error });
}

function message(issue: z.core.$ZodIssue, value: unknown, known: KnownKeys): string {
  const given = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );
  const key = keyPath(issue.path) || "the recipe";
  if (issue.code === "unrecognized_keys") {
    const keys = known(issue.path);
    return issue.keys
      .map((name) => {
        const full = keyPath([...issue.path, name]);
        const hint = suggestion(name, keys);
        return `${full}: there is no such key${hint || `; there are ${keys.join(", ")}`}`;
      })
      .join("\n  ");
  }
  if (given === undefined) return `${key}: ${expectation(issue)}, but it is missing`;
  return `${key}: ${expectation(issue)}, got ${shown(given)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  // The schema's own words; zod's begin otherwise.
  if (issue.message.startsWith("expected ")) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `expected ${article(issue.expected)}`;
    case "invalid_value":
      return `expected ${issue.values.map((v) => shown(v)).join(" or ")}`;
    case "too_small":
      if (issue.origin === "array") return `expected a list of at least ${issue.minimum}`;
      return `expected ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      return `expected ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const articles: Record<string, string> = {
  int: "an integer",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function article(type: string): string {
  return articles[type] ?? type;
}

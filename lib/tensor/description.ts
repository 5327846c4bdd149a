/** Checks of the plain data that describes losses, optimizers and schedules. */

import type { z } from "zod";
import { PotstillError } from "../native/errors.js";

/**
 * Options with their defaults, checked by a schema.
 *
 * @param where the call, for messages: `optim.sgd`
 * @throws PotstillError `ERR_CONFIG` that names the option, what was expected and what was given;
 * for an unknown option the nearest name
 */
export function describe<T extends z.ZodObject>(
  where: string,
  schema: T,
  given: unknown,
): z.output<T> {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const messages = parsed.error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
      return issue.keys.map((key) => unknownName(key, Object.keys(schema.shape))).join("; ");
    }
    const value = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key],
      given,
    );
    const path = issue.path.map(String).join(".");
    const what =
      issue.code === "unrecognized_keys"
        ? `there is no option ${issue.keys.join(", ")}`
        : `${lower(issue.message)}, got ${shown(value)}`;
    return path === "" ? what : `${path}: ${what}`;
  });
  throw new PotstillError("ERR_CONFIG", `${where}: ${messages.join("; ")}`, {
    cause: parsed.error,
  });
}

function unknownName(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hint = near === null ? `there are ${known.join(", ")}` : `did you mean "${near}"?`;
  return `there is no option "${name}"; ${hint}`;
}

/** The name most like the given one, or null where none is close. */
export function nearest(name: string, known: readonly string[]): string | null {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const wanted = plain(name);
  let best: string | null = null;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const edits = distance(wanted, plain(candidate));
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) {
    return value.length > 8 ? `a list of ${value.length}` : `[${value.map(shown).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

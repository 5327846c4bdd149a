/** Checks plain options against a schema; what is wrong is said with the call's name. */

import type { z } from "zod";
import { PotstillError } from "../native/errors.js";

/** Options of a call as its caller may write them: any may be undefined. */
export type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/**
 * Reads the options of a call and fills in the schema's defaults.
 *
 * @param where the call, such as "losses.response"
 * @throws PotstillError `ERR_CONFIG` for an unknown option, with the nearest name, and for a value
 *   that the schema refuses
 */
export function parseOptions<S extends z.ZodObject>(
  where: string,
  schema: S,
  given: unknown,
): z.infer<S> {
  const result = schema.safeParse(given ?? {});
  if (result.success) return result.data;
  const known = Object.keys(schema.shape);
  const problems = result.error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownOption(key, issue.path.length === 0 ? known : []));
    }
    const value = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key],
      given,
    );
    const name = issue.path.length === 0 ? "options" : issue.path.join(".");
    const whole = issue.code === "custom" && issue.params?.whole === true;
    return [`${name}: ${issue.message}${whole ? "" : `, got ${shown(value)}`}`];
  });
  throw new PotstillError("ERR_CONFIG", `${where}: ${problems.join("; ")}`, {
    cause: result.error,
  });
}

function unknownOption(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  const hint =
    near !== null
      ? `; did you mean "${near}"?`
      : known.length > 0
        ? `; there are ${known.join(", ")}`
        : "";
  return `there is no option "${name}"${hint}`;
}

/** The known name most like `name`, or null where none is close. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const wanted = plain(name);
  let best: string | null = null;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const away = edits(wanted, plain(candidate));
    if (away >= least) continue;
    least = away;
    best = candidate;
  }
  return best;
}

/** Levenshtein's distance: inserted, deleted and changed characters. */
export function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) {
    return `a ${value.constructor?.name ?? "bare object"}`;
  }
  return String(value);
}

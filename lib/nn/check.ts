/** Checks the arguments of `nn.*` and `models.*`: what is wrong is said with the layer's name. */

import { PotstillError } from "../native/errors.js";
import { edits } from "../tensor/options.js";

/** Reads one option: its default, what it accepts in words, and its parser (undefined: refused). */
export interface Rule<T> {
  fallback: T;
  expected: string;
  parse(value: unknown): T | undefined;
}

type Parsed<R> = { [K in keyof R]: R[K] extends Rule<infer T> ? T : never };

/** Throws ERR_CONFIG that names the call. */
export function refuse(where: string, message: string): never {
  throw new PotstillError("ERR_CONFIG", `${where}: ${message}`);
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  const text = JSON.stringify(value, (_, item) =>
    typeof item === "number" && !Number.isFinite(item) ? String(item) : item,
  );
  if (text === undefined) return String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** An argument that is an integer of at least `least`. */
export function integer(where: string, name: string, value: unknown, least = 1): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  refuse(where, `${name} must be an integer of at least ${least}, not ${show(value)}.`);
}

/**
 * Reads the options of a call.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option, with the nearest name, and for a value
 *   that its rule refuses.
 */
export function read<R extends Record<string, Rule<unknown>>>(
  where: string,
  given: object | undefined,
  rules: R,
): Parsed<R> {
  if (given !== undefined && !isRecord(given)) {
    refuse(
      where,
      `options are an object such as { ${Object.keys(rules)[0]}: … }, not ${show(given)}.`,
    );
  }
  const entries = Object.entries(given ?? {});
  const result: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) result[name] = rule.fallback;
  for (const [name, value] of entries) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      refuse(where, `there is no option "${name}"; ${suggestion(name, Object.keys(rules))}`);
    }
    if (value === undefined) continue;
    const parsed = rule.parse(value);
    if (parsed === undefined)
      refuse(where, `${name} must be ${rule.expected}, not ${show(value)}.`);
    result[name] = parsed;
  }
  return result as Parsed<R>;
}

/** Whether a value is an object of plain keys. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

export function flag(fallback: boolean): Rule<boolean> {
  return {
    fallback,
    expected: "true or false",
    parse: (value) => (typeof value === "boolean" ? value : undefined),
  };
}

export function count(fallback: number, least = 1): Rule<number> {
  return {
    fallback,
    expected: `an integer of at least ${least}`,
    parse: (value) =>
      Number.isSafeInteger(value) && (value as number) >= least ? (value as number) : undefined,
  };
}

/** A finite number within [least, most]. */
export function number(fallback: number, least = -Infinity, most = Infinity): Rule<number> {
  const bounds =
    least === -Infinity && most === Infinity
      ? ""
      : most === Infinity
        ? ` of at least ${least}`
        : ` from ${least} to ${most}`;
  return {
    fallback,
    expected: `a number${bounds}`,
    parse: (value) =>
      typeof value === "number" && Number.isFinite(value) && value >= least && value <= most
        ? value
        : undefined,
  };
}

/** `dims` integers, or one for all of them. */
export function sizes(dims: number, fallback: number, least: number): Rule<number[]> {
  return {
    fallback: new Array<number>(dims).fill(fallback),
    expected: sizesInWords(dims, least),
    parse: (value) => parseSizes(value, dims, least),
  };
}

function sizesInWords(dims: number, least: number): string {
  return dims === 1
    ? `an integer of at least ${least}`
    : `an integer of at least ${least}, or ${dims} of them`;
}

function parseSizes(value: unknown, dims: number, least: number): number[] | undefined {
  const list = Array.isArray(value) ? (value as unknown[]) : new Array<unknown>(dims).fill(value);
  if (list.length !== dims) return undefined;
  const fits = list.every((item) => Number.isSafeInteger(item) && (item as number) >= least);
  return fits ? (list as number[]) : undefined;
}

/** An argument that holds `dims` sizes, or one for all of them. */
export function sizesArgument(where: string, name: string, value: unknown, dims: number): number[] {
  const parsed = parseSizes(value, dims, 1);
  if (parsed === undefined) {
    refuse(where, `${name} must be ${sizesInWords(dims, 1)}, not ${show(value)}.`);
  }
  return parsed;
}

export function oneOf<const T extends string>(names: readonly T[], fallback: T): Rule<T> {
  return {
    fallback,
    expected: `one of ${names.map((name) => `"${name}"`).join(", ")}`,
    parse: (value) => names.find((name) => name === value),
  };
}

/** The same rule, and null. */
export function orNull<T>(rule: Rule<T>, fallback: T | null = null): Rule<T | null> {
  return {
    fallback,
    expected: `${rule.expected}, or null`,
    parse: (value) => (value === null ? null : rule.parse(value)),
  };
}

/** `did you mean "x"?`, or all the names there are. */
export function suggestion(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near.length > 0
    ? `did you mean ${near.map((other) => `"${other}"`).join(" or ")}?`
    : `there are ${names.join(", ")}.`;
}

/** The names most like the given one, best first, at most `limit`. */
export function nearest(name: string, names: readonly string[], limit = 1): string[] {
  const most = Math.max(2, Math.floor(name.length / 3));
  return names
    .map((other) => ({ other, away: edits(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ away }) => away <= most)
    .sort((a, b) => a.away - b.away)
    .slice(0, limit)
    .map(({ other }) => other);
}

/** State dicts: parameters and buffers by path. */

import { PotstillError } from "../native/errors.js";
import { Tensor } from "../tensor/index.js";
import { isRecord, nearest, show } from "./check.js";

/** Parameters and buffers by their paths, such as `layer1.0.conv1.weight`. */
export type StateDict = Record<string, Tensor>;

/** What `loadStateDict` found, as in PyTorch. */
export interface LoadResult {
  /** In the module but not in the dict; they keep their values. */
  missing: string[];
  /** In the dict but not in the module; they were ignored. */
  unexpected: string[];
}

/**
 * Compares a dict with a module's own state, before anything is copied.
 *
 * @throws PotstillError `ERR_SHAPE` where shapes differ, whatever `strict` says; `ERR_CONFIG` where
 *   `strict` and names are missing or unexpected; both list every name
 */
export function compareStates(
  own: ReadonlyMap<string, readonly number[]>,
  given: unknown,
  strict: boolean,
): LoadResult & { entries: { name: string; tensor: Tensor }[] } {
  const dict = given instanceof Map ? Object.fromEntries(given as Map<string, unknown>) : given;
  if (!isRecord(dict)) {
    throw new PotstillError(
      "ERR_CONFIG",
      `loadStateDict: expected tensors by name, not ${show(given)}.`,
    );
  }
  const entries: { name: string; tensor: Tensor }[] = [];
  const unexpected: string[] = [];
  const wrong: string[] = [];
  for (const [name, tensor] of Object.entries(dict)) {
    if (!(tensor instanceof Tensor)) {
      throw new PotstillError(
        "ERR_CONFIG",
        `loadStateDict: "${name}" is no Tensor: ${show(tensor)}.`,
      );
    }
    const expected = own.get(name);
    if (expected === undefined) {
      unexpected.push(name);
      continue;
    }
    const { shape } = tensor;
    if (shape.length !== expected.length || shape.some((size, i) => size !== expected[i])) {
      wrong.push(`"${name}" is [${shape.join(", ")}], the module has [${expected.join(", ")}]`);
    }
    entries.push({ name, tensor });
  }
  const missing = [...own.keys()].filter((name) => !Object.hasOwn(dict, name));
  const names = strict ? nameProblems(missing, unexpected) : [];
  if (wrong.length > 0) {
    const problems = [`wrong shape: ${list(wrong)}`, ...names];
    throw new PotstillError(
      "ERR_SHAPE",
      `loadStateDict: ${problems.join("; ")}. Nothing was loaded.`,
    );
  }
  if (names.length > 0) {
    throw new PotstillError(
      "ERR_CONFIG",
      `loadStateDict: ${names.join("; ")}. Nothing was loaded; ` +
        "with { strict: false } names that do not match are left out.",
    );
  }
  return { missing, unexpected, entries };
}

function nameProblems(missing: string[], unexpected: string[]): string[] {
  const problems: string[] = [];
  if (missing.length > 0) problems.push(`missing: ${list(missing)}`);
  if (unexpected.length > 0) problems.push(`unexpected: ${list(unexpected)}`);
  const prefix = commonPrefix(missing, unexpected);
  if (prefix !== null) problems.push(prefix);
  else if (missing.length > 0 && unexpected.length > 0) {
    const near = nearest(unexpected[0]!, missing)[0];
    if (near !== undefined) problems.push(`is "${unexpected[0]}" meant to be "${near}"?`);
  }
  return problems;
}

/** A whole dict under one prefix, as wrappers such as DataParallel ("module.") leave it. */
function commonPrefix(missing: string[], unexpected: string[]): string | null {
  const [first] = missing;
  if (first === undefined) return null;
  const match = unexpected.find((name) => name.endsWith(`.${first}`));
  if (match === undefined) return null;
  const prefix = match.slice(0, -first.length);
  const names = new Set(unexpected);
  return missing.every((name) => names.has(prefix + name))
    ? `the dict's names begin with "${prefix}"; take it off first`
    : null;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}

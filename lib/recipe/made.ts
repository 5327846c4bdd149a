/**
 * Things that a recipe makes by name: `nn.relu`, `response: { alpha: 0.9 }`,
 * `nn.conv2d: [1, 32, 3, { padding: 1 }]`.
 *
 * A name alone is a call without arguments; a list is the arguments, anything else the only one.
 */

import { PotstillError } from "../native/errors.js";
import { keyPath, shown } from "./errors.js";
import { suggestion } from "./nearest.js";

/** Functions of the API by the names that recipes use; each checks its own arguments. */
export type Makers = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface MakeOptions {
  /** For messages: "a model", "a loss", … */
  what: string;
  makers: Makers;
  /** Makers whose arguments may be made the same way: layers within layers. */
  nested?: boolean;
  /** Makers whose first argument is a list of numbers, so that `[784, 800, 10]` is that one. */
  listFirst?: readonly string[];
}

/**
 * Makes what a node of a recipe says.
 *
 * @param path of the node, for messages
 * @throws ERR_CONFIG naming the key for an unknown name (with the nearest) or arguments that the
 * maker refuses
 */
export function make(node: unknown, path: readonly PropertyKey[], options: MakeOptions): unknown {
  const { name, given, at } = nameAndArguments(node, path, options);
  const maker = own(options.makers, name);
  if (!maker) throw unknownName(name, path, options);
  const args = argumentsOf(name, given, options).map((value, index) =>
    options.nested
      ? nestedValue(value, Array.isArray(given) ? [...at, index] : at, options)
      : value,
  );
  try {
    return maker(...(args as never[]));
  } catch (error) {
    throw located(error, at);
  }
}

/** Prefixes an error of ours with the key of the recipe that it came from. */
export function located(error: unknown, path: readonly PropertyKey[]): unknown {
  if (error instanceof PotstillError) {
    return new PotstillError(error.code, `${keyPath(path)}: ${error.message}`, { cause: error });
  }
  if (error instanceof TypeError || error instanceof RangeError) {
    return new PotstillError("ERR_CONFIG", `${keyPath(path)}: ${error.message}`, { cause: error });
  }
  return error;
}

function nameAndArguments(node: unknown, path: readonly PropertyKey[], options: MakeOptions) {
  if (typeof node === "string") return { name: node, given: undefined, at: path };
  if (isMapping(node)) {
    const entries = Object.entries(node);
    const [first] = entries;
    if (first && entries.length === 1)
      return { name: first[0], given: first[1], at: [...path, first[0]] };
    throw new PotstillError(
      "ERR_CONFIG",
      `${keyPath(path)}: expected ${options.what} with one name, got ` +
        `${entries.length === 0 ? "none" : entries.map(([key]) => key).join(", ")}`,
    );
  }
  throw new PotstillError(
    "ERR_CONFIG",
    `${keyPath(path)}: expected ${options.what}, got ${shown(node)}`,
  );
}

function argumentsOf(name: string, given: unknown, options: MakeOptions): unknown[] {
  if (given === undefined || given === null || given === true) return [];
  if (!Array.isArray(given)) return [given];
  const numbers = given.length > 0 && given.every((value) => typeof value === "number");
  return numbers && options.listFirst?.includes(name) ? [given] : given;
}

/** Layers within arguments are made; lists and mappings are looked into; the rest stays. */
function nestedValue(value: unknown, path: readonly PropertyKey[], options: MakeOptions): unknown {
  if (typeof value === "string") {
    return isName(value, options) ? make(value, path, options) : value;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => nestedValue(item, [...path, index], options));
  }
  if (!isMapping(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && isName(keys[0]!, options)) return make(value, path, options);
  return Object.fromEntries(
    keys.map((key) => [key, nestedValue(value[key], [...path, key], options)]),
  );
}

/** A known name, or one that looks as if it should be: `nn.rleu` is a mistake, not a text. */
function isName(text: string, { makers }: MakeOptions): boolean {
  if (own(makers, text)) return true;
  const dot = text.indexOf(".");
  return dot > 0 && Object.keys(makers).some((name) => name.startsWith(text.slice(0, dot + 1)));
}

function unknownName(
  name: string,
  path: readonly PropertyKey[],
  options: MakeOptions,
): PotstillError {
  const names = Object.keys(options.makers);
  const hint = suggestion(name, names) || `; there are ${names.join(", ")}`;
  return new PotstillError(
    "ERR_CONFIG",
    `${keyPath(path)}: expected ${options.what}, got the unknown name ${JSON.stringify(name)}${hint}`,
  );
}

function own(makers: Makers, name: string) {
  return Object.hasOwn(makers, name) ? makers[name] : undefined;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `${NAME}` in the values of a recipe: environment variables. */

import { PotstillError } from "../native/errors.js";
import { keyPath } from "./errors.js";

/** `${NAME}`, `${NAME:-default}`, and `$${…}` for what stays as it is. */
const pattern = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * The value with variables filled in. A text that is nothing but a variable becomes what YAML makes
 * of it: `epochs: ${EPOCHS:-5}` is a number.
 *
 * @param scalar YAML of one value
 * @throws ERR_CONFIG naming key and variable where it is not set and has no default
 */
export function withVariables(
  value: unknown,
  file: string,
  scalar: (text: string) => unknown,
  variables: Readonly<Record<string, string | undefined>> = process.env,
  at: readonly PropertyKey[] = [],
): unknown {
  if (Array.isArray(value)) {
    return value.map((each, index) => withVariables(each, file, scalar, variables, [...at, index]));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        withVariables(each, file, scalar, variables, [...at, key]),
      ]),
    );
  }
  if (typeof value !== "string") return value;
  const filled = value.replace(pattern, (match, name: string, otherwise: string | undefined) => {
    if (match.startsWith("$$")) return match.slice(1);
    const found = variables[name] ?? otherwise;
    if (found !== undefined) return found;
    throw new PotstillError(
      "ERR_CONFIG",
      `${file}: ${keyPath(at)}: the environment variable ${name} is not set; set it, or give a ` +
        `default: \${${name}:-…}`,
    );
  });
  const alone = filled !== value && !value.startsWith("$$") && value.replace(pattern, "") === "";
  return alone ? scalar(filled) : filled;
}

/** Which parameters of a model a stage trains. */

import { PotstillError } from "../native/errors.js";
import type { Module } from "../nn/index.js";
import { nearestName } from "../tensor/options.js";

/**
 * Paths of the trainable parameters that no pattern covers. A pattern covers a parameter by its own
 * path or by that of a module around it; `*` stands for anything within a segment, `**` for any
 * number of segments.
 *
 * @throws ERR_CONFIG for a pattern that covers nothing (with the nearest path), or where nothing is
 * left to train
 */
export function frozenPaths(
  model: Module,
  patterns: readonly string[] | null | undefined,
  where: string,
): string[] {
  if (patterns == null) return [];
  const paths: string[] = [];
  for (const [name, tensor] of model.parameters()) {
    if (tensor.requiresGrad) paths.push(name);
    tensor.dispose();
  }
  const tests = patterns.map(expression);
  for (const [index, test] of tests.entries()) {
    if (paths.some((path) => test.test(path))) continue;
    const known = new Set(paths.flatMap((path) => [path, path.replace(/\.[^.]*$/, "")]));
    const near = nearestName(patterns[index]!, [...known]);
    const hint = near === null ? `there are ${paths.join(", ")}` : `did you mean "${near}"?`;
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: trainable: "${patterns[index]}" covers no trainable parameter; ${hint}`,
    );
  }
  const frozen = paths.filter((path) => !tests.some((test) => test.test(path)));
  if (frozen.length === paths.length) {
    throw new PotstillError("ERR_CONFIG", `${where}: trainable: nothing is left to train`);
  }
  return frozen;
}

function expression(pattern: string): RegExp {
  const source = pattern
    .split(".")
    .map((segment) =>
      segment === "**"
        ? "\0"
        : segment.replace(/[\\^$+?()[\]{}|]/g, "\\$&").replaceAll("*", "[^.]*"),
    )
    .join("\\.")
    // Any number of segments, their dots included.
    .replace(/^\0$/, ".*")
    .replace(/^\0\\\./, "(?:.*\\.)?")
    .replace(/\\\.\0$/, "(?:\\..*)?")
    .replaceAll("\\.\0\\.", "\\.(?:.*\\.)?");
  return new RegExp(`^${source}(?:\\..*)?$`);
}

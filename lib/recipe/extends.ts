/** `extends:` of a recipe: another recipe whose keys it takes over. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { PotstillError } from "../native/errors.js";
import { shown } from "./errors.js";
import { isModelFile } from "./models.js";

type Mapping = Record<string, unknown>;

/** Keys whose value is something made by name: another name replaces it, options and all. */
const madeKeys = ["student", "model", "objective", "optimizer", "schedule", "data"];
/** Beside the name of a data set. */
const besideNames = ["labels", "withoutClasses", "samples"];
/** Keys whose text is a path, and those where it may be one. */
const pathKeys = ["path", "studentWeights", "weights", "out", "dir", "images", "testImages"];
const filesOfData = ["testLabels", "labels", "cache"];
const modelKeys = ["teacher", "student", "model"];

/**
 * The recipe with what it extends filled in: `extends: base.yaml`, or a list of which later ones win.
 * Mappings are merged key by key, everything else is replaced; paths of the other recipe start at its
 * own folder.
 *
 * @param parse text of a recipe to its keys
 * @throws ERR_IO where there is no such file, ERR_CONFIG for a circle
 */
export function withExtends(
  value: Mapping,
  file: string,
  parse: (text: string, file: string) => Mapping,
  chain: readonly string[] = [],
): Mapping {
  const { extends: given, ...own } = value;
  if (given === undefined) return value;
  const names: unknown[] = Array.isArray(given) ? given : [given];
  const here = path.resolve(file);
  let base: Mapping = {};
  for (const name of names) {
    if (typeof name !== "string" || name === "") {
      throw new PotstillError(
        "ERR_CONFIG",
        `${file}: extends: expected the path of a recipe, or a list of them, got ${shown(name)}`,
      );
    }
    const other = path.resolve(path.dirname(here), name);
    if (other === here || chain.includes(other)) {
      const circle = [...chain, here, other].map((each) => path.basename(each)).join(" → ");
      throw new PotstillError("ERR_CONFIG", `${file}: extends: recipes in a circle: ${circle}`);
    }
    const read = parse(textOf(other, file), other);
    const full = withExtends(read, other, parse, [...chain, here]);
    base = merged(base, rebased(full, path.dirname(other), path.dirname(here)) as Mapping);
  }
  return merged(base, own);
}

function textOf(file: string, from: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const reason = missing ? "there is no such file" : (cause as Error).message;
    throw new PotstillError("ERR_IO", `${from}: extends: cannot read ${file}: ${reason}`, {
      cause,
    });
  }
}

function merged(base: Mapping, own: Mapping): Mapping {
  const result = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    result[key] =
      isMapping(before) && isMapping(value) && !(madeKeys.includes(key) && renamed(before, value))
        ? merged(before, value)
        : value;
  }
  return result;
}

/** Whether the names of what is made differ; a mapping without one only changes what is beside it. */
function renamed(before: Mapping, value: Mapping): boolean {
  const names = (mapping: Mapping) =>
    Object.keys(mapping).filter((key) => !besideNames.includes(key));
  const own = names(value);
  return own.length > 0 && own.join() !== names(before).join();
}

/** Relative paths from one folder as paths from another. */
function rebased(value: unknown, from: string, to: string, key = ""): unknown {
  if (from === to) return value;
  if (typeof value === "string") {
    const isPath =
      pathKeys.includes(key) ||
      filesOfData.includes(key) ||
      (modelKeys.includes(key) && isModelFile(value));
    return isPath && !path.isAbsolute(value)
      ? path.relative(to, path.resolve(from, value)).split(path.sep).join("/")
      : value;
  }
  if (Array.isArray(value)) {
    // `teachers` is a list of what `teacher` is, and so with `students`.
    return value.map((each) =>
      rebased(each, from, to, { teachers: "teacher", students: "student" }[key] ?? ""),
    );
  }
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, rebased(each, from, to, name)]),
  );
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

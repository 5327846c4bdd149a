/** `potstill runs [dirs…]` and `potstill report <dir>`. */

import path from "node:path";
import { writePage } from "../../record/index.js";
import { count, duration, percent, table } from "../../report/format.js";
import { jsonLine } from "../../report/jsonl.js";
import type { Json, Section } from "../../train/index.js";
import { UsageError } from "../errors.js";
import { findRuns, type RunSummary } from "../run-folder.js";

/** Runs side by side whose recipes are compared key by key. */
const mostCompared = 6;

export async function runsCommand(
  folders: readonly string[],
  flags: { json?: boolean },
): Promise<void> {
  const runs = await findRuns(folders.length > 0 ? folders : ["runs"]);
  if (flags.json) {
    for (const run of runs) process.stdout.write(jsonLine({ type: "run", ...run }));
    return;
  }
  if (runs.length === 0) {
    throw new UsageError(
      `runs: there is no run in ${folders.length > 0 ? folders.join(", ") : "runs"}`,
    );
  }
  process.stdout.write(`${runTable(runs)}\n`);
  const differences = runs.length > 1 ? differenceTable(runs.slice(0, mostCompared)) : null;
  if (differences) process.stdout.write(`\nwhere the recipes differ\n${differences}\n`);
  if (runs.length > mostCompared) {
    process.stdout.write(
      `\n(of the first ${mostCompared}; name the folders of others to compare them)\n`,
    );
  }
}

export async function reportCommand(folder: string): Promise<void> {
  process.stdout.write(`wrote ${await writePage(folder)}\n`);
}

function nameOf(run: RunSummary): string {
  return path.relative(process.cwd(), run.folder) || ".";
}

function runTable(runs: readonly RunSummary[]): string {
  const errors = (section: Section | null) =>
    section?.errors === null || section === null ? "–" : count(section.errors);
  const rows = runs.map((run) => {
    const student = run.distilled ?? run.trained;
    const progress = run.progress;
    const state = progress
      ? `${run.state}: ${progress.phase} ${progress.epoch}/${progress.epochs ?? "?"}`
      : run.state;
    return [
      nameOf(run),
      state,
      run.date.slice(0, 16).replace("T", " "),
      run.recipeHash?.slice(0, 8) ?? "–",
      errors(run.teacher),
      errors(run.alone),
      errors(student),
      student?.accuracy === null || !student ? "–" : percent(student.accuracy),
      student ? count(student.parameters) : "–",
      run.seconds === null ? "–" : duration(run.seconds),
    ];
  });
  const header = [
    "run",
    "state",
    "date",
    "recipe",
    "teacher",
    "alone",
    "student",
    "accuracy",
    "parameters",
    "time",
  ];
  return table(header, rows, "lllrrrrrrr");
}

/** Keys of the recipes that not all runs have the same value for; null where there are none. */
function differenceTable(runs: readonly RunSummary[]): string | null {
  const flat = runs.map(({ recipe }) => flattened(recipe));
  const keys = [...new Set(flat.flatMap((each) => [...each.keys()]))];
  const rows = keys
    .map((key) => [key, ...flat.map((each) => each.get(key) ?? "–")])
    .filter(([, ...values]) => new Set(values).size > 1);
  return rows.length === 0 ? null : table(["key", ...runs.map(nameOf)], rows);
}

/** `{ a: { b: 1 } }` as `a.b` → `1`. */
export function flattened(value: Json, prefix = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) {
    return new Map([[prefix, value === null ? "null" : String(value)]]);
  }
  const entries = Object.entries(value);
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) {
    return new Map([[prefix, `[${value.join(", ")}]`]]);
  }
  if (entries.length === 0) return new Map([[prefix, "{}"]]);
  return new Map(
    entries.flatMap(([key, each]) => [
      ...flattened(each as Json, prefix === "" ? key : `${prefix}.${key}`),
    ]),
  );
}

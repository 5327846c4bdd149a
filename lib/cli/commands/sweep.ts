/**
 * `potstill sweep recipe.yaml --grid key=a,b --grid other=c,d --variants file.yaml`: every
 * combination, a table and a chart.
 */

import path from "node:path";
import { writeAtomically, writeJson } from "../../files/index.js";
import { readRecipe, runFolder } from "../../recipe/index.js";
import { applyOverride } from "../../recipe/source.js";
import { dotChart } from "../../report/dots.js";
import { count } from "../../report/format.js";
import { jsonLine, jsonlReporter } from "../../report/jsonl.js";
import { progressReporter } from "../../report/progress.js";
import { UsageError } from "../errors.js";
import { type Axis, combinations, folderName, parseAxis } from "../grid.js";
import {
  dotRows,
  groupBySeed,
  groupTable,
  type Outcome,
  type OutcomeGroup,
  outcomeTable,
  resultsOf,
  withoutSeed,
} from "../outcomes.js";
import { overrides } from "../parse.js";
import { runRecorded } from "../recorded.js";
import { readRun } from "../run-folder.js";
import { stoppable } from "../signals.js";
import { applyVariant, readVariants, variantAxis, variantKey } from "../variants.js";

export interface SweepFlags {
  grid: string[];
  variants?: string;
  out?: string;
  device?: string;
  set: string[];
  json?: boolean;
}

/** More runs than this are a mistake more often than a wish. */
const most = 1000;

export async function sweepCommand(file: string, flags: SweepFlags): Promise<void> {
  if (flags.grid.length === 0 && flags.variants === undefined) {
    throw new UsageError("sweep: name what varies, such as --grid temperature=2,4,8");
  }
  const given = overrides(flags);
  const base = await readRecipe(file, given);
  const variants = flags.variants === undefined ? null : await readVariants(flags.variants);
  const axes: Axis[] = [
    ...(variants ? [variantAxis(variants)] : []),
    ...flags.grid.map((text) => parseAxis(text, base.value)),
  ];
  const all = combinations(axes);
  if (all.length > most) throw new UsageError(`sweep: ${all.length} runs are more than ${most}`);
  const root = path.resolve(flags.out ?? `${runFolder(base)}-sweep`);
  const show = flags.json ? jsonlReporter(process.stdout) : progressReporter(process.stderr);
  const outcomes: Outcome[] = [];
  await stoppable(async (signal) => {
    for (const [index, values] of all.entries()) {
      const source = await readRecipe(file, given);
      const recipe = source.value as Record<string, unknown>;
      for (const [key, value] of Object.entries(values)) {
        if (variants && key === variantKey) applyVariant(recipe, variants.get(value)!);
        else applyOverride(recipe, `${key}=${value}`);
      }
      if (!axes.some(({ key }) => /^teachers?(\.|$)/.test(key))) shareTeacher(source.value, root);
      const folder = path.join(root, folderName(axes, values));
      const found = await readRun(folder);
      if (found?.state === "done" && same(found.recipe, source.value)) {
        process.stderr.write(`${index + 1} of ${all.length}: ${path.basename(folder)} is done\n`);
        outcomes.push({ values, folder, report: found, error: null });
        continue;
      }
      process.stderr.write(`${index + 1} of ${all.length}: ${path.basename(folder)}\n`);
      // A run of the same recipe goes on; one of another starts over.
      const resume = found !== null && same(found.recipe, source.value);
      try {
        const run = { source, out: folder, resume, signal };
        const { report } = await runRecorded("distill", run, show);
        outcomes.push({ values, folder, report, error: null });
      } catch (error) {
        if (signal.aborted || (error as { code?: unknown }).code === "ERR_CONFIG") throw error;
        // One that fails (a rate too high, say) does not end the others.
        const message = error instanceof Error ? error.message : String(error);
        process.stderr.write(`  failed: ${message}\n`);
        outcomes.push({ values, folder, report: null, error: message });
      }
    }
  });
  const groups = groupBySeed(outcomes);
  const seeds = axes.some(({ key, values }) => key === "seed" && values.length > 1);
  await writeSummary(root, axes, outcomes, groups);
  if (flags.json) {
    for (const outcome of outcomes) {
      const { values, folder, error } = outcome;
      process.stdout.write(
        jsonLine({ type: "sweep", values, folder, error, ...resultsOf(outcome) }),
      );
    }
    return;
  }
  process.stdout.write(`\n${outcomeTable(axes, outcomes)}\n`);
  if (seeds && axes.length > 1) process.stdout.write(`\n${groupTable(axes, groups)}\n`);
  process.stderr.write(
    `Wrote ${path.relative(process.cwd(), root) || "."}/: sweep.json, sweep.svg\n`,
  );
}

/** Beside the folders of the runs: what each gave, and a chart of the errors. */
async function writeSummary(
  root: string,
  axes: readonly Axis[],
  outcomes: readonly Outcome[],
  groups: readonly OutcomeGroup[],
): Promise<void> {
  const runs = outcomes.map((outcome) => {
    const { values, folder, error } = outcome;
    return { values, folder: path.relative(root, folder), error, ...resultsOf(outcome) };
  });
  await writeJson(path.join(root, "sweep.json"), { version: 1, axes, runs });
  const teachers = new Set(runs.map(({ teacher }) => teacher?.errors ?? null));
  const teacher = teachers.size === 1 ? [...teachers][0] : null;
  const samples = runs.map(({ distilled }) => distilled?.samples).find((n) => n !== undefined);
  const names = withoutSeed(axes).map(({ given }) => given);
  const chart = dotChart({
    title: `Errors by ${names.length > 0 ? names.join(", ") : "seed"}`,
    unit: samples === undefined ? "errors" : `errors of ${count(samples)}`,
    rows: dotRows(axes, groups),
    mark: teacher == null ? undefined : { label: "teacher", value: teacher },
  });
  await writeAtomically(path.join(root, "sweep.svg"), [chart]);
}

/** A teacher that the recipe trains is the same for every run: it is trained once and kept here. */
function shareTeacher(recipe: unknown, root: string): void {
  const { teacher, seed } = recipe as { teacher?: unknown; seed?: unknown };
  if (typeof teacher !== "object" || teacher === null || !("train" in teacher)) return;
  const given = teacher as { path?: string; train?: { seed?: unknown } };
  given.path ??= path.join(root, `teacher-${String(given.train?.seed ?? seed ?? 0)}.pt`);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

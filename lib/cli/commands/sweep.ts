/** `potstill sweep recipe.yaml --grid key=a,b --grid other=c,d`: every combination, and a table. */

import path from "node:path";
import { readRecipe, runFolder } from "../../recipe/index.js";
import { applyOverride } from "../../recipe/source.js";
import { count, percent, table } from "../../report/format.js";
import { jsonLine, jsonlReporter } from "../../report/jsonl.js";
import { progressReporter } from "../../report/progress.js";
import type { Report } from "../../train/index.js";
import { UsageError } from "../errors.js";
import { type Axis, combinations, folderName, parseAxis } from "../grid.js";
import { runRecorded } from "../recorded.js";
import { readRun } from "../run-folder.js";
import { stoppable } from "../signals.js";

export interface SweepFlags {
  grid: string[];
  out?: string;
  set: string[];
  json?: boolean;
}

interface Outcome {
  values: Record<string, string>;
  folder: string;
  report: Pick<Report, "teacher" | "alone" | "distilled"> | null;
  error: string | null;
}

/** More runs than this are a mistake more often than a wish. */
const most = 1000;

export async function sweepCommand(file: string, flags: SweepFlags): Promise<void> {
  if (flags.grid.length === 0) {
    throw new UsageError("sweep: name what varies, such as --grid temperature=2,4,8");
  }
  const base = await readRecipe(file, flags.set);
  const axes: Axis[] = flags.grid.map((text) => parseAxis(text, base.value));
  const all = combinations(axes);
  if (all.length > most) throw new UsageError(`sweep: ${all.length} runs are more than ${most}`);
  const root = path.resolve(flags.out ?? `${runFolder(base)}-sweep`);
  const show = flags.json ? jsonlReporter(process.stdout) : progressReporter(process.stderr);
  const outcomes: Outcome[] = [];
  await stoppable(async (signal) => {
    for (const [index, values] of all.entries()) {
      const source = await readRecipe(file, flags.set);
      for (const [key, value] of Object.entries(values)) {
        applyOverride(source.value as Record<string, unknown>, `${key}=${value}`);
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
  if (flags.json) {
    for (const outcome of outcomes) {
      const { values, folder, error, report } = outcome;
      const { alone = null, distilled = null, teacher = null } = report ?? {};
      process.stdout.write(
        jsonLine({ type: "sweep", values, folder, error, teacher, alone, distilled }),
      );
    }
    return;
  }
  process.stdout.write(`\n${outcomeTable(axes, outcomes)}\n`);
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

/** The best first. */
function outcomeTable(axes: readonly Axis[], outcomes: readonly Outcome[]): string {
  const errorsOf = ({ report }: Outcome) => report?.distilled?.errors ?? Number.POSITIVE_INFINITY;
  const rows = [...outcomes]
    .sort((a, b) => errorsOf(a) - errorsOf(b))
    .map(({ values, report, error }) => {
      const { teacher, alone, distilled } = report ?? {};
      const shown = (errors: number | null | undefined) =>
        errors === null || errors === undefined ? "–" : count(errors);
      const accuracy = distilled?.accuracy ?? null;
      return [
        ...axes.map(({ key }) => values[key] ?? ""),
        error === null ? shown(distilled?.errors) : "failed",
        accuracy === null ? "–" : percent(accuracy),
        shown(alone?.errors),
        shown(teacher?.errors),
      ];
    });
  const names = axes.map(({ given }) => given);
  return table([...names, "distilled", "accuracy", "alone", "teacher"], rows);
}

/** What the runs of a sweep gave: tables, groups over seeds, and what is written. */

import type { DotRow } from "../report/dots.js";
import { count, meanAndSpread, percent, table } from "../report/format.js";
import type { Report } from "../train/index.js";
import type { Axis } from "./grid.js";

export interface Outcome {
  /** By the keys of the axes. */
  values: Record<string, string>;
  folder: string;
  report: Pick<Report, "teacher" | "alone" | "distilled"> | null;
  error: string | null;
}

/** Runs that differ in their seed only. */
export interface OutcomeGroup {
  /** By the keys of the other axes. */
  values: Record<string, string>;
  /** Errors on the test set of each run that has a result. */
  errors: number[];
  failed: number;
}

/** What a run gave, null where it gave nothing. */
export function resultsOf({ report }: Outcome) {
  const { teacher = null, alone = null, distilled = null } = report ?? {};
  return { teacher, alone, distilled };
}

/** The axes that tell groups apart. */
export function withoutSeed(axes: readonly Axis[]): Axis[] {
  return axes.filter(({ key }) => key !== "seed");
}

/** Every run, the best first. */
export function outcomeTable(axes: readonly Axis[], outcomes: readonly Outcome[]): string {
  const errorsOf = ({ report }: Outcome) => report?.distilled?.errors ?? Number.POSITIVE_INFINITY;
  const rows = [...outcomes]
    .sort((a, b) => errorsOf(a) - errorsOf(b))
    .map((outcome) => {
      const { values, error } = outcome;
      const { teacher, alone, distilled } = resultsOf(outcome);
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

/** One group for each combination of the axes but the seed, in their order. */
export function groupBySeed(outcomes: readonly Outcome[]): OutcomeGroup[] {
  const groups = new Map<string, OutcomeGroup>();
  for (const { values, report } of outcomes) {
    const { seed: _, ...others } = values;
    const key = JSON.stringify(others);
    const group = groups.get(key) ?? { values: others, errors: [], failed: 0 };
    groups.set(key, group);
    const errors = report?.distilled?.errors;
    if (errors === null || errors === undefined) group.failed += 1;
    else group.errors.push(errors);
  }
  return [...groups.values()];
}

/** Mean and spread over the seeds, the best mean first. */
export function groupTable(axes: readonly Axis[], groups: readonly OutcomeGroup[]): string {
  const others = withoutSeed(axes);
  const rows = bestFirst(groups).map(({ values, errors, failed }) => {
    const { mean, spread } = meanAndSpread(errors);
    return [
      ...others.map(({ key }) => values[key] ?? ""),
      errors.length > 0 ? mean.toFixed(1) : "–",
      spread === null ? "–" : `± ${spread.toFixed(1)}`,
      [...errors.map(count), ...Array<string>(failed).fill("failed")].join(", "),
    ];
  });
  return table([...others.map(({ given }) => given), "mean errors", "spread", "each"], rows);
}

/** Rows of a chart of the errors, the best first. */
export function dotRows(axes: readonly Axis[], groups: readonly OutcomeGroup[]): DotRow[] {
  const others = withoutSeed(axes);
  return bestFirst(groups).map(({ values, errors }) => ({
    label:
      others.length === 1
        ? (values[others[0]!.key] ?? "")
        : others.map(({ given, key }) => `${given}=${values[key]}`).join(", "),
    values: errors,
  }));
}

function bestFirst(groups: readonly OutcomeGroup[]): OutcomeGroup[] {
  const rank = ({ errors }: OutcomeGroup) =>
    errors.length > 0 ? meanAndSpread(errors).mean : Number.POSITIVE_INFINITY;
  return [...groups].sort((a, b) => rank(a) - rank(b));
}

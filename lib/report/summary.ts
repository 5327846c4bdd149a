/** The end of a run for people: a table of what each model reached. */

import type { Report, Section } from "../train/report.js";
import { compact, count, duration, percent, table } from "./format.js";

const rows = [
  ["teacher", "teacher"],
  ["alone", "student alone"],
  ["distilled", "student distilled"],
  ["peer", "second student"],
  ["trained", "model"],
] as const;

/** Errors, accuracy, parameters, samples per second and time of every model in a report. */
export function summaryTable(report: Report): string {
  const lines: string[][] = [];
  for (const [key, title] of rows) {
    const section = report[key];
    if (section) lines.push([title, ...cells(section)]);
  }
  if (lines.length === 0) return "There is no test set, so nothing was measured.";
  const samples = rows.map(([key]) => report[key]?.samples).find((n) => n !== undefined) ?? 0;
  const header = ["", `errors of ${count(samples)}`, "accuracy", "parameters", "samples/s", "time"];
  return table(header, lines);
}

function cells(section: Section): string[] {
  return [
    section.errors === null ? "–" : count(section.errors),
    section.accuracy === null ? "–" : percent(section.accuracy),
    compact(section.parameters),
    section.samplesPerSecond === null ? "–" : count(section.samplesPerSecond),
    section.seconds === null ? "–" : duration(section.seconds),
  ];
}

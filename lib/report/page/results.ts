/** What was reached: the table of models, a sentence about it, and the epochs. */

import type { EpochMetrics } from "../../train/events.js";
import type { Details, Report, Section } from "../../train/report.js";
import { compact, count, duration, figure, percent } from "../format.js";
import { type Html, html } from "./html.js";
import { type PageSection, phases } from "./parts.js";

type Row = [title: string, hint: string, cell: (section: Section) => string | null, best?: Best];
/** The value that is compared among students, and whether less is better. */
type Best = (section: Section) => number | null;

/** `4.9 MB` */
function bytes(value: number): string {
  return `${compact(value)}B`;
}

/** Models as columns: a phone shows three of them without scrolling. */
export function resultSection(report: Report, details: Details | null): PageSection {
  const there = phases.flatMap(([phase, title]) => {
    const section = report[phase];
    return section ? [{ phase, title, section, more: details?.models[phase] }] : [];
  });
  const shown = (value: number | null | undefined, format: (value: number) => string) =>
    value === null || value === undefined ? "–" : format(value);
  const rows: Row[] = [
    ["errors", "", ({ errors }) => shown(errors, count), ({ errors }) => errors],
    ["accuracy", "", ({ accuracy }) => shown(accuracy, percent), (s) => s.accuracy && -s.accuracy],
    ["loss", "cross-entropy in nats", ({ loss }) => shown(loss, figure), ({ loss }) => loss],
    ["agreement", "with the teacher", ({ agreement }) => shown(agreement, percent)],
    [
      "calibration error",
      "expected, over 15 bins",
      ({ calibrationError }) => shown(calibrationError, percent),
      ({ calibrationError }) => calibrationError,
    ],
    ["parameters", "", ({ parameters }) => count(parameters)],
  ];
  const line = (title: string, hint: string, cells: (string | Html | null)[]) =>
    html`<tr><th scope="row">${title}${hint && html` <span class="muted">(${hint})</span>`}</th>
      ${cells.map((cell) => html`<td>${cell ?? "–"}</td>`)}</tr>`;
  const measured = rows.map(([title, hint, cell, best]) => {
    const values = there.map(({ phase, section }) =>
      best && phase !== "teacher" ? best(section) : null,
    );
    const known = values.filter((value) => value !== null);
    const least = known.length > 1 ? Math.min(...known) : null;
    return line(
      title,
      hint,
      there.map(({ section }, at) =>
        least !== null && values[at] === least
          ? html`<span class="best">${cell(section)}</span>`
          : cell(section),
      ),
    );
  });
  const figures = [
    line(
      "size",
      "of the weights",
      there.map(({ more }) => shown(more?.bytes, bytes)),
    ),
    line(
      "inference",
      "samples/s",
      there.map(({ more }) => shown(more?.inferenceSamplesPerSecond, count)),
    ),
    line(
      "training",
      "samples/s",
      there.map(({ section }) => shown(section.samplesPerSecond, count)),
    ),
    line(
      "training time",
      "",
      there.map(({ section }) => shown(section.seconds, duration)),
    ),
  ];
  const samples = there[0]?.section.samples;
  const body =
    there.length === 0
      ? html`<p>There is no test set, so nothing was measured.</p>`
      : html`<div class="scroll" tabindex="0" role="region" aria-label="Results"><table id="models" class="models">
          <caption>On ${count(samples ?? 0)} test samples. Bold: the better student.</caption>
          <thead><tr><td></td>${there.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
          <tbody>${measured}${figures}</tbody></table></div>`;
  return { id: "results", title: "Results", body };
}

/** One sentence about what distilling was good for. */
export function verdict(report: Report): string {
  const { teacher, alone, distilled, trained } = report;
  const student = distilled ?? trained;
  if (!student) return "";
  if (student.errors === null) return `Loss ${figure(student.loss ?? Number.NaN)}.`;
  const own = `${distilled ? "The distilled student" : "The model"} makes ${count(student.errors)} errors on ${count(student.samples)} test samples`;
  const parts = [];
  if (alone && alone.errors !== null) {
    const fewer = alone.errors - student.errors;
    parts.push(
      fewer === 0
        ? "as many as alone"
        : `${count(Math.abs(fewer))} ${fewer > 0 ? "fewer" : "more"} than alone (${count(alone.errors)})`,
    );
  }
  if (distilled && teacher && teacher.errors !== null) {
    const times = teacher.parameters / distilled.parameters;
    const size =
      times > 1.05
        ? `; the teacher, ${figureOf(times)} times as large, makes ${count(teacher.errors)}`
        : `; the teacher makes ${count(teacher.errors)}`;
    return `${own}${parts.length > 0 ? `, ${parts.join()}` : ""}${size}.`;
  }
  return `${own}${parts.length > 0 ? `, ${parts.join()}` : ""}.`;
}

function figureOf(times: number): string {
  return times < 10 ? times.toFixed(1) : count(times);
}

/** Every epoch of every phase, as a table behind a disclosure. */
export function epochSection(report: Report): PageSection {
  const tables = phases.flatMap(([phase, title]) => {
    const history = report.history[phase];
    if (!history || history.metrics.length === 0) return [];
    const epochs = history.metrics as unknown as EpochMetrics[];
    const terms = Object.keys(epochs[0]?.terms ?? {});
    const validated = epochs.some(({ validation }) => validation !== null);
    const cell = (value: number | null | undefined, format: (value: number) => string) =>
      html`<td>${value === null || value === undefined ? "–" : format(value)}</td>`;
    const rows = epochs.map(
      (
        epoch,
        at,
      ) => html`<tr><th scope="row">${at + 1}${history.bestEpoch === at + 1 && " (kept)"}</th>
        ${cell(epoch.loss, figure)}${terms.length > 1 && terms.map((term) => cell(epoch.terms[term], figure))}
        ${cell(epoch.accuracy, percent)}
        ${validated && [cell(epoch.validation?.accuracy, percent), cell(epoch.validation?.loss, figure)]}
        ${cell(epoch.lr, figure)}${cell(epoch.samplesPerSecond, count)}${cell(epoch.seconds, duration)}</tr>`,
    );
    const names = [
      "loss",
      ...(terms.length > 1 ? terms : []),
      "train accuracy",
      ...(validated ? ["validation accuracy", "validation loss"] : []),
      "learning rate",
      "samples/s",
      "time",
    ];
    return [
      html`<details><summary>${title}: ${count(history.epochs)} epochs, ${count(history.steps)} updates${history.stoppedEarly && ", stopped early"}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Epochs, ${title}"><table>
        <thead><tr><th scope="col" class="text">epoch</th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${rows}</tbody></table></div></details>`,
    ];
  });
  return { id: "epochs", title: "Epochs", body: tables.length > 0 ? html`${tables}` : null };
}

/** Classes: the table of each model's figures per class, and the confusion matrices. */

import type { Details, Report } from "../../train/report.js";
import { count, percent } from "../format.js";
import { html } from "./html.js";
import { type PageSection, phases } from "./parts.js";

/** Matrices beyond this size are shown as their largest confusions only. */
const largestMatrix = 30;
const pairs = 20;

export function classSection(report: Report): PageSection {
  const there = phases.flatMap(([phase, title]) => {
    const section = report[phase];
    return section && section.perClass.length > 0 ? [{ title, rows: section.perClass }] : [];
  });
  const first = there[0];
  if (!first) return { id: "classes", title: "Classes", body: null };
  const share = (value: number | null | undefined) =>
    html`<td>${value === null || value === undefined ? "–" : percent(value)}</td>`;
  const rows = first.rows.map(
    (
      row,
      at,
    ) => html`<tr><th scope="row">${row.name ?? row.class}</th><td>${count(row.samples)}</td>
      ${there.map((model) => {
        const own = model.rows[at];
        return html`<td>${own ? count(own.errors) : "–"}</td>${share(own?.accuracy)}${share(own?.precision)}`;
      })}</tr>`,
  );
  const body = html`<div class="scroll" tabindex="0" role="region" aria-label="Classes"><table id="per-class">
    <caption>Recall: share of the class's samples that were recognized. Precision: share of the predictions of the class that were right.</caption>
    <thead><tr><td colspan="2"></td>${there.map(({ title }) => html`<th scope="colgroup" colspan="3">${title}</th>`)}</tr>
    <tr><th scope="col" class="text">class</th><th scope="col">samples</th>
    ${there.map(() => html`<th scope="col">errors</th><th scope="col">recall</th><th scope="col">precision</th>`)}</tr></thead>
    <tbody>${rows}</tbody></table></div>`;
  return { id: "classes", title: "Classes", body };
}

export function confusionSection(report: Report, details: Details | null): PageSection {
  const matrices = phases.flatMap(([phase, title]) => {
    const matrix = details?.models[phase]?.confusion;
    if (!matrix) return [];
    const names = matrix.map((_, at) => report[phase]?.perClass[at]?.name ?? String(at));
    const table = matrix.length <= largestMatrix ? matrixTable : pairTable;
    // The students are what the page is about.
    const open = phase === "distilled" || phase === "trained";
    return [
      html`<details ${open ? "open" : ""}><summary>${title}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Confusion, ${title}">
        ${table(matrix, names, title)}</div></details>`,
    ];
  });
  const body = matrices.length > 0 ? html`${matrices}` : null;
  return { id: "confusion", title: "Confusion", body };
}

function matrixTable(matrix: readonly number[][], names: readonly string[], title: string) {
  const most = Math.max(
    1,
    ...matrix.flatMap((row, truth) => row.filter((_, predicted) => predicted !== truth)),
  );
  const rows = matrix.map(
    (row, truth) =>
      html`<tr><th scope="row">${names[truth]}</th>${row.map((value, predicted) =>
        predicted === truth
          ? html`<td class="hit">${count(value)}</td>`
          : html`<td style="--heat:${((0.75 * value) / most).toFixed(3)}">${value === 0 ? "·" : count(value)}</td>`,
      )}</tr>`,
  );
  return html`<table class="confusion"><caption>${title}: rows are true classes, columns predictions.</caption>
    <thead><tr><td></td>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows}</tbody></table>`;
}

function pairTable(matrix: readonly number[][], names: readonly string[], title: string) {
  const found = matrix
    .flatMap((row, truth) => row.map((samples, predicted) => ({ truth, predicted, samples })))
    .filter(({ truth, predicted, samples }) => truth !== predicted && samples > 0)
    .sort((a, b) => b.samples - a.samples)
    .slice(0, pairs);
  const rows = found.map(
    ({ truth, predicted, samples }) =>
      html`<tr><td class="text">${names[truth]}</td><td class="text">${names[predicted]}</td><td>${count(samples)}</td></tr>`,
  );
  return html`<table><caption>${title}: the most frequent confusions of ${matrix.length} classes.</caption>
    <thead><tr><th scope="col" class="text">true class</th><th scope="col" class="text">prediction</th><th scope="col">samples</th></tr></thead>
    <tbody>${rows}</tbody></table>`;
}

/** A chart of a few values for each of some names: a dot for each value, a bar at their mean. */

import { figure, meanAndSpread } from "./format.js";
import { html } from "./page/html.js";

export interface DotRow {
  label: string;
  values: readonly number[];
}

export interface DotChart {
  title: string;
  /** What the values are, such as "errors of 10,000". */
  unit: string;
  rows: readonly DotRow[];
  /** A line across all rows, such as the teacher's value. */
  mark?: { label: string; value: number } | undefined;
}

const width = 720;
const rowHeight = 26;
const top = 58;
const bottom = 40;
const right = 64;

/** The chart as an SVG document of its own, readable on light and dark ground. */
export function dotChart({ title, unit, rows, mark }: DotChart): string {
  const left = 24 + 7.2 * Math.max(8, ...rows.map(({ label }) => label.length));
  const height = top + rowHeight * rows.length + bottom;
  const shown = [...rows.flatMap(({ values }) => values), ...(mark ? [mark.value] : [])];
  const axis = ticks(shown);
  const low = axis[0]!;
  const high = axis.at(-1)!;
  const x = (value: number) => left + ((value - low) / (high - low)) * (width - left - right);
  const end = top + rowHeight * rows.length;
  const lines = axis.map(
    (value) => html`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${top}" y2="${end}"/>
<text class="muted" x="${x(value)}" y="${end + 16}" text-anchor="middle">${figureOf(value)}</text>
`,
  );
  const marked = mark
    ? html`<line class="mark" x1="${x(mark.value)}" x2="${x(mark.value)}" y1="${top - 6}" y2="${end}"/>
<text class="muted" x="${x(mark.value)}" y="${top - 10}" text-anchor="middle">${mark.label} ${figureOf(mark.value)}</text>
`
    : null;
  const body = rows.map(({ label, values }, index) => {
    const y = top + rowHeight * (index + 0.5);
    const name = html`<text x="${left - 12}" y="${y + 4}" text-anchor="end">${label}</text>
`;
    if (values.length === 0) {
      return [
        name,
        html`<text class="muted" x="${left + 8}" y="${y + 4}">no result</text>
`,
      ];
    }
    const { mean } = meanAndSpread(values);
    const dots = values.map(
      (value) => html`<circle cx="${x(value)}" cy="${y}" r="4"/>
`,
    );
    return [
      name,
      dots,
      html`<line class="mean" x1="${x(mean)}" x2="${x(mean)}" y1="${y - 9}" y2="${y + 9}"/>
<text class="muted" x="${width - right + 12}" y="${y + 4}">${figureOf(mean)}</text>
`,
    ];
  });
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<style>
text { font: 13px system-ui, sans-serif; fill: #1c1f24 }
.title { font-weight: 600; font-size: 15px }
.muted { fill: #5b626d; font-size: 12px }
.grid { stroke: #d9dce1 }
.mark { stroke: #6b4fb3; stroke-dasharray: 4 3 }
.mean { stroke: #0f7a6c; stroke-width: 3 }
circle { fill: #0f7a6c; fill-opacity: .45 }
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
<text class="title" x="16" y="24">${title}</text>
${lines}${marked}${body}<text class="muted" x="${left}" y="${height - 8}">${unit}; dots: each run, bar and number: their mean</text>
</svg>
`.text;
}

function figureOf(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(figure(value)));
}

/** Three to eight round numbers that enclose the values. */
function ticks(values: readonly number[]): number[] {
  const low = values.length > 0 ? Math.min(...values) : 0;
  const high = values.length > 0 ? Math.max(...values) : 1;
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = power * [1, 2, 5, 10].find((factor) => span / (factor * power) <= 6)!;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

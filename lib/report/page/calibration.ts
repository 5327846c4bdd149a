/** Calibration: reliability diagrams, as pictures and as tables. */

import type { CalibrationBin, Details } from "../../train/report.js";
import { count, percent } from "../format.js";
import { type Html, html } from "./html.js";
import { type PageSection, phases } from "./parts.js";

const size = 200;
const margin = 34;

export function calibrationSection(details: Details | null): PageSection {
  const figures = phases.flatMap(([phase, title]) => {
    const bins = details?.models[phase]?.calibration ?? [];
    return bins.length > 0 ? [diagram(phase, title, bins)] : [];
  });
  const body =
    figures.length > 0
      ? html`<p class="muted">Bars: share of right predictions among those of this confidence. On the
          dashed line confidence is what it says; bars below it are overconfident.</p>
          <div class="charts">${figures}</div>`
      : null;
  return { id: "calibration", title: "Calibration", body };
}

function diagram(phase: string, title: string, bins: readonly CalibrationBin[]): Html {
  const width = size / bins.length;
  const bars = bins.map((bin, at) => {
    if (bin.samples === 0) return null;
    const height = bin.accuracy * size;
    return html`<rect x="${(margin + at * width + 0.5).toFixed(1)}" y="${(8 + size - height).toFixed(1)}" width="${(width - 1).toFixed(1)}" height="${height.toFixed(1)}" fill="var(--${phase})"></rect>`;
  });
  const end = 8 + size;
  const rows = bins.flatMap((bin, at) =>
    bin.samples === 0
      ? []
      : [
          html`<tr><th scope="row">${percent(at / bins.length)} – ${percent((at + 1) / bins.length)}</th>
            <td>${count(bin.samples)}</td><td>${percent(bin.confidence)}</td><td>${percent(bin.accuracy)}</td></tr>`,
        ],
  );
  return html`<figure><h3>${title}</h3>
    <svg class="reliability" viewBox="0 0 ${size + margin + 10} ${size + 42}" role="img" aria-label="Reliability of ${title}; the table below has the figures">
    ${bars}<rect class="frame" x="${margin}" y="8" width="${size}" height="${size}"></rect>
    <line class="ideal" x1="${margin}" y1="${end}" x2="${margin + size}" y2="8"></line>
    <text x="${margin}" y="${end + 14}">0</text><text x="${margin + size}" y="${end + 14}" text-anchor="end">1</text>
    <text x="${margin + size / 2}" y="${end + 28}" text-anchor="middle">confidence</text>
    <text x="${margin - 5}" y="${end}" text-anchor="end">0</text><text x="${margin - 5}" y="16" text-anchor="end">1</text>
    <text transform="translate(12 ${8 + size / 2}) rotate(-90)" text-anchor="middle">accuracy</text></svg>
    <details><summary>Table</summary><div class="scroll" tabindex="0" role="region" aria-label="Calibration, ${title}"><table>
    <thead><tr><th scope="col" class="text">confidence</th><th scope="col">samples</th><th scope="col">mean</th><th scope="col">accuracy</th></tr></thead>
    <tbody>${rows}</tbody></table></div></details></figure>`;
}

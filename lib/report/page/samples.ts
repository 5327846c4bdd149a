/** Samples: those that the models disagree on, and the soft targets of some. */

import type { Details, Json, Report, SampleDetails } from "../../train/report.js";
import { count } from "../format.js";
import { type Html, html, jsonScript } from "./html.js";
import { type PageSection, phases } from "./parts.js";
import { pngUri } from "./png.js";

/** Classes of a sample whose targets are shown. */
const classesShown = 6;

function nameOf(details: Details, label: number): string {
  return details.classNames?.[label] ?? String(label);
}

function picture(sample: SampleDetails, details: Details): Html | null {
  if (!sample.image) return null;
  const truth = sample.label === null ? "" : `, true class ${nameOf(details, sample.label)}`;
  const { width, height } = sample.image;
  return html`<img src="${pngUri(sample.image)}" width="${width}" height="${height}" alt="test sample ${sample.position}${truth}">`;
}

export function differenceSection(details: Details | null): PageSection {
  const section = { id: "differences", title: "Where the models differ" };
  if (!details || details.differing === null) return { ...section, body: null };
  const { differing, differences } = details;
  if (differing === 0) {
    return { ...section, body: html`<p>The models put every test sample into the same class.</p>` };
  }
  const cards = differences.map((sample) => {
    const lines = phases.flatMap(([phase, title]) => {
      const own = sample.models[phase];
      if (!own) return [];
      const mark = sample.label === null ? "" : own.prediction === sample.label ? "right" : "wrong";
      const said = mark && html`<span class="hidden"> (${mark})</span>`;
      return [
        html`<dt>${title}</dt><dd><span class="${mark}">${nameOf(details, own.prediction)}</span>${said}
          <span class="muted">${(100 * own.probability).toFixed(0)} %</span></dd>`,
      ];
    });
    const truth =
      sample.label === null
        ? null
        : html`<dt>true class</dt><dd>${nameOf(details, sample.label)}</dd>`;
    return html`<li class="card">${picture(sample, details)}<dl>${truth}${lines}</dl>
      <span class="muted">sample ${sample.position}</span></li>`;
  });
  const shown =
    differences.length < differing ? `; ${count(differences.length)} of them, evenly spaced` : "";
  return {
    ...section,
    body: html`<p>${count(differing)} test samples are not in the same class for all models${shown}.</p>
      <ul class="cards">${cards}</ul>`,
  };
}

export function softTargetSection(details: Details | null, report: Report): PageSection {
  const section = { id: "soft", title: "Soft targets" };
  const samples = (details?.softTargets ?? []).filter(({ models }) =>
    Object.values(models).every(({ logits }) => logits !== null),
  );
  if (!details || samples.length === 0) return { ...section, body: null };
  const temperature = temperatureOf(report.recipe) ?? 4;
  const logits = samples.map(({ models }) =>
    Object.fromEntries(Object.entries(models).map(([phase, own]) => [phase, own.logits])),
  );
  const cards = samples.map((sample, at) => softCard(sample, at, details, temperature));
  const legend = phases
    .filter(([phase]) => samples[0]?.models[phase])
    .map(
      ([phase, title]) =>
        html`<span><span class="bar ${phase}" style="--share:0.2"></span> ${title}</span>`,
    );
  return {
    ...section,
    body: html`<p class="muted">What the models say of some samples, softened: softmax(logits / T).</p>
      <div class="temperature"><label for="temperature">Temperature T</label>
      <input id="temperature" type="range" min="1" max="20" step="0.5" value="${temperature}">
      <output id="temperature-value" for="temperature">${temperature}</output>${legend}</div>
      <ul class="cards wide">${cards}</ul>${jsonScript("soft-target-data", logits)}`,
  };
}

function softCard(sample: SampleDetails, at: number, details: Details, temperature: number): Html {
  const there = phases.flatMap(([phase, title]) => {
    const logits = sample.models[phase]?.logits;
    return logits ? [{ phase, title, shares: softened(logits, temperature) }] : [];
  });
  const first = there[0]!.shares;
  const classes = first
    .map((share, label) => ({ share, label }))
    .sort((a, b) => b.share - a.share)
    .slice(0, classesShown);
  const rows = classes.map(({ label }) => {
    const bars = there.map(
      ({ phase, title, shares }) =>
        html`<div><span class="hidden">${title}</span><span class="bar ${phase}" data-sample="${at}" data-phase="${phase}" data-class="${label}" style="--share:${shares[label]!.toFixed(4)}"></span>
          <span>${(100 * shares[label]!).toFixed(1)} %</span></div>`,
    );
    const mark = label === sample.label ? "right" : "";
    return html`<tr><th scope="row" class="${mark}">${nameOf(details, label)}</th><td class="text">${bars}</td></tr>`;
  });
  return html`<li class="card soft">${picture(sample, details)}<table><tbody>${rows}</tbody></table></li>`;
}

function softened(logits: readonly number[], temperature: number): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((value) => Math.exp((value - largest) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}

/** The first temperature in the objective of a recipe. */
function temperatureOf(recipe: Json): number | null {
  if (typeof recipe !== "object" || recipe === null) return null;
  if (Array.isArray(recipe)) {
    for (const each of recipe) {
      const found = temperatureOf(each);
      if (found !== null) return found;
    }
    return null;
  }
  const own = recipe.temperature;
  if (typeof own === "number" && own >= 1 && own <= 20) return own;
  return temperatureOf(Object.values(recipe));
}

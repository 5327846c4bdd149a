/** `report.html`: a run on one page that needs no network. */

import type { TrainEvent } from "../../train/events.js";
import type { Details, Report } from "../../train/report.js";
import { CurveCollector } from "../curves.js";
import { scripts, styles } from "./assets.js";
import { calibrationSection } from "./calibration.js";
import { classSection, confusionSection } from "./classes.js";
import { type Html, html, jsonScript } from "./html.js";
import { environmentSection, logSection, recipeSection } from "./origin.js";
import type { PageSection } from "./parts.js";
import { epochSection, resultSection, verdict } from "./results.js";
import { differenceSection, softTargetSection } from "./samples.js";

export interface PageInput {
  /** Name of the run. */
  title: string;
  report: Report;
  /** Null for a run that has no test set, or was made by an earlier version. */
  details?: Details | null;
  /** Of the run, in order, for curves and warnings; without them the curves have one point an epoch. */
  events?: Iterable<TrainEvent>;
}

/** The whole page. */
export function reportPage(input: PageInput): string {
  const { title, report, details = null } = input;
  const collector = new CurveCollector();
  const warnings: string[] = [];
  for (const event of input.events ?? []) {
    collector.add(event);
    if (event.type === "warning") warnings.push(event.message);
  }
  const curves = collector.curves;
  const sections: PageSection[] = [
    resultSection(report, details),
    {
      id: "curves",
      title: "Curves",
      body:
        Object.keys(curves).length === 0
          ? null
          : html`<div id="charts" class="charts"></div>
              <noscript><p>The curves are drawn by a script; the table of epochs has the figures.</p></noscript>
              ${jsonScript("curve-data", curves)}`,
    },
    epochSection(report),
    classSection(report),
    confusionSection(report, details),
    calibrationSection(details),
    differenceSection(details),
    softTargetSection(details, report),
    recipeSection(report),
    environmentSection(report),
    logSection(warnings),
  ].filter(({ body }) => body !== null);
  const links = sections.map(
    (section) => html`<li><a href="#${section.id}">${section.title}</a></li>`,
  );
  const bodies = sections.map(
    ({ id, title: heading, body }) =>
      html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>${body}</section>\n`,
  );
  return pageOf({
    title,
    policy:
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:",
    scripts: scripts(["theme", "charts", "report"]),
    body: html`<p class="muted">${report.environment.date.slice(0, 16).replace("T", " ")} UTC,
        ${report.environment.cpu}, potstill ${report.environment.potstill}</p>
      <p class="verdict">${verdict(report)}</p>
      <nav aria-label="Sections"><ul>${links}</ul></nav>
      ${bodies}`,
  });
}

/** The frame that report and live page share. */
export function pageOf(parts: {
  title: string;
  policy: string;
  scripts: Html;
  body: Html;
}): string {
  return `<!doctype html>
${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${parts.policy}">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${parts.title} – Potstill</title>
${styles()}
${parts.scripts}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><h1 id="name">${parts.title}</h1><button type="button" id="theme" hidden>Theme</button></header>
<main id="main">
${parts.body}
</main>
</body>
</html>
`}`;
}

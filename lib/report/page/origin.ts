/** Where a run comes from: its recipe, the machine, and what it warned of. */

import { stringify } from "yaml";
import type { Report } from "../../train/report.js";
import { html } from "./html.js";
import type { PageSection } from "./parts.js";

export function recipeSection(report: Report): PageSection {
  const body = html`<pre tabindex="0" aria-label="Recipe"><code>${stringify(report.recipe)}</code></pre>`;
  return { id: "recipe", title: "Recipe", body };
}

export function environmentSection(report: Report): PageSection {
  const rows = Object.entries(report.environment).map(
    ([key, value]) =>
      html`<tr><th scope="row">${key}</th><td class="text wrap">${String(value)}</td></tr>`,
  );
  const body = html`<div class="scroll" tabindex="0" role="region" aria-label="Environment"><table><tbody>${rows}</tbody></table></div>`;
  return { id: "environment", title: "Environment", body };
}

export function logSection(warnings: readonly string[]): PageSection {
  const body =
    warnings.length === 0 ? null : html`<ul>${warnings.map((text) => html`<li>${text}</li>`)}</ul>`;
  return { id: "warnings", title: "Warnings", body };
}

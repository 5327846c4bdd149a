/** Scripts and styles of the pages, and uPlot, as text to put into a page. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as format from "../format.js";
import { Html } from "./html.js";

/** Three folders up from `lib/report/page`, as from `dist/report/page`. */
const folder = new URL("../../../assets/page/", import.meta.url);
const require = createRequire(import.meta.url);

function own(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

/** uPlot (MIT) as it comes, with its licence line. */
function uplot(name: string): string {
  return readFileSync(require.resolve(`uplot/dist/${name}`), "utf8");
}

/** The functions that write numbers elsewhere, as a page's `potstillFormat`. */
function formats(): string {
  const { clock, count, figure, pad, percent } = format;
  const texts = [clock, count, figure, pad, percent].map((each) => each.toString());
  return `const potstillFormat = (() => {\n${texts.join("\n")}\nreturn { clock, count, figure, percent };\n})();`;
}

/** The styles, in one element. */
export function styles(): Html {
  return new Html(`<style>\n${uplot("uPlot.min.css")}\n${own("page.css")}</style>`);
}

/** Scripts of ours by name, in one element each, before the charts uPlot and the formats. */
export function scripts(names: readonly ("theme" | "charts" | "report" | "live")[]): Html {
  const texts = names.flatMap((name) => [
    ...(name === "charts" ? [uplot("uPlot.iife.min.js"), formats()] : []),
    own(`${name}.js`),
  ]);
  // Nothing in a script may look like its end.
  const safe = texts.map((text) => text.replace(/<\/(script)/gi, "<\\/$1"));
  return new Html(safe.map((text) => `<script>\n${text}\n</script>`).join("\n"));
}

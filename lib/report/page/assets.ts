/** Scripts and styles of the pages, and uPlot, as text to put into a page. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
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

/** The styles, in one element. */
export function styles(): Html {
  return new Html(`<style>\n${uplot("uPlot.min.css")}\n${own("page.css")}</style>`);
}

/** Scripts of ours by name, in one element each, uPlot before the charts. */
export function scripts(names: readonly ("theme" | "charts" | "report" | "live")[]): Html {
  const texts = names.flatMap((name) => [
    ...(name === "charts" ? [uplot("uPlot.iife.min.js")] : []),
    own(`${name}.js`),
  ]);
  // Nothing in a script may look like its end.
  const safe = texts.map((text) => text.replace(/<\/(script)/gi, "<\\/$1"));
  return new Html(safe.map((text) => `<script>\n${text}\n</script>`).join("\n"));
}

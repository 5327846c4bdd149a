/** Links of Markdown pages within the repository. */

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { root } from "./blocks.js";

/** Text without code, where nothing is a link. */
function prose(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "code");
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ (.+)$/gm);
  const slugs = [...headings].map(([, title]) =>
    (title as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set(slugs);
}

/** What is wrong with the links of a page; links to elsewhere are left alone. */
export function brokenLinks(
  page: string,
  text = readFileSync(path.join(root, page), "utf8"),
): string[] {
  const broken: string[] = [];
  for (const [, target] of prose(text).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target as string)) continue;
    const [file, anchor] = (target as string).split("#") as [string, string?];
    const full = file === "" ? path.join(root, page) : path.resolve(root, path.dirname(page), file);
    if (!existsSync(full)) broken.push(`${page}: ${target}: there is no such file`);
    else if (anchor !== undefined && statSync(full).isFile()) {
      if (!anchorsOf(readFileSync(full, "utf8")).has(anchor)) {
        broken.push(`${page}: ${target}: there is no such heading`);
      }
    }
  }
  return broken;
}

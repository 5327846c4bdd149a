import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { pages, root } from "./blocks.js";
import { brokenLinks } from "./links.js";

const examples = readdirSync(path.join(root, "examples"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .map((name) => `examples/${name}`);
const all = [...pages(), "CONTRIBUTING.md", ...examples];

describe("links of the documentation", () => {
  it("lead to files and headings that are there", () => {
    expect(all.flatMap((page) => brokenLinks(page))).toEqual([]);
  });

  it("are looked at", () => {
    const text =
      "[a](absent.md) [b](taps.md#nothing) [c](taps.md#paths) `[d](x.md)` [e](https://x.y)";
    expect(brokenLinks("docs/x.md", text)).toEqual([
      "docs/x.md: absent.md: there is no such file",
      "docs/x.md: taps.md#nothing: there is no such heading",
    ]);
  });

  it("reach every page from the index", () => {
    const seen = new Set<string>();
    const visit = (page: string): void => {
      if (seen.has(page)) return;
      seen.add(page);
      const text = readFileSync(path.join(root, page), "utf8");
      for (const [, target] of text.matchAll(/\]\(([^)#\s]+\.md)[^)]*\)/g)) {
        if (!/^[a-z]+:/.test(target as string)) {
          visit(path.join(path.dirname(page), target as string));
        }
      }
    };
    visit("docs/README.md");
    expect(pages().filter((page) => page !== "README.md" && !seen.has(page))).toEqual([]);
  });
});

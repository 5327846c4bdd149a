/**
 * Code blocks of the documentation, with the comment above them that says how they are run:
 *
 *     <!-- example: continues -->            of the block before it on the page, in the same module
 *     <!-- example: options -->              of distill(), such as `objective: …,`
 *     <!-- example: expression -->           a value alone; what begins a page of docs/losses is one
 *     <!-- example: recipe -->               keys that a recipe may have
 *     <!-- example: save NAME -->            a script, kept under this name and run
 *     <!-- example: tutorial … -->           run by tutorial.test.ts
 *     <!-- example: not run: REASON -->
 */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Block {
  /** In the repository. */
  page: string;
  /** Of the fence. */
  line: number;
  language: string;
  code: string;
  /** Of its comment; null without one. */
  mark: string | null;
}

/** Every page whose blocks are run. */
export function pages(): string[] {
  const below = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`);
  return ["README.md", ...below.sort()];
}

/** @throws where a fence is never closed */
export function blocksOf(page: string, text = readFileSync(path.join(root, page), "utf8")) {
  const found: Block[] = [];
  let open: Block | null = null;
  let mark: string | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^```(\S*)/.exec(line);
    if (open) {
      if (fence) {
        found.push(open);
        open = null;
        mark = null;
      } else open.code += `${line}\n`;
      continue;
    }
    if (fence) {
      open = { page, line: index + 1, language: fence[1] as string, code: "", mark };
      continue;
    }
    const comment = /^<!-- example: (.+) -->$/.exec(line);
    if (comment) mark = comment[1] as string;
    else if (line.trim() !== "") mark = null;
  }
  if (open) throw new Error(`${page}:${open.line}: the block is never closed`);
  return found;
}

export const allBlocks = (): Block[] => pages().flatMap((page) => blocksOf(page));

export const placeOf = ({ page, line }: Block): string => `${page}:${line}`;

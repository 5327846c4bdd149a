import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { losses } from "../../lib/index.js";
import { potstill } from "../cli/cli.js";
import { root } from "./blocks.js";

const { referencePages } = (await import(
  path.join(root, "scripts/reference.mjs")
)) as typeof import("../../scripts/reference.mjs");

describe("docs/reference", () => {
  it("says what the code says; otherwise run node scripts/reference.mjs", async () => {
    for (const [file, text] of Object.entries(await referencePages())) {
      expect(readFileSync(path.join(root, file), "utf8"), file).toBe(text);
    }
  });

  it("has every command, every operator and every key", async () => {
    const pages = (await referencePages()) as Record<string, string>;
    const { stdout } = await potstill(["--help"]);
    const commands = [...stdout.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name as string);
    for (const name of commands.filter((each) => each !== "help")) {
      expect(pages["docs/reference/cli.md"], name).toMatch(new RegExp(`^## ${name}\\b`, "m"));
    }
    const library = readFileSync(path.join(root, "native/ops/library.cpp"), "utf8");
    const operators = [...library.matchAll(/"(?:potstill::)?([a-z]\w*)\(/g)].map(
      ([, name]) => name,
    );
    expect(operators.length).toBeGreaterThan(20);
    for (const name of operators)
      expect(pages["docs/reference/operators.md"]).toContain(`${name}(`);
    const keys = Object.keys(JSON.parse((await potstill(["schema"])).stdout).properties);
    for (const key of keys) expect(pages["docs/reference/recipe.md"]).toContain(`| \`${key}\` |`);
  });

  it("has a page for every loss", () => {
    const index = readFileSync(path.join(root, "docs/losses/README.md"), "utf8");
    const own = ["compute", "feature", "script", "custom"];
    const missing = Object.keys(losses)
      .filter((name) => !own.includes(name))
      .filter((name) => !index.includes(`[${name}](${name}.md)`));
    expect(missing).toEqual([]);
  });
});

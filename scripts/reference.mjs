#!/usr/bin/env node
// Writes docs/reference/ from the code: the command line, recipes, operators, errors. Needs compiled
// TypeScript and the built addon:
//
//   npm run build && node scripts/reference.mjs [--check]

import { readFile, writeFile } from "node:fs/promises";
import { cliPage } from "./reference/cli.mjs";
import { errorsPage } from "./reference/errors.mjs";
import { operatorsPage } from "./reference/operators.mjs";
import { recipePage } from "./reference/recipe.mjs";
import { isMain } from "./tools.mjs";

const root = new URL("../", import.meta.url);

/** Text of every page, by its path in the repository. */
export async function referencePages() {
  const { program } = await import("../dist/cli/program.js");
  const { recipeJsonSchema, schedules, losses, optim, datasets } = await import("../dist/index.js");
  const { modelNames } = await import("../dist/recipe/models.js");
  const functions = (namespace, without = []) =>
    Object.keys(namespace)
      .filter((name) => typeof namespace[name] === "function" && !without.includes(name))
      .sort();
  const names = {
    "`student`, `model`": [...modelNames].sort(),
    "`objective`": functions(losses, ["compute", "custom"]),
    "`optimizer`": functions(optim),
    "`schedule`": functions(schedules),
    "`data`": functions(datasets, ["tensors", "from"]),
  };
  const schemas = { distill: recipeJsonSchema("distill"), train: recipeJsonSchema("train") };
  const errors = await readFile(new URL("lib/native/errors.ts", root), "utf8");
  return {
    "docs/reference/cli.md": cliPage(program()),
    "docs/reference/recipe.md": recipePage(schemas, names),
    "docs/reference/operators.md": await operatorsPage(new URL("native/ops/", root)),
    "docs/reference/errors.md": errorsPage(errors),
  };
}

if (isMain(import.meta.url)) {
  const check = process.argv.includes("--check");
  for (const [file, text] of Object.entries(await referencePages())) {
    const target = new URL(file, root);
    if (!check) {
      await writeFile(target, text);
      console.log(`wrote ${file}`);
    } else if ((await readFile(target, "utf8").catch(() => "")) !== text) {
      console.error(`${file} is out of date; run node scripts/reference.mjs`);
      process.exitCode = 1;
    }
  }
}

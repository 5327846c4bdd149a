#!/usr/bin/env node
// Writes lib/tensor/generated/ops.ts: TypeScript declarations of every operator that the dispatcher
// of the libtorch in use knows. Needs the built addon and compiled TypeScript:
//
//   npm run build && node scripts/generate-ops.mjs [--check]

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { operatorDeclarations } from "./operator-declarations.mjs";

const target = new URL("../lib/tensor/generated/ops.ts", import.meta.url);
const { native } = await import("../dist/native/index.js");
const { parseSchema } = await import("../dist/tensor/schema.js");

const text = operatorDeclarations({
  aten: native.listSchemas("aten").map(parseSchema),
  potstill: native.listSchemas("potstill").map(parseSchema),
  libtorch: native.versionInfo().libtorch.split(".").slice(0, 2).join("."),
});

if (process.argv.includes("--check")) {
  if ((await readFile(target, "utf8")) !== text) {
    console.error("lib/tensor/generated/ops.ts is out of date; run node scripts/generate-ops.mjs");
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
  console.log(`wrote ${fileURLToPath(target)} (${Math.round(text.length / 1024)} KB)`);
}

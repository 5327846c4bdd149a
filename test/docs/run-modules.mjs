// Runs compiled blocks, one after the other in one process: `node run-modules.mjs LIST.json` with
// `[{ file, cwd, place }]`. Prints one JSON line for each; their own output goes to stderr.

import { writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const list = JSON.parse(await readFile(process.argv[2], "utf8"));
console.log = console.error;

// The README trains on MNIST: here a little of it will do.
const { datasets, tensor } = await import("potstill");
const images = tensor(
  new Uint8Array(64 * 784).map((_, i) => (i * 31) % 256),
  { shape: [64, 28, 28] },
);
const labels = tensor(
  BigInt64Array.from({ length: 64 }, (_, i) => BigInt(i % 10)),
  { shape: [64] },
);
datasets.mnist = async () => datasets.tensors({ inputs: images, labels, name: "mnist" });

for (const { file, cwd, place } of list) {
  process.chdir(cwd);
  let error = null;
  try {
    await import(pathToFileURL(file).href);
  } catch (thrown) {
    error = thrown;
  }
  writeSync(1, `${JSON.stringify({ place, error: error && String(error.stack) })}\n`);
}
// Servers of the examples would keep it alive.
process.exit(0);

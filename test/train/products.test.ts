/** Products that were chosen by measuring are kept for this machine, and for this build. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { node } from "../cli/cli.js";

const index = new URL("../../dist/index.js", import.meta.url).href;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "potstill-products-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = `
import { datasets, distill, nn, ops, optim, randint, randn } from ${JSON.stringify(index)};
await distill({
  teacher: await nn.build(nn.mlp([16, 64, 4])),
  student: nn.mlp([16, 32, 4]),
  data: datasets.tensors({ inputs: randn([64, 16]), labels: randint(0, 4, [64]), classes: 4 }),
  optimizer: optim.sgd({ lr: 0.05 }),
  batchSize: 32,
  epochs: 1,
});
console.log(ops.potstill.product_choices());
`;

/** What a process has chosen, or taken over, in the end. */
async function chosen(env: Record<string, string> = {}): Promise<string[]> {
  const file = path.join(folder, "script.mjs");
  writeFileSync(file, script);
  const outcome = await node([file], { env: { POTSTILL_CACHE_DIR: folder, ...env } });
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  return outcome.stdout
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

type Kept = Record<string, { build: string; products: string[] }>;
const file = () => path.join(folder, "products.json");
const kept = () => JSON.parse(readFileSync(file(), "utf8")) as Kept;

/** A choice that no process here makes. */
const marker = "output 7 7 7 7 mkl";

function mark(change: (kept: Kept[string]) => void): void {
  const all = kept();
  const [own] = Object.values(all);
  own!.products.push(marker);
  change(own!);
  writeFileSync(file(), JSON.stringify(all));
}

test("what one process chose is what the next takes", async () => {
  const first = await chosen();
  expect(first.length).toBeGreaterThan(3);
  expect(Object.values(kept())).toEqual([{ build: expect.any(String), products: first }]);
  mark(() => {});
  expect(await chosen()).toEqual([...first, marker].sort());
}, 60_000);

test("another build measures again, and its choices replace the old ones", async () => {
  await chosen();
  mark((own) => {
    own.build = "another";
  });
  const again = await chosen();
  expect(again).not.toContain(marker);
  expect(Object.values(kept())).toEqual([{ build: expect.any(String), products: again }]);
}, 60_000);

test("a file that is damaged is written anew", async () => {
  const first = await chosen();
  mark((own) => {
    own.products = ["output of nothing"];
  });
  expect(await chosen()).toHaveLength(first.length);
  writeFileSync(file(), "{");
  const again = await chosen();
  expect(Object.values(kept())).toMatchObject([{ products: again }]);
}, 60_000);

test("POTSTILL_PRODUCTS=measure neither takes nor keeps anything", async () => {
  await chosen();
  mark(() => {});
  const before = readFileSync(file(), "utf8");
  expect(await chosen({ POTSTILL_PRODUCTS: "measure" })).not.toContain(marker);
  expect(readFileSync(file(), "utf8")).toBe(before);
}, 60_000);

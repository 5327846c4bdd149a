/** `potstill cache <recipe>` and `potstill cache verify <folder>`. */

import { cacheRecipe } from "../../recipe/index.js";
import { count, table } from "../../report/format.js";
import { jsonLine, jsonlReporter } from "../../report/jsonl.js";
import { progressReporter } from "../../report/progress.js";
import { verifyCaches } from "../../train/index.js";
import { readGivenRecipe } from "../given-recipe.js";
import { overrides } from "../parse.js";
import type { CacheFlags, FillFlags } from "../program.js";
import { stoppable } from "../signals.js";

export async function fillCacheCommand(file: string, flags: FillFlags): Promise<void> {
  const source = await readGivenRecipe(file, overrides(flags));
  const tell = flags.json ? jsonlReporter(process.stdout) : progressReporter(process.stderr);
  const caches = await stoppable(async (signal) => {
    const run = cacheRecipe(source, { out: flags.out, signal });
    for await (const event of run) tell(event);
    return await run;
  });
  if (flags.json) {
    process.stdout.write(jsonLine({ type: "done", caches }));
    return;
  }
  for (const { folder, samples, views, computed } of caches) {
    const all = samples * views;
    const own = computed === all ? "" : `, ${count(computed)} of them by this run`;
    process.stdout.write(`${folder}: ${count(all)} samples${own}\n`);
  }
}

export async function verifyCacheCommand(dir: string, flags: CacheFlags): Promise<void> {
  const caches = await verifyCaches(dir, flags.repair === true);
  const damaged = caches.flatMap((each) => each.damaged);
  if (damaged.length > 0) process.exitCode = 1;
  if (flags.json) {
    for (const each of caches) process.stdout.write(jsonLine({ type: "cache", ...each }));
    return;
  }
  const rows = caches.map(({ folder, key, samples, shards, damaged }) => [
    folder,
    key === null ? "" : key.dtype,
    key?.top == null ? "all" : String(key.top),
    samples.map(count).join(" + "),
    count(shards),
    damaged.length === 0 ? "" : count(damaged.length),
  ]);
  const head = ["cache", "dtype", "logits", "samples by view", "files", "damaged"];
  process.stdout.write(`${table(head, rows, "llrrrr")}\n`);
  for (const { file, reason } of damaged) process.stderr.write(`${file}: ${reason}\n`);
  if (damaged.length > 0 && !flags.repair) {
    process.stderr.write("--repair sets damaged files aside; the next run computes them again\n");
  }
}

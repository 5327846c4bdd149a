/** `potstill cache verify <folder>`. */

import { count, table } from "../../report/format.js";
import { jsonLine } from "../../report/jsonl.js";
import { verifyCaches } from "../../train/index.js";
import type { CacheFlags } from "../program.js";

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

/** Looks at every file of the caches in a folder. */

import { readdir, rename } from "node:fs/promises";
import path from "node:path";
import { ioError } from "../../files/index.js";
import { PotstillError } from "../../native/errors.js";
import { type CacheKey, keyName } from "./key.js";
import { openShard } from "./shard.js";
import { readManifest, shardFiles } from "./store.js";

/** One cache of a folder, as `verifyCaches` found it. */
export interface CacheState {
  folder: string;
  /** What it is of; null where its manifest cannot be read. */
  key: CacheKey | null;
  /** Samples by view. */
  samples: number[];
  shards: number;
  /** Files that are damaged, with the reason. */
  damaged: { file: string; reason: string }[];
}

/**
 * Compares every shard of every cache in a folder with its checksum.
 *
 * @param repair set damaged shards aside, so that the next run computes them again
 * @throws ERR_IO where the folder cannot be read, ERR_DATA where there is no cache in it
 */
export async function verifyCaches(dir: string, repair = false): Promise<CacheState[]> {
  const names = await readdir(dir, { withFileTypes: true }).catch((error: unknown) => {
    throw ioError("read", dir, error);
  });
  const states: CacheState[] = [];
  for (const entry of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory() || !/^[0-9a-f]{16}$/.test(entry.name)) continue;
    states.push(await verifyCache(path.join(dir, entry.name), repair));
  }
  if (states.length === 0) {
    throw new PotstillError("ERR_DATA", `there is no teacher cache in ${dir}`);
  }
  return states;
}

async function verifyCache(folder: string, repair: boolean): Promise<CacheState> {
  const state: CacheState = { folder, key: null, samples: [], shards: 0, damaged: [] };
  try {
    state.key = await readManifest(folder);
    if (state.key === null || keyName(state.key) !== path.basename(folder)) {
      const reason = "it is not the manifest of this cache; remove the folder to build it anew";
      state.damaged.push({ file: path.join(folder, "cache.json"), reason });
    }
  } catch (error) {
    state.damaged.push({ file: path.join(folder, "cache.json"), reason: reasonOf(error) });
  }
  const seen = new Map<number, Set<bigint>>();
  for (const file of await shardFiles(folder)) {
    try {
      const shard = await openShard(file, true);
      const ids = seen.get(shard.view) ?? new Set();
      seen.set(shard.view, ids);
      for (const id of shard.ids) ids.add(id);
      for (const each of Object.values(shard.tensors)) each.dispose();
      state.shards += 1;
    } catch (error) {
      if (!(error instanceof PotstillError) || error.code !== "ERR_DATA") throw error;
      state.damaged.push({ file, reason: reasonOf(error) });
      if (repair) await rename(file, `${file}.damaged`);
    }
  }
  for (const [view, ids] of seen) state.samples[view] = ids.size;
  state.samples = Array.from(state.samples, (count) => count ?? 0);
  return state;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

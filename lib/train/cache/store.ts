/** A folder of shards, and what a teacher said of a batch out of it. */

import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { ioError, writeJson } from "../../files/index.js";
import { PotstillError } from "../../native/errors.js";
import { keep, type Tensor, tensor } from "../../tensor/index.js";
import { callOn } from "../../tensor/lane.js";
import { claim } from "../lock.js";
import { logitNames, restored, shrunk } from "./form.js";
import { type CacheKey, differences, keyName } from "./key.js";
import { openShard, removeShard, type Shard, writeShard } from "./shard.js";

/** What a teacher said of the samples of one batch. */
export interface Said {
  /** float32 (or the teacher's wider dtype), `[B, C]`. */
  logits: Tensor;
  /** By path. */
  taps: Record<string, Tensor>;
}

const manifestName = "cache.json";
let written = 0;

/** About what one shard holds; big enough that few are needed. */
export const shardBytes = 64 << 20;
/** What was left by processes that were killed is no older than this, or nobody's any more. */
const millisecondsOfLeftovers = 3_600_000;

/** Rows of a view: where each id is. */
class Index {
  readonly shards: Shard[] = [];
  readonly #places = new Map<number, { shard: number; row: number }>();

  add(shard: Shard): void {
    const number = this.shards.push(shard) - 1;
    for (const [row, id] of shard.ids.entries())
      this.#places.set(Number(id), { shard: number, row });
  }

  has(id: number): boolean {
    return this.#places.has(id);
  }

  get size(): number {
    return this.#places.size;
  }

  /** In rising order, so that what lies together is read together. */
  ids(): number[] {
    return [...this.#places.keys()].sort((a, b) => a - b);
  }

  get bytes(): number {
    const size = (each: Tensor) => (each.numel * Number(/\d+$/.exec(each.dtype)?.[0] ?? 8)) / 8;
    const tensors = this.shards.flatMap((shard) => Object.values(shard.tensors));
    return tensors.reduce((sum, each) => sum + size(each), 0);
  }

  dispose(): void {
    for (const { tensors } of this.shards) {
      for (const each of Object.values(tensors)) each.dispose();
    }
  }

  at(id: number): { shard: number; row: number } {
    const place = this.#places.get(id);
    if (place) return place;
    throw new PotstillError("ERR_DATA", `the teacher cache has nothing of sample ${id}`);
  }
}

export class TeacherCache {
  readonly #views = new Map<number, Index>();
  /** Files that were looked at. */
  readonly #seen = new Set<string>();

  private constructor(
    /** Folder of this key. */
    readonly folder: string,
    readonly key: CacheKey,
    readonly check: boolean,
    /** Shards that were damaged and set aside, under their new names. */
    readonly damaged: string[],
  ) {}

  /**
   * Opens the folder of a key within `dir`, or makes it.
   *
   * @param check compare every shard with its checksum; damaged ones are set aside, to be computed
   *   again
   * @throws ERR_DATA where the folder is of something else, ERR_IO where it cannot be used
   */
  static async open(dir: string, key: CacheKey, check = true): Promise<TeacherCache> {
    const folder = path.join(dir, keyName(key));
    const manifest = path.join(folder, manifestName);
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw ioError("write", folder, error);
    }
    const known = await readManifest(folder);
    if (known === null) await writeJson(manifest, key);
    else {
      const other = differences(known, key);
      if (other.length > 0) {
        throw new PotstillError(
          "ERR_DATA",
          `${folder} holds the cache of something else (${other.join(", ")}); it was renamed or ` +
            "written over: move it away",
        );
      }
    }
    await removeLeftovers(folder);
    const cache = new TeacherCache(folder, key, check, []);
    await cache.refresh();
    return cache;
  }

  /** Takes in what other processes have written since. */
  async refresh(): Promise<void> {
    for (let vanished = true; vanished; ) {
      vanished = false;
      for (const file of await shardFiles(this.folder)) {
        if (this.#seen.has(file)) continue;
        try {
          this.#take(await openShard(file, this.check));
          this.#seen.add(file);
        } catch (error) {
          // Others may have put it together with others, under another name.
          if (isMissing(error)) vanished = true;
          else await this.#setAside(file, error);
        }
      }
    }
  }

  get #form() {
    return { ...this.key, sampled: this.key.sampled ?? null };
  }

  async #setAside(file: string, error: unknown): Promise<void> {
    if (!(error instanceof PotstillError) || error.code !== "ERR_DATA") throw error;
    const aside = `${file}.damaged`;
    await rename(file, aside).catch((failure: unknown) => {
      // Somebody else was quicker.
      if (!isMissing(failure)) throw ioError("write", file, failure);
    });
    this.damaged.push(aside);
  }

  has(view: number, id: number): boolean {
    return this.#views.get(view)?.has(id) ?? false;
  }

  /** Ids of `ids` that the view has nothing of yet, in their order. */
  missing(view: number, ids: Iterable<number>): number[] {
    const index = this.#views.get(view);
    const all = [...ids];
    return index ? all.filter((id) => !index.has(id)) : all;
  }

  /** Samples of a view. */
  size(view: number): number {
    return this.#views.get(view)?.size ?? 0;
  }

  /** Writes one more shard; several processes may add to the same folder. */
  async append(view: number, ids: Tensor, said: Said): Promise<void> {
    const tensors = shrunk(said.logits, ids, view, this.#form);
    const made = Object.values(tensors);
    for (const [name, value] of Object.entries(said.taps)) {
      const converted = value.to({ dtype: this.key.dtype });
      if (converted !== value) made.push(converted);
      tensors[`tap:${name}`] = converted;
    }
    try {
      await this.#write(view, ids, tensors);
    } finally {
      for (const each of made) each.dispose();
    }
  }

  /**
   * Puts many small shards of a view together, so that a batch is gathered from few. Does nothing
   * where they are few already, where somebody else is at it, or where the disk has no room for it.
   */
  async compact(view: number): Promise<void> {
    const index = this.#views.get(view);
    if (!index) return;
    const ideal = Math.max(1, Math.ceil(index.bytes / shardBytes));
    if (index.shards.length < 2 * ideal) return;
    const release = await claim(path.join(this.folder, `view${view}.claim`));
    if (release === null) return;
    const fresh: string[] = [];
    try {
      const all = index.ids();
      const each = Math.ceil(all.length / ideal);
      this.#views.delete(view);
      for (let from = 0; from < all.length; from += each) {
        const ids = tensor(BigInt64Array.from(all.slice(from, from + each), BigInt));
        const tensors = await gathered(index, ids);
        try {
          fresh.push(await this.#write(view, ids, tensors));
        } finally {
          for (const one of [ids, ...Object.values(tensors)]) one.dispose();
        }
      }
      for (const { file } of index.shards) await removeShard(file);
      index.dispose();
    } catch (error) {
      this.#views.get(view)?.dispose();
      this.#views.set(view, index);
      for (const file of fresh) await removeShard(file);
      if (!(error instanceof PotstillError) || error.code !== "ERR_IO") throw error;
      return;
    } finally {
      await release();
    }
  }

  async #write(view: number, ids: Tensor, tensors: Record<string, Tensor>): Promise<string> {
    const name = `view${view}-${Date.now().toString(36)}-${process.pid.toString(36)}-${written++}`;
    const file = path.join(this.folder, `${name}.safetensors`);
    this.#seen.add(file);
    await writeShard(file, view, ids, tensors);
    this.#take(await openShard(file, false));
    return file;
  }

  /**
   * What the teacher said of these samples, gathered on the data lane.
   *
   * @param ids int64 `[B]`
   * @throws ERR_DATA where the cache has nothing of one of them
   */
  async lookup(view: number, ids: Tensor): Promise<Said> {
    const found = await gathered(this.#views.get(view) ?? new Index(), ids);
    const taps: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(found)) {
      if (name.startsWith("tap:")) taps[name.slice(4)] = value;
    }
    const logits = restored(found, this.#form);
    for (const name of logitNames) if (found[name] !== logits) found[name]?.dispose();
    return { logits, taps };
  }

  dispose(): void {
    for (const index of this.#views.values()) index.dispose();
    this.#views.clear();
  }

  #take(shard: Shard): void {
    for (const each of Object.values(shard.tensors)) keep(each);
    const index = this.#views.get(shard.view) ?? new Index();
    this.#views.set(shard.view, index);
    index.add(shard);
  }
}

/**
 * Rows of every tensor of a view, gathered on the data lane.
 *
 * @throws ERR_DATA where there is none of one of the ids
 */
async function gathered(index: Index, ids: Tensor): Promise<Record<string, Tensor>> {
  const places = Array.from(ids.dataSync() as BigInt64Array, (id) => index.at(Number(id)));
  const used = [...new Set(places.map(({ shard }) => shard))];
  const rows = used.map((shard) =>
    indices(places.filter((place) => place.shard === shard).map(({ row }) => row)),
  );
  // Rows come shard by shard; `order` brings them back into the order of the batch.
  const order = new Array<number>(places.length);
  let next = 0;
  for (const shard of used) {
    places.forEach((place, at) => {
      if (place.shard === shard) order[at] = next++;
    });
  }
  const back = used.length > 1 ? indices(order) : null;
  const gather = async (name: string): Promise<Tensor> => {
    const parts = await Promise.all(
      used.map((shard, i) => select(index.shards[shard]!.tensors[name]!, rows[i]!)),
    );
    if (back === null) return parts[0]!;
    const joined = (await callOn("data", "aten::cat", parts, 0)) as Tensor;
    for (const part of parts) part.dispose();
    const ordered = await select(joined, back);
    joined.dispose();
    return ordered;
  };
  try {
    const names = Object.keys(index.shards[used[0]!]?.tensors ?? {});
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await gather(name)] as const)),
    );
  } finally {
    for (const each of rows) each.dispose();
    back?.dispose();
  }
}

/** What processes that were killed have left, which nobody can be at work on any more. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!/\.(tmp|claim|takeover)$/.test(name)) continue;
    const file = path.join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > millisecondsOfLeftovers) await rm(file, { force: true });
  }
}

function isMissing(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return code === "ENOENT" || (code === "ERR_IO" && cause?.code === "ENOENT");
}

/** The key that a folder was made for; null where there is none. */
export async function readManifest(folder: string): Promise<CacheKey | null> {
  const file = path.join(folder, manifestName);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw ioError("read", file, error);
  }
  try {
    return JSON.parse(text) as CacheKey;
  } catch (error) {
    throw new PotstillError("ERR_DATA", `${file} is damaged; remove ${folder} to build it anew`, {
      cause: error,
    });
  }
}

/** Finished shards of a folder, in the order of their names. */
export async function shardFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw ioError("read", folder, error);
  });
  const all = new Set(names);
  return names
    .filter((name) => name.endsWith(".safetensors") && all.has(`${name}.sha256`))
    .sort()
    .map((name) => path.join(folder, name));
}

function indices(rows: readonly number[]): Tensor {
  return keep(tensor(BigInt64Array.from(rows, BigInt)));
}

async function select(from: Tensor, rows: Tensor): Promise<Tensor> {
  return (await callOn("data", "aten::index_select", from, 0, rows)) as Tensor;
}

/** A folder of shards, and what a teacher said of a batch out of it. */

import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { ioError, writeJson } from "../../files/index.js";
import { PotstillError } from "../../native/errors.js";
import { keep, ops, type Tensor, tensor } from "../../tensor/index.js";
import { callOn } from "../../tensor/lane.js";
import { type CacheKey, canonical, keyName } from "./key.js";
import { openShard, type Shard, writeShard } from "./shard.js";

/** What a teacher said of the samples of one batch. */
export interface Said {
  /** float32 (or the teacher's wider dtype), `[B, C]`. */
  logits: Tensor;
  /** By path. */
  taps: Record<string, Tensor>;
}

const manifestName = "cache.json";
let written = 0;

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

  at(id: number): { shard: number; row: number } {
    const place = this.#places.get(id);
    if (place) return place;
    throw new PotstillError("ERR_DATA", `the teacher cache has nothing of sample ${id}`);
  }
}

export class TeacherCache {
  readonly #views = new Map<number, Index>();

  private constructor(
    /** Folder of this key. */
    readonly folder: string,
    readonly key: CacheKey,
    /** Shards that were damaged and set aside, under their new names. */
    readonly damaged: readonly string[],
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
    else if (canonical(known) !== canonical(key)) {
      throw new PotstillError("ERR_DATA", `${folder} holds the cache of something else`);
    }
    const damaged: string[] = [];
    const cache = new TeacherCache(folder, key, damaged);
    for (const file of await shardFiles(folder)) {
      try {
        cache.#take(await openShard(file, check));
      } catch (error) {
        if (!(error instanceof PotstillError) || error.code !== "ERR_DATA") throw error;
        const aside = `${file}.damaged`;
        await rename(file, aside).catch((failure: unknown) => {
          throw ioError("write", file, failure);
        });
        damaged.push(aside);
      }
    }
    return cache;
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
    const made: Tensor[] = [];
    const converted = (value: Tensor): Tensor => {
      const result = value.to({ dtype: this.key.dtype });
      if (result !== value) made.push(result);
      return result;
    };
    const tensors: Record<string, Tensor> = {};
    const { top } = this.key;
    const classes = said.logits.shape.at(-1) ?? 0;
    if (top === null || top >= classes) tensors.logits = converted(said.logits);
    else {
      const { values, indices, rest } = largest(said.logits, top);
      made.push(values, indices, rest);
      tensors.values = converted(values);
      tensors.indices = indices.to({ dtype: "int32" });
      tensors.rest = rest;
      tensors.classes = tensor(new Array<number>(ids.numel).fill(classes), { dtype: "int32" });
      made.push(tensors.indices, tensors.classes);
    }
    for (const [name, value] of Object.entries(said.taps))
      tensors[`tap:${name}`] = converted(value);
    const name = `view${view}-${Date.now().toString(36)}-${process.pid.toString(36)}-${written++}`;
    const file = path.join(this.folder, `${name}.safetensors`);
    try {
      await writeShard(file, view, ids, tensors);
    } finally {
      for (const each of made) each.dispose();
    }
    this.#take(await openShard(file, false));
  }

  /**
   * What the teacher said of these samples, gathered on the data lane.
   *
   * @param ids int64 `[B]`
   * @throws ERR_DATA where the cache has nothing of one of them
   */
  async lookup(view: number, ids: Tensor): Promise<Said> {
    const index = this.#views.get(view) ?? new Index();
    const places = Array.from(ids.dataSync() as BigInt64Array, (id) => index.at(Number(id)));
    const used = [...new Set(places.map(({ shard }) => shard))];
    const lists = used.map((shard) => places.filter((place) => place.shard === shard));
    // Rows come shard by shard; `order` brings them back into the order of the batch.
    const order = new Array<number>(places.length);
    let next = 0;
    for (const shard of used) {
      places.forEach((place, at) => {
        if (place.shard === shard) order[at] = next++;
      });
    }
    const rows = lists.map((list) => indices(list.map(({ row }) => row)));
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
      const found = Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await gather(name)] as const)),
      ) as Record<string, Tensor>;
      const taps: Record<string, Tensor> = {};
      for (const name of names) if (name.startsWith("tap:")) taps[name.slice(4)] = found[name]!;
      const logits = found.logits ?? restored(found);
      if (!found.logits) {
        for (const name of ["values", "indices", "rest", "classes"]) found[name]!.dispose();
      }
      return { logits, taps };
    } finally {
      for (const each of rows) each.dispose();
      back?.dispose();
    }
  }

  dispose(): void {
    for (const { shards } of this.#views.values()) {
      for (const { tensors } of shards) for (const each of Object.values(tensors)) each.dispose();
    }
    this.#views.clear();
  }

  #take(shard: Shard): void {
    for (const each of Object.values(shard.tensors)) keep(each);
    const index = this.#views.get(shard.view) ?? new Index();
    this.#views.set(shard.view, index);
    index.add(shard);
  }
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

/**
 * The `top` largest logits of each row, and the logsumexp of the others, so that the mass they hold
 * at T = 1 is kept.
 */
function largest(logits: Tensor, top: number): { values: Tensor; indices: Tensor; rest: Tensor } {
  const wide = logits.to({ dtype: "float32" });
  const [values, indices] = ops.aten.topk(wide, top) as [Tensor, Tensor];
  const others = ops.aten.scatter.value(wide, 1, indices, Number.NEGATIVE_INFINITY) as Tensor;
  const rest = ops.aten.logsumexp(others, [1]) as Tensor;
  others.dispose();
  if (wide !== logits) wide.dispose();
  return { values, indices, rest };
}

/** Logits whose softmax has the kept ones as they were and the rest's mass spread evenly. */
function restored({ values, indices, rest, classes }: Record<string, Tensor>): Tensor {
  const count = (classes!.dataSync() as Int32Array)[0]!;
  const [rows, top] = values!.shape as [number, number];
  const even = ops.aten.sub.Scalar(rest!, Math.log(count - top)) as Tensor;
  const column = ops.aten.view(even, [rows, 1]) as Tensor;
  const filled = ops.aten.expand(column, [rows, count]) as Tensor;
  const [index, source] = [indices!.to({ dtype: "int64" }), values!.to({ dtype: "float32" })];
  const result = ops.aten.scatter.src(filled, 1, index, source) as Tensor;
  for (const each of [even, column, filled, index]) each.dispose();
  if (source !== values) source.dispose();
  return result;
}

function indices(rows: readonly number[]): Tensor {
  return keep(tensor(BigInt64Array.from(rows, BigInt)));
}

async function select(from: Tensor, rows: Tensor): Promise<Tensor> {
  return (await callOn("data", "aten::index_select", from, 0, rows)) as Tensor;
}

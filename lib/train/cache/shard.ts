/**
 * One file of a cache: what a teacher said of some samples in one view, as safetensors, with its
 * SHA-256 beside it as `sha256sum` writes it. A shard without its checksum was never finished.
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { ioError, writeAtomically } from "../../files/index.js";
import { PotstillError } from "../../native/errors.js";
import { mapSafetensors, saveSafetensors } from "../../nn/index.js";
import type { Tensor } from "../../tensor/index.js";

export interface Shard {
  file: string;
  view: number;
  /** Sample ids by row. */
  ids: BigInt64Array;
  /** By name: those of the logits' form (form.ts), and `tap:<path>`. Mapped into memory. */
  tensors: Record<string, Tensor>;
}

/** @throws ERR_IO where it cannot be written; nothing half-written is left under its name */
export async function writeShard(
  file: string,
  view: number,
  ids: Tensor,
  tensors: Record<string, Tensor>,
): Promise<void> {
  try {
    await saveSafetensors(file, { ids, ...tensors }, { format: "potstill-cache", view: `${view}` });
  } catch (error) {
    // With the reason as people say it, such as that the disk is full.
    const cause = error instanceof PotstillError && error.code === "ERR_IO" ? error.cause : null;
    throw cause ? ioError("write", file, cause) : error;
  }
  try {
    await writeAtomically(`${file}.sha256`, [`${await hashFile(file)}  ${path.basename(file)}\n`]);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/**
 * @param check read all of it and compare with the checksum
 * @throws ERR_DATA where it is damaged, ERR_IO where it cannot be read
 */
export async function openShard(file: string, check: boolean): Promise<Shard> {
  if (check) await verifyShard(file);
  const { tensors, metadata } = await mapSafetensors(file);
  const { ids, ...rest } = tensors;
  const view = Number(metadata.view);
  if (ids?.dtype !== "int64" || !Number.isInteger(view)) {
    throw new PotstillError("ERR_DATA", `${file} is no shard of a teacher cache`);
  }
  const rows = ids.numel;
  for (const [name, tensor] of Object.entries(rest)) {
    if (tensor.shape[0] === rows) continue;
    throw new PotstillError("ERR_DATA", `${file}: ${name} does not have a row for each id`);
  }
  const list = ids.dataSync() as BigInt64Array;
  ids.dispose();
  return { file, view, ids: list, tensors: rest };
}

/** First the checksum: what is left of a removal that was cut short counts as unfinished. */
export async function removeShard(file: string): Promise<void> {
  await rm(`${file}.sha256`, { force: true });
  await rm(file, { force: true });
}

/** @throws ERR_DATA where content and checksum differ, ERR_IO where either cannot be read */
export async function verifyShard(file: string): Promise<void> {
  const text = await readFile(`${file}.sha256`, "utf8").catch((error: unknown) => {
    throw ioError("read", `${file}.sha256`, error);
  });
  const expected = text.slice(0, 64);
  const found = await hashFile(file);
  if (found === expected) return;
  throw new PotstillError(
    "ERR_DATA",
    `${file} is damaged: its SHA-256 is ${found}, and it was written with ${expected}`,
  );
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    // A piece is hashed in about a millisecond, so that the event loop goes on.
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
      hash.update(piece as Buffer);
    }
  } catch (error) {
    throw ioError("read", file, error);
  }
  return hash.digest("hex");
}

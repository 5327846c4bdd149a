/**
 * Checkpoints: one file with some state as JSON and any number of tensors, written atomically and
 * sealed with a checksum.
 *
 * Layout: a magic line, the length of the header (8 bytes, little endian), the header (JSON: the
 * state and where each tensor lies), the tensors one after the other, and the SHA-256 of all that.
 */

import { open } from "node:fs/promises";
import { endianness } from "node:os";
import { ioError, makeFolderOf, replaceAtomically } from "../files/index.js";
import type { NativeTensor } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { DTYPES, type DType, ops, type Tensor, tensor } from "../tensor/index.js";
import type { Json } from "./report.js";

const magic = Buffer.from("POTSTILL CHECKPOINT 1\n", "latin1");

/** Of some dtypes another one that carries them in the file. */
const carriers: Partial<Record<DType, DType>> = {
  float16: "float32",
  bfloat16: "float32",
  bool: "uint8",
};

/** What a checkpoint holds. */
export interface Checkpoint {
  state: Json;
  tensors: Record<string, Tensor>;
}

interface Entry {
  name: string;
  dtype: DType;
  shape: number[];
  /** From the end of the header; `bytes` in the dtype that carries it. */
  offset: number;
  bytes: number;
}

interface Header {
  state: Json;
  tensors: Entry[];
}

/** How a checkpoint is written. */
export interface WriteOptions {
  /** Takes its time, so that a training beside it hardly notices, until `hurry()`. */
  gently?: boolean;
  /** Runs once the new one is on the disk, before it takes the place of the old one. */
  before?: () => Promise<void>;
}

/** Checkpoints that are being written gently are waited for. */
export function hurry(): void {
  native.hurryWrites();
}

/**
 * Writes a checkpoint; the file is whole or the one before is still there. Hashing and writing happen
 * on a thread of their own. The tensors may be disposed once this has returned its promise, and must
 * not change until that has settled.
 *
 * @throws ERR_IO where it cannot be written
 */
export async function writeCheckpoint(
  file: string,
  checkpoint: Checkpoint,
  { gently = false, before = async () => {} }: WriteOptions = {},
): Promise<void> {
  checkByteOrder();
  const entries: Entry[] = [];
  let offset = 0;
  for (const [name, { dtype, shape, numel }] of Object.entries(checkpoint.tensors)) {
    const bytes = numel * DTYPES[carriers[dtype] ?? dtype].size;
    entries.push({ name, dtype, shape, offset, bytes });
    offset += bytes;
  }
  const json = JSON.stringify({ state: checkpoint.state, tensors: entries } satisfies Header);
  const header = Buffer.from(json);
  const head = tensor(Buffer.concat([magic, lengthBytes(header.length), header]), {
    dtype: "uint8",
  });
  // Views, so that the caller may dispose of the originals before the job is submitted.
  const parts = [head, ...Object.values(checkpoint.tensors).map((value) => value.detach())];
  try {
    await makeFolderOf(file);
    await replaceAtomically(file, async (temporary) => {
      await native.writeSealed(temporary, file, parts, gently);
      await before();
    });
  } finally {
    for (const part of parts) part.dispose();
  }
}

/**
 * Reads a checkpoint back; the tensors are new.
 *
 * @throws ERR_CHECKPOINT where the file is truncated, altered or something else; ERR_IO where it
 * cannot be read
 */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  checkByteOrder();
  const { content, intact } = await native.readSealed(file).catch((error: unknown) => {
    throw ioError("read", file, error);
  });
  const bytes = asTensor(content);
  try {
    const start = magic.length + 8;
    const begins =
      bytes.numel >= start && Buffer.from(partOf(bytes, 0, magic.length)).equals(magic);
    if (!begins) throw damaged(file, "it does not begin like a checkpoint");
    if (!intact) {
      throw damaged(file, "its checksum does not match, so it is truncated or was altered");
    }
    const length = Number(Buffer.from(partOf(bytes, magic.length, 8)).readBigUInt64LE());
    const text = Buffer.from(partOf(bytes, start, length)).toString("utf8");
    const header = JSON.parse(text) as Header;
    const tensors: Record<string, Tensor> = {};
    for (const entry of header.tensors) {
      tensors[entry.name] = await tensorOf(bytes, start + length, entry);
    }
    return { state: header.state, tensors };
  } finally {
    bytes.dispose();
  }
}

/** Whether there is a file to resume from. */
export async function checkpointExists(file: string): Promise<boolean> {
  const handle = await open(file, "r").catch(() => null);
  await handle?.close();
  return handle !== null;
}

/** What the addon made is an instance of the class that it was given. */
function asTensor(made: NativeTensor): Tensor {
  return made as Tensor;
}

function partOf(bytes: Tensor, from: number, length: number): Uint8Array {
  const part = ops.aten.narrow.default(bytes, 0, from, length);
  try {
    return part.dataSync() as Uint8Array;
  } finally {
    part.dispose();
  }
}

/** A tensor of its own, copied on the executor's thread: it needs an aligned start. */
async function tensorOf(bytes: Tensor, start: number, entry: Entry): Promise<Tensor> {
  const { dtype, shape, offset } = entry;
  const part = ops.aten.narrow.default(bytes, 0, start + offset, entry.bytes);
  const copy = await ops.aten.clone.default.async(part);
  part.dispose();
  const carrier = carriers[dtype] ?? dtype;
  const elements = ops.aten.view.dtype(copy, carrier);
  copy.dispose();
  const shaped = ops.aten.view.default(elements, shape);
  elements.dispose();
  if (carrier === dtype) return shaped;
  const converted = shaped.to({ dtype });
  shaped.dispose();
  return converted;
}

function lengthBytes(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}

/** Elements are written as they lie in memory; the layout is little endian, as is all we run on. */
function checkByteOrder(): void {
  if (endianness() !== "LE") {
    throw new PotstillError("ERR_CHECKPOINT", "checkpoints need a little-endian machine");
  }
}

/** For whoever has no other checkpoint. */
export const advice = "Delete it to start over, or put a good copy in its place.";

function damaged(file: string, what: string): PotstillError {
  return new PotstillError("ERR_CHECKPOINT", `${file} is no usable checkpoint: ${what}. ${advice}`);
}

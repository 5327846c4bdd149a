/**
 * Checkpoints: one file with some state as JSON and any number of tensors, written atomically and
 * sealed with a checksum.
 *
 * Layout: a magic line, the length of the header (8 bytes, little endian), the header (JSON: the
 * state and where each tensor lies), the tensors one after the other, and the SHA-256 of all that.
 */

import { createHash, type Hash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { endianness } from "node:os";
import { setImmediate } from "node:timers/promises";
import { PotstillError } from "../native/errors.js";
import { type DType, type Tensor, type TypedArray, tensor } from "../tensor/index.js";
import { ioError, writeAtomically } from "./files.js";
import type { Json } from "./report.js";

const magic = Buffer.from("POTSTILL CHECKPOINT 1\n", "latin1");
const digestBytes = 32;
/** Hashed and written at a time: about a millisecond of the event loop. */
const chunkBytes = 1 << 20;

/** What a checkpoint holds. */
export interface Checkpoint {
  state: Json;
  tensors: Record<string, Tensor>;
}

interface Entry {
  name: string;
  dtype: DType;
  shape: number[];
  /** From the end of the header; `bytes` of the typed array that carries the dtype. */
  offset: number;
  bytes: number;
}

interface Header {
  state: Json;
  tensors: Entry[];
}

/**
 * Writes a checkpoint; the file is whole or the one before is still there.
 *
 * @param before runs once the new one is on the disk, before it takes the place of the old one
 * @throws ERR_IO where it cannot be written
 */
export async function writeCheckpoint(
  file: string,
  checkpoint: Checkpoint,
  before?: () => Promise<void>,
): Promise<void> {
  const entries: Entry[] = [];
  const arrays: TypedArray[] = [];
  let offset = 0;
  for (const [name, value] of Object.entries(checkpoint.tensors)) {
    const data = await value.data();
    entries.push({ name, dtype: value.dtype, shape: value.shape, offset, bytes: data.byteLength });
    arrays.push(data);
    offset += data.byteLength;
  }
  const header = Buffer.from(
    JSON.stringify({ state: checkpoint.state, tensors: entries } satisfies Header),
  );
  await writeAtomically(
    file,
    sealed([magic, lengthBytes(header.length), header, ...arrays.map(littleEndian)]),
    before,
  );
}

/**
 * Reads a checkpoint back; the tensors are new.
 *
 * @throws ERR_CHECKPOINT where the file is truncated, altered or something else; ERR_IO where it
 * cannot be read
 */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  const content = await readFile(file).catch((error: unknown) => {
    throw ioError("read", file, error);
  });
  const start = magic.length + 8;
  if (content.length < start + digestBytes || !content.subarray(0, magic.length).equals(magic)) {
    throw damaged(file, "it does not begin like a checkpoint");
  }
  const end = content.length - digestBytes;
  const hash = createHash("sha256");
  for (const chunk of chunksOf(content.subarray(0, end))) {
    hash.update(chunk);
    await setImmediate();
  }
  if (!hash.digest().equals(content.subarray(end))) {
    throw damaged(file, "its checksum does not match, so it is truncated or was altered");
  }
  const headerBytes = Number(content.readBigUInt64LE(magic.length));
  const header = JSON.parse(content.toString("utf8", start, start + headerBytes)) as Header;
  const tensors: Record<string, Tensor> = {};
  for (const entry of header.tensors) {
    const from = start + headerBytes + entry.offset;
    // A copy: typed arrays need an aligned start, and the tensor copies anyway.
    const bytes = littleEndian(content.subarray(from, from + entry.bytes));
    const data = typedArray(entry.dtype, new Uint8Array(bytes).buffer);
    tensors[entry.name] = tensor(data, { shape: entry.shape, dtype: entry.dtype });
  }
  return { state: header.state, tensors };
}

/** Whether there is a file to resume from. */
export async function checkpointExists(file: string): Promise<boolean> {
  const handle = await open(file, "r").catch(() => null);
  await handle?.close();
  return handle !== null;
}

/** The parts cut into chunks, and their digest after them; other work gets its turn in between. */
async function* sealed(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const hash: Hash = createHash("sha256");
  for (const part of parts) {
    for (const chunk of chunksOf(part)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  yield hash.digest();
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    yield bytes.subarray(from, from + chunkBytes);
  }
}

function lengthBytes(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}

/** The bytes as they lie in memory; the layout is little endian, as is every platform we run on. */
function littleEndian(data: TypedArray): Uint8Array {
  if (endianness() !== "LE") {
    throw new PotstillError("ERR_CHECKPOINT", "checkpoints need a little-endian machine");
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function typedArray(dtype: DType, buffer: ArrayBuffer): TypedArray {
  switch (dtype) {
    case "float64":
      return new Float64Array(buffer);
    case "float32":
    case "float16":
    case "bfloat16":
      return new Float32Array(buffer);
    case "int64":
      return new BigInt64Array(buffer);
    case "int32":
      return new Int32Array(buffer);
    case "int16":
      return new Int16Array(buffer);
    case "int8":
      return new Int8Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}

/** For whoever has no other checkpoint. */
export const advice = "Delete it to start over, or put a good copy in its place.";

function damaged(file: string, what: string): PotstillError {
  return new PotstillError("ERR_CHECKPOINT", `${file} is no usable checkpoint: ${what}. ${advice}`);
}

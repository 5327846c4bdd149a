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
import { type DType, ops, type Tensor, type TypedArray, tensor } from "../tensor/index.js";
import { ioError, writeAtomically } from "./files.js";
import type { Json } from "./report.js";

const magic = Buffer.from("POTSTILL CHECKPOINT 1\n", "latin1");
const digestBytes = 32;
/** Copied, hashed and written at a time: about a millisecond of the event loop. */
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
  let offset = 0;
  for (const [name, { dtype, shape, numel }] of Object.entries(checkpoint.tensors)) {
    const bytes = numel * bytesPerElement(dtype);
    entries.push({ name, dtype, shape, offset, bytes });
    offset += bytes;
  }
  const header = Buffer.from(
    JSON.stringify({ state: checkpoint.state, tensors: entries } satisfies Header),
  );
  const parts = async function* () {
    yield* [magic, lengthBytes(header.length)];
    yield* chunksOf(header);
    for (const value of Object.values(checkpoint.tensors)) yield* chunksOfTensor(value);
  };
  await writeAtomically(file, sealed(parts()), before);
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

/** The chunks, and their digest after them. */
async function* sealed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash: Hash = createHash("sha256");
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  yield hash.digest();
}

/**
 * The elements of a tensor in pieces: what crosses over to JavaScript is copied on its thread, and a
 * large matrix in one go would hold the event loop up.
 */
async function* chunksOfTensor(value: Tensor): AsyncGenerator<Uint8Array> {
  const { numel } = value;
  if (numel === 0) return;
  const flat = ops.aten.reshape.default(value, [-1]);
  try {
    const count = Math.floor(chunkBytes / bytesPerElement(value.dtype));
    for (let from = 0; from < numel; from += count) {
      const piece = ops.aten.narrow.default(flat, 0, from, Math.min(count, numel - from));
      try {
        yield littleEndian(await piece.data());
      } finally {
        piece.dispose();
      }
    }
  } finally {
    flat.dispose();
  }
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

/** Of the typed array that carries the dtype. */
function bytesPerElement(dtype: DType): number {
  return typedArray(dtype, new ArrayBuffer(0)).BYTES_PER_ELEMENT;
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

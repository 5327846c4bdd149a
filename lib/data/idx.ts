/**
 * The IDX format of the MNIST files: two zero bytes, a type code, the number of dimensions, each
 * dimension as a big-endian 32-bit number, then the values, big-endian, row-major. Source:
 * http://yann.lecun.com/exdb/mnist/ ("the IDX file format").
 */

import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { DType } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";

const inflate = promisify(gunzip);

export type IdxArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

export interface IdxData {
  shape: number[];
  dtype: Extract<DType, "uint8" | "int8" | "int16" | "int32" | "float32" | "float64">;
  /** In the byte order of this machine. */
  data: IdxArray;
}

type IdxType = Pick<IdxData, "dtype"> & { array: new (buffer: ArrayBuffer) => IdxArray };

const types = new Map<number, IdxType>([
  [0x08, { dtype: "uint8", array: Uint8Array }],
  [0x09, { dtype: "int8", array: Int8Array }],
  [0x0b, { dtype: "int16", array: Int16Array }],
  [0x0c, { dtype: "int32", array: Int32Array }],
  [0x0d, { dtype: "float32", array: Float32Array }],
  [0x0e, { dtype: "float64", array: Float64Array }],
]);
const itemSize = { uint8: 1, int8: 1, int16: 2, int32: 4, float32: 4, float64: 8 } as const;

/**
 * Reads an IDX file, plain or compressed with gzip (told apart by content, not by name).
 *
 * @throws ERR_IO when the file cannot be read; ERR_DATA, naming it, when it is no IDX file, is cut
 *   short, or holds more or less than its header says
 */
export async function readIdx(path: string): Promise<IdxData> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PotstillError("ERR_IO", `cannot read ${path}: ${reason}`, { cause });
  }
  if (bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = await inflate(bytes);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw bad(path, `the gzip stream is damaged or cut short (${reason})`, cause);
    }
  }
  return parseIdx(bytes, path);
}

/**
 * Decodes the contents of an IDX file.
 *
 * @param path for messages
 * @throws ERR_DATA
 */
export function parseIdx(bytes: Uint8Array, path: string): IdxData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw bad(path, `it has ${bytes.length} bytes, too few for an IDX header`);
  if (view.getUint16(0) !== 0) {
    const start = Buffer.from(bytes.subarray(0, 4)).toString("hex");
    throw bad(path, `it is no IDX file: it starts with ${start}, an IDX file with two zero bytes`);
  }
  const code = view.getUint8(2);
  const type = types.get(code);
  if (type === undefined) {
    const known = [...types.keys()].map((key) => `0x${hex(key)}`).join(", ");
    throw bad(path, `it has the unknown type code 0x${hex(code)} (known: ${known})`);
  }
  const dimensions = view.getUint8(3);
  if (dimensions === 0) throw bad(path, "its header names no dimensions");
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) {
    throw bad(path, `it ends in the header: ${bytes.length} of ${header} bytes`);
  }
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const width = itemSize[type.dtype];
  const expected = shape.reduce((product, size) => product * size, width);
  const actual = bytes.length - header;
  if (actual !== expected) {
    const verdict = actual < expected ? "it is cut short" : "it is longer than its header says";
    const shapeText = `[${shape.join(", ")}] ${type.dtype}`;
    throw bad(path, `${verdict}: ${shapeText} takes ${expected} bytes, there are ${actual}`);
  }
  // A copy: aligned, and free of the file's buffer. (Buffer's own slice() would share it.)
  const body = new Uint8Array(bytes.subarray(header));
  swapToHost(body, width);
  return { shape, dtype: type.dtype, data: new type.array(body.buffer) };
}

const bigEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

function swapToHost(body: Uint8Array, width: number): void {
  if (bigEndianHost || width === 1) return;
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else buffer.swap64();
}

function hex(code: number): string {
  return code.toString(16).padStart(2, "0");
}

function bad(path: string, what: string, cause?: unknown): PotstillError {
  return new PotstillError("ERR_DATA", `${path}: ${what}`, cause === undefined ? {} : { cause });
}

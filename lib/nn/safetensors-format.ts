/**
 * The header of a safetensors file: a little-endian u64 with the header's length, the header in
 * JSON, the data. Pure; `safetensors.ts` does the reading and writing.
 */

import type { DType } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { isRecord } from "./check.js";

/** Element types under the format's names, with their bytes; in the order in which they are laid out. */
const TYPES: Readonly<Record<string, { dtype: DType; size: number }>> = {
  I64: { dtype: "int64", size: 8 },
  F64: { dtype: "float64", size: 8 },
  F32: { dtype: "float32", size: 4 },
  I32: { dtype: "int32", size: 4 },
  BF16: { dtype: "bfloat16", size: 2 },
  F16: { dtype: "float16", size: 2 },
  I16: { dtype: "int16", size: 2 },
  I8: { dtype: "int8", size: 1 },
  U8: { dtype: "uint8", size: 1 },
  BOOL: { dtype: "bool", size: 1 },
};

/** A header longer than this is refused, as the format's reference does. */
export const MAX_HEADER = 100_000_000;

export interface Entry {
  name: string;
  dtype: DType;
  shape: number[];
  /** Bytes within the data section, `end` excluded. */
  begin: number;
  end: number;
}

export interface Header {
  entries: Entry[];
  metadata: Record<string, string>;
}

function typeOf(dtype: DType) {
  const found = Object.entries(TYPES).find(([, type]) => type.dtype === dtype);
  if (found === undefined) {
    throw new PotstillError("ERR_DTYPE", `safetensors: no such element type: ${String(dtype)}.`);
  }
  return found;
}

/**
 * Lays tensors out by type, big elements first so that each is aligned, and then by name, as the
 * format's reference does; returns the entries in that order and the bytes before the data, a multiple of 8.
 */
export function layOut(
  tensors: readonly { name: string; dtype: DType; shape: readonly number[] }[],
  metadata: Readonly<Record<string, string>>,
): { entries: Entry[]; head: Buffer } {
  const order = Object.values(TYPES).map(({ dtype }) => dtype);
  const sorted = [...tensors].sort(
    (a, b) => order.indexOf(a.dtype) - order.indexOf(b.dtype) || (a.name < b.name ? -1 : 1),
  );
  const fields: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) fields.push(["__metadata__", metadata]);
  const entries: Entry[] = [];
  let offset = 0;
  for (const { name, dtype, shape } of sorted) {
    const [type, { size }] = typeOf(dtype);
    const end = offset + shape.reduce((a, b) => a * b, 1) * size;
    entries.push({ name, dtype, shape: [...shape], begin: offset, end });
    fields.push([name, { dtype: type, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(fields)));
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER) {
    throw new PotstillError("ERR_CONFIG", "safetensors: too many tensors for one header.");
  }
  const head = Buffer.alloc(8 + length, " ");
  head.writeBigUInt64LE(BigInt(length), 0);
  json.copy(head, 8);
  return { entries, head };
}

function refuse(message: string): never {
  throw new PotstillError("ERR_DATA", message);
}

/**
 * Length of the header, from the first 8 bytes.
 *
 * @throws PotstillError `ERR_DATA` where it is too long, or longer than the file
 */
export function readHeaderLength(first: Buffer, fileSize: number): number {
  if (fileSize < 10 || first.length < 8) refuse("it is too short for a safetensors file");
  const length = first.readBigUInt64LE(0);
  if (length > BigInt(MAX_HEADER)) {
    refuse(`its header would have ${length} bytes; it is no safetensors file, or damaged`);
  }
  if (8n + length > BigInt(fileSize)) refuse("it ends within its header; it is truncated");
  return Number(length);
}

/**
 * Reads a header and checks that its tensors fill the data section exactly: sizes that follow from
 * shape and type, no overlap, no gap, nothing beyond the end.
 *
 * @param dataSize Bytes after the header.
 * @throws PotstillError `ERR_DATA`
 */
export function parseHeader(text: Uint8Array, dataSize: number): Header {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text));
  } catch {
    refuse("its header is not valid JSON");
  }
  if (!isRecord(parsed)) refuse("its header is no JSON object");
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "__metadata__") metadata = parseMetadata(value);
    else entries.push(parseEntry(name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let offset = 0;
  for (const { name, begin, end } of entries) {
    if (begin < offset) refuse(`the data of "${name}" overlap another tensor's`);
    if (begin > offset) refuse(`there is a gap of ${begin - offset} bytes before "${name}"`);
    offset = end;
  }
  if (offset > dataSize) {
    refuse(
      `it has ${dataSize} bytes of data where the header describes ${offset}; it is truncated`,
    );
  }
  if (offset < dataSize) refuse(`${dataSize - offset} bytes follow the last tensor`);
  return { entries, metadata };
}

function parseMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value) || Object.values(value).some((item) => typeof item !== "string")) {
    refuse("its __metadata__ is not a record of strings");
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, value: unknown): Entry {
  const { dtype: type, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  const natural = (item: unknown): item is number =>
    Number.isSafeInteger(item) && (item as number) >= 0;
  if (
    typeof type !== "string" ||
    !Array.isArray(shape) ||
    !shape.every(natural) ||
    !Array.isArray(offsets) ||
    offsets.length !== 2 ||
    !offsets.every(natural)
  ) {
    refuse(`the entry "${name}" is not { dtype, shape, data_offsets }`);
  }
  if (!Object.hasOwn(TYPES, type)) {
    refuse(`"${name}" has the element type ${type}; known are ${Object.keys(TYPES).join(", ")}`);
  }
  const { dtype, size } = TYPES[type]!;
  const [begin, end] = offsets as [number, number];
  const bytes = (shape as number[]).reduce((a, b) => a * b, 1) * size;
  if (!Number.isSafeInteger(bytes) || end - begin !== bytes) {
    refuse(
      `"${name}" (${type} [${shape.join(", ")}]) takes ${bytes} bytes, but has ${end - begin}`,
    );
  }
  return { name, dtype, shape: shape as number[], begin, end };
}

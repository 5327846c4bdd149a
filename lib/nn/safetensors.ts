/** State dicts as safetensors files, which Python's `safetensors` reads and writes too. */

import { type FileHandle, open } from "node:fs/promises";
import { replaceAtomically } from "../files/index.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { DTYPES, type DType, ops, Tensor, type TypedArray, tensor } from "../tensor/index.js";
import { isRecord, show } from "./check.js";
import {
  type Entry,
  type Header,
  layOut,
  parseHeader,
  readHeaderLength,
} from "./safetensors-format.js";
import type { StateDict } from "./state-dict.js";

export interface SafetensorsOptions {
  /** Where the tensors go, such as "cuda:0"; default "cpu". */
  device?: string | undefined;
}

/** One read or write; the system takes less than 2 GiB at once. */
const CHUNK = 1 << 28;

const halves: ReadonlySet<DType> = new Set<DType>(["float16", "bfloat16"]);

/**
 * Writes tensors to a safetensors file, beside the target first and renamed once it is on the disk;
 * on a thread of its own, so the tensors must not change until the promise settles.
 *
 * @param tensors By name, as `stateDict()` gives them; any device.
 * @param metadata Strings by name, such as `{ format: "pt" }` (the default, which Python's loaders
 *   expect).
 * @throws PotstillError `ERR_IO` where it cannot be written, `ERR_CONFIG` for what is no tensor
 */
export async function saveSafetensors(
  file: string,
  tensors: StateDict | ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Promise<void> {
  const dict = new Map(tensors instanceof Map ? tensors : Object.entries(tensors as StateDict));
  for (const [name, value] of dict) {
    if (!(value instanceof Tensor)) {
      throw new PotstillError(
        "ERR_CONFIG",
        `saveSafetensors: "${name}" is no Tensor: ${show(value)}.`,
      );
    }
    if (name === "__metadata__") {
      throw new PotstillError("ERR_CONFIG", `saveSafetensors: no tensor can be named "${name}".`);
    }
  }
  if (!isRecord(metadata) || Object.values(metadata).some((item) => typeof item !== "string")) {
    throw new PotstillError("ERR_CONFIG", "saveSafetensors: metadata holds strings only.");
  }
  const { entries, head } = layOut(
    [...dict].map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    metadata,
  );
  const byName = (name: string) => dict.get(name)!;
  // Views, so that the caller may dispose of the originals before the job is submitted.
  const parts = [
    tensor(head, { dtype: "uint8" }),
    ...entries.map(({ name }) => byName(name).detach()),
  ];
  try {
    await replaceAtomically(file, (temporary) =>
      native.writeTensors(temporary, file, parts, false),
    );
  } finally {
    for (const part of parts) part.dispose();
  }
}

function reinterpret(value: Tensor, dtype: DType): Tensor {
  return ops.aten.view.dtype(value.detach(), dtype);
}

/** A safetensors file: its tensors, and the strings of its header. */
export interface SafetensorsFile {
  tensors: StateDict;
  metadata: Record<string, string>;
}

/**
 * Reads every tensor of a safetensors file.
 *
 * @throws PotstillError `ERR_IO` where the file cannot be read, `ERR_DATA` where it is damaged or no
 *   safetensors file
 *
 * @example
 * model.loadStateDict(await loadSafetensors("student.safetensors"));
 */
export async function loadSafetensors(
  file: string,
  options?: SafetensorsOptions,
): Promise<StateDict> {
  return (await readSafetensors(file, options)).tensors;
}

/** As `loadSafetensors`, with the header's metadata. */
export function readSafetensors(
  file: string,
  options: SafetensorsOptions = {},
): Promise<SafetensorsFile> {
  return withHeader("read", file, async ({ handle, start, entries, metadata }) => {
    const tensors: [string, Tensor][] = [];
    for (const entry of entries) {
      const bytes = await readAt(handle, start + entry.begin, entry.end - entry.begin);
      tensors.push([entry.name, toTensor(entry, bytes, options.device)]);
    }
    return { tensors: Object.fromEntries(tensors), metadata };
  });
}

/**
 * The tensors of a safetensors file, mapped into memory rather than read: pages come in as they are
 * looked at, and the system may drop them again. The file must stay as it is while they live.
 *
 * @throws PotstillError as `loadSafetensors`
 */
export function mapSafetensors(file: string): Promise<SafetensorsFile> {
  return withHeader("map", file, async ({ size, start, entries, metadata }) => {
    const whole = ops.aten.from_file(file, false, size, { dtype: "uint8" });
    const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, Tensor] => {
      const bytes = ops.aten.narrow(whole, 0, start + begin, end - begin) as Tensor;
      const flat = ops.aten.view.dtype(bytes, dtype);
      const shaped = ops.aten.view(flat, shape);
      bytes.dispose();
      flat.dispose();
      return [name, shaped];
    });
    whole.dispose();
    return { tensors: Object.fromEntries(tensors), metadata };
  });
}

/** An open file whose header has been read; its data begin at `start`. */
interface OpenFile extends Header {
  handle: FileHandle;
  size: number;
  start: number;
}

/** Runs `body` on an open file; what fails names the file and what was done with it. */
async function withHeader<T>(
  action: "read" | "map",
  file: string,
  body: (opened: OpenFile) => Promise<T>,
): Promise<T> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(file, "r");
    const { size } = await handle.stat();
    const length = readHeaderLength(await readAt(handle, 0, Math.min(8, size)), size);
    const start = 8 + length;
    const header = parseHeader(await readAt(handle, 8, length), size - start);
    return await body({ ...header, handle, size, start });
  } catch (error) {
    const known = error instanceof PotstillError;
    if (known && error.code !== "ERR_DATA") throw error;
    const code = known ? "ERR_DATA" : "ERR_IO";
    throw new PotstillError(code, `Cannot ${action} ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await handle?.close();
  }
}

/** Bytes in a buffer of their own, aligned for every element type. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.from(new ArrayBuffer(length));
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(
      buffer,
      at,
      Math.min(CHUNK, length - at),
      position + at,
    );
    if (bytesRead === 0) throw new PotstillError("ERR_DATA", "it ended while it was read");
    at += bytesRead;
  }
  return buffer;
}

function toTensor(entry: Entry, bytes: Buffer, device: string | undefined): Tensor {
  const { dtype, shape } = entry;
  const carrier = halves.has(dtype) ? "int16" : dtype;
  const Elements = DTYPES[carrier].array as unknown as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => TypedArray;
  const count = shape.reduce((a, b) => a * b, 1);
  let made = tensor(new Elements(bytes.buffer, bytes.byteOffset, count), { shape, dtype: carrier });
  if (carrier !== dtype) {
    const bits = made;
    made = reinterpret(bits, dtype);
    bits.dispose();
  }
  if (device === undefined || device === "cpu") return made;
  const moved = made.to({ device });
  made.dispose();
  return moved;
}

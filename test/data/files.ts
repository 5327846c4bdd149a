/** IDX files for tests. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll } from "vitest";

/** A folder that is removed after the tests of the file that asked for it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "potstill-data-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function idxHeader(code: number, shape: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt8(code, 2);
  header.writeUInt8(shape.length, 3);
  shape.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  return header;
}

/** An IDX file of bytes. */
export function idxBytes(shape: readonly number[], values: ArrayLike<number>, code = 0x08): Buffer {
  return Buffer.concat([idxHeader(code, shape), Buffer.from(Uint8Array.from(values))]);
}

export async function write(
  folder: string,
  name: string,
  bytes: Uint8Array,
  gzip = false,
): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, gzip ? gzipSync(bytes) : bytes);
  return path;
}

/** Values 0, 1, 2, … that wrap at `modulus`. */
export function counting(length: number, modulus = 256): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % modulus);
}

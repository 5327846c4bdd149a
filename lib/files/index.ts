/** Files that are either whole or not there. */

import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { PotstillError } from "../native/errors.js";

let written = 0;

/**
 * Puts new content in the place of `file` by way of a temporary file beside it that is then renamed:
 * whatever happens, the path holds the old content or the new one.
 *
 * @param write writes and syncs the temporary file
 * @throws ERR_IO with the path and the reason (disk full, no permission, …)
 */
export async function replaceAtomically(
  file: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${file}.${process.pid}.${(written++).toString(36)}.tmp`;
  try {
    await write(temporary);
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw ioError("write", file, error);
  }
}

/** @throws ERR_IO where the folder of a file cannot be made */
export async function makeFolderOf(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true }).catch((error: unknown) => {
    throw ioError("write", file, error);
  });
}

/** Writes `chunks` to `file`, as `replaceAtomically` does; makes its folder where there is none. */
export async function writeAtomically(
  file: string,
  chunks: Iterable<string | Uint8Array>,
): Promise<void> {
  await makeFolderOf(file);
  await replaceAtomically(file, async (temporary) => {
    const handle = await open(temporary, "w");
    try {
      for (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/**
 * Removes what processes that were killed while they wrote have left in a folder that nobody else
 * writes to now.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const own = `.${process.pid}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!/\.\d+(\.[0-9a-z]+)?\.tmp$/.test(name) || name.includes(own)) continue;
    await rm(path.join(folder, name), { force: true }).catch(() => {});
  }
}

/** Two spaces of indentation and a newline at the end, written atomically. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeAtomically(file, [`${JSON.stringify(value, null, 2)}\n`]);
}

/** The rename itself is durable only once the folder is synced; not every system can open one. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  try {
    await handle?.sync().catch(() => {});
  } finally {
    await handle?.close();
  }
}

const reasons: Record<string, string> = {
  ENOSPC: "the disk is full; free some space or choose another folder",
  EDQUOT: "the disk quota is used up; free some space or choose another folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOENT: "no such file or folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder",
};

/** Any failure of the file system as ERR_IO; errors that already have a code of ours pass through. */
export function ioError(action: "read" | "write", file: string, error: unknown): PotstillError {
  if (error instanceof PotstillError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new PotstillError("ERR_IO", `cannot ${action} ${file}: ${reason}`, { cause: error });
}

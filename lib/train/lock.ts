/** One run per folder at a time. */

import { mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { PotstillError } from "../native/errors.js";
import { ioError } from "./files.js";

/**
 * Takes a folder for a run; the folder is made where it does not exist. A lock whose process is
 * gone is taken over.
 *
 * @returns what gives the folder back
 * @throws ERR_LOCKED where another run is writing to it, ERR_IO where it cannot be written to
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, ".lock");
  try {
    await mkdir(folder, { recursive: true });
    for (let attempt = 0; ; attempt++) {
      if (await take(file)) return () => rm(file, { force: true });
      const owner = Number(await readFile(file, "utf8").catch(() => ""));
      if (attempt > 0 || isAlive(owner)) throw locked(folder, owner);
      await rm(file, { force: true });
    }
  } catch (error) {
    throw ioError("write", folder, error);
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    await handle.writeFile(`${process.pid}\n`);
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function locked(folder: string, owner: number): PotstillError {
  return new PotstillError(
    "ERR_LOCKED",
    `${folder} is in use by another run (process ${owner}); wait for it, or choose another folder`,
  );
}

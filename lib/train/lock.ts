/** One run per folder at a time. */

import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { ioError } from "../files/index.js";
import { PotstillError } from "../native/errors.js";

/** Who holds a folder: the first line of its lock, with spaces in between. */
interface Owner {
  pid: number;
  /** Null in locks of earlier versions. */
  host: string | null;
  /** What tells processes of one number apart, where the system says it. */
  begun: string | null;
}

const millisecondsOfTakeover = 5000;
/** Then whoever holds the folder for moments only has to be asked again later. */
const millisecondsOfTrying = 8000;

/** Folders that are held around what is running here. */
const held = new AsyncLocalStorage<ReadonlySet<string>>();

/**
 * Runs `job` while nobody else can take the folder, which is made where it does not exist. A lock
 * whose process is gone is taken over; within `job` the folder can be taken again.
 *
 * @throws ERR_LOCKED where another run is writing to it, ERR_IO where it cannot be written to
 */
export async function withLock<T>(folder: string, job: () => Promise<T>): Promise<T> {
  let real: string;
  try {
    await mkdir(folder, { recursive: true });
    real = await realpath(folder);
  } catch (error) {
    throw ioError("write", folder, error);
  }
  const around = held.getStore() ?? new Set();
  if (around.has(real)) return await job();
  const unlock = await lockFolder(folder);
  try {
    return await held.run(new Set([...around, real]), job);
  } finally {
    await unlock();
  }
}

/** Whether a process that is alive, or may be, holds the folder of a run. */
export async function isLocked(folder: string): Promise<boolean> {
  const text = await readFile(lockFile(folder), "utf8").catch(() => null);
  return text !== null && (await mayBeAlive(ownerOf(text)));
}

function lockFile(folder: string): string {
  return path.join(folder, ".lock");
}

/**
 * Claims what `file` stands for, unless somebody who is alive, or may be, has: then null. A claim
 * whose process is gone is taken over.
 *
 * @returns what gives the claim back
 * @throws ERR_IO where the file cannot be written
 */
export async function claim(file: string): Promise<(() => Promise<void>) | null> {
  try {
    const taken = await takeOrOwner(file);
    return typeof taken === "function" ? taken : null;
  } catch (error) {
    throw ioError("write", file, error);
  }
}

async function lockFolder(folder: string): Promise<() => Promise<void>> {
  try {
    const taken = await takeOrOwner(lockFile(folder));
    if (typeof taken === "function") return taken;
    throw locked(folder, taken);
  } catch (error) {
    throw ioError("write", folder, error);
  }
}

async function takeOrOwner(file: string): Promise<(() => Promise<void>) | Owner> {
  const own = `${process.pid} ${hostname()} ${(await beginningOf(process.pid)) ?? "-"} ${randomBytes(6).toString("hex")}\n`;
  const began = performance.now();
  for (;;) {
    if (await take(file, own)) return () => giveBack(file, own);
    const text = await readFile(file, "utf8").catch(() => null);
    const owner = ownerOf(text ?? "");
    const late = performance.now() - began > millisecondsOfTrying;
    if (late || (await mayBeAlive(owner))) return owner;
    // Left behind, or gone since.
    if (text !== null) await removeStale(file, text);
  }
}

/** The lock appears with its content: nobody ever reads one that says nothing yet. */
async function take(file: string, own: string): Promise<boolean> {
  const temporary = `${file}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, own, { flag: "wx" });
    return await link(temporary, file).then(
      () => true,
      async (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return false;
        // A file system without hard links.
        return await writeFile(file, own, { flag: "wx" }).then(
          () => true,
          (second: NodeJS.ErrnoException) => {
            if (second.code === "EEXIST") return false;
            throw second;
          },
        );
      },
    );
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Takes a lock away that was left behind. One at a time does that, and looks again first, so that
 * nobody's new lock goes with it.
 */
async function removeStale(file: string, text: string): Promise<void> {
  const guard = `${file}.takeover`;
  try {
    await writeFile(guard, "", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: Date.now() }));
    // It takes milliseconds: this one's process was killed.
    if (Date.now() - mtimeMs > millisecondsOfTakeover) await rm(guard, { force: true });
    await setTimeout(10);
    return;
  }
  try {
    const now = await readFile(file, "utf8").catch(() => null);
    if (now === text) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function giveBack(file: string, own: string): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === own) await rm(file, { force: true });
}

function ownerOf(text: string): Owner {
  const [pid, host, begun] = text.trim().split(" ");
  return {
    pid: Number(pid),
    host: host ?? null,
    begun: begun === undefined || begun === "-" ? null : begun,
  };
}

async function mayBeAlive({ pid, host, begun }: Owner): Promise<boolean> {
  // Nothing is known of the processes of another machine that shares the folder.
  if (host !== null && host !== hostname()) return true;
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (begun === null) return true;
  const now = await beginningOf(pid);
  return now === null || now === begun;
}

/** When a process began, in ticks of the system's clock; null where the system does not say. */
async function beginningOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  // The second field is a name in parentheses with anything in it; the beginning is the 22nd.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function locked(folder: string, { pid, host }: Owner): PotstillError {
  const elsewhere = host !== null && host !== hostname();
  return new PotstillError(
    "ERR_LOCKED",
    `${folder} is in use by another run (process ${pid}${elsewhere ? ` on ${host}` : ""}); wait for it, ` +
      `or choose another folder${elsewhere ? `; if it is gone for good, delete ${lockFile(folder)}` : ""}`,
  );
}

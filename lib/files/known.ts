/** What was found out about this machine and is kept for later processes. */

import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { writeJson } from "./index.js";

/** A file of `POTSTILL_CACHE_DIR`, or of `potstill` in the user's cache folder. */
export function knownFile(name: string): string {
  const { POTSTILL_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  const folder =
    POTSTILL_CACHE_DIR || path.join(XDG_CACHE_HOME || path.join(homedir(), ".cache"), "potstill");
  return path.join(folder, name);
}

/** What is known by key; nothing where the file is missing or no longer readable. */
export async function readKnown(file: string): Promise<Record<string, unknown>> {
  try {
    const known: unknown = JSON.parse(await readFile(file, "utf8"));
    return typeof known === "object" && known !== null ? (known as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Keeps one thing more. What cannot be kept is found out again: a read-only home is no failure. */
export async function keepKnown(file: string, key: string, value: unknown): Promise<void> {
  await writeJson(file, { ...(await readKnown(file)), [key]: value }).catch(() => {});
}

// What the build and install scripts share. Plain Node, no dependencies: these run before any
// package is there.

import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Folder of this package's package.json. */
export const packageRoot = fileURLToPath(new URL("..", import.meta.url)).replace(/[/\\]$/, "");

/** A failure whose message is all that the user has to see. */
export class InstallError extends Error {}

/** Progress goes to stderr, so that stdout stays free for results. */
export function say(message) {
  process.stderr.write(`potstill: ${message}\n`);
}

/**
 * The project that this package serves: the one it is installed in, or its own checkout.
 * Kept outside node_modules, what belongs to the project survives a reinstall.
 */
export function projectRoot(root = packageRoot) {
  const at = root.search(/[/\\]node_modules([/\\]|$)/);
  const project = at < 0 ? root : root.slice(0, at);
  return existsSync(join(project, "package.json")) ? project : root;
}

/**
 * Runs a program to its end and collects what it prints; `onError` sees its stderr as it comes.
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>}
 *   code is null when a signal ended it and 127 when it could not be started
 */
export function capture(command, args, { onError, ...options } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
      onError?.(text);
    });
    child.on("error", (error) => done({ code: 127, signal: null, stdout, stderr: error.message }));
    child.on("close", (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

/**
 * Runs a program whose output the user sees. What it prints on stdout goes to our stderr, unless
 * `options.stdio` says otherwise.
 * @returns {Promise<number>} its exit code, or 128 when a signal ended it
 */
export function run(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ["ignore", 2, 2], ...options });
    child.on("error", fail);
    child.on("close", (code) => done(code ?? 128));
  });
}

const stale = 60_000;
const beat = 5_000;

async function describeLock(path) {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    const [pid, host] = text.split(" ");
    return { text, pid: Number(pid), host, age: Date.now() - mtimeMs };
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

function isAbandoned({ pid, host, age }) {
  if (age > stale) return true;
  if (host !== hostname() || !(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/**
 * Runs `work` while holding a lock file; a second process waits. The lock of a process that died
 * is taken over: at once on the same machine, otherwise when it has not been touched for a minute.
 */
export async function withLock(path, what, work) {
  const mine = `${process.pid} ${hostname()} ${Math.random().toString(36).slice(2)}`;
  let told = false;
  for (;;) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(mine);
      await file.close();
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = await describeLock(path);
    if (holder === null) continue;
    if (isAbandoned(holder)) {
      // Renamed first: of several that wait, one gets it. Should it be a newer lock than the one
      // looked at, its owner is told apart by the text and finds it back.
      const aside = `${path}.${process.pid}`;
      await rename(path, aside).catch(() => {});
      const taken = await describeLock(aside);
      if (taken && taken.text !== holder.text) await rename(aside, path);
      else await rm(aside, { force: true });
      continue;
    }
    if (!told) say(`waiting for process ${holder.pid}, which is ${what}`);
    told = true;
    await sleep(300);
  }
  const heart = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, beat);
  heart.unref();
  try {
    return await work();
  } finally {
    clearInterval(heart);
    await rm(path, { force: true });
  }
}

/** Runs `main` as a program: an InstallError prints its message only and ends with code 1. */
export async function asProgram(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    process.stderr.write(`\npotstill: ${error.message}\n\n`);
    process.exitCode = 1;
  }
}

/** Whether this module is the program that was started, rather than imported by another. */
export function isMain(url) {
  return process.argv[1] !== undefined && fileURLToPath(url) === realpathSync(process.argv[1]);
}

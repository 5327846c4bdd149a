// Brings a checkout to the point where tests, demo and benchmarks run: packages, addon, dist.
// Plain Node: it runs in a fresh clone, before any package is there.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { asProgram, InstallError, isMain, packageRoot, run, say } from "./tools.mjs";

/** Whether node_modules holds what package-lock.json says; npm keeps its own copy of it there. */
async function packagesAreCurrent(root) {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const [lock, copy] = await Promise.all(
    [join(root, "package-lock.json"), installed].map(async (path) =>
      JSON.parse(await readFile(path, "utf8")),
    ),
  );
  return Object.entries(lock.packages).every(
    ([path, { version, optional, os, cpu }]) =>
      path === "" || copy.packages[path]?.version === version || optional || os || cpu,
  );
}

/**
 * Installs the packages of package-lock.json, builds the addon and compiles dist, each only where
 * missing or out of date.
 * @throws InstallError with one message that says what to do
 */
export async function ensure({ root = packageRoot, env = process.env } = {}) {
  if (!(await packagesAreCurrent(root))) {
    say("installing packages");
    // Without their scripts, ours among them: the addon is built below, in sight.
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const code = await run(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: root,
      env,
    });
    if (code !== 0)
      throw new InstallError(`npm ci ended with code ${code}; see its message above.`);
  }
  const { buildNative, buildTypeScript } = await import("./build.mjs");
  await buildNative({ root, env });
  await buildTypeScript({ root });
}

if (isMain(import.meta.url)) await asProgram(() => ensure());

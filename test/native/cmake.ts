/** C++ of the tests, built with CMake against the libtorch and the operators that the addon uses. */

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addonPath } from "../../lib/native/loader.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const suffix = process.platform === "darwin" ? "dylib" : "so";

/** libpotstill_ops, as it was built beside the addon. */
export const operators = join(dirname(addonPath()), `libpotstill_ops.${suffix}`);

/** What a program prints; throws with that where it fails. */
export function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): { stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`);
  return { stdout, stderr };
}

const has = (command: string) => spawnSync(command, ["--version"]).status === 0;

/**
 * Builds the CMake project `source` of this repository in `folder`.
 *
 * @param languages whose compilers ccache stands before, where it is there
 * @returns what the build printed
 */
export function build(
  source: string,
  folder: string,
  languages: readonly string[],
  definitions: readonly string[] = [],
): string {
  const libtorch = run(process.execPath, ["scripts/libtorch.mjs", "--print"]).stdout.trim();
  run("cmake", [
    ...["-S", source, "-B", folder],
    ...(has("ninja") ? ["-G", "Ninja"] : []),
    ...(has("ccache")
      ? languages.map((language) => `-DCMAKE_${language}_COMPILER_LAUNCHER=ccache`)
      : []),
    `-DPOTSTILL_LIBTORCH_DIR=${libtorch}`,
    `-DPOTSTILL_OPS=${operators}`,
    ...definitions,
  ]);
  const { stdout, stderr } = run("cmake", ["--build", folder, "--parallel"]);
  return stdout + stderr;
}

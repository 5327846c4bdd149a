/** The CUDA kernels, compiled for the host and run under an emulation, against the CPU operators. */

import { execFileSync, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { addonPath } from "../../lib/native/loader.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "build", "emulation");

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`);
  return stdout + stderr;
}

const has = (command: string) => spawnSync(command, ["--version"]).status === 0;

test("every kernel gives what the CPU operator gives, whatever the order of threads", () => {
  const libtorch = execFileSync(process.execPath, ["scripts/libtorch.mjs", "--print"], {
    cwd: root,
    encoding: "utf8",
  }).trim();
  const suffix = process.platform === "darwin" ? "dylib" : "so";
  run("cmake", [
    ...["-S", "test/native", "-B", folder],
    ...(has("ninja") ? ["-G", "Ninja"] : []),
    ...(has("ccache") ? ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] : []),
    `-DPOTSTILL_LIBTORCH_DIR=${libtorch}`,
    `-DPOTSTILL_OPS=${join(dirname(addonPath()), `libpotstill_ops.${suffix}`)}`,
  ]);
  const built = run("cmake", ["--build", folder, "--parallel"]);
  expect(built).not.toMatch(/warning:/);
  const { stdout } = spawnSync(join(folder, "emulation"), { encoding: "utf8" });
  const lines = stdout.trim().split("\n");
  expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
  expect(lines.length).toBeGreaterThan(100);
}, 1_200_000);

/** The CUDA kernels, compiled for the host and run under an emulation, against the CPU operators. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { build, root } from "./cmake.js";

test("every kernel gives what the CPU operator gives, whatever the order of threads", () => {
  const folder = join(root, "build", "emulation");
  expect(build("test/native", folder, ["CXX"])).not.toMatch(/warning:/);
  const { stdout } = spawnSync(join(folder, "emulation"), { encoding: "utf8" });
  const lines = stdout.trim().split("\n");
  expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
  expect(lines.length).toBeGreaterThan(100);
}, 1_200_000);

/** The way of batches to a GPU, its order held against a stream that is as late as it may be. */

import { join } from "node:path";
import { expect, test } from "vitest";
import { build, root, run } from "./cmake.js";

test("what is received is what was sent, however late the copies are", () => {
  const folder = join(root, "build", "uploads");
  expect(build("test/native/uploads", folder, ["CXX"])).not.toMatch(/warning:/);
  const lines = run(join(folder, "uploads"), []).stdout.trim().split("\n");
  expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
  expect(lines.length).toBeGreaterThan(25);
}, 600_000);

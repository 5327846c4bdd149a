import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildTools, requireBuildTools } from "../../scripts/prerequisites.mjs";
import { fakeProgram, scratch } from "./fake.js";

/** A path with exactly these programs on it. */
function pathWith(programs: Record<string, string>): NodeJS.ProcessEnv {
  const folder = join(scratch(), "bin");
  fakeProgram(folder, "unused", "exit 0");
  for (const [name, output] of Object.entries(programs))
    fakeProgram(folder, name, `echo '${output}'`);
  return { PATH: folder };
}
const gcc = (major: number) => `#define __GNUC__ ${major}`;
const good = { "c++": gcc(12), cmake: "cmake version 3.25.1", ninja: "1.11.1" };

describe("tools of the build", () => {
  test("everything there", async () => {
    await expect(requireBuildTools(pathWith(good))).resolves.toBeUndefined();
    const tools = await buildTools(
      pathWith({ ...good, "c++": "#define __clang_major__ 17\n#define __GNUC__ 4" }),
    );
    expect(tools).toEqual({
      compiler: { version: "c++ (clang 17)", problem: null },
      cmake: { version: "3.25.1", problem: null },
      generator: { version: "ninja 1.11.1", problem: null },
    });
  });

  test("make will do without ninja", async () => {
    const tools = await buildTools(pathWith({ make: "GNU Make 4.3" }));
    expect(tools.generator).toEqual({ version: "make 4.3", problem: null });
  });

  test("nothing there: one message names everything and how to install it", async () => {
    const failure = await requireBuildTools(pathWith({})).catch((error: Error) => error.message);
    expect(failure).toMatch(/C\+\+20 compiler.*CMake 3\.22.*Ninja or Make/);
    expect(failure).toMatch(/sudo (apt|dnf) install/);
    expect(failure).toContain("npx potstill setup");
  });

  test.each([
    ["c++", gcc(9), /gcc 11 or newer \(c\+\+ is gcc 9\)/],
    ["c++", "#define __clang_major__ 10\n#define __GNUC__ 4", /clang 15 or newer/],
    ["cmake", "cmake version 3.18.4", /CMake 3\.22 or newer \(this one is 3\.18\.4\)/],
  ])("too old a %s is named with its version", async (name, output, message) => {
    await expect(requireBuildTools(pathWith({ ...good, [name]: output }))).rejects.toThrow(message);
  });

  test("CXX is what is asked", async () => {
    const env = { ...pathWith(good), CXX: "no-such-compiler" };
    await expect(requireBuildTools(env)).rejects.toThrow("no-such-compiler");
  });
});

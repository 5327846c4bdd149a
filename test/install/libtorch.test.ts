import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { isSupportedLibtorch, libtorchRange } from "../../lib/native/versions.js";
import {
  findLibtorch,
  inspectLibtorch,
  isSupported,
  platformProblem,
  supported,
  versionOf,
} from "../../scripts/libtorch.mjs";
import { projectRoot } from "../../scripts/tools.mjs";
import { fakeLibtorch, fakeProgram, quietEnvironment, scratch, write } from "./fake.js";

/** A `python3` that says it has torch in this folder. */
function pythonWith(folder: string, torch: string | null, pip = true): NodeJS.ProcessEnv {
  const answer = JSON.stringify({ executable: "", version: "3.11", torch, pip });
  fakeProgram(folder, "python3", `echo '${answer}'`);
  return quietEnvironment({ PATH: folder });
}

describe("what a folder holds", () => {
  test("version from the headers, in both of their places, or from the package", () => {
    const first = fakeLibtorch(scratch(), "2.14.1");
    expect(inspectLibtorch(first)).toMatchObject({ version: "2.14.1", problem: null, cuda: false });
    const second = scratch();
    write(
      join(second, "include/torch/csrc/api/include/torch/version.h"),
      "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 13\n#define TORCH_VERSION_PATCH 7\n",
    );
    expect(versionOf(second)).toBe("2.13.7");
    const third = scratch();
    write(join(third, "build-version"), "2.13.1+cpu\n");
    expect(versionOf(third)).toBe("2.13.1");
    expect(versionOf(scratch())).toBeNull();
  });

  test("CUDA is seen by its library", () => {
    const folder = fakeLibtorch(scratch());
    write(join(folder, "lib/libtorch_cuda.so"), "");
    expect(inspectLibtorch(folder).cuda).toBe(true);
  });

  test("what is missing is named", () => {
    const folder = scratch();
    write(join(folder, "lib/libc10.so"), "");
    const { problem } = inspectLibtorch(folder);
    expect(problem).toContain("lib/libtorch_cpu.so, include/ATen/ATen.h missing");
    expect(inspectLibtorch(join(folder, "nowhere")).problem).toBe("it does not exist");
  });

  test.each(["1.13.1", "2.9.0", "2.12.1", "2.15.0", "3.0.0"])(
    "version %s is refused",
    (version) => {
      const { problem } = inspectLibtorch(fakeLibtorch(scratch(), version));
      expect(problem).toContain(`${version} is not supported`);
      expect(problem).toContain(`at least ${supported.minimum} and below ${supported.below}`);
    },
  );
});

test("the supported range is one and the same everywhere", () => {
  expect(supported).toEqual(libtorchRange);
  const cmake = readFileSync(
    fileURLToPath(new URL("../../CMakeLists.txt", import.meta.url)),
    "utf8",
  );
  expect(cmake).toContain(`set(POTSTILL_LIBTORCH_MINIMUM ${supported.minimum})`);
  expect(cmake).toContain(`set(POTSTILL_LIBTORCH_BELOW ${supported.below})`);
  for (const version of ["2.9.1", "2.12.9", "2.13.0", "2.13.0+cpu", "2.14.9", "2.15.0", "3.1.0"]) {
    expect(isSupported(version), version).toBe(isSupportedLibtorch(version));
  }
});

describe("where libtorch is looked for", () => {
  test("POTSTILL_LIBTORCH comes first", async () => {
    const root = scratch();
    fakeLibtorch(join(root, ".libtorch"));
    const named = fakeLibtorch(join(root, "named"), "2.14.0");
    const { found } = await findLibtorch({
      root,
      env: quietEnvironment({ POTSTILL_LIBTORCH: named }),
    });
    expect(found).toMatchObject({ dir: named, source: "environment", version: "2.14.0" });
  });

  test("a POTSTILL_LIBTORCH that cannot be used is an error, not a reason to take another", async () => {
    const root = scratch();
    fakeLibtorch(join(root, ".libtorch"));
    const old = fakeLibtorch(join(root, "old"), "2.8.0");
    const find = (folder: string) =>
      findLibtorch({ root, env: quietEnvironment({ POTSTILL_LIBTORCH: folder }) });
    await expect(find(old)).rejects.toThrow(/POTSTILL_LIBTORCH is .*2\.8\.0 is not supported/);
    await expect(find(join(root, "nowhere"))).rejects.toThrow(/it does not exist/);
  });

  test("then .libtorch of the project, before Python's torch", async () => {
    const root = scratch();
    const own = fakeLibtorch(join(root, ".libtorch"));
    const env = pythonWith(join(root, "bin"), fakeLibtorch(join(root, "torch")));
    const { found } = await findLibtorch({ root, env });
    expect(found).toMatchObject({ dir: own, source: "project" });
  });

  test("then the torch of the Python on the path", async () => {
    const root = scratch();
    const torch = fakeLibtorch(join(root, "torch"));
    const { found, considered } = await findLibtorch({
      root,
      env: pythonWith(join(root, "bin"), torch),
    });
    expect(found).toMatchObject({ dir: torch, source: "python", version: "2.13.0" });
    expect(considered.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "not set",
      "it does not exist",
      "libtorch 2.13.0",
    ]);
  });

  test("a torch of another version is passed over, and said so", async () => {
    const root = scratch();
    const env = pythonWith(join(root, "bin"), fakeLibtorch(join(root, "torch"), "2.7.1"));
    const { found, considered } = await findLibtorch({ root, env });
    expect(found).toBeNull();
    expect(considered.at(-1)?.outcome).toContain("2.7.1 is not supported");
  });

  test("without Python there is nothing left", async () => {
    const root = scratch();
    const { found, python, considered } = await findLibtorch({
      root,
      env: quietEnvironment({ PATH: root }),
    });
    expect({ found, python }).toEqual({ found: null, python: null });
    expect(considered.at(-1)?.outcome).toBe("there is no Python");
  });
});

test("platforms that have not been tested are refused with a sentence", () => {
  expect(platformProblem("linux", "x64", "2.36")).toBeNull();
  expect(platformProblem("darwin", "arm64", null)).toContain("on darwin arm64");
  expect(platformProblem("linux", "arm64", "2.36")).toContain("on linux arm64");
  expect(platformProblem("linux", "x64", null)).toContain("musl");
  expect(platformProblem("linux", "x64", "2.17")).toContain("glibc 2.17");
});

test("as a dependency, the project is the one above node_modules", () => {
  const root = scratch();
  write(join(root, "package.json"), "{}");
  expect(projectRoot(join(root, "node_modules", "potstill"))).toBe(root);
  expect(projectRoot(join(root, "node_modules/.pnpm/potstill@1/node_modules/potstill"))).toBe(root);
  expect(projectRoot(root)).toBe(root);
  // Installed globally there is no project; the package keeps it itself.
  const global = join(root, "usr", "lib", "node_modules", "potstill");
  expect(projectRoot(global)).toBe(global);
});

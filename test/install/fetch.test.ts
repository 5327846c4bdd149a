import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { attempts, fetchLibtorch } from "../../scripts/fetch.mjs";
import { findPython, inspectLibtorch, supported } from "../../scripts/libtorch.mjs";
import { withLock } from "../../scripts/tools.mjs";
import {
  fakeLibtorch,
  fakeProgram,
  fakeTorchWheel,
  fakeWheel,
  quietEnvironment,
  scratch,
  write,
} from "./fake.js";

const tools = fileURLToPath(new URL("../../scripts/tools.mjs", import.meta.url));

/** A Python whose pip copies wheels out of a folder, in a hundredth of the time that pip takes. */
const quickPip = `
if [ "$1" != -m ]; then exec python3 "$@"; fi
for argument; do
  if [ "$previous" = --find-links ]; then wheels=$argument; fi
  if [ "$previous" = --dest ]; then target=$argument; fi
  previous=$argument
done
case $previous in
  torch==*) name=torch-2.13.0+cpu ;;
  *) name=$(echo "\${previous%%[=>]*}" | tr - _) ;;
esac
for wheel in "$wheels/$name-"*; do
  if [ -e "$wheel" ]; then exec cp "$wheel" "$target"; fi
done
echo "ERROR: No matching distribution found for $previous" >&2
exit 1`;

/** Fetches into `<root>/.libtorch` from the wheels in `<root>/wheels`. */
async function fetchInto(root: string, pip: "quick" | "real" = "quick"): Promise<string> {
  const env = quietEnvironment({ POTSTILL_TORCH_INDEX: join(root, "wheels") });
  const dir = join(root, ".libtorch");
  const command = join(fakeProgram(join(root, "bin"), "python", quickPip), "python");
  const python =
    pip === "real" ? await findPython(env) : { command, version: "3.11", torch: null, pip: true };
  await fetchLibtorch({ dir, env, python, supported, usable: inspectLibtorch });
  return dir;
}

function leftovers(root: string): string[] {
  return readdirSync(root).filter((name) => name.startsWith(".libtorch."));
}

describe("what pip is asked for", () => {
  const labels = (options: { python: string; index?: string }) =>
    attempts({ index: undefined, supported, ...options }).map(({ label }) => label);

  test("the CPU wheel, for another Python, from PyTorch's index, then any torch", () => {
    const list = labels({ python: "3.11" });
    expect(list[0]).toBe("torch==2.13.0+cpu");
    expect(list[1]).toBe("torch==2.13.0+cpu for Python 3.12");
    expect(list).toContain("torch==2.13.0+cpu from PyTorch's own index");
    const plain = list.indexOf("torch>=2.13,<2.15.dev0");
    expect(plain).toBeGreaterThan(list.lastIndexOf("torch==2.13.0+cpu from PyTorch's own index"));
    expect(list.filter((label) => label.includes("Python 3.11"))).toEqual([]);
  });

  test("POTSTILL_TORCH_INDEX replaces the indexes", () => {
    const list = attempts({ python: "3.11", index: "https://example.org/simple", supported });
    for (const { args } of list) {
      expect(args.slice(0, 2)).toEqual(["--index-url", "https://example.org/simple"]);
    }
  });
});

describe("fetching", () => {
  test("lib, include and share of the wheel become .libtorch", async () => {
    const root = scratch();
    fakeTorchWheel(join(root, "wheels"));
    const dir = await fetchInto(root, "real");
    expect(readdirSync(dir).sort()).toEqual(["include", "lib", "potstill.json", "share"]);
    expect(inspectLibtorch(dir)).toMatchObject({ version: "2.13.0", problem: null });
    expect(JSON.parse(readFileSync(join(dir, "potstill.json"), "utf8")).wheel).toMatch(
      /^torch-2\.13/,
    );
    expect(leftovers(root)).toEqual([]);
  });

  test("a wheel built with CUDA: the two libraries its CPU part links come along, no more", async () => {
    const root = scratch();
    const wheels = join(root, "wheels");
    const more = { "torch/lib/libtorch_cuda.so": "", "torch/lib/libtorch.so": "" };
    fakeTorchWheel(wheels, { version: "2.14.1", cuda: "13.0", more });
    fakeWheel(wheels, "nvidia_cuda_runtime-13.0.96-py3-none-any.whl", {
      "nvidia/cu13/lib/libcudart.so.13": "runtime",
      "nvidia/cu13/include/cuda.h": "",
    });
    fakeWheel(wheels, "nvidia_cuda_cupti-13.0.85-py3-none-any.whl", {
      "nvidia/cu13/lib/libcupti.so.13": "cupti",
    });
    const dir = await fetchInto(root);
    expect(inspectLibtorch(dir)).toMatchObject({ version: "2.14.1", problem: null, cuda: false });
    expect(readdirSync(join(dir, "lib")).sort()).toEqual([
      "libc10.so",
      "libcudart.so.13",
      "libcupti.so.13",
      "libtorch_cpu.so",
    ]);
  });

  test("what an interrupted try left is cleaned up, and the next one succeeds", async () => {
    const root = scratch();
    fakeTorchWheel(join(root, "wheels"));
    // As after a kill in the middle: a half-unpacked folder, and the lock of a process long gone.
    write(join(root, ".libtorch.partial-99999999", "libtorch", "lib", "libc10.so"), "half");
    write(join(root, ".libtorch.lock"), `99999999 ${hostname()} x`);
    const dir = await fetchInto(root);
    expect(inspectLibtorch(dir).problem).toBeNull();
    expect(leftovers(root)).toEqual([]);
  });

  test("an unusable .libtorch is replaced as a whole", async () => {
    const root = scratch();
    fakeTorchWheel(join(root, "wheels"));
    fakeLibtorch(join(root, ".libtorch"), "2.10.0");
    write(join(root, ".libtorch", "lib", "old.so"), "");
    const dir = await fetchInto(root);
    expect(inspectLibtorch(dir).version).toBe("2.13.0");
    expect(existsSync(join(dir, "lib", "old.so"))).toBe(false);
    expect(leftovers(root)).toEqual([]);
  });

  test("a truncated wheel leaves nothing behind, and a whole one repairs it", async () => {
    const root = scratch();
    const wheel = fakeTorchWheel(join(root, "wheels"));
    const bytes = readFileSync(wheel);
    // A member with a flipped byte: the archive opens, the checksum does not fit.
    const damaged = Buffer.from(bytes);
    const at = damaged.indexOf("#pragma once");
    damaged[at] = (damaged[at] as number) ^ 0xff;
    writeFileSync(wheel, damaged);
    await expect(fetchInto(root)).rejects.toThrow(/could not be unpacked/);
    writeFileSync(wheel, bytes.subarray(0, bytes.length - 40));
    await expect(fetchInto(root)).rejects.toThrow(
      /could not be (unpacked|download)|could not download/,
    );
    expect(existsSync(join(root, ".libtorch"))).toBe(false);
    expect(leftovers(root)).toEqual([]);
    writeFileSync(wheel, bytes);
    expect(inspectLibtorch(await fetchInto(root)).problem).toBeNull();
  });

  test("no wheel anywhere: the reason and the ways out", async () => {
    const root = scratch();
    write(join(root, "wheels", "readme"), "");
    const failure = await fetchInto(root).catch((error: Error) => error);
    expect(String(failure)).toMatch(/No matching distribution/);
    expect(String(failure)).toMatch(/POTSTILL_TORCH_INDEX.*POTSTILL_LIBTORCH/s);
    expect(leftovers(root)).toEqual([]);
  });

  test.each([
    [null, /no Python was found.*python3-pip/s],
    [{ command: "python3", version: "3.11", torch: null, pip: false }, /python3 has no pip/],
  ])("without Python or pip (%#) one message says what to install", async (python, message) => {
    const dir = join(scratch(), ".libtorch");
    const request = { dir, env: {}, python, supported, usable: inspectLibtorch };
    await expect(fetchLibtorch(request)).rejects.toThrow(message);
  });

  test("two at once: one fetches, the other finds it done", async () => {
    const root = scratch();
    fakeTorchWheel(join(root, "wheels"));
    await Promise.all([fetchInto(root), fetchInto(root)]);
    expect(inspectLibtorch(join(root, ".libtorch")).problem).toBeNull();
    expect(leftovers(root)).toEqual([]);
  });
});

describe("the lock", () => {
  test("holds others off until the work is done", async () => {
    const path = join(scratch(), "lock");
    const order: string[] = [];
    const second = async () => {
      order.push("b in");
    };
    let waiting: Promise<unknown> = Promise.resolve();
    // The second asks only once the first is at work: which of two that ask at once is served
    // first is the file system's choice.
    await withLock(path, "working", async () => {
      order.push("a in");
      waiting = withLock(path, "working", second);
      await new Promise((done) => setTimeout(done, 400));
      order.push("a out");
    });
    await waiting;
    expect(order).toEqual(["a in", "a out", "b in"]);
    expect(existsSync(path)).toBe(false);
  });

  test("is released by a failure", async () => {
    const path = join(scratch(), "lock");
    await expect(withLock(path, "failing", () => Promise.reject(new Error("no")))).rejects.toThrow(
      "no",
    );
    expect(await withLock(path, "trying", async () => 7)).toBe(7);
  });

  test("of a process that was killed is taken over", async () => {
    const path = join(scratch(), "lock");
    const program = `
      import { withLock } from ${JSON.stringify(tools)};
      await withLock(${JSON.stringify(path)}, "hanging", () => {
        process.stdout.write("held");
        return new Promise(() => setInterval(() => {}, 1000));
      });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
    await new Promise((done) => child.stdout.once("data", done));
    child.kill("SIGKILL");
    await new Promise((done) => child.once("exit", done));
    expect(existsSync(path)).toBe(true);
    expect(await withLock(path, "trying", async () => "mine")).toBe("mine");
  });
});

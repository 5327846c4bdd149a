import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type DoctorReport, formatDoctor, runDoctor } from "../../lib/install/doctor.js";
import { probeAddon } from "../../lib/install/probe.js";
import { loadAddon } from "../../lib/native/loader.js";
import { packageVersion } from "../../lib/native/versions.js";
import { scratch, write } from "./fake.js";

afterEach(() => vi.unstubAllEnvs());

const facts = { addon: packageVersion, libtorch: "2.13.0", builtWith: "2.13.0" };

/** A script in the place of the addon: `require` takes it by its ending. */
function pretend(changes: Partial<typeof facts>): string {
  const path = join(scratch(), "addon.cjs");
  const info = JSON.stringify({ ...facts, ...changes });
  write(
    path,
    `exports.versionInfo = () => (${info});
     exports.resolveOp = () => 0;
     exports.call = () => "default";
     exports.getThreads = () => 1;`,
  );
  return path;
}

/** A library that dies of an instruction the CPU does not have, as soon as it is loaded. */
function crashing(): string {
  const folder = scratch();
  const source = join(folder, "crash.c");
  const path = join(folder, "crash.node");
  write(source, "__attribute__((constructor)) static void start(void) { __builtin_trap(); }\n");
  execFileSync("cc", ["-shared", "-fPIC", "-o", path, source]);
  return path;
}

describe("loading the addon", () => {
  test("one that is missing: one sentence that names the command", () => {
    const path = join(scratch(), "potstill.node");
    const failure = (() => {
      try {
        return loadAddon(path);
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toMatchObject({ name: "PotstillError", code: "ERR_INSTALL" });
    expect((failure as Error).message).toContain("run `npx potstill setup`");
    expect((failure as Error).message).not.toContain("\n");
  });

  test("one that is no library: the reason, the command, and the cause", () => {
    const path = join(scratch(), "potstill.node");
    write(path, "not a library");
    expect(() => loadAddon(path)).toThrow(
      expect.objectContaining({
        code: "ERR_INSTALL",
        message: expect.stringMatching(/does not load \(.+\): run `npx potstill setup`/),
        cause: expect.any(Error),
      }),
    );
  });

  test("versions that do not belong together are refused", () => {
    expect(loadAddon(pretend({}))).toBeDefined();
    expect(loadAddon(pretend({ libtorch: "2.13.1+cpu" }))).toBeDefined();
    expect(() => loadAddon(pretend({ addon: "0.0.1" }))).toThrow(/addon of version 0\.0\.1/);
    expect(() => loadAddon(pretend({ libtorch: "2.14.0" }))).toThrow(
      /built with libtorch 2\.13\.0 and now meets 2\.14\.0/,
    );
    const old = { libtorch: "2.11.0", builtWith: "2.11.0" };
    expect(() => loadAddon(pretend(old))).toThrow(/2\.11\.0 is not supported/);
  });
});

describe("probing in a child process", () => {
  test("a crash while loading becomes a message", async () => {
    const { facts: none, problem } = await probeAddon(crashing());
    expect(none).toBeNull();
    expect(problem).toMatch(/ends the process with SIG(ILL|TRAP)/);
  });

  test("an error while loading becomes its first line", async () => {
    const path = join(scratch(), "potstill.node");
    write(path, "not a library");
    const { problem } = await probeAddon(path);
    expect(problem).toMatch(/^Error: .*potstill\.node/);
  });
});

describe("doctor", () => {
  const check = (report: DoctorReport, name: string) =>
    report.checks.find((entry) => entry.name === name);

  test("a working installation: versions, instruction sets, threads, CUDA", async () => {
    const report = await runDoctor();
    expect(report.checks.filter(({ status }) => status === "failed")).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.addon).toMatchObject({ addon: packageVersion, nodeApi: 9 });
    expect(report.addon?.libtorchFile).toMatch(/libtorch_cpu/);
    expect(["default", "avx2", "avx512"]).toContain(report.addon?.kernels);
    for (const name of ["platform", "node", "libtorch", "addon", "cpu", "threads", "cuda"]) {
      expect(check(report, name)?.message, name).toBeTruthy();
    }
    const text = formatDoctor(report);
    expect(text).toContain(`potstill ${packageVersion}`);
    expect(text).toContain("everything is in place");
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test("a missing addon fails with what to do", async () => {
    vi.stubEnv("POTSTILL_ADDON", join(scratch(), "potstill.node"));
    const report = await runDoctor();
    expect(report).toMatchObject({ ok: false, addon: null });
    expect(check(report, "addon")).toMatchObject({
      status: "failed",
      fix: "run `npx potstill setup`",
    });
    expect(formatDoctor(report)).toMatch(/FAILED {3}addon.*\n.*npx potstill setup/);
  });

  test("an addon that crashes is told, not suffered", async () => {
    vi.stubEnv("POTSTILL_ADDON", crashing());
    const report = await runDoctor();
    expect(report.ok).toBe(false);
    expect(check(report, "addon")?.message).toMatch(/does not load: .*SIG(ILL|TRAP)/);
  });

  test("an addon of another libtorch is told", async () => {
    vi.stubEnv("POTSTILL_ADDON", pretend({ libtorch: "2.14.1" }));
    const report = await runDoctor();
    expect(check(report, "addon")?.message).toContain("built with libtorch 2.13.0");
    expect(report.ok).toBe(false);
  });

  test("a POTSTILL_LIBTORCH that cannot be used fails", async () => {
    vi.stubEnv("POTSTILL_LIBTORCH", scratch());
    const report = await runDoctor();
    expect(check(report, "libtorch")).toMatchObject({
      status: "failed",
      fix: "set or unset POTSTILL_LIBTORCH",
    });
    expect(report.ok).toBe(false);
  });
});

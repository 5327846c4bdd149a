/** Folders that a run cannot have, or not alone, and recipes that want to write elsewhere. */

import { spawnSync } from "node:child_process";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main, type Outcome, potstill, run } from "./cli.js";
import { side, writeBars } from "./idx.js";

let folder: string;
let recipe: Record<string, unknown>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-bad-"));
  const training = { optimizer: { sgd: { lr: 0.1 } }, batchSize: 32, epochs: 2 };
  recipe = {
    data: await writeBars(folder),
    teacher: { train: { model: { "nn.mlp": [side * side, 32, 4] }, ...training } },
    student: { "nn.mlp": [side * side, 8, 4] },
    ...training,
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeRecipe(name: string, more: object = {}): Promise<string> {
  const file = path.join(folder, name);
  const own = path.dirname(file);
  await mkdir(own, { recursive: true });
  await writeFile(file, JSON.stringify({ ...recipe, data: await writeBars(own), ...more }));
  return file;
}

/** Whether this user may mount a file system of their own. */
const mounts =
  spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt"], { stdio: "ignore" })
    .status === 0;
const whyNot = mounts ? "" : " (skipped: no file systems can be mounted here)";

/** Runs `potstill <args>` with a small file system on `at`, then the script `before`. */
function mounted(at: string, size: string, before: string, args: readonly string[]) {
  const script = `mount -t tmpfs -o size=${size} none "$0" && ${before}; exec "$@"`;
  return run("unshare", ["-m", "sh", "-c", script, at, process.execPath, main, ...args]);
}

function expectRefusal(outcome: Outcome, code: number, message: RegExp): void {
  expect(outcome.stderr).toMatch(message);
  expect(outcome.code).toBe(code);
  expect(outcome.signal).toBeNull();
  expect(outcome.stderr).not.toMatch(/^\s+at /m);
}

describe("a folder that cannot be written to", () => {
  it.skipIf(process.getuid?.() === 0)("is refused for lack of permission", async () => {
    const out = path.join(folder, "closed");
    await mkdir(out);
    await chmod(out, 0o555);
    const outcome = await potstill(["distill", await writeRecipe("r.json"), "--out", out]);
    await chmod(out, 0o755);
    expectRefusal(outcome, 1, /cannot write .*closed: permission denied.*\[ERR_IO\]/);
  });

  it.skipIf(!mounts)(`is refused where its file system is read-only${whyNot}`, async () => {
    const out = path.join(folder, "frozen");
    await mkdir(out);
    const file = await writeRecipe("r.json");
    const args = ["distill", file, "--out", out];
    const outcome = await mounted(out, "1m", `mount -o remount,ro "$0"`, args);
    expectRefusal(outcome, 1, /cannot write .*frozen.*read-only.*\[ERR_IO\]/);
  });

  it.skipIf(!mounts)(`leaves whole files or none where the disk is full${whyNot}`, async () => {
    const out = path.join(folder, "full");
    await mkdir(out);
    const large = { student: { "nn.mlp": [side * side, 700, 700, 4] } };
    const file = await writeRecipe("large.json", large);
    // The checkpoints of the teacher fit, those of the student do not.
    const list = path.join(folder, "full.txt");
    const script = `find "$0" -type f > ${list}`;
    const command = `mount -t tmpfs -o size=1m none "$0"; "$@"; code=$?; ${script}; exit $code`;
    const args = [process.execPath, main, "distill", file, "--out", out];
    const outcome = await run("unshare", ["-m", "sh", "-c", command, out, ...args]);
    expectRefusal(outcome, 1, /cannot write .*the disk is full; free some space.*\[ERR_IO\]/);
    const files = (await readFile(list, "utf8")).trim().split("\n");
    expect(files.some((name) => name.endsWith("teacher.pt"))).toBe(true);
    expect(files.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(files.filter((name) => /distilled.*ckpt/.test(name))).toEqual([]);
    expect(files.filter((name) => name.endsWith(".lock"))).toEqual([]);
  });
});

describe("a folder that somebody else has", () => {
  it("goes to one of two that begin at once; the other says so and touches nothing", async () => {
    const out = path.join(folder, "wanted");
    const file = await writeRecipe("two.json", { epochs: 20 });
    const outcomes = await Promise.all(
      [1, 2].map(() => potstill(["distill", file, "--out", out, "--json"])),
    );
    const ends = outcomes.map(({ code }) => code);
    // Where one is so late that the other is done, it is a run of its own.
    const late = ends.every((code) => code === 0);
    if (!late) expect([...ends].sort()).toEqual([0, 1]);
    for (const { code, stderr } of outcomes) {
      if (code === 1) expect(stderr).toMatch(/in use by another run.*\[ERR_LOCKED\]/);
    }
    const winner = outcomes.find(({ code }) => code === 0)!;
    const events = (await readFile(path.join(out, "events.jsonl"), "utf8")).trimEnd().split("\n");
    const told = winner.lines().at(-1) as { report: unknown };
    expect(JSON.parse(await readFile(path.join(out, "report.json"), "utf8"))).toEqual(
      late ? expect.anything() : told.report,
    );
    for (const line of events) expect(() => JSON.parse(line)).not.toThrow();
    expect((await readdir(out)).filter((name) => name.startsWith(".lock"))).toEqual([]);
  });
});

describe("a damaged checkpoint", () => {
  it("is passed over for the one before, on stderr and in the events", async () => {
    const out = path.join(folder, "damaged");
    const file = await writeRecipe("damaged.json", { epochs: 4 });
    const args = ["distill", file, "--out", out];
    expect((await potstill(args)).code).toBe(0);
    const student = await readFile(path.join(out, "student.safetensors"));
    const checkpoint = path.join(out, "checkpoints", "distilled.ckpt");
    const bytes = await readFile(checkpoint);
    await writeFile(checkpoint, bytes.subarray(0, bytes.length - 100));
    const outcome = await potstill([...args, "--resume"]);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/distilled\.ckpt is no usable checkpoint.*checkpoint before it/);
    expect(await readFile(path.join(out, "student.safetensors"))).toEqual(student);
    const events = await readFile(path.join(out, "events.jsonl"), "utf8");
    expect(events).toMatch(/"type":"warning".*is no usable checkpoint/);
    // With none left it is an error, and nothing is overwritten.
    for (const name of ["distilled.ckpt", "distilled.1.ckpt"]) {
      await copyFile(path.join(out, "report.json"), path.join(out, "checkpoints", name));
    }
    const none = await potstill([...args, "--resume"]);
    expectRefusal(none, 1, /no usable checkpoint: it does not begin like.*\[ERR_CHECKPOINT\]/);
    expect(await readFile(path.join(out, "student.safetensors"))).toEqual(student);
  });
});

describe("a recipe", () => {
  it("of a newer version is refused, and leaves nothing", async () => {
    const file = await writeRecipe("newer/recipe.json", { version: 2 });
    const outcome = await potstill(["distill", file, "--out", path.join(folder, "newer", "out")]);
    expectRefusal(outcome, 2, /version: expected 1: recipes of another version.*\[ERR_CONFIG\]/);
    expect(await readdir(path.join(folder, "newer"))).not.toContain("out");
  });

  it.each([
    ["out", { out: "../elsewhere" }, /out: \.\.\/elsewhere leads out .* --out/],
    ["out", { out: "runs/../../elsewhere" }, /out: .* leads out/],
    ["out", { out: "/elsewhere" }, /out: \/elsewhere leads out/],
  ])("has no %s beyond its own folder: %j", async (_, more, message) => {
    const file = await writeRecipe("outward/recipe.json", more);
    const cwd = path.dirname(file);
    expectRefusal(await potstill(["distill", file], { cwd }), 2, message);
    expect(await readdir(folder)).not.toContain("elsewhere");
  });

  it("trains no teacher beyond its own folder", async () => {
    const { train } = recipe.teacher as { train: unknown };
    const teacher = { path: "../elsewhere.pt", train };
    const file = await writeRecipe("outward/teacher.json", { teacher });
    const cwd = path.dirname(file);
    const outcome = await potstill(["distill", file, "--out", "run"], { cwd });
    expectRefusal(outcome, 2, /teacher\.path: \.\.\/elsewhere\.pt leads out .* leave it out/);
    expect(await readdir(folder)).not.toContain("elsewhere.pt");
  });
});

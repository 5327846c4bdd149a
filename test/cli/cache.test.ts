/** `potstill cache`: by one process or two, killed, on a full disk, with the caches of others. */

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { models, nn } from "../../lib/nn/index.js";
import { manualSeed } from "../../lib/tensor/index.js";
import { main, potstill, run } from "./cli.js";
import { classes, side, writeBars } from "./idx.js";

const samples = 6000;
let folder: string;
let recipe: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "potstill-filling-"));
  const data = await writeBars(folder, samples);
  manualSeed(1);
  // Slow enough that there is a middle to be stopped in.
  const teacher = await nn.build(models.resnetCifar(20, { channels: 1, classes }));
  await teacher.eval().save(path.join(folder, "teacher.pt"));
  recipe = write("recipe.json", {});

  function write(name: string, more: object): string {
    const file = path.join(folder, name);
    writeFileSync(
      file,
      JSON.stringify({
        ...{ data, teacher: "teacher.pt", student: { "nn.mlp": [[side * side, 8, classes]] } },
        ...{ optimizer: { sgd: { lr: 0.1 } }, epochs: 1, threads: 1, ...more },
      }),
    );
    return file;
  }
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fill = (dir: string, ...more: string[]) =>
  ["cache", recipe, "--set", `cache=${path.join(folder, dir)}`, ...more] as const;

/** The folder of the only cache in it, and its files that hold something. */
function inside(dir: string): { own: string; files: string[] } {
  const [name] = readdirSync(path.join(folder, dir));
  const own = path.join(folder, dir, name!);
  return { own, files: readdirSync(own).filter((each) => each.endsWith(".safetensors")) };
}

describe("potstill cache", () => {
  it("fills what distill then reads, and does nothing twice", async () => {
    const first = await potstill([...fill("plain"), "--json"]);
    expect(first.stderr).toBe("");
    expect(first.code).toBe(0);
    const events = first.lines();
    expect(events.slice(0, -1).every(({ type }) => type === "cache")).toBe(true);
    expect(events.at(-2)).toMatchObject({ done: samples, total: samples, teacher: 0 });
    const { own, files } = inside("plain");
    expect(events.at(-1)).toEqual({
      type: "done",
      caches: [{ folder: own, samples, views: 1, computed: samples }],
    });
    const again = await potstill(fill("plain"));
    expect(again.code).toBe(0);
    expect(again.stdout).toContain(`${own}: 6,000 samples, 0 of them by this run`);
    const set = ["--set", `cache=${path.join(folder, "plain")}`];
    const distilled = await potstill([
      "distill",
      recipe,
      ...set,
      "--out",
      path.join(folder, "run"),
    ]);
    expect(distilled.code).toBe(0);
    expect(inside("plain").files).toEqual(files);
    const verified = await potstill(["cache", "verify", path.join(folder, "plain"), "--json"]);
    expect(verified.lines()).toMatchObject([{ type: "cache", samples: [samples], damaged: [] }]);
  }, 120_000);

  it("is filled by two at once, each its part", async () => {
    const outcomes = await Promise.all([1, 2].map(() => potstill([...fill("two"), "--json"])));
    for (const { code, stderr } of outcomes) expect([code, stderr]).toEqual([0, ""]);
    const computed = outcomes.map((outcome) => {
      const { caches } = outcome.lines().at(-1) as { caches: { computed: number }[] };
      return caches[0]!.computed;
    });
    // Whoever begins late may find everything there, but nothing is computed twice.
    expect(computed[0]! + computed[1]!).toBe(samples);
    expect(readdirSync(inside("two").own).filter((name) => /claim|tmp/.test(name))).toEqual([]);
    const verified = await potstill(["cache", "verify", path.join(folder, "two"), "--json"]);
    expect(verified.lines()).toMatchObject([{ samples: [samples], damaged: [] }]);
  }, 120_000);

  it("goes on after SIGTERM, and after SIGKILL, with what was written", async () => {
    let sent = false;
    const stopped = await potstill([...fill("killed"), "--json"], {
      onStdout: (text, kill) => {
        const middle = /"done":([1-9]\d\d\d),/.exec(text);
        if (middle && !sent) kill("SIGTERM");
        if (middle) sent = true;
      },
    });
    expect(stopped.code).toBe(143);
    expect(stopped.stderr).toMatch(/stopped.*goes on from there/);
    const kept = inside("killed").files;
    expect(kept.length).toBeGreaterThan(0);
    sent = false;
    const killed = await potstill([...fill("killed"), "--json"], {
      onStdout: (text, kill) => {
        // The first line may tell of what was there.
        if (text.split("\n").length < 3 || sent) return;
        kill("SIGKILL");
        sent = true;
      },
    });
    expect(killed.signal).toBe("SIGKILL");
    // What the killed one had claimed is somebody else's now.
    const claims = readdirSync(inside("killed").own).filter((name) => name.endsWith(".claim"));
    const last = await potstill([...fill("killed"), "--json"]);
    expect([last.code, last.stderr]).toEqual([0, ""]);
    const { caches } = last.lines().at(-1) as { caches: { computed: number }[] };
    expect(caches[0]!.computed).toBeGreaterThan(0);
    expect(caches[0]!.computed).toBeLessThan(samples);
    expect(claims.length).toBeGreaterThan(0);
    const verified = await potstill(["cache", "verify", path.join(folder, "killed"), "--json"]);
    expect(verified.lines()).toMatchObject([{ samples: [samples], damaged: [] }]);
  }, 120_000);

  it("says what a cache is of that lies where its own would be", async () => {
    const [plain, other] = ["plain", "other"].map((name) => path.join(folder, name));
    await potstill([...fill("other"), "--set", "seed=1", "--set", "augment={shift: 1}"]);
    const { own } = inside("other");
    const into = path.join(other!, path.basename(inside("plain").own));
    mkdirSync(into);
    copyFileSync(path.join(own, "cache.json"), path.join(into, "cache.json"));
    expect(plain).toBeDefined();
    const outcome = await potstill(fill("other"));
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(
      /holds the cache of something else \(augmentation, seed of the augmentation\).*\[ERR_DATA\]/,
    );
  }, 120_000);

  it("refuses a recipe without a cache", async () => {
    const outcome = await potstill(["cache", recipe]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/cache: the recipe names no folder.*--set cache/);
  }, 60_000);
});

/** Whether this user may mount a file system of their own. */
const mounts =
  spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt"], { stdio: "ignore" })
    .status === 0;

it.skipIf(!mounts)(
  `keeps what was written where the disk is full in the middle${mounts ? "" : " (skipped: no file systems can be mounted here)"}`,
  async () => {
    const dir = path.join(folder, "full");
    mkdirSync(dir);
    const list = path.join(folder, "full.txt");
    const args = [...fill("full", "--set", "cache.views=8", "--set", "augment={shift: 1}")];
    // The folder of the cache, in the form with options.
    args.splice(args.indexOf("--set") + 1, 1, `cache.dir=${dir}`);
    const copy = path.join(folder, "copy");
    const script = `mount -t tmpfs -o size=500k none "$0"; "$@"; code=$?; cp -r "$0" ${copy}; find "$0" -type f > ${list}; exit $code`;
    const outcome = await run("unshare", [
      ...["-m", "sh", "-c", script, dir, process.execPath, main],
      ...args,
    ]);
    expect(outcome.stderr).toMatch(/cannot write .*the disk is full; free some space.*\[ERR_IO\]/);
    expect([outcome.code, outcome.signal]).toEqual([1, null]);
    const files = readFileSync(list, "utf8").trim().split("\n");
    expect(files.filter((name) => /\.(tmp|claim)$/.test(name))).toEqual([]);
    const whole = files.filter((name) => name.endsWith(".safetensors"));
    expect(whole.length).toBeGreaterThan(0);
    expect(whole.every((name) => files.includes(`${name}.sha256`))).toBe(true);
    const verified = await potstill(["cache", "verify", copy, "--json"]);
    expect(verified.lines()).toMatchObject([{ damaged: [] }]);
  },
  120_000,
);

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isLocked, withLock } from "../../lib/train/lock.js";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-lock-"));
  file = path.join(folder, ".lock");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const nobody = 999_999_999;

describe("the lock of a folder", () => {
  it("is there for as long as the job, and says whose it is", async () => {
    const text = await withLock(folder, async () => {
      expect(await isLocked(folder)).toBe(true);
      return await readFile(file, "utf8");
    });
    expect(text.split(" ").slice(0, 2)).toEqual([String(process.pid), hostname()]);
    expect(await isLocked(folder)).toBe(false);
    await expect(withLock(folder, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(file)).toBe(false);
  });

  it("lets the job take the folder again, by any of its names, and nobody else", async () => {
    const other = `${folder}-link`;
    await symlink(folder, other);
    let release = () => {};
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered = () => {};
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const job = withLock(folder, () =>
      withLock(other, async () => {
        entered();
        await waiting;
      }),
    );
    await inside;
    await expect(withLock(other, async () => {})).rejects.toMatchObject({ code: "ERR_LOCKED" });
    release();
    await job;
    await rm(other);
    expect(await withLock(folder, async () => 1)).toBe(1);
  });

  it.each([
    ["a process that is gone", `${nobody}\n`],
    ["a process that is gone, on this machine", `${nobody} ${hostname()} 1 x\n`],
    ["nobody", ""],
    ["something else", "what?\n"],
  ])("of %s is taken over", async (_, text) => {
    await writeFile(file, text);
    expect(await isLocked(folder)).toBe(false);
    expect(await withLock(folder, async () => 1)).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  it.skipIf(!existsSync("/proc/self/stat"))(
    "of a process whose number another one has now is taken over",
    async () => {
      await writeFile(file, `${process.pid} ${hostname()} 1 x\n`);
      expect(await withLock(folder, async () => 1)).toBe(1);
    },
  );

  it.each([
    ["a process that is alive", `${process.pid}\n`, /process \d+\); wait/],
    [
      "a process on another machine",
      `${nobody} elsewhere 1 x\n`,
      /on elsewhere\).* delete .*\.lock/,
    ],
  ])("of %s is left alone", async (_, text, message) => {
    await writeFile(file, text);
    await expect(withLock(folder, async () => {})).rejects.toMatchObject({
      code: "ERR_LOCKED",
      message: expect.stringMatching(message),
    });
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("goes to one of many that want it at once, also where one was left behind", async () => {
    for (let round = 0; round < 20; round++) {
      if (round % 2 === 1) await writeFile(file, `${nobody}\n`);
      let inside = 0;
      let most = 0;
      const jobs = Array.from({ length: 8 }, () =>
        withLock(folder, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inside -= 1;
        }).then(
          () => "done",
          (error: { code?: string }) => error.code,
        ),
      );
      const ends = await Promise.all(jobs);
      expect(most).toBe(1);
      expect(ends).toContain("done");
      expect(new Set(ends).size).toBeLessThanOrEqual(2);
      expect(existsSync(file)).toBe(false);
    }
  });
});

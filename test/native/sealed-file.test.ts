/** What is written and sealed in the background, held against Node's own SHA-256. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { native } from "../../lib/native/index.js";
import { arange, type Tensor, tensor } from "../../lib/tensor/index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-sealed-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

/** Bytes that repeat late. */
function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 2654435761) >>> 24);
}

// Around the ends of blocks and of their padding, and beyond one piece.
const lengths = [0, 1, 31, 55, 56, 63, 64, 65, 119, 120, 128, 1000, (1 << 20) + 3];

describe("a sealed file", () => {
  it.each(lengths)("of %i bytes ends in their SHA-256", async (length) => {
    const file = path.join(folder, `${length}`);
    const bytes = bytesOf(length);
    const cut = Math.floor(length / 3);
    const parts = [bytes.subarray(0, cut), bytes.subarray(cut)].map((part) =>
      tensor(part, { dtype: "uint8" }),
    );
    await native.writeSealed(file, file, parts, length % 2 === 1);
    expect((await readFile(file)).equals(Buffer.concat([bytes, sha256(bytes)]))).toBe(true);
    const { content, intact } = await native.readSealed(file);
    expect(intact).toBe(true);
    expect(Buffer.from((content as Tensor).dataSync() as Uint8Array).equals(bytes)).toBe(true);
  });

  it("is hashed alike without the CPU's own instructions", () => {
    const index = pathToFileURL(path.resolve("dist/native/index.js")).href;
    const tensors = pathToFileURL(path.resolve("dist/tensor/index.js")).href;
    const file = path.join(folder, "plain");
    const body = `
      import { native } from ${JSON.stringify(index)};
      import { arange } from ${JSON.stringify(tensors)};
      await native.writeSealed(${JSON.stringify(file)}, "plain", [arange(100000)], false);`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", body], {
      env: { ...process.env, POTSTILL_CPU_CAPABILITY: "default" },
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return readFile(file).then((written) => {
      expect(written.subarray(-32)).toEqual(sha256(written.subarray(0, -32)));
      expect(written.length).toBeGreaterThan(100_000);
    });
  });

  it("is not intact when a bit is another, a byte is missing, or it is too short", async () => {
    const file = path.join(folder, "damaged");
    await native.writeSealed(file, file, [arange(1000)], false);
    const good = await readFile(file);
    const intact = async () => (await native.readSealed(file)).intact;
    expect(await intact()).toBe(true);
    const bad = Buffer.from(good);
    bad[17]! ^= 4;
    await writeFile(file, bad);
    expect(await intact()).toBe(false);
    await writeFile(file, good);
    await truncate(file, good.length - 1);
    expect(await intact()).toBe(false);
    await truncate(file, 10);
    expect(await intact()).toBe(false);
  });

  it("goes on at full speed once somebody waits for it", async () => {
    const file = path.join(folder, "hurried");
    const written = native.writeSealed(file, file, [arange(2_000_000)], true);
    native.hurryWrites();
    await written;
    expect((await native.readSealed(file)).intact).toBe(true);
  });

  it("that cannot be written or read is an error with its name", async () => {
    const below = path.join(folder, "nowhere", "file");
    const parts = [arange(3)];
    await expect(native.writeSealed(below, "the file", parts, false)).rejects.toMatchObject({
      code: "ERR_IO",
      message: "cannot write the file: no such file or folder",
    });
    await expect(native.readSealed(below)).rejects.toMatchObject({
      code: "ERR_IO",
      message: `cannot read ${below}: no such file or folder`,
    });
    await expect(native.readSealed(folder)).rejects.toMatchObject({ code: "ERR_IO" });
    // The device takes nothing; what is removed afterwards is the link.
    const full = path.join(folder, "full");
    await symlink("/dev/full", full);
    await expect(native.writeSealed(full, "it", parts, false)).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringMatching(/the disk is full; free some space/),
    });
    expect(await readdir(folder)).not.toContain("full");
  });
});

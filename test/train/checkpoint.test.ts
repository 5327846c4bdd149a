import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DType, tensor } from "../../lib/tensor/index.js";
import { readCheckpoint, writeCheckpoint } from "../../lib/train/checkpoint.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-ckpt-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const state = { epoch: 3, nested: { list: [1, 2, null], text: "ü" } };

async function written(name: string): Promise<string> {
  const file = path.join(folder, name);
  await writeCheckpoint(file, {
    state,
    tensors: {
      a: tensor([1.5, -2, 3], { shape: [3] }),
      b: tensor([7n], { shape: [1], dtype: "int64" }),
    },
  });
  return file;
}

describe("checkpoints", () => {
  it("give back state and tensors of every dtype to the bit", async () => {
    const values: [DType, number[]][] = [
      ["float32", [0.1, -0, Number.POSITIVE_INFINITY]],
      ["float64", [Math.PI, 1e-300, -1]],
      ["float16", [0.5, 2, -0.25]],
      ["bfloat16", [0.5, 2, -0.25]],
      ["int8", [-128, 0, 127]],
      ["int16", [-300, 0, 300]],
      ["int32", [-70000, 0, 70000]],
      ["int64", [-5, 0, 5]],
      ["uint8", [0, 1, 255]],
      ["bool", [0, 1, 1]],
    ];
    const tensors = Object.fromEntries(
      values.map(([dtype, data]) => [dtype, tensor(data, { dtype }).reshape([1, 3])]),
    );
    const file = path.join(folder, "dtypes.ckpt");
    await writeCheckpoint(file, {
      state,
      tensors: { ...tensors, empty: tensor([], { shape: [0, 4] }) },
    });
    const back = await readCheckpoint(file);
    expect(back.state).toEqual(state);
    for (const [dtype] of values) {
      const [before, after] = [tensors[dtype]!, back.tensors[dtype]!];
      expect(after.dtype).toBe(dtype);
      expect(after.shape).toEqual([1, 3]);
      expect(after.dataSync()).toEqual(before.dataSync());
    }
    expect(back.tensors.empty?.shape).toEqual([0, 4]);
  });

  it("leave nothing else in the folder", async () => {
    await written("alone/one.ckpt");
    await written("alone/one.ckpt");
    expect(await readdir(path.join(folder, "alone"))).toEqual(["one.ckpt"]);
  });

  it.each([
    ["truncated", (bytes: Buffer) => bytes.subarray(0, bytes.length - 7), /checksum/],
    ["cut to its header", (bytes: Buffer) => bytes.subarray(0, 40), /begin like/],
    [
      "altered",
      (bytes: Buffer) => Buffer.from(bytes.map((b, i) => (i === 60 ? b ^ 1 : b))),
      /checksum/,
    ],
    ["empty", () => Buffer.alloc(0), /begin like/],
    ["something else", () => Buffer.from("x".repeat(500)), /begin like/],
  ])("are refused when %s", async (name, damage, message) => {
    const file = await written(`${name}.ckpt`);
    await writeFile(file, damage(await readFile(file)));
    await expect(readCheckpoint(file)).rejects.toMatchObject({
      code: "ERR_CHECKPOINT",
      message: expect.stringMatching(message),
    });
  });

  it("say why they cannot be written or read, and keep the old one", async () => {
    const file = await written("kept.ckpt");
    await expect(readCheckpoint(path.join(folder, "none.ckpt"))).rejects.toMatchObject({
      code: "ERR_IO",
    });
    const blocked = path.join(file, "below-a-file.ckpt");
    await expect(writeCheckpoint(blocked, { state, tensors: {} })).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining("below-a-file.ckpt"),
    });
    expect((await readCheckpoint(file)).state).toEqual(state);
  });
});

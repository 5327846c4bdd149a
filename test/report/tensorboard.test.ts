import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TensorboardWriter } from "../../lib/cli/tensorboard.js";
import { masked } from "../../lib/report/tensorboard.js";
import { epoch, events, start, step } from "./samples.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-board-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Fields of a protobuf message by number: varints, doubles and floats as numbers, the rest as bytes. */
function fields(data: Buffer): [number, number | Buffer][] {
  const found: [number, number | Buffer][] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
  };
  while (at < data.length) {
    const key = varint();
    const type = key & 7;
    let value: number | Buffer;
    if (type === 0) value = varint();
    else if (type === 1) [value, at] = [data.readDoubleLE(at), at + 8];
    else if (type === 5) [value, at] = [data.readFloatLE(at), at + 4];
    else {
      const length = varint();
      [value, at] = [data.subarray(at, at + length), at + length];
    }
    found.push([key >> 3, value]);
  }
  return found;
}

/** Records of a file, with both checksums checked. */
function records(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    expect(file.readUInt32LE(at + 8)).toBe(masked(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 12 + length)).toBe(masked(data));
    found.push(data);
    at += 16 + length;
  }
  return found;
}

async function scalarsIn(phase: string): Promise<Record<string, [number, number][]>> {
  const where = path.join(folder, "tensorboard", phase);
  const result: Record<string, [number, number][]> = {};
  for (const name of (await readdir(where)).sort()) {
    for (const data of records(await readFile(path.join(where, name)))) {
      const event = new Map(fields(data));
      const summary = event.get(5);
      if (!Buffer.isBuffer(summary)) continue;
      for (const [, value] of fields(summary)) {
        const parts = new Map(fields(value as Buffer));
        const tag = String(parts.get(1));
        result[tag] ??= [];
        result[tag].push([event.get(2) as number, parts.get(2) as number]);
      }
    }
  }
  return result;
}

/** A Python that has TensorBoard; pip installs it. */
const python = [process.env.POTSTILL_TENSORBOARD_PYTHON, "python3"].find((program) => {
  if (!program) return false;
  try {
    execFileSync(program, ["-c", "import tensorboard"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

describe("TensorboardWriter", () => {
  it("writes records of the published format, one folder per phase", async () => {
    const writer = new TensorboardWriter(folder);
    for (const event of events) writer.listen(event);
    await writer.close();
    const first = (await readdir(path.join(folder, "tensorboard", "alone")))[0] as string;
    const [version] = records(await readFile(path.join(folder, "tensorboard", "alone", first)));
    expect(String(new Map(fields(version as Buffer)).get(3))).toBe("brain.Event:2");
    const scalars = await scalarsIn("distilled");
    expect(scalars["train/loss"]).toHaveLength(40);
    expect(scalars["train/loss"]?.[3]).toEqual([4, expect.closeTo(1 / 5, 6)]);
    expect(scalars["terms/crossEntropy"]?.[0]).toEqual([1, 0.25]);
    expect(scalars["train/lr"]).toHaveLength(40);
    expect(scalars["train/samplesPerSecond"]?.[0]).toEqual([1, 5000]);
    expect(scalars["validation/accuracy"]).toEqual([
      [20, expect.closeTo(0.9, 6)],
      [40, expect.closeTo(0.9, 6)],
    ]);
    expect(scalars).not.toHaveProperty("epoch/gradNorm");
  });

  it("starts a phase over, or goes on with a mark where", async () => {
    const writer = new TensorboardWriter(folder);
    writer.listen(start("alone"));
    writer.listen(step("alone", 300));
    writer.listen(start("distilled", { step: 10, epoch: 0 }));
    writer.listen(step("distilled", 11, 9));
    writer.listen(epoch("distilled", 2));
    await writer.close();
    expect((await scalarsIn("alone"))["train/loss"]).toEqual([[300, expect.closeTo(1 / 301, 6)]]);
    const loss = (await scalarsIn("distilled"))["train/loss"];
    expect(loss).toHaveLength(41);
    expect(loss?.at(-1)).toEqual([11, 9]);
  });

  it("says that it could not write", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "");
    const writer = new TensorboardWriter(file);
    writer.listen(start("alone"));
    await expect(writer.close()).rejects.toMatchObject({ code: "ERR_IO" });
  });

  it.skipIf(!python)(
    `is read back by TensorBoard itself${python ? "" : " (skipped: no Python here has tensorboard; POTSTILL_TENSORBOARD_PYTHON names one)"}`,
    () => {
      const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
reader = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
reader.Reload()
print(json.dumps({tag: [[e.step, e.value] for e in reader.Scalars(tag)] for tag in reader.Tags()["scalars"]}))
`;
      const where = path.join(folder, "tensorboard", "distilled");
      const output = execFileSync(python as string, ["-c", script, where], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      const read = JSON.parse(output) as Record<string, [number, number][]>;
      // What had been written beyond step 10 is dropped for what the resumed run says.
      expect(read["train/loss"]?.map(([at]) => at)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect(read["train/loss"]?.at(-1)?.[1]).toBe(9);
      expect(Object.keys(read)).toContain("terms/softTargets");
      expect(read["validation/agreement"]?.[0]?.[1]).toBeCloseTo(0.95, 6);
    },
  );
});

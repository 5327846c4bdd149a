import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseIdx, readIdx } from "../../lib/data/idx.js";
import { counting, idxBytes, idxHeader, temporaryFolder, write } from "./files.js";

const folder = await temporaryFolder();

describe("readIdx", () => {
  it.each([false, true])("reads bytes (gzip: %s)", async (gzip) => {
    const path = await write(folder, `bytes-${gzip}`, idxBytes([2, 3, 4], counting(24)), gzip);
    const { shape, dtype, data } = await readIdx(path);
    expect(shape).toEqual([2, 3, 4]);
    expect(dtype).toBe("uint8");
    expect(data).toEqual(counting(24));
  });

  it("reads every type, from big-endian", () => {
    const wide = (code: number, width: number, put: (b: Buffer, v: number, at: number) => void) => {
      const body = Buffer.alloc(2 * width);
      put(body, -3, 0);
      put(body, 77, width);
      return parseIdx(Buffer.concat([idxHeader(code, [2]), body]), "x");
    };
    const of = (code: number) =>
      ({
        9: wide(0x09, 1, (b, v, at) => b.writeInt8(v, at)),
        11: wide(0x0b, 2, (b, v, at) => b.writeInt16BE(v, at)),
        12: wide(0x0c, 4, (b, v, at) => b.writeInt32BE(v, at)),
        13: wide(0x0d, 4, (b, v, at) => b.writeFloatBE(v, at)),
        14: wide(0x0e, 8, (b, v, at) => b.writeDoubleBE(v, at)),
      })[code];
    expect(of(9)?.data).toEqual(Int8Array.of(-3, 77));
    expect(of(11)?.data).toEqual(Int16Array.of(-3, 77));
    expect(of(12)?.data).toEqual(Int32Array.of(-3, 77));
    expect(of(13)?.data).toEqual(Float32Array.of(-3, 77));
    expect(of(14)?.data).toEqual(Float64Array.of(-3, 77));
    expect(of(14)?.dtype).toBe("float64");
  });

  it("does not share memory with what it was given", () => {
    const bytes = idxBytes([2], [1, 2]);
    const { data } = parseIdx(bytes, "x");
    bytes.fill(0);
    expect(data).toEqual(Uint8Array.of(1, 2));
  });

  it("reads an empty dimension", () => {
    expect(parseIdx(idxBytes([0, 28, 28], []), "x").shape).toEqual([0, 28, 28]);
  });

  const whole = idxBytes([3, 2], counting(6));
  it.each<[string, Uint8Array, RegExp]>([
    ["empty", Buffer.alloc(0), /0 bytes/],
    ["text", Buffer.from("hello world"), /no IDX file.*68656c6c/],
    ["zeros", Buffer.alloc(16), /type code 0x00/],
    ["unknown-type", idxBytes([1], [1], 0x0a), /type code 0x0a/],
    ["no-dimensions", idxHeader(0x08, []), /no dimensions/],
    ["cut-header", whole.subarray(0, 9), /ends in the header: 9 of 12 bytes/],
    ["cut-data", whole.subarray(0, 15), /cut short.*takes 6 bytes, there are 3/],
    ["too-long", Buffer.concat([whole, Buffer.alloc(1)]), /longer than its header/],
    ["absurd-size", idxHeader(0x08, [0xffffffff, 0xffffffff, 0xffffffff]), /cut short/],
    ["cut-gzip", gzipSync(whole).subarray(0, 20), /gzip stream is damaged/],
    ["bad-gzip", Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]), /gzip stream is damaged/],
  ])("refuses a file that is %s, by name", async (name, bytes, message) => {
    const path = await write(folder, name, bytes);
    const error = await readIdx(path).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ERR_DATA" });
    expect((error as Error).message).toContain(path);
    expect((error as Error).message).toMatch(message);
  });

  it("says which file is missing", async () => {
    const path = join(folder, "absent");
    await expect(readIdx(path)).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining(path),
    });
  });
});

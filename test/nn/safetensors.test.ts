import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  loadModule,
  loadSafetensors,
  nn,
  readSafetensors,
  saveSafetensors,
} from "../../lib/nn/index.js";
import { parseHeader } from "../../lib/nn/safetensors-format.js";
import { type DType, randn, type Tensor, tensor, zeros } from "../../lib/tensor/index.js";
import { errorOf, fixture, numbers, readOracle } from "./oracle.js";

const oracle = readOracle<{
  safetensors: Record<string, { shape: number[]; dtype: DType; data: string[] }>;
}>("models.json").safetensors;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Elements as Python prints them: `True`, `2.0`, exact integers. */
function asPython(value: Tensor): string[] {
  return Array.from(value.dataSync() as unknown as ArrayLike<number | bigint>, (item) => {
    if (value.dtype === "bool") return item ? "True" : "False";
    if (typeof item === "bigint") return String(item);
    const fractional = value.dtype.includes("float") && Number.isInteger(item);
    return fractional ? `${item}.0` : String(item);
  });
}

function expectOracle(tensors: Record<string, Tensor>): void {
  expect(Object.keys(tensors).sort()).toEqual(Object.keys(oracle).sort());
  for (const [name, { shape, dtype, data }] of Object.entries(oracle)) {
    const value = tensors[name]!;
    expect(value.shape, name).toEqual(shape);
    expect(value.dtype, name).toBe(dtype);
    expect(asPython(value).map(Number), name).toEqual(data.map(Number));
    if (dtype === "int64" || dtype === "bool") expect(asPython(value), name).toEqual(data);
  }
}

describe("Python's files", () => {
  it("read, every element type", async () => {
    const { tensors, metadata } = await readSafetensors(fixture("tensors.safetensors"));
    expectOracle(tensors);
    expect(metadata).toEqual({ format: "pt", note: "für Tests" });
  });

  it("load into a module that gives Python's output", async () => {
    const student = await nn.build(nn.mlp([6, 5, 3]));
    student.loadStateDict(await loadSafetensors(fixture("mlp.safetensors")));
    const original = await loadModule(fixture("mlp-scripted.pt"));
    const x = randn([2, 6]);
    expect(numbers(await student.predict(x))).toEqual(numbers(await original.predict(x)));
  });

  it("come out byte for byte when written again", async () => {
    // Python's writer orders tensors as ours does: by type, then by name.
    const { tensors, metadata } = await readSafetensors(fixture("tensors.safetensors"));
    const file = path.join(folder, "again.safetensors");
    await saveSafetensors(file, tensors, metadata);
    const [theirs, ours] = [await readFile(fixture("tensors.safetensors")), await readFile(file)];
    const data = (bytes: Buffer) => bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
    expect(data(ours).equals(data(theirs))).toBe(true);
    const header = (bytes: Buffer) =>
      JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as unknown;
    expect(header(ours)).toEqual(header(theirs));
    expect(ours.readBigUInt64LE(0) % 8n).toBe(0n);
    expectOracle(await loadSafetensors(file));
  });
});

describe("writing", () => {
  it("takes views, maps, names of any kind, and no tensors at all", async () => {
    const file = path.join(folder, "views.safetensors");
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const names = new Map([
      ["__proto__", x.t()],
      ["ключ", x.select(1, 1)],
      ["", tensor(7)],
    ]);
    await saveSafetensors(file, names, {});
    const { tensors, metadata } = await readSafetensors(file);
    expect(Object.keys(tensors).sort()).toEqual([...names.keys()].sort());
    expect(numbers(Object.getOwnPropertyDescriptor(tensors, "__proto__")!.value as Tensor)).toEqual(
      [1, 4, 2, 5, 3, 6],
    );
    expect(numbers(tensors.ключ!)).toEqual([2, 5]);
    expect(metadata).toEqual({});
    await saveSafetensors(file, {});
    expect(await loadSafetensors(file)).toEqual({});
  });

  it("takes parameters that require gradients, in half types too", async () => {
    const module = await nn.build(nn.linear(2, 2));
    await module.to({ dtype: "bfloat16" });
    const file = path.join(folder, "half.safetensors");
    await saveSafetensors(file, module.parameters());
    const { weight } = await loadSafetensors(file);
    expect(weight!.dtype).toBe("bfloat16");
    expect(numbers(weight!)).toEqual(numbers(module.parameters().get("weight")!));
  });

  it("refuses what cannot be written, and leaves the old file and nothing else", async () => {
    const target = await mkdtemp(path.join(folder, "whole-"));
    const file = path.join(target, "a.safetensors");
    await saveSafetensors(file, { a: tensor([1]) });
    const before = await readFile(file);
    const bad = { a: tensor([2]), b: 3 as unknown as Tensor };
    expect((await errorOf(() => saveSafetensors(file, bad))).code).toBe("ERR_CONFIG");
    const disposed = tensor([1]);
    disposed.dispose();
    const late = () => saveSafetensors(file, { z: zeros([2]), a: disposed });
    expect((await errorOf(late)).code).toBe("ERR_DISPOSED");
    const reserved = () => saveSafetensors(file, { __metadata__: tensor([1]) });
    expect((await errorOf(reserved)).code).toBe("ERR_CONFIG");
    const metadata = { n: 1 } as unknown as Record<string, string>;
    expect((await errorOf(() => saveSafetensors(file, {}, metadata))).code).toBe("ERR_CONFIG");
    const nowhere = path.join(target, "no", "a.safetensors");
    expect((await errorOf(() => saveSafetensors(nowhere, {}))).code).toBe("ERR_IO");
    expect((await readFile(file)).equals(before)).toBe(true);
    expect(await readdir(target)).toEqual(["a.safetensors"]);
  });
});

describe("damaged files", () => {
  const F32 = (shape: unknown, offsets: unknown) => ({
    dtype: "F32",
    shape,
    data_offsets: offsets,
  });
  const parse = (header: unknown, size: number) =>
    parseHeader(Buffer.from(typeof header === "string" ? header : JSON.stringify(header)), size);

  it("takes a sound header, padded and in any order", () => {
    const header = { b: F32([1], [8, 12]), a: F32([2, 1], [0, 8]), e: F32([0], [12, 12]) };
    const { entries } = parse(`${JSON.stringify(header)}   `, 12);
    expect(entries.map(({ name }) => name)).toEqual(["a", "b", "e"]);
  });

  it.each<[string, unknown, number, string]>([
    ["no JSON", "{", 0, "not valid JSON"],
    ["no object", "[]", 0, "no JSON object"],
    ["an overlap", { a: F32([2], [0, 8]), b: F32([1], [4, 8]) }, 8, "overlap"],
    ["a gap", { a: F32([1], [0, 4]), b: F32([1], [8, 12]) }, 12, "gap of 4 bytes"],
    ["a late start", { a: F32([1], [4, 8]) }, 8, "gap of 4 bytes"],
    ["trailing bytes", { a: F32([1], [0, 4]) }, 5, "1 bytes follow"],
    ["missing bytes", { a: F32([2], [0, 8]) }, 4, "truncated"],
    ["a size that does not follow", { a: F32([3], [0, 8]) }, 8, "takes 12 bytes"],
    ["a size beyond all numbers", { a: F32([2 ** 50, 2 ** 50], [0, 8]) }, 8, "bytes"],
    ["a negative size", { a: F32([-1], [0, 4]) }, 4, "is not { dtype"],
    ["offsets the wrong way round", { a: F32([1], [4, 0]) }, 4, "takes 4 bytes"],
    ["one offset", { a: F32([1], [0]) }, 4, "is not { dtype"],
    ["no shape", { a: { dtype: "F32", data_offsets: [0, 4] } }, 4, "is not { dtype"],
    ["an unknown type", { a: { dtype: "Q4", shape: [], data_offsets: [0, 4] } }, 4, "Q4"],
    [
      "a type off the prototype",
      { a: { dtype: "toString", shape: [], data_offsets: [0, 0] } },
      0,
      "toString",
    ],
    ["metadata of numbers", { __metadata__: { a: 1 } }, 0, "strings"],
  ])("refuses %s", async (_, header, size, part) => {
    const { code, message } = await errorOf(() => parse(header, size));
    expect(code).toBe("ERR_DATA");
    expect(message).toContain(part);
  });

  it("names the file", async () => {
    const write = async (bytes: Buffer) => {
      const file = path.join(folder, "damaged.safetensors");
      await writeFile(file, bytes);
      return errorOf(() => loadSafetensors(file));
    };
    const whole = await readFile(fixture("tensors.safetensors"));
    const cut = await write(whole.subarray(0, whole.length - 3));
    expect(cut).toMatchObject({ code: "ERR_DATA" });
    expect(cut.message).toContain("damaged.safetensors");
    expect((await write(whole.subarray(0, 100))).message).toContain("truncated");
    expect((await write(Buffer.alloc(3))).message).toContain("too short");
    expect((await write(Buffer.alloc(64, 0xff))).message).toContain("no safetensors file");
    const missing = () => loadSafetensors(path.join(folder, "none"));
    expect((await errorOf(missing)).code).toBe("ERR_IO");
    expect((await errorOf(() => loadSafetensors(folder))).code).toBe("ERR_IO");
  });
});

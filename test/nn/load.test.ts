import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModule, type ModelValue, nn } from "../../lib/nn/index.js";
import { randn } from "../../lib/tensor/index.js";
import {
  errorOf,
  expectRecorded,
  fixture,
  type ModelsOracle,
  numbers,
  readOracle,
  revive,
} from "./oracle.js";

const oracle = readOracle<ModelsOracle>("models.json").models;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-load-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("models made by Python", () => {
  it.each(Object.keys(oracle))(
    "%s gives Python's output, from a path and from bytes",
    async (name) => {
      const { inputs, output } = oracle[name]!;
      const values = revive(inputs);
      for (const source of [fixture(name), await readFile(fixture(name))]) {
        const module = await loadModule(source);
        const result = Array.isArray(values)
          ? await module.forward<ModelValue>(...values)
          : await module.forwardNamed<ModelValue>(values as Record<string, ModelValue>);
        expectRecorded(result, output);
        if (Array.isArray(values))
          expectRecorded(module.forwardSync<ModelValue>(...values), output);
        module.dispose();
      }
    },
  );

  it("loads from a file URL, in evaluation mode unless told otherwise", async () => {
    const url = pathToFileURL(fixture("convnet-scripted.pt"));
    expect((await loadModule(url)).training).toBe(false);
    const built = await nn.build(nn.mlp([2, 2]));
    const bytes = await built.train().toBuffer();
    expect((await loadModule(bytes)).training).toBe(false);
    expect((await loadModule(bytes, { eval: false })).training).toBe(true);
  });

  it("converts on loading", async () => {
    const module = await loadModule(fixture("convnet-scripted.pt"), { dtype: "float64" });
    expect(module.parameters().get("fc.weight")!.dtype).toBe("float64");
    expect(module.buffers().get("bn.num_batches_tracked")!.dtype).toBe("int64");
    const missing = () => loadModule(fixture("tuple.pt"), { device: "cuda:99" });
    expect((await errorOf(missing)).code).toBe("ERR_DEVICE");
  });

  it("trains an exported student: gradients, running statistics, modes", async () => {
    const module = await loadModule(fixture("convnet-scripted.pt"), { eval: false });
    module.train();
    expect(module.training).toBe(true);
    const before = numbers(module.buffers().get("bn.running_mean")!);
    const y = await module.forward(randn([4, 1, 8, 8]));
    y.sum().backward();
    expect(module.parameters().get("conv.weight")!.grad).not.toBeNull();
    expect(numbers(module.buffers().get("bn.running_mean")!)).not.toEqual(before);
    expect(module.buffers().get("bn.num_batches_tracked")!.item()).toBe(1n);
  });
});

describe("files that are no TorchScript", () => {
  const load = (name: string) => errorOf(() => loadModule(fixture(name)));

  it("says that a file is missing, a directory, or empty", async () => {
    expect(await load("nothing.pt")).toMatchObject({
      code: "ERR_MODEL_LOAD",
      message: expect.stringContaining("no such file"),
    });
    expect((await errorOf(() => loadModule(folder))).message).toContain("directory");
    expect((await errorOf(() => loadModule(new Uint8Array()))).message).toContain("empty");
    expect((await errorOf(() => loadModule(3 as unknown as string))).code).toBe("ERR_CONFIG");
  });

  it.each(["state-dict.pt", "state-dict-legacy.pt", "eager-module.pt"])(
    "recognizes %s and shows how to export",
    async (name) => {
      const { code, message } = await load(name);
      expect(code).toBe("ERR_MODEL_LOAD");
      expect(message).toContain("torch.jit.script(model");
      expect(message).toContain('.save("model.pt")');
    },
  );

  it.each([
    ["tensors.safetensors", "safetensors"],
    ["truncated.pt", "damaged"],
    ["models.json", "no TorchScript"],
  ])("recognizes %s", async (name, part) => {
    const { code, message } = await load(name);
    expect(code).toBe("ERR_MODEL_LOAD");
    expect(message).toContain(part);
  });

  it("recognizes what downloads leave", async () => {
    const write = async (content: string) => {
      const file = path.join(folder, "download.pt");
      await writeFile(file, content);
      return (await errorOf(() => loadModule(file))).message;
    };
    expect(await write("<!DOCTYPE html><html>")).toContain("web page");
    expect(await write("version https://git-lfs.github.com/spec/v1\n")).toContain("git lfs pull");
    expect(await write("\x1f\x8b\x08 and so on")).toContain("TorchScript");
  });
});

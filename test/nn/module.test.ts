import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  assertTrainable,
  build,
  loadModule,
  Module,
  models,
  nn,
  teacherWarnings,
} from "../../lib/nn/index.js";
import {
  type DType,
  manualSeed,
  memory,
  noGrad,
  ones,
  randn,
  scope,
  Tensor,
  tensor,
} from "../../lib/tensor/index.js";
import {
  errorOf,
  expectClose,
  fixture,
  type ModelsOracle,
  numbers,
  readOracle,
  revive,
  type Values,
} from "./oracle.js";

const oracle = readOracle<ModelsOracle>("models.json").models;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-nn-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("forward", () => {
  it("says which input is missing, or given twice", async () => {
    const module = await loadModule(fixture("mlp-scripted.pt"));
    const missing = await errorOf(() => module.forward());
    await expect(module.forward()).rejects.toThrowError(/missing/);
    expect(missing).toMatchObject({ code: "ERR_CONFIG" });
    expect(missing.message).toMatch(/the input "\w+" is missing; forward is forward\(/);
    expect(() => module.forwardSync()).toThrowError(
      expect.objectContaining({ code: "ERR_CONFIG" }) as Error,
    );
  });

  it("goes through modules that are nested deeply", async () => {
    let definition = nn.linear(3, 2);
    for (let depth = 0; depth < 80; depth++) definition = nn.sequential(definition);
    const module = await build(definition);
    expect((await module.forward(ones([4, 3]))).shape).toEqual([4, 2]);
  });
});

describe("logits", () => {
  const row = () => revive((oracle["tuple.pt"]!.inputs as unknown[])[0]) as Tensor;
  const expected = (oracle["tuple.pt"]!.output as { tensor: Values }[])[0]!.tensor;

  it("picks by index, key or function", async () => {
    const byIndex = await loadModule(fixture("tuple.pt"), { output: 0 });
    expectClose(await byIndex.logits(row()), expected, 1e-6);
    const byKey = await loadModule(fixture("dict.pt"), { output: "logits" });
    expectClose(await byKey.logits(row()), expected, 1e-6);
    const byFunction = await loadModule(fixture("dict.pt"), {
      output: (value) => (value as Record<string, Tensor>).logits!,
    });
    expectClose(await byFunction.logits([row()]), expected, 1e-6);
    expect(byKey.output).toBe("logits");
    expect((await byKey.clone()).output).toBe("logits");
  });

  it("takes named inputs", async () => {
    const { inputs, output } = oracle["named.pt"]! as {
      inputs: Record<string, unknown>;
      output: { logits: { tensor: Values } };
    };
    const module = await loadModule(fixture("named.pt"), { output: "logits" });
    const logits = await module.logits(revive(inputs) as Record<string, Tensor>);
    expectClose(logits, output.logits.tensor, 1e-6);
  });

  it("says what there is to pick", async () => {
    const plain = await loadModule(fixture("dict.pt"));
    const { code, message } = await errorOf(() => plain.logits(row()));
    expect(code).toBe("ERR_CONFIG");
    expect(message).toContain('"logits", "hidden"');
    const wrongKey = await loadModule(fixture("dict.pt"), { output: "logit" });
    expect((await errorOf(() => wrongKey.logits(row()))).message).toContain('"logits", "hidden"');
    const outside = await loadModule(fixture("tuple.pt"), { output: 2 });
    expect((await errorOf(() => outside.logits(row()))).message).toContain("tuple or list of 2");
    const notTuple = await loadModule(fixture("mlp-scripted.pt"), { output: 0 });
    expect((await errorOf(() => notTuple.logits(row()))).message).toContain("returns a tensor");
    const bad = () => loadModule(fixture("tuple.pt"), { output: true as unknown as number });
    expect((await errorOf(bad)).code).toBe("ERR_CONFIG");
  });

  it("normalizes the inputs of this model only", async () => {
    const def = nn.script({
      source: "def forward(self, x: Tensor) -> Tensor:\n    return x.flatten(1)",
    });
    const module = await nn.build(def, { normalize: { mean: [1, 2], std: [2, 4] } });
    const x = tensor([3, 3, 10, 10], { shape: [1, 2, 1, 2] });
    expect(numbers(await module.logits(x))).toEqual([1, 1, 2, 2]);
    expect(numbers(await module.forward(x))).toEqual([3, 3, 10, 10]);
    expect(numbers(x)).toEqual([3, 3, 10, 10]);
    expect((await errorOf(() => module.logits(randn([1, 3, 2, 2])))).code).toBe("ERR_SHAPE");
    const bad = () => nn.build(def, { normalize: { mean: [1, 2], std: [1] } });
    expect((await errorOf(bad)).code).toBe("ERR_CONFIG");
  });

  it("records for backward only where wanted", async () => {
    const module = await loadModule(fixture("mlp-scripted.pt"));
    expect((await module.logits(row())).requiresGrad).toBe(true);
    expect((await module.logits(row(), { grad: false })).requiresGrad).toBe(false);
    expect((await module.predict(row())).requiresGrad).toBe(false);
    expect(noGrad(() => module.forwardSync(row())).requiresGrad).toBe(false);
    module.requiresGrad_(false);
    expect((await module.forward(row())).requiresGrad).toBe(false);
  });
});

describe("state", () => {
  it("reads and loads state dicts, and shares storage with the module", async () => {
    manualSeed(1);
    const a = await nn.build(models.resnetCifar(8));
    const b = await nn.build(models.resnetCifar(8));
    const x = randn([2, 3, 32, 32]);
    await a.forward(x); // moves the running statistics
    expect(b.loadStateDict(a.stateDict())).toEqual({ missing: [], unexpected: [] });
    expectClose(
      await b.eval().predict(x),
      { shape: [2, 10], data: numbers(await a.eval().predict(x)) },
      1e-7,
    );
    a.stateDict()["fc.bias"]!.fill_(3);
    expect(numbers(a.parameters().get("fc.bias")!)).toEqual(new Array(10).fill(3));
    expect(Number(b.parameters().get("fc.bias")!.max().item())).toBeLessThan(1);
  });

  it("lists missing, unexpected and wrong names, and loads nothing then", async () => {
    const module = await nn.build(nn.mlp([4, 3, 2]));
    const before = numbers(module.parameters().get("0.bias")!);
    const dict = module.stateDict();
    const renamed = {
      "0.weight": dict["0.weight"]!,
      "0.bias": ones([3]),
      "2.weights": dict["2.weight"]!,
      "2.bias": dict["2.bias"]!,
    };
    const { code, message } = await errorOf(() => module.loadStateDict(renamed));
    expect(code).toBe("ERR_CONFIG");
    expect(message).toContain("missing: 2.weight");
    expect(message).toContain("unexpected: 2.weights");
    expect(numbers(module.parameters().get("0.bias")!)).toEqual(before);
    expect(module.loadStateDict(renamed, { strict: false })).toEqual({
      missing: ["2.weight"],
      unexpected: ["2.weights"],
    });
    expect(numbers(module.parameters().get("0.bias")!)).toEqual([1, 1, 1]);
    const wrong = { ...dict, "2.bias": ones([5]) };
    const shape = await errorOf(() => module.loadStateDict(wrong, { strict: false }));
    expect(shape.code).toBe("ERR_SHAPE");
    expect(shape.message).toContain('"2.bias" is [5], the module has [2]');
    const prefixed = Object.fromEntries(
      Object.entries(dict).map(([name, value]) => [`module.${name}`, value]),
    );
    expect((await errorOf(() => module.loadStateDict(prefixed))).message).toContain('"module."');
    const bad = () => module.loadStateDict({ "0.bias": [1] as unknown as Tensor });
    expect((await errorOf(bad)).code).toBe("ERR_CONFIG");
  });

  it("converts to the module's dtype", async () => {
    const module = await nn.build(nn.linear(2, 1));
    const dict = { weight: tensor([[1, 2]], { dtype: "float64" }), bias: tensor([3]) };
    module.loadStateDict(dict);
    expect(module.parameters().get("weight")!.dtype).toBe("float32");
    expect((await module.predict(tensor([[1, 1]]))).item()).toBe(6);
  });

  it("clones, weights and all", async () => {
    const module = await nn.build(nn.linear(2, 2));
    const copy = await module.clone();
    module.stateDict().bias!.fill_(7);
    expect(numbers(copy.parameters().get("bias")!)).not.toContain(7);
    copy.eval();
    expect(module.training).toBe(true);
  });

  it("moves between dtypes and keeps the tensors that were handed out", async () => {
    const module = await nn.build(nn.batchNorm1d(3));
    const weight = module.parameters().get("weight")!;
    await module.to({ dtype: "float64" });
    expect(weight.dtype).toBe("float64");
    expect(module.buffers().get("num_batches_tracked")!.dtype).toBe("int64");
    expect((await errorOf(() => module.to({ dtype: "float65" as DType }))).code).toBe("ERR_DTYPE");
  });
});

describe("saving", () => {
  it("round trips through a file and a buffer", async () => {
    const module = await nn.build(
      nn.sequential(
        nn.conv2d(1, 2, 3),
        nn.batchNorm2d(2),
        nn.relu(),
        nn.flatten(),
        nn.linear(72, 3),
      ),
    );
    const x = randn([4, 1, 8, 8]);
    await module.forward(x);
    const expected = numbers(await module.eval().predict(x));
    const file = path.join(folder, "model.pt");
    await module.save(file);
    for (const source of [file, await module.toBuffer()]) {
      const loaded = await loadModule(source);
      expectClose(await loaded.predict(x), { shape: [4, 3], data: expected }, 1e-6);
      expect([...loaded.parameters().keys()]).toEqual([...module.parameters().keys()]);
    }
  });

  it("leaves the old file whole where it cannot write", async () => {
    const module = await nn.build(nn.linear(2, 2));
    const nowhere = path.join(folder, "no", "such", "model.pt");
    expect((await errorOf(() => module.save(nowhere))).code).toBe("ERR_IO");
  });
});

describe("inspection", () => {
  it("prints a table of paths, classes, shapes and parameters", async () => {
    const module = await nn.build(models.lenet());
    const summary = await module.eval().summary(randn([2, 1, 28, 28]));
    expect(summary.parameters).toBe(61_706);
    expect(summary.trainable).toBe(61_706);
    expect(summary.rows.find((row) => row.path === "conv1")).toMatchObject({
      className: "Conv2d",
      outputShape: [2, 6, 28, 28],
      outputDtype: "float32",
      parameters: 156,
    });
    expect(summary.rows[0]).toMatchObject({ path: "", outputShape: [2, 10] });
    const lines = summary.toString().split("\n");
    expect(lines[0]).toMatch(/^path +class +output +parameters$/);
    expect(lines.find((line) => line.includes("fc1"))).toMatch(/fc1 +Linear +\[2, 120\] +48,120$/);
    expect(lines.at(-1)).toContain("61,706 parameters");
    module.requiresGrad_(false);
    const plain = await module.summary();
    expect(plain.trainable).toBe(0);
    expect(plain.rows.every((row) => row.outputShape === null)).toBe(true);
  });

  it("shows code and signature", async () => {
    const module = await nn.build(nn.mlp([2, 2]));
    expect(module.code("0")).toMatch(/linear/);
    expect(module.schema()).toContain("Tensor input");
    expect((await errorOf(() => module.code("7"))).code).toMatch(/^ERR_/);
  });

  it("finds what tracing baked in", async () => {
    const evaluated = await loadModule(fixture("convnet-traced-eval.pt"));
    const trained = await loadModule(fixture("convnet-traced-train.pt"));
    const scripted = await loadModule(fixture("convnet-scripted.pt"));
    const paths = (module: Module) => module.bakedFlags().map(({ path }) => path);
    expect(paths(evaluated)).toContain("bn");
    expect(paths(trained)).toContain("drop");
    expect(scripted.bakedFlags()).toEqual([]);

    expect(teacherWarnings(scripted)).toEqual([]);
    expect(teacherWarnings(evaluated)).toEqual([]);
    const [warning] = teacherWarnings(trained);
    expect(warning).toContain("traced in training mode");
    expect(warning).toContain("drop");

    expect(() => assertTrainable(scripted)).not.toThrow();
    expect(() => assertTrainable(evaluated, true)).not.toThrow();
    const { code, message } = await errorOf(() => assertTrainable(evaluated));
    expect(code).toBe("ERR_CONFIG");
    expect(message).toContain("bn (traced in evaluation mode)");
    expect(message).toContain("torch.jit.script(model)");
    const built = await nn.build(models.resnetCifar(8));
    expect(built.bakedFlags()).toEqual([]);
  });
});

describe("life and death", () => {
  it("refuses use after dispose, which is harmless twice", async () => {
    const module = await nn.build(nn.linear(2, 2));
    const running = module.forward(randn([1, 2]));
    module.dispose();
    module.dispose();
    expect((await running).shape).toEqual([1, 2]);
    expect((await errorOf(() => module.forward(randn([1, 2])))).code).toBe("ERR_DISPOSED");
    expect((await errorOf(() => module.parameters())).code).toBe("ERR_DISPOSED");
    const other = await nn.build(nn.linear(2, 2));
    await other[Symbol.asyncDispose]();
    expect((await errorOf(() => other.training)).code).toBe("ERR_DISPOSED");
  });

  it("hands results to the scope of the caller, and leaves no tensors behind", async () => {
    const module = await nn.build(nn.batchNorm1d(3));
    const before = memory().tensors;
    await scope(async () => {
      const y = await module.forward(randn([4, 3]));
      expect(y).toBeInstanceOf(Tensor);
    });
    module.loadStateDict(scope(() => module.stateDict()));
    await module.summary(scope(() => randn([4, 3])));
    // The state dict's five and the summary's input are still held above.
    expect(memory().tensors - before).toBeLessThanOrEqual(6);
  });

  it("says that inputs do not fit", async () => {
    const module = await nn.build(nn.linear(3, 2));
    const x = randn([1, 3]);
    expect((await errorOf(() => module.forward(randn([1, 4])))).code).toBe("ERR_SHAPE");
    expect(await errorOf(() => module.forward(3))).toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining("input"),
    });
    expect((await errorOf(() => module.forward())).message).toContain("input");
    expect((await errorOf(() => module.forward(x, x))).message).toContain("1 inputs, not 2");
    expect((await module.forward(randn([1, 3]))).shape).toEqual([1, 2]);
    const made = () => new Module(Symbol("no"), {} as never, {});
    expect((await errorOf(made)).code).toBe("ERR_CONFIG");
  });
});

it("freezes into a file of constants that answers alike", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "potstill-freeze-"));
  try {
    using module = (await build(models.resnetCifar(20))).train();
    await expect(module.freeze()).rejects.toMatchObject({ code: "ERR_CONFIG" });
    module.eval();
    using frozen = await module.freeze();
    expect(frozen.parameters().size).toBe(0);
    await frozen.save(path.join(folder, "frozen.pt"));
    using loaded = await loadModule(path.join(folder, "frozen.pt"));
    const x = randn([2, 3, 32, 32]);
    const [a, b] = [await module.logits(x), await loaded.logits(x)];
    const largest = a.abs().max().item<number>();
    expect(a.sub(b).abs().max().item<number>()).toBeLessThan(1e-5 * largest);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

import { describe, expect, it } from "vitest";
import { nn } from "../../lib/nn/index.js";
import { manualSeed, randn, type Tensor, tensor } from "../../lib/tensor/index.js";
import { forwardCases, initialCases } from "./cases.js";
import { errorOf, expectClose, fill, type LayersOracle, numbers, readOracle } from "./oracle.js";
import { inputTensor } from "./pattern.js";

const oracle = readOracle<LayersOracle>("layers.json");

/** Arguments where the description's forward takes them in another form than PyTorch's layer. */
const argumentsOf: Record<string, (inputs: Tensor[]) => (Tensor | Tensor[] | null | boolean)[]> = {
  "lstm state": ([x, h, c]) => [x!, [h!, c!]],
  "multiheadAttention masks": ([q, mask, padding]) => [q!, null, null, mask!, padding!],
  "multiheadAttention causal": ([q]) => [q!, null, null, null, null, true],
};

describe("forward as PyTorch's layers", () => {
  it("has a description for every oracle", () => {
    expect(Object.keys(forwardCases).sort()).toEqual(Object.keys(oracle.forward).sort());
  });

  it.each(Object.keys(oracle.forward))("%s", async (name) => {
    const { inputs, training, state, output, buffers } = oracle.forward[name]!;
    const module = await nn.build(forwardCases[name]!);
    const shapes = Object.entries(module.stateDict()).map(([path, { shape }]) => [path, shape]);
    expect(Object.fromEntries(shapes)).toEqual(state);
    await fill(module);
    module.train(training);
    const tensors = inputs.map(inputTensor);
    const args = argumentsOf[name]?.(tensors) ?? tensors;
    const result = await module.predict(...args);
    expectClose(result, output, 1e-9);
    const after = module.buffers();
    for (const [path, values] of Object.entries(buffers)) {
      expectClose(after.get(path), values, 1e-9);
    }
    module.dispose();
  });
});

describe("initial weights as PyTorch's for the same seed", () => {
  it.each(Object.keys(oracle.initial))("%s", async (name) => {
    manualSeed(20240229);
    const module = await nn.build(initialCases[name]!);
    const parameters = module.parameters();
    expect([...parameters.keys()]).toEqual(Object.keys(oracle.initial[name]!));
    for (const [path, { shape, ends, sum }] of Object.entries(oracle.initial[name]!)) {
      const parameter = parameters.get(path)!;
      const data = Array.from(parameter.dataSync() as Float32Array);
      expect(parameter.shape).toEqual(shape);
      expect(parameter.requiresGrad).toBe(true);
      expect(data[0]).toBeCloseTo(ends[0], 6);
      expect(data.at(-1)).toBeCloseTo(ends[1], 6);
      expect(data.reduce((a, b) => a + b, 0)).toBeCloseTo(sum, 5);
    }
  });

  it("differs from one build to the next, and repeats with the seed", async () => {
    const first = async () => {
      const module = await nn.build(nn.linear(3, 1));
      return Array.from(module.parameters().get("weight")!.dataSync() as Float32Array);
    };
    manualSeed(1);
    const [a, b] = [await first(), await first()];
    manualSeed(1);
    expect(b).not.toEqual(a);
    expect(await first()).toEqual(a);
  });
});

describe("modes", () => {
  it("drops in training only", async () => {
    const module = await nn.build(nn.dropout(0.5));
    manualSeed(3);
    const x = tensor(new Float32Array(1000).fill(1));
    const dropped = Array.from((await module.forward(x)).dataSync() as Float32Array);
    const zeros = dropped.filter((value) => value === 0).length;
    expect(zeros).toBeGreaterThan(400);
    expect(zeros).toBeLessThan(600);
    expect(new Set(dropped)).toEqual(new Set([0, 2]));
    module.eval();
    expect(new Set((await module.forward(x)).dataSync() as Float32Array)).toEqual(new Set([1]));
  });

  it("drops whole channels with dropout2d", async () => {
    const module = await nn.build(nn.dropout2d(0.5));
    manualSeed(3);
    const y = await module.forward(
      tensor(new Float32Array(400).fill(1), { shape: [10, 10, 2, 2] }),
    );
    const data = Array.from(y.dataSync() as Float32Array);
    const channels = Array.from({ length: 100 }, (_, i) => new Set(data.slice(4 * i, 4 * i + 4)));
    expect(channels.every((values) => values.size === 1)).toBe(true);
    expect(new Set(data)).toEqual(new Set([0, 2]));
  });

  it("refuses a batch of one value per channel in training, and leaves the statistics alone", async () => {
    const module = await nn.build(nn.batchNorm1d(4));
    const { message } = await errorOf(() => module.forward(randn([1, 4])));
    expect(message).toContain("more than one value per channel");
    expect(numbers(module.buffers().get("running_var")!)).toEqual([1, 1, 1, 1]);
    expect((await module.eval().forward(randn([1, 4]))).shape).toEqual([1, 4]);
  });

  it("sends gradients to every parameter of an attention layer, through residual and concat", async () => {
    const def = nn.sequential(
      nn.residual(nn.transformerEncoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true })),
      nn.concat({ left: nn.linear(8, 3), right: nn.sequential(nn.linear(8, 2), nn.gelu()) }, -1),
      nn.mean(1),
    );
    const module = await nn.build(def);
    const y = await module.forward(randn([2, 4, 8]));
    expect(y.shape).toEqual([2, 5]);
    y.pow(2).sum().backward();
    for (const [path, parameter] of module.parameters()) {
      const grad = parameter.grad;
      expect(grad, path).not.toBeNull();
      expect(Number(grad!.abs().sum().item()), path).toBeGreaterThan(0);
    }
  });
});

describe("embedding", () => {
  it("has a row of zeros for the padding, which gets no gradient", async () => {
    const module = await nn.build(nn.embedding(5, 2, { paddingIdx: 1 }));
    const weight = module.parameters().get("weight")!;
    expect(numbers(weight).slice(2, 4)).toEqual([0, 0]);
    (await module.forward(tensor([1n, 1n, 3n]))).sum().backward();
    expect(numbers(weight.grad!)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 0, 0]);
  });
});

/** Taps against what forward hooks that clone see in Python, and against the untapped module. */

import { beforeAll, describe, expect, it } from "vitest";
import { native } from "../../lib/native/index.js";
import type { Module } from "../../lib/nn/index.js";
import { setThreads, Tensor } from "../../lib/tensor/index.js";
import { distance, type Hooked, hooked, model, same } from "./hooks.js";

// As in the script that recorded.
beforeAll(() => setThreads(1));

const cases: [file: string, recorded: string, flat: RegExp | null][] = [
  ["resnet-scripted", "resnet", null],
  ["resnet-traced", "resnet", null],
  ["resnet-training-scripted", "resnet-training", null],
  ["mobilenet-scripted", "mobilenet", null],
  ["mobilenet-traced", "mobilenet", null],
  ["densenet-scripted", "densenet", null],
  // Traces pass lists and tuples flat, values that are there once only, and no unused ones.
  ["densenet-traced", "densenet", /denselayer\d:input\.0\.[12]/],
  ["inception-scripted", "inception", null],
  ["inception-traced", "inception", null],
  ["vit-scripted", "vit", null],
  ["vit-traced", "vit", /self_attention:input\.[12]/],
  ["control-scripted", "control", null],
  ["encoder-scripted", "encoder", null],
  ["encoder-traced", "encoder", /self_attn:input\.[12]/],
  ["lstm-scripted", "lstm", null],
  ["lstm-traced", "lstm", /lstm:output\.1\.1/],
  ["overwriting-scripted", "overwriting", null],
  ["overwriting-traced", "overwriting", /^same|twice:input\.1/],
  ["methods-scripted", "methods", null],
];

function expectHooked(path: string, tapped: Tensor, oracle: Hooked): void {
  const expected = oracle.values[path]!;
  if (oracle.exact) expect(same(tapped, expected), path).toBe(true);
  expect(distance(tapped, expected), path).toBeLessThan(1e-5);
}

describe("values", () => {
  it.each(cases)("of %s are those that hooks see in %s", async (file, recorded, flat) => {
    const oracle = await hooked(recorded);
    const module = await model(file);
    const paths = Object.keys(oracle.values).filter((path) => flat === null || !flat.test(path));
    expect(paths.length).toBeGreaterThan(5);
    const tapped = module.tap(paths);
    const { taps } = await tapped.forward(...oracle.inputs);
    expect(Object.keys(taps)).toEqual(paths);
    for (const path of paths) expectHooked(path, taps[path]!, oracle);
  });

  it.each(cases)("of %s come the same one at a time as all together", async (file, recorded) => {
    // Each tap changes the graph, and what is copied, in its own way.
    const oracle = await hooked(recorded);
    const module = await model(file);
    for (const { path } of await module.tapPoints(...oracle.inputs)) {
      if (oracle.training) break; // the statistics of batch norm move on
      const tapped = module.tap(path);
      const { taps } = await tapped.forward(...oracle.inputs);
      const calls = Object.keys(oracle.values).filter((key) => key.startsWith(`${path}#`));
      // Traced tuples go by other names.
      if (calls.length > 0) expectHooked(calls.at(-1)!, taps[path]!, oracle);
      tapped.dispose();
    }
  });
});

describe("the module", () => {
  it.each(cases)("%s gives the same bits tapped and untapped", async (file, recorded) => {
    const { inputs, training } = await hooked(recorded);
    const module = await model(file);
    const untapped = await module.clone();
    // Batch norm in training mode moves statistics on at every forward, of both alike.
    const paths = (await module.tapPoints(...inputs)).map(({ path }) => path);
    if (training) await untapped.predict(...inputs);
    const tapped = module.tap(paths);
    for (let round = 0; round < 3; round++) {
      expectSame(await untapped.forward(...inputs), (await tapped.forward(...inputs)).output);
    }
  });

  it("gives the same bits in predict, where transformers take another way", async () => {
    const { inputs } = await hooked("encoder");
    const module = await model("encoder-scripted");
    const layers = module.tap(["encoder.layers.*", "embed"]);
    const { output, taps } = await layers.predict(...inputs);
    expect(same(output, await module.predict(...inputs))).toBe(true);
    expect(taps["encoder.layers.1"]!.requiresGrad).toBe(false);
    // The parts of a layer are not called on that way, so that tapping one leaves it.
    const parts = module.tap(["encoder.layers.0.linear1", "encoder.layers.0"]);
    const inside = await parts.predict(...inputs);
    expect(inside.taps["encoder.layers.0.linear1"].shape).toEqual([2, 5, 32]);
    expect(distance(inside.output, output)).toBeLessThan(1e-5);
  });

  it("is not changed, in memory or in a file", async () => {
    const { inputs } = await hooked("resnet");
    const module = await model("resnet-scripted");
    const bytes = await module.toBuffer();
    const code = module.code();
    const tapped = module.tap("**");
    await tapped.predict(...inputs);
    await tapped.freeze();
    expect(module.code()).toBe(code);
    expect(Buffer.compare(await module.toBuffer(), bytes)).toBe(0);
    expect(bytes.includes("potstill")).toBe(false);
  });
});

function expectSame(a: unknown, b: unknown): void {
  if (a instanceof Tensor) {
    expect(same(a, b as Tensor)).toBe(true);
    return;
  }
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  expect(Object.keys(x).length).toBeGreaterThan(0);
  expect(Object.keys(y)).toEqual(Object.keys(x));
  for (const key of Object.keys(x)) expectSame(x[key], y[key]);
}

describe("copies", () => {
  // In the order of the calls, what a module returned and the next one took.
  const neighbours: [from: string, to: string, copied: boolean][] = [
    ["conv1", "bn1:input", false],
    ["bn1", "relu:input", true],
    ["relu", "maxpool:input", false],
    ["layer1.0.conv1", "layer1.0.bn1:input", false],
    ["layer1.0.bn1", "layer1.0.relu:input#0", true],
    ["layer1.0.relu#0", "layer1.0.conv2:input", false],
    ["layer1.0", "layer1.1:input", false],
    ["layer2", "avgpool:input", false],
  ];

  async function tap(module: Module, inputs: Tensor[], paths: string[]) {
    return (await module.tap(paths).forward(...inputs)).taps as Record<string, Tensor>;
  }

  it.each(neighbours)("%s to %s: %s", async (from, to, copied) => {
    const { inputs } = await hooked("resnet");
    for (const file of ["resnet-scripted", "resnet-traced"]) {
      const taps = await tap(await model(file), inputs, [from, to]);
      // Two taps on one value hand out one tensor, unless each had to copy it.
      expect(native.tensorIsSame(taps[from]!, taps[to]!), file).toBe(!copied);
      expect(same(taps[from]!, taps[to]!)).toBe(true);
    }
  });

  it("are taken of what is overwritten, which would be another value without", async () => {
    const { inputs } = await hooked("resnet");
    const { bn1, relu } = await tap(await model("resnet-scripted"), inputs, ["bn1", "relu"]);
    expect(bn1!.dataSync().some((value) => value < 0)).toBe(true);
    expect(relu!.dataSync().every((value) => value >= 0)).toBe(true);
  });

  it("are not taken where nothing overwrites, whatever the module does elsewhere", async () => {
    const overwriting = await hooked("overwriting");
    const taps = await tap(await model("overwriting-scripted"), overwriting.inputs, [
      "kept",
      "same:input",
    ]);
    expect(native.tensorIsSame(taps.kept!, taps["same:input"]!)).toBe(true);
    // Lists and counters of batch norms are no reason, in training mode either.
    const { inputs } = await hooked("densenet");
    const module = (await model("densenet-scripted")).train();
    const dense = await tap(module, inputs, [
      "features.denseblock1.denselayer1",
      "features.denseblock1.denselayer2:input.0.1",
    ]);
    const [a, b] = Object.values(dense);
    expect(native.tensorIsSame(a!, b!)).toBe(true);
  });
});

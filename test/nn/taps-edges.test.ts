/** Paths, patterns, calls, gradients, freezing, and what is refused. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, loadModule, nn, TappedModule } from "../../lib/nn/index.js";
import {
  noGrad,
  ones,
  randn,
  scope,
  setThreads,
  type Tensor,
  tensor,
} from "../../lib/tensor/index.js";
import { distance, hooked, model, same } from "./hooks.js";
import { errorOf, numbers } from "./oracle.js";

let folder: string;
beforeAll(async () => {
  setThreads(1);
  folder = await mkdtemp(path.join(tmpdir(), "potstill-taps-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("paths", () => {
  it("expand patterns over the modules that forward calls, in the order of the calls", async () => {
    const module = await model("resnet-traced");
    expect(module.tap("layer*.1").paths).toEqual(["layer1.1", "layer2.1"]);
    expect(module.tap("**.relu#*").paths).toEqual(
      ["relu", ...["1.0", "1.1", "2.0", "2.1"].map((at) => `layer${at}.relu`)].map((p) => `${p}#*`),
    );
    expect(module.tap("layer2.0.**:input").paths.slice(0, 3)).toEqual(
      ["layer2.0", "layer2.0.conv1", "layer2.0.bn1"].map((p) => `${p}:input`),
    );
    // What is named twice is there once.
    expect(module.tap(["conv1", "conv*", "conv1"]).paths).toEqual(["conv1"]);
  });

  it("choose calls and elements", async () => {
    const { inputs, values } = await hooked("control");
    const tapped = (await model("control-scripted")).tap([
      "again",
      "again#0",
      "again#1",
      "again#-2",
      "again#*",
      "again:input#*",
    ]);
    const { taps } = await tapped.predict(...inputs);
    const all = taps["again#*"];
    const count = Object.keys(values).filter((key) => /^again#/.test(key)).length;
    expect(count).toBeGreaterThan(3);
    expect(all).toHaveLength(count);
    expect(taps["again:input#*"]).toHaveLength(count);
    expect(same(taps.again, all[count - 1]!)).toBe(true);
    expect(same(taps["again#0"], all[0]!)).toBe(true);
    expect(same(taps["again#1"], all[1]!)).toBe(true);
    expect(same(taps["again#-2"], all[count - 2]!)).toBe(true);
    expect(same(taps["again#0"], taps["again#1"])).toBe(false);

    const lstm = (await model("lstm-scripted")).tap(["lstm", "lstm:output.0", "lstm:output.1.1"]);
    const states = (await lstm.predict(...(await hooked("lstm")).inputs)).taps;
    expect(same(states.lstm, states["lstm:output.0"])).toBe(true);
    expect(states["lstm:output.1.1"].shape).toEqual([2, 2, 8]);
  });

  it("lead to the model itself, and to a named tuple that it returns", async () => {
    const { inputs, values } = await hooked("inception");
    const module = await model("inception-scripted");
    const { output, taps } = await module
      .tap(["", ":input", ":output.1"])
      .predict<{ logits: Tensor; aux: Tensor }>(...inputs);
    expect(same(taps[""], output.logits)).toBe(true);
    expect(same(taps[":output.1"], output.aux)).toBe(true);
    expect(same(taps[":input"], inputs[0]!)).toBe(true);
    expect(distance(taps[":output.1"], values[":output.1#0"]!)).toBeLessThan(1e-5);
  });

  it("take inputs by name, and normalize as the module does", async () => {
    const { inputs } = await hooked("methods");
    const module = await model("methods-scripted");
    const tapped = module.tap("shared#*");
    const named = await tapped.forwardNamed({ x: inputs[0]!, scale: 2 });
    expect(named.taps["shared#*"]).toHaveLength(2);
    expect(same(named.output, await module.forwardNamed({ x: inputs[0]!, scale: 2 }))).toBe(true);

    const scaled = await loadModule(await saved(), { normalize: { mean: [1], std: [2] } });
    const { logits, taps } = await scaled.tap(":input").logits(ones([2, 4]));
    expect(numbers(taps[":input"])).toEqual(Array(8).fill(0));
    expect(same(logits, await scaled.logits(ones([2, 4])))).toBe(true);
  });

  async function saved(): Promise<string> {
    const file = path.join(folder, "linear.pt");
    await (await build(nn.sequential(nn.linear(4, 3)))).save(file);
    return file;
  }

  it("are listed with what is there", async () => {
    const { inputs } = await hooked("lstm");
    const points = await (await model("lstm-scripted")).tapPoints(...inputs);
    expect(points).toEqual([
      { path: "lstm:output.0", className: "LSTM", shape: [2, 5, 8], dtype: "float32", calls: 1 },
      { path: "lstm:output.1.0", className: "LSTM", shape: [2, 2, 8], dtype: "float32", calls: 1 },
      { path: "lstm:output.1.1", className: "LSTM", shape: [2, 2, 8], dtype: "float32", calls: 1 },
      { path: "norm", className: "LayerNorm", shape: [2, 8], dtype: "float32", calls: 1 },
      { path: "fc", className: "Linear", shape: [2, 5], dtype: "float32", calls: 1 },
      { path: "", className: "Recurrent", shape: [2, 5], dtype: "float32", calls: 1 },
    ]);
    const twice = await (await model("methods-scripted")).tapPoints(ones([3, 4]));
    expect(twice.map((row) => [row.path, row.calls])).toContainEqual(["shared", 2]);
  });
});

describe("refused with ERR_TAP", () => {
  it.each<[file: string, paths: string, message: RegExp]>([
    ["resnet-scripted", "layer1.0.cnv2", /no module "layer1\.0\.cnv2".*"layer1\.0\.conv2"/],
    ["resnet-traced", "layer3.1.conv2", /nearest names are "layer1\.1\.conv2", "layer2\.1\.conv2"/],
    ["resnet-scripted", "layer1.", /no module/],
    ["resnet-scripted", "conv1.weight", /no module/],
    ["resnet-scripted", "layer9.*", /no module that the model calls matches.*"layer1\.0"/],
    ["resnet-scripted", "layer1:put", /after the colon stands input or output/],
    ["resnet-scripted", "layer1#last", /after # stands the number of a call/],
    ["resnet-scripted", "layer1:output.x", /elements have numbers/],
    ["resnet-scripted", "layer1:output.1", /there is a tensor, which has no element/],
    ["resnet-scripted", "layer1:input.1", /there is 1 input that can hold a tensor/],
    ["lstm-scripted", "lstm:output.2", /there are 2 values, counted from 0/],
    ["methods-scripted", "block", /never calls the forward of "block".*"block\.a"/],
    ["control-scripted", "list", /never calls the forward of "list"/],
    ["forking", "a", /in parallel.*fork/],
    ["forking", "b", /in parallel.*fork/],
    ["interfaced", "part", /typed as a module interface/],
    ["interfaced", "part.0", /typed as a module interface/],
    ["frozen", "layer1.0", /frozen or optimised.*as it was before/],
    ["frozen", "layer*.0", /frozen or optimised.*as it was before/],
  ])("%s: %s", async (file, paths, message) => {
    const module = await model(file);
    const { code, message: text } = await errorOf(() => module.tap(paths));
    expect(text).toMatch(message);
    expect(code).toBe("ERR_TAP");
    // The module is as usable as before.
    if (file !== "forking") expect(module.tap("").paths).toEqual([""]);
    expect(module.training).toBe(false);
  });

  it("what this forward does not call", async () => {
    const { inputs } = await hooked("control");
    const module = await model("control-scripted");
    const down = module.tap("down");
    const { code, message } = await errorOf(() => down.predict(...inputs));
    expect(code).toBe("ERR_TAP");
    expect(message).toMatch(/"down": the model did not call it in this forward/);
    // The same tapped module, where the other branch is taken.
    const negative = inputs[0]!.neg();
    expect((await down.predict(negative)).taps.down.shape).toEqual([3, 6]);

    const far = await errorOf(() => module.tap("up#1").predict(...inputs));
    expect(far.message).toMatch(/there was 1 call in this forward/);
    const none = (await model("methods-scripted")).tap("twice:output.1");
    expect((await errorOf(() => none.predict(ones([3, 4])))).code).toBe("ERR_TAP");
  });

  it("tap points of a model that forks; its summary shows what it can", async () => {
    const module = await model("forking");
    const { code, message } = await errorOf(() => module.tapPoints(ones([2, 4])));
    expect(code).toBe("ERR_TAP");
    expect(message).toMatch(/fork/);
    const summary = await module.summary(ones([2, 4]));
    expect(summary.rows[0]).toMatchObject({ path: "", outputShape: [2, 4] });
  });

  it("with other codes: no path, a disposed module, wrong inputs", async () => {
    const module = await model("resnet-scripted");
    for (const wrong of [[], 3, [3], null]) {
      expect((await errorOf(() => module.tap(wrong as unknown as string[]))).code).toBe(
        "ERR_CONFIG",
      );
    }
    const tapped = module.tap("conv1");
    expect((await errorOf(() => tapped.predict())).message).toContain("missing");
    expect((await errorOf(() => tapped.predict(ones([2, 5, 8, 8])))).code).toBe("ERR_SHAPE");
    tapped.dispose();
    tapped.dispose();
    expect((await errorOf(() => tapped.predict(ones([2, 3, 8, 8])))).code).toBe("ERR_DISPOSED");
    module.dispose();
    expect((await errorOf(() => module.tap("conv1"))).code).toBe("ERR_DISPOSED");
    const make = TappedModule as unknown as new (...args: unknown[]) => unknown;
    expect((await errorOf(() => new make(Symbol(), {}, module, false))).code).toBe("ERR_CONFIG");
  });
});

describe("gradients", () => {
  it("flow through taps, copied or not, as finite differences say", async () => {
    const { inputs } = await hooked("overwriting");
    const module = await model("overwriting-scripted");
    await module.to({ dtype: "float64" });
    const x = inputs[0]!.to({ dtype: "float64" });
    const tapped = module.tap(["direct", "looped#*", "kept", "folded", "same:input"]);
    const loss = async (grad = false) => {
      const { output, taps } = await (grad ? tapped.forward(x) : tapped.predict(x));
      const terms = [output, taps.direct, ...taps["looped#*"], taps.kept, taps.folded];
      return terms
        .map((value, i) =>
          value
            .mul(i + 1)
            .sin()
            .sum(),
        )
        .reduce((sum, term) => sum.add(term));
    };
    (await loss(true)).backward();
    const parameters = module.parameters();
    for (const name of ["direct.weight", "looped.weight", "folded.bias", "kept.bias"]) {
      const parameter = parameters.get(name)!;
      const gradient = numbers(parameter.grad!);
      const values = parameter.detach();
      const start = numbers(values);
      for (const index of [0, start.length - 1]) {
        const at = async (step: number) => {
          const moved = start.map((value, i) => (i === index ? value + step : value));
          values.copy_(tensor(moved, { dtype: "float64" }).reshape(values.shape));
          return Number((await loss()).item());
        };
        const slope = ((await at(1e-6)) - (await at(-1e-6))) / 2e-6;
        await at(0);
        expect(Math.abs(slope - gradient[index]!), name).toBeLessThan(1e-6);
      }
    }
  });

  it("are left out where nothing is recorded", async () => {
    const module = await build(nn.sequential(nn.linear(4, 4), nn.relu(), nn.linear(4, 2)));
    const tapped = module.tap("0");
    const x = randn([3, 4]);
    expect((await tapped.forward(x)).taps["0"].requiresGrad).toBe(true);
    expect((await tapped.predict(x)).taps["0"].requiresGrad).toBe(false);
    const started: ReturnType<typeof tapped.forward>[] = [];
    noGrad(() => {
      started.push(tapped.forward(x));
    });
    expect((await started[0]!).taps["0"].requiresGrad).toBe(false);
  });
});

describe("forwards", () => {
  it("that overlap give each its own values", async () => {
    const module = await model("resnet-scripted");
    const tapped = module.tap(["conv1", "layer1.0.relu#*"]);
    const inputs = Array.from({ length: 8 }, () => randn([1, 3, 8, 8]));
    const together = await Promise.all(inputs.map((x) => tapped.predict(x)));
    for (const [i, x] of inputs.entries()) {
      const alone = await tapped.predict(x);
      expect(same(together[i]!.taps.conv1, alone.taps.conv1)).toBe(true);
      for (const call of [0, 1]) {
        const of = (taps: typeof alone.taps) => taps["layer1.0.relu#*"][call]!;
        expect(same(of(together[i]!.taps), of(alone.taps))).toBe(true);
      }
    }
    expect(same(together[0]!.taps.conv1, together[1]!.taps.conv1)).toBe(false);
  });

  it("follow the module's weights and mode, and outlive a disposed module", async () => {
    const module = await build(nn.sequential(nn.linear(4, 4), nn.dropout(0.5)));
    const tapped = module.tap(["0", "1"]);
    const x = ones([64, 4]);
    tapped.eval();
    const still = (await tapped.predict(x)).taps;
    expect(same(still["0"], still["1"])).toBe(true);
    tapped.train();
    expect(module.training && tapped.training).toBe(true);
    const dropped = (await tapped.predict(x)).taps;
    expect(same(dropped["0"], dropped["1"])).toBe(false);
    const { "0.weight": weight } = module.stateDict();
    weight!.zero_();
    expect(same((await tapped.predict(x)).taps["0"], still["0"])).toBe(false);
    module.dispose();
    expect((await tapped.predict(x)).taps["0"].shape).toEqual([64, 4]);
  });

  it("free what a scope made", async () => {
    const module = await build(nn.sequential(nn.linear(4, 4)));
    const tapped = module.tap("0");
    const x = ones([2, 4]);
    let inner: Tensor | undefined;
    const kept = await scope(async () => {
      const { output, taps } = await tapped.predict(x);
      inner = output;
      return taps["0"].add(1);
    });
    expect(kept.shape).toEqual([2, 4]);
    expect((await errorOf(() => inner!.shape)).code).toBe("ERR_DISPOSED");
  });
});

describe("freezing after tapping", () => {
  it.each([
    "resnet-scripted",
    "resnet-traced",
    "mobilenet-scripted",
    "densenet-traced",
    "inception-scripted",
    "vit-scripted",
    "lstm-scripted",
    "overwriting-scripted",
  ])("keeps the values of %s within rounding", async (file) => {
    const { inputs } = await hooked(file.replace(/-\w+$/, ""));
    const module = await model(file);
    const paths = (await module.tapPoints(...inputs)).map((point) => point.path);
    const tapped = module.tap(paths);
    const frozen = await tapped.freeze();
    expect(frozen.paths).toEqual(paths);
    expect(frozen.frozen && !frozen.training).toBe(true);
    const before = await tapped.predict(...inputs);
    const after = await frozen.predict(...inputs);
    for (const at of paths)
      expect(distance(after.taps[at]!, before.taps[at]!), at).toBeLessThan(1e-5);
    // Later changes of the module do not matter.
    for (const [, value] of module.parameters()) noGrad(() => value.zero_());
    const later = await frozen.predict(...inputs);
    for (const at of paths) expect(same(later.taps[at]!, after.taps[at]!), at).toBe(true);
  });

  it("is refused in training mode, and cannot be undone", async () => {
    const module = (await model("resnet-scripted")).train();
    const tapped = module.tap("layer1");
    expect((await errorOf(() => tapped.freeze())).message).toMatch(/training mode/);
    const frozen = await tapped.eval().freeze();
    expect((await errorOf(() => frozen.train())).code).toBe("ERR_CONFIG");
    expect(frozen.eval()).toBe(frozen);
  });

  it("saves the module as it was", async () => {
    const module = await model("resnet-scripted");
    const frozen = await module.tap("layer1").freeze();
    const file = path.join(folder, "saved.pt");
    await frozen.save(file);
    const loaded = await loadModule(file);
    expect(loaded.parameters().size).toBe(module.parameters().size);
    expect(Buffer.compare(await module.toBuffer(), await loaded.toBuffer())).toBe(0);
  });
});

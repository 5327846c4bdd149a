import { describe, expect, it } from "vitest";
import { isModuleDef, Module, nn } from "../../lib/nn/index.js";
import { ones, randn, tensor } from "../../lib/tensor/index.js";
import { errorOf, numbers } from "./oracle.js";

const identitySource = "def forward(self, x: Tensor) -> Tensor:\n    return x";

describe("arguments", () => {
  it.each<[string, () => unknown, string]>([
    ["a size of zero", () => nn.linear(0, 3), "inFeatures must be an integer of at least 1, not 0"],
    ["a fraction", () => nn.linear(3, 1.5), "outFeatures"],
    [
      "an unknown option",
      () => nn.conv2d(1, 1, 3, { strides: 2 } as object),
      'did you mean "stride"?',
    ],
    [
      "a wrong type",
      () => nn.linear(1, 1, { bias: 1 as unknown as boolean }),
      "true or false, not 1",
    ],
    [
      "options that are none",
      () => nn.conv2d(1, 1, 3, 2 as unknown as object),
      "options are an object",
    ],
    ["three kernel sizes", () => nn.conv2d(1, 1, [1, 2, 3]), "or 2 of them, not [1,2,3]"],
    ["groups that do not divide", () => nn.conv2d(3, 4, 1, { groups: 2 }), "inChannels (3)"],
    [
      "a stride with same",
      () => nn.conv2d(1, 1, 3, { padding: "same", stride: 2 }),
      "stride 1 only",
    ],
    ["a probability above 1", () => nn.dropout(1.1), "from 0 to 1, not 1.1"],
    ["NaN", () => nn.leakyRelu({ negativeSlope: Number.NaN }), "a number, not"],
    ["an unknown activation", () => nn.mlp([1, 2], { activation: "rely" as "relu" }), '"relu"'],
    ["too few sizes", () => nn.mlp([3]), "at least the input's and the output's"],
    ["padding outside", () => nn.embedding(3, 2, { paddingIdx: 3 }), "not within the 3"],
    ["heads that do not divide", () => nn.multiheadAttention(8, 3), "divisible by numHeads (3)"],
    ["groups of channels", () => nn.groupNorm(3, 4), "divisible by numGroups (3)"],
    ["an empty shape", () => nn.layerNorm([]), "must not be empty"],
    [
      "a child that is none",
      () => nn.sequential(3 as unknown as nn.ModuleDef),
      '"0" must be a layer',
    ],
    [
      "a body that is none",
      () => nn.residual(null as unknown as nn.ModuleDef),
      "body must be a layer",
    ],
    ["a bad name", () => nn.sequential({ "a.b": nn.relu() }), '"a.b" cannot name a module'],
    ["no branches", () => nn.concat([]), "at least one branch"],
    ["no source", () => nn.script({} as { source: string }), "source is missing"],
    [
      "a parameter without shape",
      () => nn.script({ source: "", parameters: { w: 3 as unknown as nn.TensorDef } }),
      '"w" must be a Tensor, or { shape, init }',
    ],
  ])("refuses %s", async (_, make, part) => {
    const { code, message } = await errorOf(make);
    expect(code).toBe("ERR_CONFIG");
    expect(message).toContain(part);
  });

  it("takes undefined for an option as not given", () => {
    expect(nn.linear(2, 3, { bias: undefined })).toEqual(nn.linear(2, 3));
  });

  it("makes plain data", () => {
    const def = nn.sequential(nn.conv2d(1, 2, 3), nn.relu());
    expect(isModuleDef(def)).toBe(true);
    expect(JSON.parse(JSON.stringify(def))).toEqual(def);
    expect(isModuleDef({})).toBe(false);
    expect(isModuleDef(null)).toBe(false);
  });
});

describe("containers", () => {
  it("names children by number or by key", async () => {
    const numbered = await nn.build(nn.sequential(nn.linear(2, 2), nn.relu(), nn.linear(2, 2)));
    expect([...numbered.parameters().keys()]).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
    const keyed = await nn.build(nn.sequential({ stem: nn.linear(2, 2), head: nn.linear(2, 1) }));
    expect([...keyed.parameters().keys()]).toEqual([
      "stem.weight",
      "stem.bias",
      "head.weight",
      "head.bias",
    ]);
    expect((await keyed.predict(randn([3, 2]))).shape).toEqual([3, 1]);
  });

  it("passes the input on when empty", async () => {
    const module = await nn.build(nn.sequential());
    expect((await module.predict(tensor([5]))).item()).toBe(5);
  });

  it("adds the shortcut and joins the branches", async () => {
    const twice = await nn.build(nn.residual(nn.identity()));
    expect((await twice.predict(tensor([5]))).item()).toBe(10);
    const def = nn.concat([nn.identity(), nn.residual(nn.identity(), nn.identity())]);
    const joined = await nn.build(def);
    expect(numbers(await joined.predict(tensor([[1, 2]])))).toEqual([1, 2, 2, 4]);
  });

  it("flattens images for an MLP, with dropout and other activations", async () => {
    const def = nn.mlp([12, 5, 4, 3], { activation: "gelu", dropout: 0.5, bias: false });
    const module = await nn.build(def);
    expect([...module.parameters().keys()]).toEqual(["0.weight", "3.weight", "6.weight"]);
    expect(module.modules().map(({ className }) => className)).toEqual([
      "MLP",
      "Linear",
      "GELU",
      "Dropout",
      "Linear",
      "GELU",
      "Dropout",
      "Linear",
    ]);
    expect((await module.predict(randn([2, 1, 3, 4]))).shape).toEqual([2, 3]);
  });

  it("builds one description several times, each with weights of its own", async () => {
    const shared = nn.linear(3, 3);
    const module = await nn.build(nn.sequential(shared, shared));
    const [first, , second] = [...module.parameters().values()];
    expect(numbers(first!)).not.toEqual(numbers(second!));
    first!.detach().fill_(9);
    expect(numbers(second!)).not.toContain(9);
  });
});

describe("script", () => {
  it("reaches modules, parameters, buffers and constants of every type", async () => {
    const module = await nn.build(
      nn.script({
        className: "Everything",
        modules: { first: nn.linear(2, 2), list: nn.sequential(nn.identity(), nn.identity()) },
        parameters: { scale: { shape: [2], init: { kind: "constant", value: 2 } } },
        buffers: {
          calls: { shape: [], dtype: "int64", init: { kind: "zeros" } },
          given: tensor([10, 20]),
        },
        attributes: {
          count: 3,
          rate: 0.5,
          whole: { type: "float", value: 2 },
          on: true,
          name: "abc",
          ints: [1, 2],
          floats: [0.5, 1],
        },
        source: `
          def helper(self, x: Tensor) -> Tensor:
              return F.relu(x) * self.scale

          def forward(self, x: Tensor) -> Dict[str, Tensor]:
              self.calls.add_(1)
              y = self.helper(x)
              for layer in self.list:
                  y = layer(y)
              total: float = self.rate + self.whole + self.floats[0] + self.ints[1] * self.count
              if self.on and self.name == "abc":
                  y = y + total
              last = self.list[1](y)
              return {"y": y, "z": last + self.given, "pi": torch.full([1], math.pi, dtype=torch.float64)}
        `,
      }),
    );
    const x = tensor([[1, -1]]);
    const result = await module.predict<Record<string, ReturnType<typeof tensor>>>(x);
    expect(numbers(result.y!)).toEqual([11, 9]);
    expect(numbers(result.z!)).toEqual([21, 29]);
    expect(result.pi!.dtype).toBe("float64");
    expect(numbers(result.pi!)).toEqual([Math.PI]);
    await module.predict(x);
    expect(module.buffers().get("calls")!.item()).toBe(2n);
    expect(module.buffers().get("given")!.requiresGrad).toBe(false);
    expect([...module.parameters().keys()].sort()).toEqual(["first.bias", "first.weight", "scale"]);
    expect(module.modules()[0]!.className).toBe("Everything");
  });

  it("copies given tensors", async () => {
    const given = ones([2]);
    const def = nn.script({ parameters: { w: given }, source: identitySource });
    const [a, b] = [await nn.build(def), await nn.build(def)];
    a.parameters().get("w")!.detach().fill_(4);
    expect(numbers(given)).toEqual([1, 1]);
    expect(numbers(b.parameters().get("w")!)).toEqual([1, 1]);
  });

  it("calls operators of torch, torch.ops, torch.linalg and torch.nn.functional", async () => {
    const module = await nn.build(
      nn.script({
        source: `
          def forward(self, x: Tensor) -> List[Tensor]:
              if not torch.jit.annotate(bool, x.is_floating_point()):
                  raise ValueError("expected floats")
              a = torch.ops.aten.relu(x)
              b = torch.nn.functional.dropout(x, p=0.9, training=self.training)
              c = torch.linalg.vector_norm(x)
              d = nn.functional.cross_entropy(x, torch.tensor([0]), reduction="sum")
              e = F.normalize(x, dim=1)
              f = F.interpolate(x.unsqueeze(0).unsqueeze(0), scale_factor=[2.0, 2.0], mode="bilinear")
              g = F.softmax(x, dim=-1)
              h = x.to(torch.bfloat16).to(torch.float32) if x.dtype == torch.float32 else x
              return [a, b, c, d, e, f, g, h]
        `,
      }),
    );
    module.eval();
    const [a, b, c, d, e, f, g, h] = await module.predict<ReturnType<typeof tensor>[]>(
      tensor([[3, -4]]),
    );
    expect(numbers(a!)).toEqual([3, 0]);
    expect(numbers(b!)).toEqual([3, -4]);
    expect(c!.item()).toBe(5);
    expect(Number(d!.item())).toBeCloseTo(Math.log(1 + Math.exp(-7)), 6);
    expect(numbers(e!)[0]).toBeCloseTo(0.6, 6);
    expect(f!.shape).toEqual([1, 1, 2, 4]);
    expect(numbers(g!).reduce((p, q) => p + q)).toBeCloseTo(1, 6);
    expect(numbers(h!)).toEqual([3, -4]);
    expect((await errorOf(() => module.predict(tensor([[1n]])))).message).toContain(
      "expected floats",
    );
  });

  it("calls potstill's own operators, which record gradients", async () => {
    const module = await nn.build(
      nn.script({
        parameters: { student: tensor([[1, 2, 3]]) },
        source: `
          def forward(self, teacher: Tensor) -> Tensor:
              return torch.ops.potstill.soft_target_ce(self.student, teacher, None, 1.0, 2.0)
        `,
      }),
    );
    const loss = await module.forward(tensor([[3, 2, 1]]));
    expect(Number(loss.item())).toBeGreaterThan(0);
    loss.backward();
    const grad = numbers(module.parameters().get("student")!.grad!);
    expect(grad[0]).toBeLessThan(0);
    expect(grad[2]).toBeGreaterThan(0);
  });

  const failing = (source: string, rest: object = {}) =>
    errorOf(() => nn.build(nn.sequential(nn.relu(), nn.script({ source, ...rest }))));

  it.each([
    [
      "an unknown operator",
      "def forward(self, x: Tensor) -> Tensor:\n    y = torch.reluu(x)\n    return y",
      ["aten::reluu", "line 2", "y = torch.reluu(x)", "aten::relu"],
    ],
    [
      "an unknown attribute",
      "def forward(self, x: Tensor) -> Tensor:\n    return self.scale * x",
      ["'scale'", "line 2", "self.scale * x"],
    ],
    ["a syntax error", "def forward(self, x):\n    return x +", ["return x +"]],
    ["no forward", "def forwards(self, x):\n    return x", ["no forward"]],
    ["no function at all", "x = 3", ["expected def"]],
    ["a wrong type", "def forward(self, x: Tensor) -> str:\n    return x", ["line 2", "return x"]],
    [
      "an undefined name",
      "def forward(self, x: Tensor) -> Tensor:\n    return np.exp(x)",
      ["np", "line 2"],
    ],
    [
      "a module of torch.nn",
      "def forward(self, x: Tensor) -> Tensor:\n    return torch.nn.Linear(1, 2)(x)",
      ["list it under `modules`"],
    ],
  ])("shows the line of %s", async (_, source, parts) => {
    const { code, message } = await failing(source);
    expect(code).toBe("ERR_CONFIG");
    expect(message).toContain('"1" (Script)');
    for (const part of parts) expect(message).toContain(part);
    expect(message).not.toContain("__torch__");
  });

  it("refuses names that are taken, and assigning to a constant", async () => {
    const twice = await failing(identitySource, {
      attributes: { a: 1 },
      modules: { a: nn.relu() },
    });
    expect(twice.message).toContain('two parts named "a"');
    const training = await failing(identitySource, { attributes: { training: true } });
    expect(training.message).toContain('"training"');
    const className = await failing(identitySource, { className: "a b" });
    expect(className.message).toContain("className");
    const assigned = "def forward(self, x: Tensor) -> Tensor:\n    self.a = 2\n    return x";
    expect((await failing(assigned, { attributes: { a: 1 } })).message).toContain("is a constant");
  });

  it("refuses what is no description", async () => {
    expect((await errorOf(() => nn.build({} as nn.ModuleDef))).code).toBe("ERR_CONFIG");
    const module = await nn.build(nn.relu());
    expect(module).toBeInstanceOf(Module);
    const again = await errorOf(() => nn.build(module as unknown as nn.ModuleDef));
    expect(again.message).toContain("a module already");
    const shape = { w: { shape: [-1], init: { kind: "zeros" } } };
    expect((await failing(identitySource, { parameters: shape })).code).toBe("ERR_SHAPE");
    const dtype = { w: { shape: [1], init: { kind: "zeros" }, dtype: "float8" } };
    expect((await failing(identitySource, { buffers: dtype })).code).toBe("ERR_DTYPE");
    const init = { w: { shape: [1], init: { kind: "zeroes" } } };
    expect((await failing(identitySource, { parameters: init })).message).toContain("zeroes");
  });
});

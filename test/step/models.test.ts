/** Models as Python exports them, as teachers and as students. */

import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { loadModule, type Module, moduleHandle, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { type DType, memory, noGrad, randn, type Tensor, tensor } from "../../lib/tensor/index.js";
import type { StepSpec } from "../../lib/train/step.js";
import { batchOf, flat, gap, type ToyPlan, toyModule, toySamples, toyStep } from "./toys.js";

const fixture = (name: string) =>
  loadModule(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)));

/** Rows of six features with labels of three classes. */
function rows(count: number, seed: number, dtype: DType = "float32") {
  const { x, y } = toySamples(count, seed);
  const labels = tensor(
    y.map((label) => label % 3),
    { dtype: "int64" },
  );
  return batchOf(tensor(x, { dtype }), labels);
}

const taught = (module: Module, output: string | number | null): StepSpec["teachers"] => [
  { module: moduleHandle(module), weight: 1, output, normalize: null },
];

/** Changes the first layer's weights in place. */
function scale(module: Module, factor: number): void {
  noGrad(() => {
    module.parameters().get("0.weight")!.mul_(factor);
  });
}

async function lossesOf(student: Module, plan: ToyPlan, steps: number, dtype?: DType) {
  const step = toyStep(student, plan);
  const values: number[] = [];
  for (let i = 0; i < steps; i++) {
    using batch = rows(7 + (i % 3), 1, dtype);
    await step.run(batch, 0.1);
    values.push((await step.metrics()).loss);
  }
  return values;
}

describe.each(["mlp-scripted.pt", "mlp-traced.pt"])("%s learns", (name) => {
  test("in float32, by fused products, what it learns in float64 by PyTorch's own", async () => {
    const weights: number[][] = [];
    const values: number[][] = [];
    for (const dtype of ["float32", "float64"] as const) {
      const student = await (await fixture(name)).to({ dtype });
      const teacher = await (await fixture("mlp-scripted.pt")).to({ dtype });
      student.train();
      // Away from the teacher, whose weights are the same.
      scale(student, -0.5);
      const using = optim.sgd({ momentum: 0.9, nesterov: true });
      const plan = { from: [teacher], objective: losses.response({ alpha: 0.5 }), using };
      values.push(await lossesOf(student, plan, 30, dtype));
      weights.push(flat(student));
    }
    expect(gap(weights[0]!, weights[1]!)).toBeLessThan(1e-5);
    expect(gap(values[0]!, values[1]!)).toBeLessThan(1e-5);
    expect(values[0]!.at(-1)).toBeLessThan(0.9 * values[0]![0]!);
  });
});

test("what batch came first does not matter", async () => {
  const sizes = [5, 16, 1, 33, 5];
  const measure = async (order: number[]) => {
    const student = (await fixture("mlp-scripted.pt")).train();
    const step = toyStep(student, { from: [await fixture("mlp-traced.pt")] });
    const found = new Map<number, number>();
    for (const size of order) {
      using batch = rows(size, size);
      await step.run(batch, 0);
      found.set(size, (await step.metrics()).loss);
    }
    return sizes.map((size) => found.get(size));
  };
  expect(await measure(sizes)).toEqual(await measure([...sizes].sort((a, b) => b - a)));
});

test("a teacher whose weights are replaced between steps is asked anew", async () => {
  const student = (await fixture("mlp-scripted.pt")).train();
  const teacher = await fixture("mlp-scripted.pt");
  const plan = { from: [teacher], objective: losses.softTargets() };
  const step = toyStep(student, plan);
  using batch = rows(9, 1);
  await step.run(batch, 0);
  expect((await step.metrics()).loss).toBeCloseTo(0, 6);
  scale(teacher, 2);
  await step.run(batch, 0);
  const changed = (await step.metrics()).loss;
  const fresh = toyStep(student, plan);
  await fresh.run(batch, 0);
  expect(changed).toBe((await fresh.metrics()).loss);
  expect(changed).toBeGreaterThan(1e-3);
});

test.each([false, true])(
  "a transformer learns in float32, fused, as by ATen in float64 (normFirst %s)",
  async (normFirst) => {
    const layer = nn.transformerEncoderLayer(6, 2, {
      ...{ dimFeedforward: 9, dropout: 0, activation: "gelu", batchFirst: true, normFirst },
    });
    const definition = nn.script({
      modules: { encoder: nn.transformerEncoder(layer, 2), head: nn.linear(6, 3) },
      source: `def forward(self, x: Tensor) -> Tensor:
    return self.head(self.encoder(torch.stack([x, x.flip([1]), -2.0 * x], 1)).mean(1))
`,
    });
    const hidden = { student: ["encoder.layers.0"], teacher: ["encoder.layers.1"] };
    const values: number[][] = [];
    for (const dtype of ["float32", "float64"] as const) {
      const teacher = await toyModule(4, definition, dtype);
      const student = (await toyModule(3, definition, dtype)).train();
      const objective = [losses.response({ alpha: 0.5 }), losses.hiddenState(hidden)];
      values.push(await lossesOf(student, { from: [teacher.eval()], objective }, 10, dtype));
    }
    expect(values[0]!.at(-1)!).toBeLessThan(0.9 * values[0]![0]!);
    expect(gap(values[0]!, values[1]!)).toBeLessThan(1e-4);
  },
);

test.each(["scripted", "traced"])("PyTorch's encoder, %s, teaches what it says", async (kind) => {
  const teacher = await fixture(`taps/encoder-${kind}.pt`);
  const student = (await nn.build(nn.sequential(nn.flatten(), nn.linear(40, 5)))).train();
  const step = toyStep(student, { from: [teacher], objective: losses.logitMse() });
  using batch = batchOf(randn([2, 5, 8]), null);
  await step.run(batch, 0);
  const inputs = batch.inputs as Tensor;
  const expected = losses.compute(losses.logitMse(), {
    student: await student.logits(inputs),
    teacher: await teacher.logits(inputs),
  });
  expect((await step.metrics()).loss).toBeCloseTo(Number(expected.item()), 5);
});

test("a teacher that computes its weights at each call leaves none of them behind", async () => {
  const computes = nn.script({
    parameters: {
      wide: { shape: [4096, 6], init: { kind: "normal", mean: 0, std: 0.1 } },
      narrow: { shape: [3, 4096], init: { kind: "normal", mean: 0, std: 0.1 } },
    },
    source: `
      def forward(self, x: Tensor) -> Tensor:
          return F.linear(F.relu(F.linear(x, self.wide * 2.0)), self.narrow)
    `,
  });
  const teacher = await nn.build(computes);
  const student = (await fixture("mlp-scripted.pt")).train();
  const step = toyStep(student, { from: [teacher], objective: losses.softTargets() });
  using batch = rows(9, 1);
  const bytesAfter = async (steps: number) => {
    for (let i = 0; i < steps; i++) await step.run(batch, 0);
    await step.metrics();
    return memory().allocated;
  };
  const before = await bytesAfter(5);
  expect((await bytesAfter(100)) - before).toBeLessThan(1e6);
});

describe("output picks the logits", () => {
  test.each([
    ["tuple.pt", 0],
    ["tuple.pt", -2],
    ["dict.pt", "logits"],
  ] as const)("of %s with %s", async (name, output) => {
    const student = (await fixture("mlp-scripted.pt")).train();
    const teacher = await fixture(name);
    using batch = rows(6, 2);
    const step = toyStep(student, {
      teachers: taught(teacher, output),
      objective: losses.logitMse(),
    });
    await step.run(batch, 0);
    const inputs = batch.inputs as Tensor;
    const returned = await teacher.forward<Tensor[] | Record<string, Tensor>>(inputs);
    const logits = Array.isArray(returned) ? returned[0]! : returned.logits!;
    const expected = losses.compute(losses.logitMse(), {
      student: await student.logits(inputs),
      teacher: logits,
    });
    expect((await step.metrics()).loss).toBeCloseTo(Number(expected.item()), 6);
    // And of a student, which learns through it.
    const learner = (await fixture(name)).train();
    const before = flat(learner);
    const learning = toyStep(learner, { studentOutput: output });
    await learning.run(batch, 0.1);
    expect(gap(flat(learner), before)).toBeGreaterThan(1e-4);
  });

  test.each([
    ["mlp-scripted.pt", 0, /the teacher returned a tensor \[6, 3\]; leave `output` out/],
    ["tuple.pt", null, /returned a tuple \(tensor \[6, 3\], tensor \[6, 5\]\); set `output`/],
    ["tuple.pt", 2, /there is no element 2/],
    ["tuple.pt", "logits", /no names/],
    ["dict.pt", null, /"logits": tensor \[6, 3\].*the key of the logits/],
    ["dict.pt", "logit", /there is no "logit"; the nearest are "logits"/],
  ] as const)("of %s with %s is refused", async (name, output, message) => {
    const student = (await fixture("mlp-scripted.pt")).train();
    const before = flat(student);
    const step = toyStep(student, { teachers: taught(await fixture(name), output) });
    using batch = rows(6, 2);
    await expect(step.run(batch, 0.1)).rejects.toThrowError(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(message) }),
    );
    expect(flat(student)).toEqual(before);
  });
});

test("named inputs reach teacher and student", async () => {
  const student = (await fixture("named.pt")).train();
  const teacher = await fixture("named.pt");
  const step = toyStep(student, {
    teachers: taught(teacher, "logits"),
    studentOutput: "logits",
    objective: [losses.softTargets(), losses.crossEntropy()],
  });
  const batch = {
    ...batchOf(tensor([0]), tensor([0, 2], { dtype: "int64" })),
    inputs: {
      input_ids: tensor(
        [
          [1, 2, 5],
          [0, 3, 3],
        ],
        { dtype: "int64" },
      ),
      attention_mask: tensor([
        [1, 1, 0],
        [1, 1, 1],
      ]),
    },
  };
  await step.run(batch, 0.1);
  const first = await step.metrics();
  expect(first.terms[0]).toBeCloseTo(0, 6);
  for (let i = 0; i < 5; i++) await step.run(batch, 0.1);
  const later = await step.metrics();
  expect(later.terms[1]).toBeLessThan(first.terms[1]!);
  const wrong = { ...batch, inputs: { ...batch.inputs, mask: tensor([1]) } };
  await expect(step.run(wrong, 0.1)).rejects.toThrowError(
    expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(/mask/) }),
  );
});

test("a student with control flow learns", async () => {
  const student = (await fixture("control-flow.pt")).train();
  const values = await lossesOf(student, {}, 20);
  expect(values.at(-1)).toBeLessThan(values[0]!);
});

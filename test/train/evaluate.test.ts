import { describe, expect, it } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { type Module, nn } from "../../lib/nn/index.js";
import { tensor } from "../../lib/tensor/index.js";
import { evaluate } from "../../lib/train/evaluate.js";

/** A model that returns its input: the data are the logits. */
function echo(): Promise<Module> {
  return nn.build(
    nn.script({ source: "def forward(self, x: Tensor) -> Tensor:\n    return x * 1\n" }),
  );
}

const logits = [
  [2, 1, 0, -1],
  [0, 3, 0, 0],
  [1, 0, 4, 2],
  [0, 1, 2, 3],
  [5, 0, 0, 1],
];
const labels = [0, 0, 2, 1, 3];

function split(rows = logits, classesOf = labels) {
  const width = rows[0]!.length;
  return datasets.tensors({
    inputs: tensor(rows.flat(), { shape: [rows.length, width] }),
    labels: tensor(classesOf, { shape: [classesOf.length], dtype: "int64" }),
    classes: width,
  }).train;
}

function softmax(row: number[]): number[] {
  const sum = row.reduce((total, value) => total + Math.exp(value), 0);
  return row.map((value) => Math.exp(value) / sum);
}

describe("evaluate", () => {
  it.each([1, 2, 500])("gives values worked out by hand, in batches of %i", async (batchSize) => {
    const model = await echo();
    const result = await evaluate(model, split(), { batchSize, topK: [1, 2, 3] });
    // Predictions: 0, 1, 2, 3, 0.
    expect(result.samples).toBe(5);
    expect(result.errors).toBe(3);
    expect(result.accuracy).toBeCloseTo(2 / 5, 12);
    expect(result.confusion).toEqual([
      [1, 1, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 1, 0],
      [1, 0, 0, 0],
    ]);
    // Above the label's logit lie, in order: 0, 1, 0, 2 and 1 others.
    expect(result.topK).toEqual({ "1": 2 / 5, "2": 4 / 5, "3": 1 });
    const losses = logits.map((row, i) => -Math.log(softmax(row)[labels[i]!]!));
    expect(result.loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 5, 5);
    // Each confidence falls into a bin of its own here, so the gaps add up one by one.
    const confidences = logits.map((row) => Math.max(...softmax(row)));
    const bins = new Map<number, { hits: number; sum: number }>();
    for (const [i, confidence] of confidences.entries()) {
      const bin = Math.ceil(confidence * 15);
      const entry = bins.get(bin) ?? { hits: 0, sum: 0 };
      entry.sum += confidence;
      if (logits[i]!.indexOf(Math.max(...logits[i]!)) === labels[i]) entry.hits += 1;
      bins.set(bin, entry);
    }
    const gaps = [...bins.values()].map(({ hits, sum }) => Math.abs(hits - sum));
    expect(result.calibrationError).toBeCloseTo(gaps.reduce((a, b) => a + b) / 5, 6);
  });

  it("compares with a teacher", async () => {
    const model = await echo();
    // Negated, the largest logit is the smallest: predictions 3, 0, 1, 0, 1 against 0, 1, 2, 3, 0.
    const teacher = await nn.build(
      nn.script({ source: "def forward(self, x: Tensor) -> Tensor:\n    return -x\n" }),
    );
    expect((await evaluate(model, split(), { teacher: model })).agreement).toBe(1);
    expect((await evaluate(model, split(), { teacher })).agreement).toBe(0);
    expect((await evaluate(model, split())).agreement).toBeNull();
  });

  it("leaves the model in the mode it was in", async () => {
    const model = await echo();
    model.train();
    await evaluate(model, split());
    expect(model.training).toBe(true);
    model.eval();
    await evaluate(model, split());
    expect(model.training).toBe(false);
  });

  it("leaves ignored tokens out", async () => {
    const model = await echo();
    const data = datasets.tensors({
      inputs: tensor([3, 0, 0, 3, 0, 3, 3, 0], { shape: [2, 2, 2] }),
      labels: tensor([0, -100, 0, 0], { shape: [2, 2], dtype: "int64" }),
    });
    const result = await evaluate(model, data.train);
    expect(result.samples).toBe(3);
    expect(result.errors).toBe(1);
  });

  it("takes the mean squared error where labels are no classes", async () => {
    const model = await echo();
    const data = datasets.tensors({
      inputs: tensor([1, 2, 3, 4], { shape: [2, 2] }),
      labels: tensor([1, 2, 3, 6], { shape: [2, 2] }),
    });
    const result = await evaluate(model, data.train);
    expect(result).toMatchObject({
      samples: 2,
      loss: 1,
      errors: null,
      accuracy: null,
      confusion: null,
    });
  });

  it("says what is wrong with labels, outputs and values", async () => {
    const model = await echo();
    await expect(evaluate(model, split([[1, 2, 3]], [2]), { topK: [] })).resolves.toBeDefined();
    const narrow = await nn.build(
      nn.script({ source: "def forward(self, x: Tensor) -> Tensor:\n    return x[:, :2]\n" }),
    );
    await expect(evaluate(narrow, split())).rejects.toMatchObject({
      code: "ERR_DATA",
      message: expect.stringMatching(/label [23] .*out of range.*2 classes/),
    });
    const flat = await nn.build(
      nn.script({ source: "def forward(self, x: Tensor) -> Tensor:\n    return x.sum([1])\n" }),
    );
    await expect(evaluate(flat, split())).rejects.toMatchObject({ code: "ERR_SHAPE" });
    await expect(evaluate(model, split([[Number.NaN, 1]], [0]))).rejects.toMatchObject({
      code: "ERR_NONFINITE",
    });
  });

  it("stops when told to", async () => {
    const model = await echo();
    const signal = AbortSignal.abort();
    await expect(evaluate(model, split(), { signal })).rejects.toMatchObject({
      code: "ERR_ABORTED",
    });
  });
});

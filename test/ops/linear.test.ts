/** potstill::linear and the products behind it, against ATen's own linear in float64. */

import { describe, expect, test } from "vitest";
import { noGrad, ones, ops, type Tensor, tensor, zeros } from "../../lib/tensor/index.js";
import { coded, distance, logits, numbers } from "./inputs.js";

type Activation = "none" | "relu" | "gelu" | "gelu_tanh";
type Layer = (input: Tensor, weight: Tensor, bias: Tensor | null, activation: Activation) => Tensor;

const { aten, potstill } = ops;

const fast: Layer = (input, weight, bias, activation) =>
  potstill.linear(input, weight, bias, activation);

const plain: Layer = (input, weight, bias, activation) => {
  const output = aten.linear(input, weight, bias);
  if (activation === "none") return output;
  if (activation === "relu") return aten.relu(output);
  return aten.gelu(output, { approximate: activation === "gelu" ? "none" : "tanh" });
};

/** Output and gradients by input, weight and bias; null where none was wanted. */
function gradients(
  layer: Layer,
  inputs: [Tensor, Tensor, Tensor | null],
  wanted: readonly boolean[],
  activation: Activation,
): (Tensor | null)[] {
  const leaf = (i: 0 | 1 | 2) => inputs[i]?.detach().requiresGrad_(wanted[i] ?? false) ?? null;
  const [input, weight, bias] = [leaf(0)!, leaf(1)!, leaf(2)];
  const output = layer(input, weight, bias, activation);
  if (output.requiresGrad) {
    const arriving = logits(1, output.numel, 1.3).reshape(output.shape).to(output.dtype);
    output.backward({ gradient: arriving });
  }
  return [output.detach(), input.grad, weight.grad, bias?.grad ?? null];
}

const wide = (t: Tensor | null) => t?.to("float64") ?? null;
const largest = (t: Tensor) => Math.max(1, ...numbers(t).map(Math.abs));

const shapes: [number[], number][] = [
  [[128, 784], 80],
  [[128, 80], 10],
  [[7, 13], 5],
  [[65, 33], 70],
  [[2, 3, 17], 4],
  [[9], 6],
  [[1, 64], 64],
  [[1, 1], 1],
];
const combinations = [
  [true, true, true],
  [false, true, true],
  [true, false, true],
  [false, true, false],
  [true, false, false],
  [false, false, true],
  [false, false, false],
];

describe.each(shapes)("input %j to %i", (shape, outputs) => {
  const width = shape.at(-1)!;
  const count = shape.reduce((a, b) => a * b);
  const input = logits(1, count, 0.3).reshape(shape);
  const weight = logits(outputs, width, 2.1).div(Math.sqrt(width));
  const bias = logits(1, outputs, 0.7).reshape([outputs]);

  test.each(["none", "relu", "gelu", "gelu_tanh"] as const)("activation %s", (activation) => {
    for (const wanted of combinations)
      for (const b of [bias, null]) {
        const made = gradients(fast, [input, weight, b], wanted, activation);
        const exact = gradients(plain, [wide(input)!, wide(weight)!, wide(b)], wanted, activation);
        for (const [i, other] of exact.entries()) {
          const tensor = made[i] ?? null;
          expect(tensor === null).toBe(other === null);
          if (tensor === null || other === null) continue;
          expect(tensor.dtype).toBe("float32");
          expect(tensor.shape).toEqual(other.shape);
          expect(distance(tensor, other) / largest(other)).toBeLessThan(3e-6);
        }
      }
  });
});

test("inputs and weights of any strides", () => {
  const input = logits(40, 16, 0.3).slice(0, 0, 40, 2).slice(1, 0, 16, 2);
  const weight = logits(8, 6, 2.1).t();
  const made = gradients(fast, [input, weight, null], [true, true], "relu");
  const exact = gradients(plain, [input, weight, null], [true, true], "relu");
  for (const i of [0, 1, 2]) expect(distance(made[i]!, exact[i]!)).toBeLessThan(1e-4);
});

test("a gradient that is one number spread out", () => {
  const made = [logits(5, 4, 0.3), logits(3, 4, 2.1)].map((t) => t.requiresGrad_());
  fast(made[0]!, made[1]!, null, "relu").sum().backward();
  const exact = made.map((t) => t.detach().requiresGrad_());
  plain(exact[0]!, exact[1]!, null, "relu").sum().backward();
  for (const i of [0, 1]) expect(distance(made[i]!.grad!, exact[i]!.grad!)).toBeLessThan(1e-5);
});

test("relu passes NaN on, forward and backward, as PyTorch does", () => {
  const inputs: [Tensor, Tensor, null] = [tensor([[Number.NaN], [1], [-1]]), ones([1, 1]), null];
  const made = gradients(fast, inputs, [true, false], "relu");
  const exact = gradients(plain, inputs, [true, false], "relu");
  expect(numbers(made[0]!)).toEqual(numbers(exact[0]!));
  expect(numbers(made[1]!)).toEqual(numbers(exact[1]!));
  expect(numbers(made[0]!)[0]).toBeNaN();
});

test.each(["gelu", "gelu_tanh"] as const)("%s and its derivative are PyTorch's to 1e-6", (form) => {
  const count = 4001;
  const input = tensor(
    Array.from({ length: count }, (_, i) => (i - 2000) / 125),
    { shape: [count, 1] },
  );
  const far = tensor([[-Infinity], [-1e30], [1e30], [Number.NaN]]);
  const made = gradients(fast, [input, ones([1, 1]), null], [true, false], form);
  const one: Tensor = ones([1, 1], { dtype: "float64" });
  const exact = gradients(plain, [wide(input)!, one, null], [true, false], form);
  for (const i of [0, 1]) {
    const size = i === 0 ? 1 : 4; // what arrives is up to 3
    expect(distance(made[i]!, exact[i]!) / size).toBeLessThan(1e-6);
  }
  const plainly = (layer: Layer) => numbers(noGrad(() => layer(far, ones([1, 1]), null, form)));
  expect(distance(plainly(fast), plainly(plain))).toBe(0);
});

test.each(["float64", "bfloat16", "float16"] as const)("%s goes through ATen", (dtype) => {
  const [input, weight] = [logits(4, 8, 0.3, dtype), logits(3, 8, 2.1, dtype)];
  for (const activation of ["relu", "gelu_tanh"] as const) {
    const made = gradients(fast, [input, weight, null], [true, true], activation);
    const exact = gradients(plain, [input, weight, null], [true, true], activation);
    for (const i of [0, 1, 2]) {
      expect(made[i]!.dtype).toBe(dtype);
      expect(numbers(made[i]!)).toEqual(numbers(exact[i]!));
    }
  }
});

test.each(["relu", "gelu", "gelu_tanh"] as const)("gradients of gradients of %s", (activation) => {
  const second = (layer: Layer) => {
    const input = logits(4, 8, 0.3).requiresGrad_();
    const weight = logits(3, 8, 2.1).requiresGrad_();
    const bias = logits(1, 3, 0.7).reshape([3]).requiresGrad_();
    layer(input, weight, bias, activation).pow(2).sum().backward({ createGraph: true });
    const first = input.grad!;
    for (const leaf of [input, weight, bias]) leaf.grad = null;
    first.pow(2).sum().backward();
    return [input, weight, bias].map((leaf) => leaf.grad!);
  };
  const [made, exact] = [second(fast), second(plain)];
  for (const i of [0, 1, 2]) {
    expect(largest(exact[i]!)).toBeGreaterThan(1);
    expect(distance(made[i]!, exact[i]!) / largest(exact[i]!)).toBeLessThan(1e-5);
  }
});

test("an empty batch", () => {
  const weight = logits(4, 3, 0.3).requiresGrad_();
  const output = potstill.linear(zeros([0, 3]), weight, null);
  expect(output.shape).toEqual([0, 4]);
  output.sum().backward();
  expect(numbers(weight.grad!)).toEqual(Array(12).fill(0));
});

describe("packed weights", () => {
  const weight = logits(48, 32, 2.1);
  const bias = logits(1, 48, 0.7).reshape([48]);
  const packed = potstill.pack_linear_weight(weight, 16);

  test.each([1, 16, 50])("for %i rows", (rows) => {
    const input = logits(rows, 32, 0.3);
    for (const activation of ["relu", "gelu", "gelu_tanh"] as const) {
      const made = potstill.linear_packed(input, weight, packed, bias, activation);
      expect(distance(made, plain(input, weight, bias, activation))).toBeLessThan(1e-4);
    }
  });

  test("with a gradient the weight itself is taken", () => {
    const input = logits(16, 32, 0.3);
    const packing: Layer = (x, w, b, activation) =>
      potstill.linear_packed(x, w, packed, b, activation);
    const made = gradients(packing, [input, weight, bias], [true, true, true], "none");
    const exact = gradients(plain, [input, weight, bias], [true, true, true], "none");
    for (const i of [0, 1, 2, 3]) expect(distance(made[i]!, exact[i]!)).toBeLessThan(1e-3);
  });
});

describe("choices of products", () => {
  const weight = logits(24, 40, 2.1);
  const layer = (rows: number) =>
    noGrad(() => potstill.linear(logits(rows, 40, 0.3), weight, null));
  const lines = () =>
    potstill
      .product_choices()
      .split("\n")
      .filter((line) => /^output \d+ 40 24 /.test(line));

  test("are made once for a range of rows, listed, and taken over from a table", () => {
    layer(25);
    layer(32);
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatch(/^output 32 40 24 \d+ \S+$/);
    const shape = lines()[0]!.split(" ").slice(0, -1).join(" ");
    potstill.load_product_choices(`${shape} mkl\n`);
    expect(lines()).toEqual([`${shape} mkl`]);
    const expected = noGrad(() => aten.linear(logits(32, 40, 0.3), weight));
    expect(numbers(layer(32))).toEqual(numbers(expected));
    // A candidate of another machine is not taken; what is known stays.
    potstill.load_product_choices(`${shape} abacus\n`);
    expect(lines()).toEqual([`${shape} mkl`]);
  });

  test("a table that is none is refused", () => {
    expect(() => potstill.load_product_choices("not a table\n")).toThrow(/"not a table"/);
  });
});

describe("refuses", () => {
  const input = logits(2, 3, 0.3);
  test("shapes that do not fit", () => {
    expect(() => potstill.linear(input, logits(4, 5, 0.3), null)).toThrowError(
      coded("ERR_SHAPE", /shape/),
    );
  });
  test("an activation that it does not know", () => {
    expect(() => potstill.linear(input, logits(4, 3, 0.3), null, "silu")).toThrowError(
      /"none", "relu", "gelu" or "gelu_tanh", got "silu"/,
    );
  });
});

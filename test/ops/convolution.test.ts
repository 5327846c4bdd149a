/** The student's convolution by ATen and by Winograd's algorithm, against float64. */

import { describe, expect, test } from "vitest";
import { noGrad, ops, randn, type Tensor, zeros } from "../../lib/tensor/index.js";
import { printedBy } from "./child.js";

const { aten, potstill } = ops;

// Every padding of 3×3, one that only ATen takes back, strides, other filters, both layouts, with and
// without bias and ReLU, and each set of gradients. Errors are relative to the largest value.
const script = `
manualSeed(3);
const channelsLast = (t) => t.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
const shapes = [];
for (const padding of [[0, 0], [1, 1], [2, 1], [2, 2], [3, 0]])
  shapes.push([3, 5, 7, 9, 8, 3, [1, 1], padding]);
for (const padding of [[1, 1], [0, 0], [1, 2]]) shapes.push([3, 5, 7, 9, 8, 3, [2, 2], padding]);
shapes.push([4, 32, 32, 16, 16, 3, [1, 1], [1, 1]], [4, 16, 24, 16, 16, 3, [2, 2], [1, 1]]);
shapes.push([2, 64, 64, 2, 2, 3, [1, 1], [1, 1]], [2, 64, 80, 4, 4, 3, [2, 2], [1, 1]]);
shapes.push([2, 4, 6, 9, 9, 3, [2, 1], [1, 1]], [2, 4, 6, 9, 9, 3, [3, 3], [1, 1]]);
shapes.push([2, 4, 6, 9, 9, 5, [1, 1], [2, 2]], [2, 4, 6, 9, 9, 1, [1, 1], [0, 0]]);
const apart = (a, b) => a.sub(b).abs().max().item() / b.abs().max().item();
let worst = 0;
for (const [b, c, o, h, w, size, stride, padding] of shapes)
  for (const last of [false, true])
    for (const activation of ["none", "relu"])
    for (const [wants, biased] of [["xwb", true], ["xw", false], ["w", true], ["x", true], ["b", true]]) {
      const given = {
        x: last ? channelsLast(randn([b, c, h, w])) : randn([b, c, h, w]),
        w: randn([o, c, size, size]),
        b: biased ? randn([o]) : null,
      };
      const run = (conv, dtype) => {
        const own = Object.fromEntries(
          Object.entries(given).map(([name, value]) => [
            name,
            value && value.detach().clone().to({ dtype }).requiresGrad_(wants.includes(name)),
          ]),
        );
        const y = conv(own.x, own.w, own.b);
        const upstream = aten.cos(y.detach());
        y.mul(upstream).sum().backward();
        const grads = [...wants].map((name) => own[name].grad);
        for (const [name, value] of Object.entries(own))
          if (value && !wants.includes(name) && value.grad) throw new Error("a gradient of " + name);
        return [y.detach(), ...grads];
      };
      const made = run((x, w, b) => potstill.conv2d(x, w, b, stride, padding, activation), "float32");
      // With the mask of what was made: beside 0 rounding may put a value on the other side.
      const exact = run((x, w, b) => {
        const y = aten.conv2d(x, w, b, stride, padding);
        return activation === "relu" ? y.mul(made[0].gt(0)) : y;
      }, "float64");
      for (const [i, value] of made.entries()) {
        if (value.shape.join() !== exact[i].shape.join()) throw new Error(value.shape.join());
        // What follows may be a view.
        if (i === 0 && value.isContiguous() !== exact[i].isContiguous())
          throw new Error("another layout");
        const error = apart(value.to("float64"), exact[i]);
        if (!(error <= worst)) worst = error;
      }
    }
print({ worst, choices: potstill.product_choices().trim().split("\\n") });
`;

interface Results {
  worst: number;
  choices: string[];
}

describe.each(["mkl", "potstill", "measure"])("POTSTILL_PRODUCTS=%s", (products) => {
  test("values and gradients are those of float64", async () => {
    const { results } = await printedBy<Results>(script, { POTSTILL_PRODUCTS: products });
    const { worst, choices } = results;
    expect(worst).toBeLessThan(3e-5);
    if (products !== "measure") return;
    const kinds = new Set(choices.map((line) => line.split(" ")[0]));
    // Winograd's result is channels-last, and so is the gradient that comes back to it.
    const layouts = ["", "channels-last-"].flatMap((layout) =>
      ["", "strided-"].map((strided) => `${layout}${strided}convolution`),
    );
    expect([...kinds]).toEqual(expect.arrayContaining(layouts));
    expect([...kinds].some((kind) => kind?.endsWith("input-gradient"))).toBe(true);
    for (const line of choices) expect(line).toMatch(/ (aten|winograd)$/);
  });
});

const values = (tensor: Tensor) => [...(tensor.detach().contiguous().dataSync() as Float32Array)];

test("where nothing requires gradients it is the convolution of ATen to the bit", () => {
  const [x, w] = [randn([2, 8, 9, 9]), randn([8, 8, 3, 3])];
  expect(values(potstill.conv2d(x, w, null, [1, 1], [1, 1]))).toEqual(
    values(aten.conv2d(x, w, null, [1, 1], [1, 1])),
  );
});

test("without recording, a layer that is trained gives the bits that it gives with", () => {
  const [x, w] = [randn([2, 16, 9, 9]), randn([8, 16, 3, 3]).requiresGrad_()];
  const made = noGrad(() => potstill.conv2d(x, w, null, [1, 1], [1, 1]));
  expect(made.requiresGrad).toBe(false);
  expect(values(made)).toEqual(values(potstill.conv2d(x, w, null, [1, 1], [1, 1])));
});

test("gradients of gradients are those of ATen's operators", () => {
  const given = [randn([2, 3, 6, 6]), randn([4, 3, 3, 3]), randn([4])];
  const second = (layer: (x: Tensor, w: Tensor, b: Tensor) => Tensor) => {
    const [x, w, b] = given.map((each) => each.clone().requiresGrad_());
    layer(x!, w!, b!).pow(2).sum().backward({ createGraph: true });
    const first = x!.grad!;
    for (const leaf of [x!, w!, b!]) leaf.grad = null;
    first.pow(2).sum().backward();
    return [x, w, b].flatMap((leaf) => values(leaf!.grad!));
  };
  const made = second((x, w, b) => potstill.conv2d(x, w, b, [2, 2], [1, 1], "relu"));
  const exact = second((x, w, b) => aten.relu(aten.conv2d(x, w, b, [2, 2], [1, 1])));
  const size = Math.max(...exact.map(Math.abs));
  expect(size).toBeGreaterThan(1);
  for (const [i, value] of made.entries())
    expect(Math.abs(value - exact[i]!) / size).toBeLessThan(1e-5);
});

test("an activation that it does not have is refused", () => {
  const [x, w] = [randn([1, 2, 5, 5]), randn([3, 2, 3, 3]).requiresGrad_()];
  expect(() => potstill.conv2d(x, w, null, [1, 1], [1, 1], "gelu")).toThrow(/"relu", got "gelu"/);
});

test("other types and devices go to ATen, and what does not fit is refused as it refuses", () => {
  const [x, w] = [randn([1, 2, 5, 5], { dtype: "float64" }), randn([3, 2, 3, 3])];
  const wide = w.to({ dtype: "float64" }).requiresGrad_();
  const made = potstill.conv2d(x, wide, null, [1, 1], [1, 1]);
  expect(made.dtype).toBe("float64");
  expect(values(made)).toEqual(values(aten.conv2d(x, wide, null, [1, 1], [1, 1])));
  expect(() => potstill.conv2d(zeros([1, 3, 5, 5]), w.requiresGrad_(), null)).toThrow(/channels/);
});

/** The product of matrices of every instruction set, in processes of their own, against float64. */

import { describe, expect, test } from "vitest";
import { ops, zeros } from "../../lib/tensor/index.js";
import { instructionSets, resultsWith } from "./child.js";

// Tiles of every height and width, strips that end in the middle of a vector, blocks of depth (more
// than 384, or 320) and of rows (more than 138 at that depth), left and right matrices beyond what a
// thread holds packed (2¹⁸ numbers), each matrix also as a transposed view, and one with gaps. Errors
// are relative to the sum of magnitudes, as that of float32 is.
const script = `
const matrix = (rows, columns, seed) => filled([rows, columns], seed);
const transposed = (rows, columns, seed) => matrix(columns, rows, seed).t();
const gaps = (rows, columns, seed) =>
  matrix(2 * rows, 2 * columns, seed).slice(0, 0, 2 * rows, 2).slice(1, 0, 2 * columns, 2);
const shapes = [];
for (let m = 1; m <= 16; m++) shapes.push([m, 3 * m, 5]);
for (let n = 1; n <= 65; n += 3) shapes.push([9, n, 17]);
for (const k of [1, 2, 7, 8, 15, 16, 33, 320, 321, 384, 385, 800]) shapes.push([11, 37, k]);
shapes.push([128, 100, 784], [400, 70, 400], [7, 300, 641], [1, 1, 1], [1000, 10, 3]);
shapes.push([300, 310, 900], [310, 300, 900]);
let worst = 0;
const first = {};
const differ = [];
for (const threads of [1, 2]) {
  setThreads(threads);
  for (const [m, n, k] of shapes)
    for (const [l, left] of [matrix, transposed, gaps].entries())
      for (const [r, right] of [matrix, transposed, gaps].entries()) {
        const [a, b] = [left(m, k, 0.3), right(k, n, 2.1)];
        const bias = (l + r) % 2 ? matrix(1, n, 0.9).reshape([n]) : null;
        const activation = ["none", "relu", "gelu"][r];
        const made = potstill._matrix_product(a, b, bias, activation);
        let exact = aten.mm(a.to("float64"), b.to("float64"));
        if (bias) exact = exact.add(bias);
        if (activation !== "none") exact = aten[activation](exact);
        const size = aten.mm(a.to("float64").abs(), b.to("float64").abs()).add(1);
        const error = made.sub(exact).abs().div(size).max().item();
        if (!(error <= worst)) worst = error;
        const shape = made.shape.join("x");
        if (shape !== m + "x" + n) throw new Error(shape);
        const before = (first[[m, n, k, l, r]] ??= made);
        const packed = potstill._matrix_product(a, b, bias, activation, true);
        if (!aten.equal(before, made) || !aten.equal(packed, made))
          differ.push([m, n, k, l, r].join(" "));
      }
}
print({ worst, products: Object.keys(first).length, differ });
`;

interface Results {
  worst: number;
  products: number;
  differ: string[];
}

describe.each(instructionSets)("%s", (set) => {
  test("agrees with float64, with the same bits for one thread and for two, and packed", async () => {
    const { worst, products, differ } = await resultsWith<Results>(set, script);
    expect(products).toBeGreaterThan(450);
    expect(worst).toBeLessThan(1e-6);
    expect(differ).toEqual([]);
  });
});

test("what does not fit is refused", () => {
  const product = ops.potstill._matrix_product;
  expect(() => product(zeros([2, 3]), zeros([4, 2]))).toThrow(/do not fit/);
  expect(() => product(zeros([2, 3]), zeros([3, 2]), zeros([3]))).toThrow(/bias.*\[2\]/);
  expect(() => product(zeros([2, 3], { dtype: "float64" }), zeros([3, 2]))).toThrow(/float32/);
  expect(() => product(zeros([0, 3]), zeros([3, 2]))).toThrow(/do not fit/);
});

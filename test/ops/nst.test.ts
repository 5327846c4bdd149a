/** potstill::nst. */

import { describe, expect, test } from "vitest";
import { ops, type Tensor, tensor } from "../../lib/tensor/index.js";
import { againstPyTorch, feature, featureContract, run, size } from "./features.js";
import { coded, distance, numbers } from "./inputs.js";

const { aten } = ops;
const { nst } = ops.potstill;

againstPyTorch("nst", () => nst, 0.01);

describe.each([
  ["fewer positions than channels", [4, 3, 2, 2], [4, 5, 2, 2]],
  ["more positions than channels", [4, 2, 4, 3], [4, 3, 4, 3]],
])("%s", (_name, student, teacher) => {
  featureContract("nst", nst, { student, teacher });

  test("the mean over parts is the mean over the whole", () => {
    const [s, t] = [feature(student, 0.3, "float64"), feature(teacher, 2.1, "float64")];
    const part = (from: number, to: number) =>
      (to - from) * nst(s.slice(0, from, to), t.slice(0, from, to)).item<number>();
    expect(part(0, 1) + part(1, 4)).toBeCloseTo(part(0, 4), 12);
  });

  test("the size and the order of the channels do not matter", () => {
    const [s, t] = [feature(student, 0.3, "float64"), feature(teacher, 2.1, "float64")];
    const there = run(nst, s, t);
    const turned = run(nst, s.flip([1]).mul(3), t.flip([1]).mul(0.5));
    expect(turned.value).toBeCloseTo(there.value, 12);
    expect(distance(turned.gradient.flip([1]).mul(3), there.gradient)).toBeLessThan(1e-12);
  });

  test("channels-last features, together and mixed", () => {
    const [s, t] = [feature(student, 0.3), feature(teacher, 2.1)];
    const [u, v] = [s, t].map((x) => x.contiguous("channels_last"));
    const there = run(nst, s, t);
    for (const [a, b] of [
      [u!, v!],
      [u!, t],
      [s, v!],
    ] as const) {
      const here = run(nst, a, b);
      expect(here.value).toBeCloseTo(there.value, 6);
      const scale = size(numbers(there.gradient));
      expect(distance(here.gradient.contiguous(), there.gradient) / scale).toBeLessThan(1e-5);
    }
    expect(run(nst, u!, v!).gradient.strides[1]).toBe(1);
  });
});

test.each([
  ["fewer positions than channels", [3, 70, 5, 7]],
  ["more positions than channels", [3, 7, 9, 9]],
])("equal features differ by exactly nothing: %s", (_name, shape) => {
  const s = feature(shape, 0.3);
  expect(run(nst, s, s).value).toBe(0);
});

/** By its definition, in float64. */
function plain(student: Tensor, teacher: Tensor): Tensor {
  const [s, t] = [student, teacher].map((x) => {
    const maps = aten.flatten(x, 2);
    return aten.div(maps, aten.linalg_vector_norm(maps, 2, [2], true));
  }) as [Tensor, Tensor];
  const kernel = (a: Tensor, b: Tensor) => aten.matmul(a, b.transpose(1, 2)).square().mean();
  return kernel(t, t).add(kernel(s, s)).sub(kernel(s, t).mul(2));
}

// Beyond the strips, tiles and blocks of the kernels, and not in whole ones.
test.each([
  ["many channels", [2, 293, 5, 7], [2, 41, 5, 7]],
  ["many positions", [2, 21, 19, 17], [2, 38, 19, 17]],
])("large maps in any order: %s", (_name, student, teacher) => {
  const [s, t] = [feature(student, 0.3, "float64"), feature(teacher, 2.1, "float64")];
  const there = run(plain, s, t);
  const scale = size(numbers(there.gradient));
  for (const dtype of ["float64", "float32"] as const)
    for (const format of ["contiguous_format", "channels_last"] as const) {
      const [u, v] = [s, t].map((x) => x.to(dtype).contiguous(format)) as [Tensor, Tensor];
      const here = run(nst, u, v);
      const tolerance = dtype === "float64" ? 1e-12 : 1e-5;
      expect(Math.abs(here.value / there.value - 1)).toBeLessThan(tolerance);
      const gradient = here.gradient.contiguous().to("float64");
      expect(distance(gradient, there.gradient) / scale).toBeLessThan(tolerance);
    }
});

test("by hand: one channel each", () => {
  const s = tensor([3, 4], { shape: [1, 1, 2] });
  const t = tensor([1, 0], { shape: [1, 1, 2] });
  expect(nst(s, t).item<number>()).toBeCloseTo(1 + 1 - 2 * 0.6 ** 2, 6);
});

test("maps of different size are refused", () => {
  expect(() => nst(feature([2, 3, 4, 4], 0.3), feature([2, 3, 8, 8], 0.3))).toThrow(
    coded("ERR_SHAPE", /nst: student of shape \[2, 3, 4, 4\] and teacher of shape \[2, 3, 8, 8\]/),
  );
});

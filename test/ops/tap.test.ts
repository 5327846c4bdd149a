/** potstill::tap outside of a collector; collecting is tested where modules are tapped. */

import { expect, test } from "vitest";
import { ops, tensor } from "../../lib/tensor/index.js";

test("hands on the tensor itself", () => {
  const x = tensor([1, 2, 3]);
  ops.aten.add_(ops.potstill.tap(x, 7), tensor([1]));
  expect(x.toArray()).toEqual([2, 3, 4]);
});

test("autograd sees through it", () => {
  const x = tensor([1, 2, 3], { requiresGrad: true });
  ops.potstill.tap(x.mul(2), 0).pow(2).sum().backward();
  expect(x.grad?.toArray()).toEqual([8, 16, 24]);
});

test.each(["int64", "bool", "bfloat16", "float64"] as const)("takes %s", (dtype) => {
  const x = tensor([1, 0], { dtype });
  const y = ops.potstill.tap(x, 1);
  expect(y.dtype).toBe(dtype);
  expect(y.toArray()).toEqual(x.toArray());
});

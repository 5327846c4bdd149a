import { describe, expect, test } from "vitest";
import {
  arange,
  cat,
  DTYPES,
  type DType,
  einsum,
  memory,
  oneHot,
  stack,
  Tensor,
  tensor,
  where,
  zeros,
} from "../../lib/tensor/index.js";

const code = (name: string): unknown => expect.objectContaining({ code: name });
const x = tensor([
  [1, -2, 3],
  [4, 5, -6],
]);

describe("what a tensor says of itself", () => {
  test("shape and strides", () => {
    const y = x.t();
    expect([y.shape, y.strides, y.ndim, y.numel, y.size(-2)]).toEqual([[3, 2], [1, 3], 2, 6, 3]);
    expect([y.isContiguous(), y.contiguous().isContiguous()]).toEqual([false, true]);
    expect([tensor(1).numel, tensor(1).ndim, zeros([0, 2]).numel]).toEqual([1, 0, 0]);
    expect([x.device, x.dtype, x.isLeaf, x.requiresGrad]).toEqual(["cpu", "float32", true, false]);
  });

  test("item", () => {
    expect(tensor([[2.5]]).item()).toBe(2.5);
    expect(tensor(2n ** 60n).item()).toBe(2n ** 60n);
    expect(tensor([true]).item()).toBe(true);
    expect(tensor(3, { dtype: "int8" }).item()).toBe(3);
    expect(() => x.item()).toThrow(code("ERR_SHAPE"));
  });

  test("data of a view is in order", async () => {
    expect(await x.t().data()).toEqual(new Float32Array([1, 4, -2, 5, 3, -6]));
    expect(x.t().toArray()).toEqual([
      [1, 4],
      [-2, 5],
      [3, -6],
    ]);
  });

  test("data waits for jobs that change it", async () => {
    const { ops } = await import("../../lib/tensor/index.js");
    const y = zeros([4]);
    const jobs = Array.from({ length: 20 }, () => ops.aten.add_.async(y, 1));
    expect(await y.data()).toEqual(new Float32Array([20, 20, 20, 20]));
    await Promise.all(jobs);
  });
});

describe("to", () => {
  test.each(Object.keys(DTYPES) as DType[])("%s and back", (dtype) => {
    const y = tensor([0, 1, 1]).to(dtype);
    expect(y.dtype).toBe(dtype);
    expect(y.to("float32").toArray()).toEqual([0, 1, 1]);
  });

  test("records, copies and devices", () => {
    expect(x.to({ dtype: "float64" }).dtype).toBe("float64");
    expect(x.to("cpu").device).toBe("cpu");
    const same = x.to("float32");
    expect(same.isSame(x)).toBe(true);
    expect(same).not.toBe(x);
    expect(x.to({ copy: true }).isSame(x)).toBe(false);
    expect(x.to("meta").device).toBe("meta");
    expect(() => x.to("float31")).toThrow(code("ERR_CONFIG"));
    expect(() => x.to("cuda:99")).toThrow(code("ERR_DEVICE"));
  });
});

describe("methods", () => {
  const number = (value: Tensor): unknown => value.toArray();

  test("arithmetic with tensors and numbers", () => {
    const a = tensor([1, 2]);
    const b = tensor([3, 5]);
    expect(number(a.add(b))).toEqual([4, 7]);
    expect(number(a.add(b, { alpha: 2 }))).toEqual([7, 12]);
    expect(number(a.add(1, { alpha: 2 }))).toEqual([3, 4]);
    expect(number(a.sub(b))).toEqual([-2, -3]);
    expect(number(a.sub(1))).toEqual([0, 1]);
    expect(number(a.mul(b))).toEqual([3, 10]);
    expect(number(b.div(a))).toEqual([3, 2.5]);
    expect(number(b.div(2, { roundingMode: "floor" }))).toEqual([1, 2]);
    expect(number(b.remainder(2))).toEqual([1, 1]);
    expect(number(a.pow(2))).toEqual([1, 4]);
    expect(number(a.pow(b))).toEqual([1, 32]);
    expect(number(a.neg().abs())).toEqual([1, 2]);
    expect(number(a.add(1n))).toEqual([2, 3]);
    expect(tensor([1n]).add(1).dtype).toBe("int64");
    expect(tensor([1n]).add(1.5).dtype).toBe("float32");
  });

  test("in place: the same object, changed", () => {
    const a = tensor([1, 2]);
    expect(a.add_(1)).toBe(a);
    expect(
      a
        .mul_(tensor([2, 3]))
        .sub_(1, { alpha: 2 })
        .div_(2),
    ).toBe(a);
    expect(number(a)).toEqual([1, 3.5]);
    expect(number(a.copy_(tensor([5n, 6n])))).toEqual([5, 6]);
    expect(number(a.fill_(2).pow_(3))).toEqual([8, 8]);
    expect(number(a.clamp_(null, 4))).toEqual([4, 4]);
    expect(number(a.maskedFill_(tensor([true, false]), -1))).toEqual([-1, 4]);
    expect(number(a.abs_().sqrt_().neg_().exp_().log_())).toEqual([-1, -2]);
    expect(number(a.relu_())).toEqual([0, 0]);
    expect(number(a.zero_().addcmul_(tensor([1, 2]), tensor([3, 4]), { value: 2 }))).toEqual([
      6, 16,
    ]);
    expect(number(a.addcdiv_(tensor([1, 1]), tensor([1, 2])))).toEqual([7, 16.5]);
    expect(number(a.lerp_(zeros([2]), 0.5))).toEqual([3.5, 8.25]);
    expect(number(zeros([3]).scatter_(0, tensor([0n, 2n]), tensor([1, 2])))).toEqual([1, 0, 2]);
    expect(number(zeros([2, 1]).indexAdd_(0, tensor([1n, 1n]), tensor([[1], [2]])))).toEqual([
      [0],
      [3],
    ]);
    const drawn = zeros([64]).uniform_(2, 3);
    expect(drawn.ge(2).all().item()).toBe(true);
    expect(zeros([64]).normal_(0, 2).std().item<number>()).toBeGreaterThan(1);
    expect(zeros([8]).bernoulli_(1).sum().item()).toBe(8);
  });

  test("elementwise", () => {
    expect(number(x.relu())).toEqual([
      [1, 0, 3],
      [4, 5, 0],
    ]);
    expect(number(x.clamp(-1, 3).select(0, 0))).toEqual([1, -1, 3]);
    expect(number(x.sign().select(0, 0))).toEqual([1, -1, 1]);
    expect(number(tensor([0, 1]).exp().log())).toEqual([0, 1]);
    expect(
      number(
        tensor([4, 9])
          .sqrt()
          .add(tensor([4, 16]).rsqrt()),
      ),
    ).toEqual([2.5, 3.25]);
    expect(number(tensor([1.25, 2.5, 3.5]).round())).toEqual([1, 2, 4]);
    expect(number(tensor([1.26]).round(1).sub(1.3).abs().lt(1e-6))).toEqual([true]);
    expect(
      number(
        tensor([-1.5])
          .floor()
          .add(tensor([1.5]).ceil())
          .add(tensor([-1.5]).trunc()),
      ),
    ).toEqual([-1]);
    expect(
      number(
        tensor([0])
          .sigmoid()
          .add(tensor([0]).tanh()),
      ),
    ).toEqual([0.5]);
    expect(
      number(
        tensor([8])
          .log2()
          .add(tensor([0]).log1p())
          .add(tensor([0]).expm1()),
      ),
    ).toEqual([3]);
    expect(
      number(
        tensor([0])
          .sin()
          .add(tensor([0]).cos())
          .add(tensor([0]).erf()),
      ),
    ).toEqual([1]);
    expect(
      number(
        tensor([2])
          .square()
          .mul(tensor([4]).reciprocal()),
      ),
    ).toEqual([1]);
    expect(number(tensor([0]).lerp(tensor([4]), 0.25))).toEqual([1]);
    expect(number(tensor([1, 5]).maximum(tensor([2, 3])))).toEqual([2, 5]);
    expect(number(tensor([1, 5]).minimum(tensor([2, 3])))).toEqual([1, 3]);
  });

  test("comparison and logic", () => {
    const a = tensor([1, 2, 3]);
    expect(
      [a.eq(2), a.ne(2), a.lt(2), a.le(2), a.gt(2), a.ge(tensor([2, 2, 2]))].map(number),
    ).toEqual([
      [false, true, false],
      [true, false, true],
      [true, false, false],
      [true, true, false],
      [false, false, true],
      [false, true, true],
    ]);
    const t = tensor([true, false]);
    expect([t.logicalAnd(t.logicalNot()), t.logicalOr(t.logicalNot())].map(number)).toEqual([
      [false, false],
      [true, true],
    ]);
    const s = tensor([Number.NaN, Infinity, 1]);
    expect([s.isnan(), s.isinf(), s.isfinite()].map(number)).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
    expect(number(a.where(a.gt(1), 0))).toEqual([0, 2, 3]);
    expect(number(a.maskedFill(a.gt(1), 9))).toEqual([1, 9, 9]);
    expect(a.equal(tensor([1, 2, 3]))).toBe(true);
    expect(a.allclose(a.add(1e-7))).toBe(true);
    expect(a.allclose(a.add(0.1), { atol: 0.2 })).toBe(true);
    expect(a.allclose(a.add(0.1))).toBe(false);
  });

  test("reductions", () => {
    expect(x.sum().item()).toBe(5);
    expect(number(x.sum(0))).toEqual([5, 3, -3]);
    expect(number(x.sum([0, 1], { keepdim: true }))).toEqual([[5]]);
    expect(x.sum(null, { dtype: "float64" }).dtype).toBe("float64");
    expect(number(x.mean(1))).toEqual([2 / 3, 1].map(Math.fround));
    expect(tensor([2n, 3n]).mean(0, { dtype: "float32" }).item()).toBe(2.5);
    expect(number(x.prod(1))).toEqual([-6, -120]);
    expect([x.max().item(), x.min().item()]).toEqual([5, -6]);
    const { values, indices } = x.max(1);
    expect([number(values), number(indices)]).toEqual([
      [3, 5],
      [2n, 1n],
    ]);
    expect(number(x.min(0, { keepdim: true }).values)).toEqual([[1, -2, -6]]);
    expect([number(x.amax(0)), number(x.amin(1)), x.amax().item()]).toEqual([
      [4, 5, 3],
      [-2, -6],
      5,
    ]);
    expect([x.argmax().item(), number(x.argmax(0)), number(x.argmin(1))]).toEqual([
      4n,
      [1n, 1n, 0n],
      [1n, 2n],
    ]);
    expect([x.median().item(), number(x.median(1).values)]).toEqual([1, [1, 4]]);
    expect(tensor([1, 3]).std().item<number>()).toBeCloseTo(Math.SQRT2, 6);
    expect(tensor([1, 3]).std(null, { correction: 0 }).item()).toBe(1);
    expect(number(tensor([[1, 3]]).var(1, { keepdim: true }))).toEqual([[2]]);
    expect([tensor([3, 4]).norm().item(), tensor([3, 4]).norm(1).item()]).toEqual([5, 7]);
    expect(number(tensor([[3, 4]]).norm(Infinity, 1))).toEqual([4]);
    expect([x.gt(4).any().item(), number(x.gt(0).all(1))]).toEqual([true, [false, false]]);
    expect([x.countNonzero().item(), number(x.relu().countNonzero(1))]).toEqual([6n, [2n, 2n]]);
    expect(number(x.cumsum(1).select(0, 0))).toEqual([1, -1, 2]);
    expect(tensor([0, 0]).logsumexp(0).item<number>()).toBeCloseTo(Math.LN2, 6);
    expect(number(tensor([0, 0]).softmax(0))).toEqual([0.5, 0.5]);
    expect(tensor([0, 0]).logSoftmax(-1, { dtype: "float64" }).toArray()).toEqual([
      -Math.LN2,
      -Math.LN2,
    ]);
  });

  test("ranking", () => {
    const a = tensor([3, 1, 2]);
    expect(number(a.topk(2).values)).toEqual([3, 2]);
    expect(number(a.topk(1, 0, { largest: false }).indices)).toEqual([1n]);
    expect(number(a.sort().values)).toEqual([1, 2, 3]);
    expect(number(a.sort(0, { descending: true }).indices)).toEqual([0n, 2n, 1n]);
    expect(number(a.argsort())).toEqual([1n, 2n, 0n]);
  });

  test("shapes", () => {
    const a = arange(6, { dtype: "float32" });
    expect(a.reshape([2, -1]).shape).toEqual([2, 3]);
    expect(a.view(3, 2).shape).toEqual([3, 2]);
    expect(a.view(3, 2).flatten().shape).toEqual([6]);
    expect(a.unflatten(0, [2, 3]).shape).toEqual([2, 3]);
    expect(zeros([2, 3, 4]).permute(2, 0, 1).shape).toEqual([4, 2, 3]);
    expect(zeros([2, 3, 4]).permute([1, 2, 0]).shape).toEqual([3, 4, 2]);
    expect(zeros([2, 3, 4]).transpose(0, -1).shape).toEqual([4, 3, 2]);
    expect(zeros([2, 3, 4]).movedim(0, 2).shape).toEqual([3, 4, 2]);
    expect(zeros([2, 3, 4]).movedim([0, 1], [2, 0]).shape).toEqual([3, 4, 2]);
    expect(zeros([1, 2, 1]).squeeze().shape).toEqual([2]);
    expect(zeros([1, 2, 1]).squeeze(0).shape).toEqual([2, 1]);
    expect(zeros([1, 2, 1]).squeeze([0, 2]).shape).toEqual([2]);
    expect(zeros([2]).unsqueeze(0).expand(3, -1).shape).toEqual([3, 2]);
    expect(number(tensor([1, 2]).repeat(2))).toEqual([1, 2, 1, 2]);
    expect(() => x.t().view(6)).toThrow(code("ERR_SHAPE"));
    expect(() => x.reshape(4)).toThrow(code("ERR_SHAPE"));
  });

  test("selection", () => {
    expect(number(x.select(1, -1))).toEqual([3, -6]);
    expect(number(x.narrow(1, 1, 2).select(0, 0))).toEqual([-2, 3]);
    expect(number(x.slice(1, 0, null, 2).select(0, 1))).toEqual([4, -6]);
    expect(number(x.indexSelect(1, tensor([2n, 0n])).select(0, 0))).toEqual([3, 1]);
    expect(number(x.index([null, tensor([1n])]))).toEqual([[-2], [5]]);
    expect(number(x.gather(1, tensor([[0n], [2n]])))).toEqual([[1], [-6]]);
    expect(number(zeros([3]).scatter(0, tensor([1n]), tensor([4])))).toEqual([0, 4, 0]);
    expect(number(x.maskedSelect(x.lt(0)))).toEqual([-2, -6]);
    expect(number(tensor([0, 1]).nonzero())).toEqual([[1n]]);
    expect(x.split(2, 1).map((part) => part.shape)).toEqual([
      [2, 2],
      [2, 1],
    ]);
    expect(x.split([1, 2], 1).map((part) => part.shape[1])).toEqual([1, 2]);
    expect(x.chunk(2).map(number)).toEqual([[[1, -2, 3]], [[4, 5, -6]]]);
    expect(x.unbind(1).map(number)).toEqual([
      [1, 4],
      [-2, 5],
      [3, -6],
    ]);
    expect(number(tensor([1, 2, 3]).flip(0))).toEqual([3, 2, 1]);
    expect(number(tensor([1, 2, 3]).roll(1))).toEqual([3, 1, 2]);
    expect(
      number(
        tensor([
          [1, 2],
          [3, 4],
        ]).tril(),
      ),
    ).toEqual([
      [1, 0],
      [3, 4],
    ]);
    expect(
      number(
        tensor([
          [1, 2],
          [3, 4],
        ]).triu(1),
      ),
    ).toEqual([
      [0, 2],
      [0, 0],
    ]);
    expect(() => x.select(0, 5)).toThrow(code("ERR_SHAPE"));
  });

  test("products", () => {
    const m = tensor([
      [1, 2],
      [3, 4],
    ]);
    const v = tensor([1, 1]);
    expect(number(m.matmul(v))).toEqual([3, 7]);
    expect(number(m.mm(m))).toEqual([
      [7, 10],
      [15, 22],
    ]);
    expect(number(m.unsqueeze(0).bmm(m.unsqueeze(0)).squeeze(0))).toEqual([
      [7, 10],
      [15, 22],
    ]);
    expect(v.dot(v).item()).toBe(2);
    expect(() => m.mm(x.t())).toThrow(code("ERR_SHAPE"));
    expect(() => m.mm(m.to("int64"))).toThrow(code("ERR_DTYPE"));
  });

  test("functions of several", () => {
    const a = tensor([1, 2]);
    expect(number(cat([a, a]))).toEqual([1, 2, 1, 2]);
    expect(number(stack([a, a], 1))).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(number(where(a.gt(1), a, 0))).toEqual([0, 2]);
    expect(number(where(a.gt(1), 5, a))).toEqual([1, 5]);
    expect(number(where(a.gt(1), a, a.neg()))).toEqual([-1, 2]);
    expect(number(where(a.gt(1), 1.5, 0.5))).toEqual([0.5, 1.5]);
    expect(number(einsum("i,j->ij", [a, a]))).toEqual([
      [1, 2],
      [2, 4],
    ]);
    expect(number(oneHot(tensor([1n, 0n]), 3))).toEqual([
      [0n, 1n, 0n],
      [1n, 0n, 0n],
    ]);
  });
});

describe("life and death", () => {
  test("dispose, twice; every use afterwards is ERR_DISPOSED", async () => {
    const y = tensor([1, 2]);
    expect(y.isDisposed).toBe(false);
    y.dispose();
    y.dispose();
    expect(y.isDisposed).toBe(true);
    for (const use of [
      () => y.shape,
      () => y.dtype,
      () => y.device,
      () => y.numel,
      () => y.grad,
      () => y.requiresGrad,
      () => y.dataSync(),
      () => y.item(),
      () => y.toArray(),
      () => y.add(1),
      () => x.add(y),
      () => y.add_(1),
      () => y.detach(),
      () => y.to("int8"),
      () => cat([y]),
      () => y.backward(),
    ]) {
      expect(use).toThrow(code("ERR_DISPOSED"));
    }
    await expect((async () => y.data())()).rejects.toThrow(code("ERR_DISPOSED"));
  });

  test("views outlive what they look at", () => {
    const base = arange(4);
    const view = base.narrow(0, 1, 2);
    base.dispose();
    expect(view.toArray()).toEqual([1n, 2n]);
  });

  test("using", () => {
    const { tensors } = memory();
    {
      using y = tensor([1, 2]);
      using z = y.add(1);
      expect(z.toArray()).toEqual([2, 3]);
      expect(memory().tensors).toBe(tensors + 2);
    }
    expect(memory().tensors).toBe(tensors);
  });

  test("memory counts tensors, storages and bytes once", () => {
    const before = memory();
    const y = zeros([1000]);
    const z = y.view(10, 100);
    expect(memory()).toMatchObject({
      tensors: before.tensors + 2,
      storages: before.storages + 1,
      bytes: before.bytes + 4000,
    });
    y.dispose();
    expect(memory().bytes).toBe(before.bytes + 4000);
    z.dispose();
    expect(memory()).toMatchObject({
      tensors: before.tensors,
      storages: before.storages,
      bytes: before.bytes,
    });
  });

  test("a user's new Tensor() has nothing behind it", () => {
    const nothing = new Tensor();
    for (const use of [
      () => nothing.shape,
      () => nothing.dtype,
      () => nothing.dataSync(),
      () => nothing.backward(),
      () => nothing.dispose(),
      () => nothing.isDisposed,
      () => nothing.add(1),
      () => nothing.relu(),
      () => x.add(nothing),
      () => cat([x, nothing]),
      () => Tensor.prototype.relu.call({} as Tensor),
      () => Object.getOwnPropertyDescriptor(Tensor.prototype, "shape")?.get?.call([]),
    ]) {
      expect(use).toThrow(code("ERR_RECEIVER"));
    }
  });
});

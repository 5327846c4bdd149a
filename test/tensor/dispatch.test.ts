import { describe, expect, test } from "vitest";
import { ops, type Tensor, tensor } from "../../lib/tensor/index.js";

const code = (name: string, message?: RegExp): unknown =>
  expect.objectContaining({
    code: name,
    ...(message === undefined ? {} : { message: expect.stringMatching(message) }),
  });
const loose = ops.aten as unknown as Record<string, (...args: unknown[]) => unknown>;
const x = tensor([1, 2]);

describe("ops", () => {
  test("a name is looked up once and is a plain property then", () => {
    expect(Object.hasOwn(ops.aten, "hypot")).toBe(false);
    const { hypot } = ops.aten;
    expect(Object.hasOwn(ops.aten, "hypot")).toBe(true);
    expect(ops.aten.hypot).toBe(hypot);
    expect(Object.hasOwn(hypot, "default")).toBe(false);
    expect(hypot.default).toBe(ops.aten.hypot.default);
    expect(Object.hasOwn(hypot, "default")).toBe(true);
    expect(hypot(tensor([3]), tensor([4])).toArray()).toEqual([5]);
  });

  test("unknown operators and overloads name the nearest", () => {
    expect(() => loose.relue).toThrow(code("ERR_CONFIG", /aten::relue.*aten::relu/s));
    expect(() => loose.log_sofmax).toThrow(code("ERR_CONFIG", /aten::log_softmax/));
    expect(() => (ops.aten.add as unknown as Record<string, unknown>).Tensr).toThrow(
      code("ERR_CONFIG", /add\.Tensor/),
    );
  });

  test("arguments that fit no overload are told what each wants", () => {
    expect(() => loose.add?.(x, "1")).toThrow(code("ERR_CONFIG", /aten::add\.Tensor\(.*a string/s));
    expect(() => loose.add?.()).toThrow(code("ERR_CONFIG"));
    expect(() => loose.relu?.(x, x, x, x, x, x)).toThrow(code("ERR_CONFIG"));
    expect(() => loose.relu?.(x, { inplace: true })).toThrow(code("ERR_CONFIG"));
    expect(() => loose.relu?.(x, () => {})).toThrow(code("ERR_CONFIG"));
    expect(() => loose.relu?.(Symbol("x"))).toThrow(code("ERR_CONFIG"));
  });

  test("keywords may name any argument; undefined stands for its default", () => {
    const { aten } = ops;
    const m = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(aten.sum(m, [1], { keepdim: true }).shape).toEqual([2, 1]);
    expect(aten.sum(m, 0).toArray()).toEqual([4, 6]);
    expect((loose.clamp!(x, undefined, { max: 1.5 }) as Tensor).toArray()).toEqual([1, 1.5]);
    expect(aten.topk(m, 1, { dim: 0 })[0].toArray()).toEqual([[3, 4]]);
    expect(aten.topk(m, 1, 0, { largest: false })[0].toArray()).toEqual([[1, 2]]);
    expect((loose.sum!(m, undefined) as Tensor).item()).toBe(10);
    expect(aten.clamp(x, null, 1.5).toArray()).toEqual([1, 1.5]);
  });

  test("more arguments than are written out", () => {
    const input = tensor([
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ]);
    const weight = tensor([[[[1]]]]);
    expect(
      ops.aten.convolution(input, weight, null, [1, 1], [0, 0], [1, 1], false, [0, 0], 1).toArray(),
    ).toEqual([
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ]);
  });

  test("an async call rejects with the error of a sync one, and points at the caller", async () => {
    const bad = tensor([1, 2, 3]);
    await expect(ops.aten.add.async(x, bad)).rejects.toThrow(code("ERR_SHAPE"));
    const error = await ops.aten.add.async(x, bad).catch((reason: unknown) => reason);
    expect((error as Error).stack).toContain("dispatch.test");
    expect(await ops.aten.add.Tensor.async(x, x).then((y) => y.toArray())).toEqual([2, 4]);
  });

  test("in-place and out forms give back the object they wrote to", async () => {
    const { aten } = ops;
    const y = tensor([1, 2]);
    const out = tensor([0, 0]);
    expect(aten.add_(y, 1)).toBe(y);
    expect(aten.add(x, 1, { out })).toBe(out);
    expect(aten.mul.out(x, x, { out })).toBe(out);
    expect((await aten.add_.async(y, 1)).isSame(y)).toBe(true);
    const values = tensor([0]);
    const indices = tensor([0n]);
    expect(aten.topk.values(x, 1, { values, indices })).toEqual([values, indices]);
    const same = aten.contiguous(x);
    expect(same).not.toBe(x);
    expect(same.isSame(x)).toBe(true);
  });

  test("names that are no operators", async () => {
    expect(await Promise.resolve(ops.aten)).toBe(ops.aten);
    expect(JSON.stringify({ a: 1, aten: ops.potstill }).startsWith("{")).toBe(true);
    expect(typeof ops.aten.add).toBe("function");
    expect((Reflect.apply(ops.aten.add, null, [x, x]) as Tensor).toArray()).toEqual([2, 4]);
    expect(`${ops.aten}`).toBe("[object Object]");
  });

  test("potstill's own operators", () => {
    const student = tensor([[1, 2, 3]], { requiresGrad: true });
    const loss = ops.potstill.soft_target_ce(student, tensor([[3, 2, 1]]), null, 1, 2);
    loss.backward();
    expect(student.grad?.shape).toEqual([1, 3]);
    expect(() => (ops.potstill as unknown as Record<string, unknown>).soft_target).toThrow(
      code("ERR_CONFIG", /soft_target_ce/),
    );
  });

  test("integral numbers are int64, others double, bigints int64", () => {
    expect(ops.aten.scalar_tensor(2, { dtype: "int64" }).item()).toBe(2n);
    expect(ops.aten.full([1], 2).dtype).toBe("int64");
    expect(ops.aten.full([1], 2.5).dtype).toBe("float32");
    expect(ops.aten.full([1], 2n ** 60n).item()).toBe(2n ** 60n);
    expect(ops.aten.full([1], true).dtype).toBe("bool");
  });
});

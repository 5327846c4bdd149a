import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { keep, memory, ops, scope, type Tensor, tensor, zeros } from "../../lib/tensor/index.js";

const alive = (): number => memory().tensors;

describe("scope", () => {
  test("frees what is not returned", () => {
    const before = alive();
    const result = scope(() => tensor([1, 2]).add(1).mul(2).sum());
    expect(result.item()).toBe(10);
    expect(alive()).toBe(before + 1);
    result.dispose();
    expect(alive()).toBe(before);
  });

  test("returned tensors may be nested to any depth", () => {
    const before = alive();
    const result = scope(() => {
      zeros([3]);
      return {
        list: [zeros([1]), [zeros([1])]],
        map: new Map([["a", zeros([1])]]),
        set: new Set([zeros([1])]),
        name: "x",
        data: new Float32Array(3),
        nothing: null,
      };
    });
    expect(alive()).toBe(before + 4);
    expect(result.map.get("a")?.shape).toEqual([1]);
    scope(() => {
      const [a, b] = result.list as [Tensor, Tensor[]];
      for (const x of [a, ...b, ...result.map.values(), ...result.set]) x.dispose();
    });
    expect(alive()).toBe(before);
  });

  test("tensors from outside are left alone, also when they are returned", () => {
    const outside = tensor([1]);
    expect(scope(() => outside)).toBe(outside);
    expect(outside.isDisposed).toBe(false);
    scope(() => outside.add_(1));
    expect(outside.toArray()).toEqual([2]);
    outside.dispose();
  });

  test("cycles in a result are no trouble", () => {
    const result = scope(() => {
      const node: { x: Tensor; self?: unknown } = { x: zeros([1]) };
      node.self = node;
      return node;
    });
    expect(result.x.isDisposed).toBe(false);
    result.x.dispose();
  });

  test("keep", () => {
    const before = alive();
    let kept: Tensor | undefined;
    scope(() => {
      scope(() => {
        kept = keep({ x: [zeros([1])] }).x[0];
      });
    });
    expect(kept?.isDisposed).toBe(false);
    kept?.dispose();
    expect(alive()).toBe(before);
    expect(keep(5)).toBe(5);
  });

  test("the result of an inner scope belongs to the outer one", () => {
    const before = alive();
    scope(() => {
      const inner = scope(() => zeros([2]).add(1));
      expect(inner.isDisposed).toBe(false);
      expect(alive()).toBe(before + 1);
    });
    expect(alive()).toBe(before);
  });

  test("an error frees everything and passes through", () => {
    const before = alive();
    const error = new Error("no");
    expect(() =>
      scope(() => {
        zeros([2]);
        throw error;
      }),
    ).toThrow(error);
    expect(alive()).toBe(before);
  });

  test("what was disposed inside stays so", () => {
    scope(() => {
      const x = zeros([1]);
      x.dispose();
      using y = zeros([1]);
      expect(y.shape).toEqual([1]);
    });
  });

  test("a long loop stays flat", () => {
    const before = memory();
    for (let i = 0; i < 20_000; i++) scope(() => zeros([64]).add(1).sum()).dispose();
    expect(memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
    scope(() => {
      for (let i = 0; i < 1000; i++) zeros([64]).dispose();
      expect(memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
    });
  });
});

describe("asynchronous scope", () => {
  test("follows a function across its awaits", async () => {
    const before = alive();
    const result = await scope(async () => {
      const a = zeros([2]).add(1);
      await sleep(1);
      const b = a.add(1);
      await Promise.all([sleep(1), Promise.resolve()]);
      return { sum: b.mul(2).sum() };
    });
    expect(result.sum.item()).toBe(8);
    expect(alive()).toBe(before + 1);
    result.sum.dispose();
  });

  test("owns what jobs give", async () => {
    const before = alive();
    await scope(async () => {
      const a = await ops.aten.mm.async(zeros([4, 4]), zeros([4, 4]));
      const [values] = await ops.aten.sort.async(a);
      expect(values.isDisposed).toBe(false);
    });
    expect(alive()).toBe(before);
  });

  test("scopes that run at the same time do not mix", async () => {
    const before = alive();
    const worker = async (n: number, made: Tensor[]): Promise<Tensor> => {
      let x = tensor([n]);
      made.push(x);
      for (let i = 0; i < 10; i++) {
        await (i % 2 === 0 ? sleep(1) : undefined);
        x = i % 3 === 0 ? await ops.aten.add.async(x, 1) : x.add(1);
        made.push(x);
      }
      return x;
    };
    const loose: Tensor[] = [];
    const outside = worker(100, loose);
    const results = await Promise.all([1, 2, 3].map((n) => scope(() => worker(n, []))));
    expect(results.map((x) => x.item())).toEqual([11, 12, 13]);
    expect((await outside).item()).toBe(110);
    for (const x of results) x.dispose();
    expect(loose.map((x) => x.isDisposed)).toEqual(Array(11).fill(false));
    for (const x of loose) x.dispose();
    expect(alive()).toBe(before);
  });

  test("a rejection frees everything", async () => {
    const before = alive();
    await expect(
      scope(async () => {
        zeros([2]);
        await sleep(1);
        zeros([3]);
        throw new Error("late");
      }),
    ).rejects.toThrow("late");
    expect(alive()).toBe(before);
  });

  test("work that outlives its scope belongs to the one around it", async () => {
    const before = alive();
    await scope(async () => {
      let late: Promise<Tensor> | undefined;
      scope(() => {
        late = sleep(2).then(() => zeros([1]));
      });
      expect((await late)?.isDisposed).toBe(false);
    });
    expect(alive()).toBe(before);
  });

  test("a job that runs at the end of the scope keeps what it uses", async () => {
    const before = alive();
    let job: Promise<Tensor> | undefined;
    scope(() => {
      job = ops.aten.mm.async(zeros([64, 64]).add(1), zeros([64, 64]).add(1));
    });
    const result = await job!;
    expect(scope(() => result.sum().item())).toBe(64 ** 3);
    result.dispose();
    expect(alive()).toBe(before);
  });
});

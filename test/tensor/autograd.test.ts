import { describe, expect, test } from "vitest";
import { memory, scope, tensor } from "../../lib/tensor/index.js";
import { expectTensor, type OracleTensor, readOracle, toTensor } from "./oracle.js";

const code = (name: string): unknown => expect.objectContaining({ code: name });

interface Gradients {
  inputs: [OracleTensor, OracleTensor, OracleTensor];
  loss: number;
  gradients: OracleTensor[];
  y: OracleTensor;
  first: OracleTensor;
  second: OracleTensor;
}

const oracle = readOracle<{ gradients: Gradients }>("tensor").gradients;

describe("backward", () => {
  test.each(["backward", "backwardAsync"] as const)("%s against PyTorch", async (name) => {
    const [x, w, b] = oracle.inputs.map((input) => toTensor(input).requiresGrad_());
    const loss = x!
      .matmul(w!)
      .add(b!)
      .tanh()
      .pow(2)
      .mean(0)
      .mul(tensor([1, 2]))
      .sum();
    expect(loss.item()).toBeCloseTo(oracle.loss, 12);
    await loss[name]();
    for (const [i, leaf] of [x, w, b].entries()) expectTensor(leaf!.grad, oracle.gradients[i]!);
  });

  test("gradients of gradients", () => {
    const y = toTensor(oracle.y).requiresGrad_();
    y.exp().sin().sum().backward({ createGraph: true });
    const first = y.grad!;
    expectTensor(first, oracle.first);
    y.grad = null;
    first.sum().backward();
    expectTensor(y.grad, oracle.second);
  });

  test("accumulates, and assigning null clears", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(x.grad).toBeNull();
    x.mul(3).sum().backward();
    x.mul(3).sum().backward();
    expect(x.grad?.toArray()).toEqual([6, 6]);
    x.grad = null;
    expect(x.grad).toBeNull();
    x.grad = tensor([1, 1]);
    x.mul(2).backward({ gradient: tensor([1, 10]) });
    expect(x.grad?.toArray()).toEqual([3, 21]);
  });

  test("what was recorded is gone after the first pass, unless kept", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = x.pow(2).sum();
    y.backward({ retainGraph: true });
    y.backward();
    expect(x.grad?.toArray()).toEqual([4, 8]);
    expect(() => y.backward()).toThrow(/second time/);
  });

  test("detach, leaves, retainGrad", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = x.mul(2);
    expect([y.isLeaf, y.requiresGrad, x.isLeaf]).toEqual([false, true, true]);
    expect(y.detach().requiresGrad).toBe(false);
    y.retainGrad();
    y.sum().backward();
    expect(y.grad?.toArray()).toEqual([1, 1]);
    const z = tensor([1]);
    z.requiresGrad = true;
    expect(z.requiresGrad).toBe(true);
  });

  test("errors", async () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(() => x.mul(2).backward()).toThrow(code("ERR_SHAPE"));
    expect(() => tensor([1]).backward()).toThrow(code("ERR_CONFIG"));
    await expect(tensor([1]).backwardAsync()).rejects.toThrow(code("ERR_CONFIG"));
    expect(() => tensor([1n]).requiresGrad_()).toThrow(code("ERR_DTYPE"));
    expect(() => x.add_(1)).toThrow(/leaf/);
  });

  test("a scope around a step frees the graph and leaves the gradients", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    w.mul(2).sum().backward();
    const before = memory();
    for (let i = 0; i < 100; i++) {
      scope(() => {
        w.mul(2).sum().backward();
        expect(w.grad?.numel).toBe(2);
      });
    }
    expect(memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
    expect(w.grad?.toArray()).toEqual([202, 202]);
  });
});

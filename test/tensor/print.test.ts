/** Printing, against the text that PyTorch printed (test/oracles/tensor.py). */

import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import {
  arange,
  type DType,
  memory,
  setPrintOptions,
  Tensor,
  tensor,
  zeros,
} from "../../lib/tensor/index.js";
import { type OracleTensor, readOracle, toTensor } from "./oracle.js";

type Case =
  | { i: OracleTensor; grad?: true; x: string }
  | { n: number; scale: number; s: number[]; d: DType; x: string };

const cases = readOracle<{ print: Case[] }>("tensor").print;

function build(entry: Case): Tensor {
  if ("i" in entry) return toTensor(entry.i).requiresGrad_(entry.grad === true);
  const ramp = arange(entry.n, { dtype: "float64" }).mul(entry.scale);
  return ramp.to(entry.d).reshape(entry.s);
}

test.each(cases.map((entry, i): [string, Case] => [`${i}: ${entry.x.slice(0, 40)}`, entry]))(
  "%s",
  (_, entry) => {
    expect(build(entry).toString()).toBe(entry.x);
  },
);

describe("printing", () => {
  const before = setPrintOptions({});
  afterEach(() => {
    setPrintOptions(before);
  });

  test("options as torch.set_printoptions", () => {
    setPrintOptions({ precision: 2, threshold: 5, edgeItems: 1, lineWidth: 40 });
    expect(tensor([1.125, 2.625]).toString()).toBe("tensor([1.12, 2.62])");
    expect(arange(6).toString()).toBe("tensor([0,  ..., 5])");
    setPrintOptions({ sciMode: true, precision: 3 });
    expect(tensor([1.5, 20]).toString()).toBe("tensor([1.500e+00, 2.000e+01])");
  });

  test("a view prints its own elements", () => {
    expect(arange(6).reshape(2, 3).t().toString()).toBe(
      "tensor([[0, 3],\n        [1, 4],\n        [2, 5]])",
    );
  });

  test("a result of recorded operators requires gradients", () => {
    expect(tensor([1, 2], { requiresGrad: true }).mul(2).toString()).toBe(
      "tensor([2., 4.], requires_grad=True)",
    );
  });

  test("on the meta device there is nothing to print", () => {
    expect(zeros([2, 3], { device: "meta" }).toString()).toBe(
      "tensor(..., device='meta', size=(2, 3))",
    );
  });

  test("console.log shows it, also when there is nothing left to show", () => {
    const x = tensor([1, 2]);
    expect(inspect({ x })).toBe("{ x: tensor([1., 2.]) }");
    x.dispose();
    expect(inspect(x)).toBe("tensor(<disposed>)");
    expect(String(x)).toBe("tensor(<disposed>)");
    expect(inspect(new Tensor())).toBe("Tensor <ERR_RECEIVER>");
  });

  test("leaves no tensors behind", () => {
    const x = arange(5000).reshape(50, 100);
    const { tensors } = memory();
    x.toString();
    expect(memory().tensors).toBe(tensors);
  });
});

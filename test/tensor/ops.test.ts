/** Operators of every kind through `ops.aten`, against what PyTorch gave (test/oracles/ops.py). */

import { describe, expect, test } from "vitest";
import { manualSeed, ops, scope, Tensor } from "../../lib/tensor/index.js";
import {
  expectTensor,
  isOracleTensor,
  number,
  type OracleTensor,
  readOracle,
  toTensor,
} from "./oracle.js";

interface Case {
  c: string;
  o: string;
  a: unknown[];
  k?: Record<string, unknown>;
  r: unknown;
  m?: Record<string, unknown>;
  p?: number[];
  v?: OracleTensor;
  seed?: number;
}

interface Callable {
  (...args: unknown[]): unknown;
  async: (...args: unknown[]) => Promise<unknown>;
}

const { cases } = readOracle<{ cases: Case[] }>("ops");
const categories = [...new Set(cases.map((entry) => entry.c))];

/** Where the kernel draws by a vectorized formula, its last bits depend on the CPU. */
const DRAWN_BY_FORMULA =
  /^(randn|randn_like|normal|normal_|exponential_|log_normal_|cauchy_|alpha_dropout|rrelu|multinomial|poisson|binomial)\b/;

function decode(value: unknown): unknown {
  if (isOracleTensor(value)) return toTensor(value);
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value === "object" && value !== null) return number((value as { n: string }).n);
  return value;
}

function resolve(name: string): Callable {
  return name
    .split(".")
    .reduce<unknown>(
      (holder, part) => (holder as Record<string, unknown>)[part],
      ops.aten,
    ) as Callable;
}

function expectValue(actual: unknown, expected: unknown, exact: boolean): void {
  if (isOracleTensor(expected)) {
    expectTensor(actual, expected, exact);
  } else if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length);
    for (const [i, item] of expected.entries()) {
      expectValue((actual as unknown[])[i], item, exact);
    }
  } else if (typeof expected === "number" && !Number.isInteger(expected)) {
    expect(actual).toBeCloseTo(expected, 5);
  } else {
    expect(actual ?? null).toEqual(expected);
  }
}

function check(entry: Case, invoke: (op: Callable, args: unknown[]) => unknown): unknown {
  const args = entry.a.map(decode);
  const keywords = Object.entries(entry.k ?? {}).map(([key, value]) => [key, decode(value)]);
  const given = keywords.length > 0 ? [...args, Object.fromEntries(keywords)] : args;
  if (entry.seed !== undefined) manualSeed(entry.seed);
  const result = invoke(resolve(entry.o), given);
  const verify = (value: unknown): void => {
    const exact = entry.seed !== undefined && !DRAWN_BY_FORMULA.test(entry.o);
    expectValue(value, entry.r, exact);
    for (const [index, expected] of Object.entries(entry.m ?? {})) {
      expectValue(args[Number(index)], expected, exact);
    }
    for (const [key, out] of entry.c === "out" ? keywords : []) {
      if (!(out instanceof Tensor)) continue;
      const results = Array.isArray(value) ? (value as Tensor[]) : [value as Tensor];
      expect(
        results.some((made) => made.isSame(out)),
        `${String(key)} is a result`,
      ).toBe(true);
    }
    if (entry.v !== undefined) {
      const first = (Array.isArray(value) ? value[0] : value) as Tensor;
      expect(first.strides).toEqual(entry.p);
      first.fill_(1);
      expectTensor(args[0], entry.v);
    }
  };
  if (result instanceof Promise) return result.then(verify);
  return verify(result);
}

test("at least 200 operators, of every category", () => {
  expect(new Set(cases.map((entry) => entry.o.split(".")[0])).size).toBeGreaterThanOrEqual(200);
  expect(categories).toEqual(
    expect.arrayContaining([
      "views",
      "in-place",
      "out",
      "lists",
      "optional",
      "random",
      "convolution",
      "linalg",
      "indexing",
      "reductions",
      "dtypes",
      "boolean",
    ]),
  );
});

describe.each(categories)("%s", (category) => {
  const own = cases.filter((entry) => entry.c === category);
  const names = own.map((entry, i): [string, Case] => {
    const before = own.slice(0, i).filter((other) => other.o === entry.o).length;
    return [before === 0 ? entry.o : `${entry.o} #${before + 1}`, entry];
  });
  test.each(names)("%s", (_, entry) => {
    scope(() => check(entry, (op, args) => op(...args)));
  });
});

test("as jobs: every fifth case by .async", async () => {
  for (const entry of cases.filter((_, i) => i % 5 === 0)) {
    await scope(async () => check(entry, (op, args) => op.async(...args)));
  }
});

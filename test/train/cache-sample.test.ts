/** Caches that keep draws from the teacher's distribution: right on average, whatever is drawn. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed, ops, randn, type Tensor, tensor } from "../../lib/tensor/index.js";
import { type Form, restored, shrunk } from "../../lib/train/cache/form.js";
import { type DistillOptions, distill } from "../../lib/train/index.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

const coded = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) }) as Error;

const numbers = (t: Tensor) => Array.from(t.dataSync() as Float32Array);
const [rows, count, temperature] = [3, 7, 2];

/** Logits with one class far above, one class without any mass, and a flat row. */
function teacher(): Tensor {
  manualSeed(11);
  const logits = ops.aten.mul.Scalar(randn([rows, count]), 2) as Tensor;
  const values = numbers(logits);
  values[0] = 9;
  values[3] = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < count; c++) values[count + c] = 1;
  return tensor(values, { shape: [rows, count] });
}

const ids = tensor(BigInt64Array.from([5n, 900n, 31n]));

function drawn(form: Partial<Form>, view = 0, seed = 0): Tensor {
  const whole: Form = {
    ...{ dtype: "float32", top: null, sampled: { count: 4, temperature, seed } },
    ...form,
  };
  const kept = shrunk(teacher(), ids, view, whole);
  expect(Object.keys(kept).sort()).toEqual(["classes", "indices", "weights"]);
  return restored(kept, whole);
}

/** Loss and gradient for a student, of soft targets at the temperature. */
function against(target: Tensor): { value: number; gradient: number[] } {
  manualSeed(12);
  const student = randn([rows, count], { requiresGrad: true });
  const loss = losses.compute(losses.softTargets({ temperature }), { student, teacher: target });
  loss.backward();
  return { value: loss.item() as number, gradient: numbers(student.grad!) };
}

/** −Σ p log p of what the targets say, T² times its mean over the rows. */
function entropy(target: Tensor): number {
  const p = numbers(ops.aten.softmax.int(ops.aten.div.Scalar(target, temperature) as Tensor, -1));
  const terms = p.map((each) => (each > 0 ? -each * Math.log(each) : 0));
  return (temperature ** 2 * terms.reduce((sum, each) => sum + each, 0)) / rows;
}

describe("draws", () => {
  test.each([
    [null, 4],
    [2, 1],
    [2, 3],
    [4, 2],
  ])(
    "with %s classes for certain and %i draws: the mean over many is all of it",
    (top, draws) => {
      const full = against(teacher());
      const crossed = full.value + entropy(teacher());
      const rounds = 1000;
      const sums = { crossed: 0, square: 0, gradient: new Array<number>(rows * count).fill(0) };
      let differing = 0;
      for (let seed = 0; seed < rounds; seed++) {
        const form: Partial<Form> = { top, sampled: { count: draws, temperature, seed } };
        const target = drawn(form);
        const found = against(target);
        // The divergence and the entropy of its target make the cross-entropy, linear in the target.
        const value = found.value + entropy(target);
        sums.crossed += value;
        sums.square += value * value;
        for (const [i, each] of found.gradient.entries()) sums.gradient[i]! += each;
        if (Math.abs(value - crossed) > 1e-3) differing += 1;
      }
      const mean = sums.crossed / rounds;
      const error = Math.sqrt((sums.square / rounds - mean * mean) / rounds);
      expect(differing).toBeGreaterThan(rounds / 10);
      // Five standard errors, and rounding.
      expect(Math.abs(mean - crossed)).toBeLessThan(5 * error + 1e-4);
      const largest = Math.max(...full.gradient.map(Math.abs));
      for (const [i, each] of full.gradient.entries()) {
        expect(Math.abs(sums.gradient[i]! / rounds - each)).toBeLessThan(0.05 * largest);
      }
    },
    60_000,
  );

  test("with every class for certain nothing is left to chance", () => {
    const found = against(drawn({ top: count }));
    const full = against(teacher());
    expect(found.value).toBeCloseTo(full.value, 5);
    for (const [i, each] of full.gradient.entries()) expect(found.gradient[i]).toBeCloseTo(each, 6);
  });

  test("depend on seed, view and sample alone, and never on classes without mass", () => {
    const first = numbers(drawn({}));
    expect(numbers(drawn({}))).toEqual(first);
    expect(numbers(drawn({}, 1))).not.toEqual(first);
    expect(numbers(drawn({ sampled: { count: 4, temperature, seed: 1 } }))).not.toEqual(first);
    for (let seed = 0; seed < 50; seed++) {
      const target = numbers(drawn({ sampled: { count: 4, temperature, seed } }));
      expect(target[3]).toBe(Number.NEGATIVE_INFINITY);
      expect(target.some(Number.isNaN)).toBe(false);
    }
  });

  test.each(["float16", "bfloat16"] as const)("are kept in %s too", (dtype) => {
    const [half, whole] = [drawn({ dtype }), drawn({})].map((each) =>
      numbers(ops.aten.softmax.int(each, -1) as Tensor),
    );
    for (const [i, each] of whole!.entries()) expect(half![i]).toBeCloseTo(each, 2);
  });
});

describe("a distillation with them", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "potstill-sample-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function options(change: Partial<DistillOptions> = {}): Promise<DistillOptions> {
    return {
      teacher: await toyModel(1, 32),
      student: await toyModel(2),
      data: toyData(),
      objective: losses.response({ alpha: 0.7, temperature: 2 }),
      optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
      batchSize: 16,
      epochs: 3,
      ...change,
    };
  }
  const end = async (change: Partial<DistillOptions>) =>
    Object.values(weightsOf((await distill(await options(change))).student)).flat();
  const apart = (a: number[], b: number[]) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));

  test("learns from other draws in other views, and from all classes as without them", async () => {
    const asked = await end({});
    const all = await end({ cache: { dir: folder, sample: 1, top: classes } });
    expect(apart(asked, all)).toBeLessThan(1e-4);
    const one = await end({ cache: { dir: folder, sample: 2 } });
    const three = await end({ cache: { dir: folder, sample: 2, views: 3 } });
    expect(one.every(Number.isFinite)).toBe(true);
    expect(apart(one, three)).toBeGreaterThan(1e-4);
    expect(await end({ cache: { dir: folder, sample: 2, views: 3 } })).toEqual(three);
  });

  test.each([
    [{ objective: losses.logitMse() }, /linear.*logitMse/],
    [
      {
        objective: [
          losses.softTargets({ temperature: 2 }),
          losses.softTargets({ temperature: 4, weight: 0.5 }),
        ],
      },
      /one temperature.*2 and 4/,
    ],
    [{ objective: losses.crossEntropy() }, /no term compares/],
  ])("what cannot be sampled is refused %#", async (change, message) => {
    const given = await options({ ...change, cache: { dir: folder, sample: 2 } });
    await expect(distill(given)).rejects.toThrowError(coded("ERR_CONFIG", message));
  });

  test("several teachers are refused", async () => {
    const given = await options({ cache: { dir: folder, sample: 2 } });
    const net = () => nn.build(nn.mlp([features, classes]));
    const several = { ...given, teacher: undefined, teachers: [await net(), await net()] };
    await expect(distill(several)).rejects.toThrowError(coded("ERR_CONFIG", /one teacher/));
  });
});

/** `losses.crd`: its estimate, its memories, and what it draws. */

import { describe, expect, it } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { manualSeed, randn, type Tensor, tensor } from "../../lib/tensor/index.js";
import { evaluate, moduleOf, near, numbers } from "./learned.js";

describe("crd", () => {
  const [samples, width, dimension, negatives] = [9, 4, 6, 5];
  const loss = losses.crd({ dimension, negatives });
  const ids = tensor([40, 7, 12], { dtype: "int64" });

  it("is the noise-contrastive estimate of its memories", async () => {
    manualSeed(5);
    // With every other id as a negative and all memories of other samples alike, the draw is no matter.
    using module = await moduleOf(loss, [[2, width]], [[2, width]], "float64", samples);
    const state = module.stateDict();
    const unit = (seed: number) => {
      const x = Array.from({ length: dimension }, (_, i) => Math.sin(seed + i));
      const size = Math.hypot(...x);
      return x.map((each) => each / size);
    };
    const same = (seed: number) =>
      tensor(new Array(samples).fill(unit(seed)).flat(), {
        shape: [samples, dimension],
        dtype: "float64",
      });
    module.loadStateDict({ ...state, students: same(1), teachers: same(2) });
    const s = randn([3, width], { dtype: "float64" });
    const t = randn([3, width], { dtype: "float64" });
    const embed = (x: Tensor, side: string) => {
      const [weight, bias] = [numbers(state[`${side}.weight`]!), numbers(state[`${side}.bias`]!)];
      const rows = numbers(x);
      return [0, 1, 2].map((b) => {
        const y = bias.map(
          (c, o) =>
            c +
            [0, 1, 2, 3].reduce((sum, i) => sum + weight[o * width + i]! * rows[b * width + i]!, 0),
        );
        const size = Math.hypot(...y);
        return y.map((each) => each / size);
      });
    };
    const dot = (a: number[], b: number[]) => a.reduce((sum, each, i) => sum + each * b[i]!, 0);
    let expected = 0;
    for (const [x, memory] of [
      [embed(s, "ofStudent"), unit(2)],
      [embed(t, "ofTeacher"), unit(1)],
    ] as const) {
      const raw = x.map((each) => Math.exp(dot(each, memory) / 0.07));
      const z = (raw.reduce((a, b) => a + b) / 3) * samples;
      for (const each of raw) {
        const p = each / z;
        const noise = negatives / samples;
        expected -= Math.log(p / (p + noise + 1e-7)) / 3;
        expected -= (negatives * Math.log(noise / (p + noise + 1e-7))) / 3;
      }
    }
    expect(Number(evaluate(module, [s], [t], ids).item())).toBeCloseTo(expected, 8);
    const after = module.stateDict();
    // Z stays, the ids have their rows, and only these are renewed: ½ of the old and ½ of the new.
    expect(numbers(after.constants!).every((z) => z > 0)).toBe(true);
    expect(Array.from(after.keys!.dataSync() as BigInt64Array, Number).slice(0, 4)).toEqual([
      40, 7, 12, -1,
    ]);
    const mixed = embed(s, "ofStudent")[1]!.map((each, i) => 0.5 * each + 0.5 * unit(1)[i]!);
    const size = Math.hypot(...mixed);
    near(
      numbers(after.students!).slice(dimension, 2 * dimension),
      mixed.map((each) => each / size),
      1e-12,
    );
    near(
      numbers(after.students!).slice(3 * dimension),
      numbers(same(1)).slice(3 * dimension),
      1e-15,
    );
    const constants = numbers(after.constants!);
    evaluate(module, [s], [t], ids);
    expect(numbers(module.stateDict().constants!)).toEqual(constants);
  });

  it("has the gradient of finite differences, with the memories and the draw as they were", async () => {
    manualSeed(6);
    using module = await moduleOf(loss, [[2, width]], [[2, width]], "float64", samples);
    const s = randn([3, width], { dtype: "float64" });
    const t = randn([3, width], { dtype: "float64" });
    evaluate(module, [s], [t], ids);
    const state = Object.fromEntries(
      Object.entries(module.stateDict()).map(([name, value]) => [name, value.clone()]),
    );
    const at = (x: Tensor) => {
      module.loadStateDict(state);
      manualSeed(9);
      return evaluate(module, [x], [t], ids);
    };
    const x = s.detach().requiresGrad_();
    at(x).backward();
    const gradient = numbers(x.grad!);
    const moved = (index: number, by: number) => {
      const data = numbers(s);
      data[index]! += by;
      return Number(at(tensor(data, { shape: [3, width], dtype: "float64" })).item());
    };
    for (const index of [0, 5, 11]) {
      const slope = (moved(index, 1e-6) - moved(index, -1e-6)) / 2e-6;
      expect(Math.abs(slope - gradient[index]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
    }
  });

  it("draws negatives from the other samples only", async () => {
    // The own memory agrees, the only other one is opposite: were it drawn as itself, h would differ.
    const few = losses.crd({ dimension: 1, negatives: 50 });
    using module = await moduleOf(few, [[2, 1]], [[2, 1]], "float64", 2);
    const one = (value: number) => tensor([[value]], { dtype: "float64" });
    const memory = tensor([[1], [-1]], { dtype: "float64" });
    const zero = tensor([0], { dtype: "float64" });
    module.loadStateDict({
      ...{
        "ofStudent.weight": one(1),
        "ofStudent.bias": zero,
        "ofTeacher.weight": one(1),
        "ofTeacher.bias": zero,
      },
      ...{
        students: memory,
        teachers: memory,
        constants: tensor([2, 2], { dtype: "float64" }),
        keys: tensor([0, 1], { dtype: "int64" }),
      },
    });
    const value = evaluate(module, [one(3)], [one(2)], tensor([0], { dtype: "int64" }));
    const p = (score: number) => Math.exp(score / 0.07) / 2;
    // One negative, since there is one other sample; M = 2.
    const expected =
      -2 * (Math.log(p(1) / (p(1) + 0.5 + 1e-7)) + Math.log(0.5 / (p(-1) + 0.5 + 1e-7)));
    expect(Number(value.item())).toBeCloseTo(expected, 10);
  });

  it("draws negatives from other classes only, where it is asked", async () => {
    const apart = losses.crd({ dimension: 1, negatives: 40, otherClasses: true });
    using module = await moduleOf(apart, [[3, 1]], [[3, 1]], "float64", 4);
    const column = (values: number[]) =>
      tensor(values, { shape: [values.length, 1], dtype: "float64" });
    const int = (values: number[]) => tensor(values, { dtype: "int64" });
    const zero = tensor([0], { dtype: "float64" });
    // Row 1 is of the class of row 0 and would be seen: it alone points the other way.
    const memory = column([1, -1, 1, 1]);
    module.loadStateDict({
      ...{ "ofStudent.weight": column([1]), "ofStudent.bias": zero },
      ...{ "ofTeacher.weight": column([1]), "ofTeacher.bias": zero },
      ...{ students: memory, teachers: memory },
      constants: tensor([4, 4], { dtype: "float64" }),
      keys: int([0, 1, 2, 3]),
      classes: int([7, 7, 5, -1]),
    });
    const value = evaluate(module, [column([3])], [column([2])], int([0]), int([7]));
    const p = Math.exp(1 / 0.07) / 4;
    const noise = 3 / 4;
    const near = Math.log(p / (p + noise + 1e-7));
    const far = Math.log(noise / (p + noise + 1e-7));
    expect(Number(value.item())).toBeCloseTo(-2 * (near + 3 * far), 8);
    const all = int([7, 7, 7, 7]);
    module.loadStateDict({ ...module.stateDict(), classes: all });
    expect(() => evaluate(module, [column([3])], [column([2])], int([0]), int([7]))).toThrow(
      /no sample of another class/,
    );
    expect(() => evaluate(module, [column([3])], [column([2])], int([0]))).toThrow(/needs labels/);
  });

  it("refuses a batch without ids, and more ids than it has rows for", async () => {
    using module = await moduleOf(loss, [[2, width]], [[2, width]], "float32", 2);
    const x = randn([3, width]);
    expect(() => evaluate(module, [x], [x])).toThrow(/needs ids/);
    expect(() => evaluate(module, [x], [x], ids)).toThrow(/more ids than samples/);
  });
});

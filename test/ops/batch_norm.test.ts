/** potstill::batch_norm, what follows it in the same pass, and its gradients, against float64. */

import { describe, expect, test } from "vitest";
import { full, manualSeed, noGrad, ops, randn, type Tensor } from "../../lib/tensor/index.js";
import { instructionSets, resultsWith } from "./child.js";
import { numbers } from "./inputs.js";

const { aten, potstill } = ops;

// Every layout and rank, in training and not, with and without each optional input, and each set of
// gradients. Errors are relative to the largest value, and to 1 at least.
const script = (threads: number) => `
import { createHash } from "node:crypto";
setThreads(${threads});
manualSeed(3);
const last = (t) => {
  const to = [0, ...t.shape.slice(2).map((_, i) => i + 2), 1];
  const back = [0, t.ndim - 1, ...t.shape.slice(2).map((_, i) => i + 1)];
  return t.permute(to).contiguous().permute(back);
};
const every2nd = (t) => aten.stack([t, t], -1).select(-1, 0);
const layouts = { dense: (t) => t, last, every2nd };
const shapes = [[5, 3], [129, 70], [4, 6, 11], [3, 5, 7, 9], [9, 16, 8, 8], [2, 5, 40, 31], [2, 3, 2, 3, 5]];
shapes.push([1, 2, 1, 7], [300, 9, 3, 3]);
const sets = [["xwbo", true], ["xwb", true], ["x", false], ["wb", true], ["o", true], ["xo", false], ["", true]];
const apart = (a, b) => a.to("float64").sub(b).abs().max().item() / Math.max(1, b.abs().max().item());
const bits = createHash("sha256");
let worst = 0;
for (const shape of shapes)
  for (const [layout, lay] of Object.entries(layouts)) {
    if (layout === "last" && shape.length === 3) continue;
    for (const training of [true, false])
      for (const relu of [true, false])
        for (const [wants, affine] of sets)
          for (const adds of wants.includes("o") ? [true] : [true, false]) {
            const c = [shape[1]];
            const given = {
              x: lay(randn(shape).mul(2).add(randn([1, shape[1], ...shape.slice(2).map(() => 1)]).mul(3))),
              w: affine ? randn(c) : null,
              b: affine ? randn(c) : null,
              o: adds ? randn(shape) : null,
            };
            const means = randn(c), variances = rand(c).add(0.5);
            const run = (norm, dtype) => {
              const own = Object.fromEntries(
                Object.entries(given).map(([name, value]) => [
                  name,
                  value && (value.ndim > 1 ? lay : (t) => t)(value.detach().clone()).to({ dtype }).requiresGrad_(wants.includes(name)),
                ]),
              );
              const running = [means.clone().to({ dtype }), variances.clone().to({ dtype })];
              const y = norm(own, running);
              const made = [y.detach(), ...running];
              if (wants !== "") {
                y.backward({ gradient: aten.cos(y.detach()) });
                made.push(...[...wants].map((name) => own[name].grad));
              }
              for (const [name, value] of Object.entries(own))
                if (value && !wants.includes(name) && value.grad) throw new Error("a gradient of " + name);
              return made;
            };
            const fast = run(({ x, w, b, o }, [m, v]) =>
              potstill.batch_norm(x, w, b, m, v, training, 0.1, 1e-5, o, relu), "float32");
            const exact = run(({ x, w, b, o }, [m, v]) => {
              const y = aten.batch_norm(x, w, b, m, v, training, 0.1, 1e-5, false);
              const sum = o ? y.add(o) : y;
              return relu ? sum.relu() : sum;
            }, "float64");
            for (const [i, value] of fast.entries()) {
              if (value.shape.join() !== exact[i].shape.join()) throw new Error(value.shape.join());
              const error = apart(value, exact[i]);
              if (!(error <= worst)) worst = error;
              bits.update(value.contiguous().dataSync());
            }
          }
  }
print({ worst, bits: bits.digest("hex") });
`;

interface Results {
  worst: number;
  bits: string;
}

describe.each(instructionSets)("%s", (set) => {
  test("values, running statistics and gradients are those of float64, with any threads", async () => {
    const { worst, bits } = await resultsWith<Results>(set, script(1));
    expect(worst).toBeLessThan(1e-5);
    expect((await resultsWith<Results>(set, script(2))).bits).toBe(bits);
  }, 120_000);
});

const values = (tensor: Tensor) => numbers(tensor.detach().contiguous());
type Norm = (x: Tensor, mean: Tensor, variance: Tensor) => Tensor;
const plain: Norm = (x, mean, variance) =>
  aten.relu(aten.batch_norm(x, null, null, mean, variance, true, 0.1, 1e-5, false));
const fused: Norm = (x, mean, variance) =>
  potstill.batch_norm(x, null, null, mean, variance, true, 0.1, 1e-5, null, true);

test("large means cost no accuracy, as they do with ATen", () => {
  manualSeed(1);
  const x = randn([64, 3, 16, 16]).add(1000);
  const wide = x.to({ dtype: "float64" });
  const exact = plain(wide, full([3], 0, { dtype: "float64" }), full([3], 1, { dtype: "float64" }));
  const error = (made: Tensor) =>
    made.to({ dtype: "float64" }).sub(exact).abs().max().item() as number;
  const ours = error(fused(x, full([3], 0), full([3], 1)));
  expect(ours).toBeLessThan(3e-6);
  expect(error(plain(x, full([3], 0), full([3], 1)))).toBeGreaterThan(ours);
});

test("NaN is not hidden by the ReLU, and one value has an infinite or no unbiased variance, as ATen says", () => {
  const x = full([2, 2], 1);
  x.select(0, 0).fill_(Number.NaN);
  const [mean, variance] = [full([2], 0), full([2], 1)];
  expect(values(fused(x, mean, variance))[0]).toBeNaN();
  const single = full([1, 2], 3);
  const [a, b] = [full([2], 1), full([2], 1)];
  fused(single, full([2], 0), a);
  plain(single, full([2], 0), b);
  expect(values(a)).toEqual(values(b));
});

test("second derivatives are those of ATen's operators", () => {
  const seconds = (norm: Norm) => {
    manualSeed(2);
    const x = randn([6, 2, 3, 3], { dtype: "float32" }).requiresGrad_();
    const y = norm(x, full([2], 0), full([2], 1));
    aten.pow(y, 3).sum().backward({ createGraph: true });
    const first = x.grad!;
    x.grad = null;
    first.pow(2).sum().backward();
    return values(x.grad!);
  };
  const [ours, theirs] = [seconds(fused), seconds(plain)];
  for (const [i, value] of ours.entries()) expect(value).toBeCloseTo(theirs[i]!, 3);
});

test("other types go to ATen, and what does not fit is refused as it refuses", () => {
  const x = randn([4, 3, 2, 2], { dtype: "float64" });
  const running = () => full([3], 1, { dtype: "float64" });
  const made = noGrad(() => fused(x, running(), running()));
  expect(made.dtype).toBe("float64");
  expect(values(made)).toEqual(values(plain(x, running(), running())));
  expect(() => fused(randn([4, 3]), full([2], 0), full([2], 1))).toThrow(/running_mean/);
  const wide = randn([1, 3]);
  const added = potstill.batch_norm(randn([4, 3]), null, null, null, null, true, 0.1, 1e-5, wide);
  expect(added.shape).toEqual([4, 3]);
});

/** potstill::rkd. */

import { describe, expect, test } from "vitest";
import { ops, type Tensor, tensor } from "../../lib/tensor/index.js";
import { againstPyTorch, feature, featureContract, run, size } from "./features.js";
import { coded, distance, numbers } from "./inputs.js";

const rkd = ops.potstill.rkd;
const distances = (s: Tensor, t: Tensor) => rkd(s, t, 25, 0);
const angles = (s: Tensor, t: Tensor) => rkd(s, t, 0, 50);

againstPyTorch("rkd", (o) => (s, t) => rkd(s, t, o.distance as number, o.angle as number));

const shapes = { student: [5, 3, 2, 2], teacher: [5, 7] };
describe.each([
  ["both parts", rkd],
  ["distances", distances],
  ["angles", angles],
])("%s", (_, loss) => {
  featureContract("rkd", loss, shapes);

  test("equal features differ by exactly nothing", () => {
    const s = feature([9, 130], 0.3);
    const { value, gradient } = run(loss, s, s);
    expect(value).toBe(0);
    expect(numbers(gradient).every((g) => g === 0)).toBe(true);
  });

  test("a large common offset costs no accuracy", () => {
    const whole = (t: Tensor) => t.mul(16).round();
    const [s, t] = [whole(feature([7, 60], 0.3)), whole(feature([7, 30], 2.1))];
    const there = run(loss, s, t);
    const moved = run(loss, s.add(2 ** 17), t.sub(2 ** 17));
    expect(Math.abs(moved.value / there.value - 1)).toBeLessThan(1e-6);
    const scale = size(numbers(there.gradient));
    expect(distance(moved.gradient, there.gradient) / scale).toBeLessThan(1e-2 * 2 ** -6);
  });

  test("equal samples are finite, on either side", () => {
    const [s, t] = [feature([4, 60], 0.3), feature([4, 30], 2.1)];
    const twice = (of: Tensor) => ops.aten.cat([of, of.slice(0, 1, 3)], 0);
    const more = (of: Tensor) => ops.aten.cat([of, of.slice(0, 1, 3).mul(0.5)], 0);
    for (const [a, b] of [
      [twice(s), more(t)],
      [more(s), twice(t)],
      [twice(s), twice(t)],
    ] as const) {
      const { value, gradient } = run(loss, a, b);
      expect([value, ...numbers(gradient)].every(Number.isFinite)).toBe(true);
      const wide = run(loss, a.to("float64"), b.to("float64"));
      expect(Math.abs(value / wide.value - 1)).toBeLessThan(1e-5);
    }
  });
});

test("the two parts add up", () => {
  const [s, t] = [feature([6, 40], 0.3, "float64"), feature([6, 21], 2.1, "float64")];
  const [both, one, other] = [rkd, distances, angles].map((loss) => run(loss, s, t));
  expect(both!.value).toBeCloseTo(one!.value + other!.value, 10);
  expect(distance(both!.gradient, one!.gradient.add(other!.gradient))).toBeLessThan(1e-12);
});

test("moving, turning and scaling all samples changes nothing", () => {
  const [s, t] = [feature([6, 40], 0.3, "float64"), feature([6, 21], 2.1, "float64")];
  const { value } = run(rkd, s, t);
  const turned = ops.aten.cat([s.slice(1, 20), s.slice(1, 0, 20).neg()], 1);
  expect(run(rkd, turned.mul(3).add(1.5), t).value).toBeCloseTo(value, 10);
});

test("by hand: three samples on a line against a right angle", () => {
  const s = tensor([[0], [1], [2]], { dtype: "float64" });
  const t = tensor(
    [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
    { dtype: "float64" },
  );
  const huber = (x: number) => (Math.abs(x) < 1 ? (x * x) / 2 : Math.abs(x) - 0.5);
  const half = Math.SQRT1_2;
  // The cosines at each sample between the two others.
  const cosines = [huber(1 - 0), huber(-1 - half), huber(1 - half)];
  expect(angles(s, t).item<number>()).toBeCloseTo(
    (50 * 2 * cosines.reduce((a, b) => a + b)) / 27,
    10,
  );
  const [one, two] = [4 / 3, (2 + Math.SQRT2) / 3];
  const pairs = [
    huber(1 / one - 1 / two),
    huber(2 / one - 1 / two),
    huber(1 / one - Math.SQRT2 / two),
  ];
  expect(distances(s, t).item<number>()).toBeCloseTo(
    (25 * 2 * pairs.reduce((a, b) => a + b)) / 9,
    10,
  );
});

test("weights that are not finite are refused", () => {
  const s = feature([3, 4], 0.3);
  expect(() => rkd(s, s, Number.NaN)).toThrow(coded("ERR_NATIVE", /must be finite/));
});

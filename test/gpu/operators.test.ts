/** Every operator on the device against the CPU's in float64: values and gradients, all types. */

import { expect, test } from "vitest";
import { type DType, fullLike, ops, type Tensor, zeros } from "../../lib/tensor/index.js";
import { lossOf, NAMES } from "../ops/divergence.js";
import { feature } from "../ops/features.js";
import { distance, labelsOf, logits, numbers } from "../ops/inputs.js";
import { lossOf as softTargets } from "../ops/loss.js";
import { device, onDevice, there } from "./device.js";

/** `call` takes `inputs`, of which the first `wanted` have gradients, and `extra`, labels and masks. */
interface Case {
  name: string;
  inputs: Tensor[];
  extra?: Tensor[];
  wanted?: number;
  errors?: typeof tolerances;
  call: (inputs: Tensor[], extra: Tensor[]) => Tensor;
}

/** Relative errors of loss and gradient. Halves are computed in float32, and the gradient rounded. */
const tolerances: Partial<Record<DType, readonly [number, number]>> = {
  float64: [1e-11, 1e-11],
  float32: [2e-5, 2e-5],
  float16: [2e-5, 2 ** -10],
  bfloat16: [2e-5, 2 ** -8],
};
/** Where products of halves, which are rounded, come before the loss. */
const afterProducts: typeof tolerances = {
  ...tolerances,
  float16: [2 ** -9, 2 ** -7],
  bfloat16: [2 ** -6, 2 ** -4],
};
const dtypes = Object.keys(tolerances) as DType[];

// One class, few, a warp's, its neighbors, several vectors and a tail, and whole vocabularies.
const sizes = [
  [5, 1],
  [33, 10],
  [19, 100],
  [6, 1023],
  [7, 1025],
  [5, 4099],
  [6, 32003],
] as const;

function onLogits(rows: number, classes: number): Case[] {
  const inputs = [logits(rows, classes, 0.3, "float64"), logits(rows, classes, 2.1, "float64")];
  const labels = labelsOf(rows, classes, [1, 4]);
  const whole = labelsOf(rows, classes);
  const mask = labels.ne(-100);
  const shape = `[${rows}, ${classes}]`;
  const names = classes === 1 ? NAMES.filter((name) => name !== "dkd") : NAMES;
  return [
    {
      name: `soft_target_ce ${shape}`,
      ...{ inputs, extra: [labels] },
      call: ([z, v], [y]) => softTargets(z!, v!, y!, { alpha: 0.7, smoothing: 0.1 }),
    },
    {
      name: `soft_target_ce ${shape} without labels`,
      inputs,
      call: ([z, v]) => softTargets(z!, v!, null, { alpha: 1 }),
    },
    ...names.map(
      (name): Case => ({
        name: `${name} ${shape}`,
        ...{ inputs, extra: [whole, mask] },
        call: ([z, v], [y, m]) =>
          lossOf(name, z!, v!, name === "dkd" ? { labels: y!, mask: m! } : { mask: m! }),
      }),
    ),
    {
      name: `dist ${shape}`,
      ...{ inputs, extra: [mask] },
      call: ([z, v], [m]) => lossOf("dist", z!, v!, { temperature: 3, mask: m! }),
    },
  ];
}

function onFeatures(): Case[] {
  const pair = (mine: number[], other = mine) => [
    feature(mine, 0.3, "float64"),
    feature(other, 2.1, "float64"),
  ];
  const { hint_mse, attention_transfer, nst, similarity, pkt, rkd } = ops.potstill;
  const maps = [
    [64, 96, 14],
    [7, 5, 33],
    [1, 1, 1],
  ] as const;
  const samples = [
    [64, 128, 192],
    [9, 33, 65],
    [130, 70, 20],
  ] as const;
  return [
    { name: "hint_mse", inputs: pair([100_003]), call: ([s, t]) => hint_mse(s!, t!) },
    {
      name: "hint_mse with a mask",
      ...{ inputs: pair([32, 17, 40]), extra: [feature([32, 17], 1).gt(0)] },
      call: ([s, t], [mask]) => hint_mse(s!, t!, mask!),
    },
    ...maps.flatMap(([mine, other, side]): Case[] => {
      const inputs = pair([4, mine, side, side], [4, other, side, side]);
      const last = inputs.map((each) => each.contiguous("channels_last"));
      const shape = `${mine}x${other}x${side}`;
      return [
        ...[inputs, last].flatMap((given, index): Case[] => [
          {
            name: `attention_transfer ${shape}${index ? " channels-last" : ""}`,
            inputs: given,
            call: ([s, t]) => attention_transfer(s!, t!),
          },
          {
            name: `nst ${shape}${index ? " channels-last" : ""}`,
            inputs: given,
            call: ([s, t]) => nst(s!, t!),
          },
        ]),
        {
          name: `attention_transfer of the paper ${shape}`,
          inputs,
          call: ([s, t]) => attention_transfer(s!, t!, true),
        },
      ];
    }),
    ...samples.flatMap(([rows, mine, other]): Case[] =>
      Object.entries({ similarity, rkd, pkt }).map(([name, op]) => ({
        name: `${name} ${rows}x${mine}x${other}`,
        inputs: pair([rows, mine], [rows, other]),
        call: ([s, t]) => (op as (s: Tensor, t: Tensor) => Tensor)(s!, t!),
      })),
    ),
  ];
}

function fused(): Case {
  const [rows, classes, mine, other] = [75, 331, 64, 96];
  const sides = [mine, other].flatMap((width, index) => [
    feature([rows, width], 0.3 + index, "float64"),
    feature([classes, width], 1.1 + index, "float64").div(8),
    feature([classes], 1.7 + index, "float64"),
  ]);
  return {
    name: "fused_linear_soft_targets",
    ...{ inputs: sides, extra: [labelsOf(rows, classes, [2, 70])], wanted: 3 },
    errors: afterProducts,
    call: ([h, w, b, g, u, c], [y]) =>
      ops.potstill.fused_linear_soft_targets(
        ...([h!, w!, b!, g!, u!, c!] as const),
        ...([y!, 0.6, 2, 0.1, -100, 32] as const),
      ),
  };
}

const cases = [
  ...sizes.flatMap(([rows, classes]) => onLogits(rows, classes)),
  ...onFeatures(),
  fused(),
];

/** Loss and gradients times `scale`, which are left where the inputs are. */
function run({ call, wanted = 1 }: Case, inputs: Tensor[], extra: Tensor[], scale = 1) {
  const leaves = inputs.map((each, i) => (i < wanted ? each.detach().requiresGrad_() : each));
  const loss = call(leaves, extra);
  loss.mul(scale).backward();
  return { loss: loss.item<number>(), gradients: leaves.slice(0, wanted).map(({ grad }) => grad!) };
}

const largest = (of: Tensor) => of.abs().max().item<number>();

/** Memory that is used next and not written by a kernel is NaN. */
function poison(like: Tensor): void {
  for (let i = 0; i < 4; i++) fullLike(like, Number.NaN).dispose();
}

onDevice("operators", () => {
  test.each(cases)("$name", (one) => {
    const { inputs, extra = [], errors = tolerances } = one;
    for (const dtype of dtypes) {
      const [valueError, gradientError] = errors[dtype]!;
      const given = inputs.map((each) => there(each.to({ dtype })));
      // What both compute on are the rounded inputs.
      const exact = run(
        one,
        given.map((each) => each.to({ device: "cpu", dtype: "float64" })),
        extra,
      );
      // As a gradient scaler does it, and as exact: gradients of float16 have to fit its range.
      const scale = 2 ** -Math.ceil(Math.log2(largest(exact.gradients[0]!) || 1));
      poison(given[0]!);
      const here = run(one, given, extra.map(there), scale);
      // Losses that cancel are exact to the size of what cancels, about 1.
      const close = valueError * Math.max(1, Math.abs(exact.loss));
      expect(Math.abs(here.loss - exact.loss), `${dtype} loss`).toBeLessThanOrEqual(close);
      for (const [i, gradient] of here.gradients.entries()) {
        expect([gradient.device, gradient.dtype]).toEqual([given[0]!.device, dtype]);
        const back = gradient.to({ device: "cpu", dtype: "float64" }).div(scale);
        const wanted = exact.gradients[i]!;
        const allowed = gradientError * largest(wanted) + 1e-12;
        expect(distance(back, wanted), `${dtype} gradient ${i}`).toBeLessThanOrEqual(allowed);
      }
    }
  });

  test.each(cases)("the slope of $name along a direction", (one) => {
    const { inputs, extra = [], wanted = 1 } = one;
    const given = inputs.map(there);
    const labels = extra.map(there);
    const { gradients } = run(one, given, labels);
    const direction = given.slice(0, wanted).map((each) => each.sin());
    const at = (step: number) =>
      one
        .call(
          given.map((each, i) => (i < wanted ? each.add(direction[i]!.mul(step)) : each)),
          labels,
        )
        .item<number>();
    const h = 1e-6;
    const slope = (at(h) - at(-h)) / (2 * h);
    const inner = gradients.reduce(
      (sum, each, i) => sum + each.mul(direction[i]!).sum().item<number>(),
      0,
    );
    expect(Math.abs(inner - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)));
  });

  test("strided and misaligned rows", () => {
    for (const dtype of dtypes) {
      const wide = there(logits(9, 2051, 0.3, dtype));
      const view = wide.slice(1, 1, 2048);
      const teacher = there(logits(9, 2051, 2.1, dtype)).slice(1, 3, 2050);
      const one: Case = {
        ...{ name: "", inputs: [view, teacher] },
        call: ([z, v]) => softTargets(z!, v!, null, { alpha: 1 }),
      };
      const strided = run(one, [view, teacher], []);
      const dense = run(one, [view.contiguous(), teacher.contiguous()], []);
      expect(strided.loss).toBeCloseTo(dense.loss, 5);
      const allowed = tolerances[dtype]![1] * largest(dense.gradients[0]!);
      const apart = distance(strided.gradients[0]!.contiguous(), dense.gradients[0]!);
      expect(apart, dtype).toBeLessThanOrEqual(allowed);
    }
  });

  test("masked classes, saturated logits, and batches of nothing", () => {
    const z = there(logits(4, 1500, 0.3)).mul(1e4);
    const v = there(logits(4, 1500, 2.1));
    v.slice(1, 1000, 1500).fill_(Number.NEGATIVE_INFINITY);
    const one: Case = {
      name: "",
      inputs: [],
      call: ([s, t]) => softTargets(s!, t!, null, { alpha: 1 }),
    };
    const { loss, gradients } = run(one, [z, v], []);
    expect(loss).toBeGreaterThan(0);
    expect(numbers(gradients[0]!).every(Number.isFinite)).toBe(true);
    const none = run(one, [zeros([0, 7], { device }), zeros([0, 7], { device })], []);
    expect(none).toMatchObject({ loss: 0, gradients: [{ shape: [0, 7] }] });
  });

  test("the same inputs give the same bits", () => {
    for (const one of cases) {
      const given = one.inputs.map((each) => there(each.to({ dtype: "float32" })));
      const extra = (one.extra ?? []).map(there);
      const [first, second] = [run(one, given, extra), run(one, given, extra)];
      expect(second.loss, one.name).toBe(first.loss);
      expect(distance(second.gradients[0]!, first.gradients[0]!), one.name).toBe(0);
    }
  });
});

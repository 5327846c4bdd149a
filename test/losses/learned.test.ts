/** Losses with learned parts: values and gradients against PyTorch, and what a run does with them. */

import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LossOf, losses } from "../../lib/losses/index.js";
import { build, type Module, moduleHandle, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { type DType, manualSeed, ops, randn, type Tensor, tensor } from "../../lib/tensor/index.js";
import { computeTerm } from "../../lib/tensor/term.js";
import { readCheckpoint } from "../../lib/train/checkpoint.js";
import { distill } from "../../lib/train/index.js";
import { moduleTerms } from "../../lib/train/module-terms.js";
import { classes, features, toyData, toyModel, weightsOf } from "../train/toys.js";

interface Plain {
  data: number[];
  shape: number[];
}
interface Case {
  kind: "vid" | "reviewKd";
  students: Plain[];
  teachers: Plain[];
  value: number;
  gradients: number[][];
}
const cases = JSON.parse(
  readFileSync(new URL("./learned.json", import.meta.url), "utf8"),
) as Case[];

const numbers = (x: Tensor) => Array.from(x.dataSync() as ArrayLike<number>, Number);

async function moduleOf(
  loss: LossOf<"vid"> | LossOf<"reviewKd"> | LossOf<"crd">,
  student: number[][],
  teacher: number[][],
  dtype: DType,
  samples = 10,
): Promise<Module> {
  const def = moduleTerms[loss.kind]!(loss, { student, teacher, samples, classes: null });
  return (await build(def)).to({ dtype });
}

function evaluate(
  module: Module,
  student: Tensor[],
  teacher: Tensor[],
  ids: Tensor | null = null,
  labels: Tensor | null = null,
): Tensor {
  const term = { kind: "module", weight: 1, name: "learned", module: moduleHandle(module) };
  return computeTerm(term, { student, teacher, labels, mask: null, ids });
}

/** As test/losses/learned.py has it. */
function fill(module: Module, dtype: DType): void {
  const values: Record<string, Tensor> = {};
  for (const [name, { shape, numel }] of module.parameters()) {
    // Weights of one dimension are those of batch norms.
    const offset = name.endsWith("weight") && shape.length === 1 ? 1 : 0;
    const data = Array.from({ length: numel }, (_, i) => offset + 0.1 * Math.cos(i));
    values[name] = tensor(data, { shape, dtype });
  }
  module.loadStateDict(values, { strict: false });
}

function near(actual: number[], expected: number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  const worst = Math.max(...actual.map((each, i) => Math.abs(each - expected[i]!)));
  expect(worst, `off by ${worst} of ${scale}`).toBeLessThanOrEqual(tolerance * scale);
}

describe.each([
  ["float64", 1e-11],
  ["float32", 2e-4],
] as const)("PyTorch in %s", (dtype, tolerance) => {
  it.each(cases.map((each) => [each.kind, each] as const))("%s", async (kind, each) => {
    const loss = kind === "vid" ? losses.vid() : losses.reviewKd();
    const shapes = (side: Plain[]) => side.map(({ shape }) => shape);
    using module = await moduleOf(loss, shapes(each.students), shapes(each.teachers), dtype);
    fill(module, dtype);
    const students = each.students.map(({ data, shape }) =>
      tensor(data, { shape, dtype, requiresGrad: true }),
    );
    const teachers = each.teachers.map(({ data, shape }) =>
      tensor(data, { shape, dtype, requiresGrad: true }),
    );
    const value = evaluate(module, students, teachers);
    near([Number(value.item())], [each.value], tolerance);
    value.backward();
    for (const [i, student] of students.entries()) {
      near(numbers(student.grad!), each.gradients[i]!, tolerance);
    }
    for (const teacher of teachers) expect(teacher.grad).toBeNull();
  });
});

describe("laws", () => {
  const maps = (rows: number) => randn([rows, 3, 4, 4], { dtype: "float64" });
  const made = (kind: "vid" | "reviewKd") =>
    moduleOf(
      kind === "vid" ? losses.vid() : losses.reviewKd(),
      [[2, 3, 4, 4]],
      [[2, 3, 4, 4]],
      "float64",
    );

  it("vid is the mean over samples, however they are split", async () => {
    manualSeed(1);
    using module = await made("vid");
    const [s, t] = [maps(5), maps(5)];
    const over = (from: number, count: number) =>
      count *
      Number(evaluate(module, [s.narrow(0, from, count)], [t.narrow(0, from, count)]).item());
    expect(over(0, 1) + over(1, 4)).toBeCloseTo(over(0, 5), 12);
  });

  it.each(["vid", "reviewKd"] as const)(
    "%s does not ask how features lie in memory",
    async (kind) => {
      manualSeed(2);
      using module = await made(kind);
      const [s, t] = [maps(2), maps(2)];
      const turned = (x: Tensor) => x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
      const value = Number(evaluate(module, [s], [t]).item());
      expect(Number(evaluate(module, [turned(s)], [turned(t)]).item())).toBeCloseTo(value, 12);
    },
  );

  it.each(["vid", "reviewKd"] as const)("%s takes one sample", async (kind) => {
    using module = await made(kind);
    expect(evaluate(module, [maps(1)], [maps(1)]).item()).toSatisfy(Number.isFinite);
  });

  it("vid of a perfect prediction is half the logarithm of its variance", async () => {
    using module = await moduleOf(losses.vid(), [[2, 3]], [[2, 3]], "float64");
    const eye = tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], { shape: [3, 3], dtype: "float64" });
    const layers = [...module.parameters()].filter(([, { shape }]) => shape.length === 2);
    expect(layers).toHaveLength(3);
    const weights = Object.fromEntries(layers.map(([name]) => [name, eye]));
    module.loadStateDict(weights, { strict: false });
    // The identity, behind ReLU, of positive features.
    const x = tensor([1, 2, 3, 4, 5, 6], { shape: [2, 3], dtype: "float64" });
    expect(Number(evaluate(module, [x], [x]).item())).toBeCloseTo(0.5 * Math.log(5), 6);
  });
});

describe.each(["vid", "reviewKd", "crd"] as const)("%s and a mask of samples", (kind) => {
  const loss = { vid: losses.vid(), reviewKd: losses.reviewKd(), crd: losses.crd() }[kind];
  const maps = () => randn([4, 3, 4, 4], { dtype: "float64" });
  const ids = tensor([3, 1, 0, 2], { dtype: "int64" });
  const masked = (module: Module, student: Tensor, teacher: Tensor, mask: Tensor | null) =>
    computeTerm(
      {
        ...{ kind: "module", weight: 1, name: kind, module: moduleHandle(module) },
        masked: true,
      },
      { student: [student], teacher: [teacher], labels: null, mask, ids: mask ? ids : kept(ids) },
    );
  const kept = (x: Tensor) => ops.aten.index_select(x, 0, tensor([0, 2, 3], { dtype: "int64" }));
  const bool = (values: boolean[]) => tensor(values, { dtype: "bool" });

  it("is as if the others were not there", async () => {
    manualSeed(3);
    const shape = [[2, 3, 4, 4]];
    const [s, t] = [maps().requiresGrad_(), maps()];
    const values: number[] = [];
    for (const mask of [bool([true, false, true, true]), null]) {
      manualSeed(4);
      using module = await moduleOf(loss, shape, shape, "float64");
      const value = mask ? masked(module, s, t, mask) : masked(module, kept(s), kept(t), null);
      values.push(Number(value.item()));
      if (mask) value.backward();
    }
    expect(values[0]).toBe(values[1]);
    const gradient = numbers(s.grad!);
    const row = gradient.length / 4;
    expect(gradient.slice(row, 2 * row).every((g) => g === 0)).toBe(true);
    expect(gradient.slice(0, row).some((g) => g !== 0)).toBe(true);
  });

  it("gives 0 where nothing is left, and remembers nothing", async () => {
    const shape = [[2, 3, 4, 4]];
    using module = await moduleOf(loss, shape, shape, "float64");
    const state = () => Object.values(module.stateDict()).map(numbers);
    const before = state();
    const s = maps().requiresGrad_();
    const value = masked(module, s, maps(), bool([false, false, false, false]));
    value.backward();
    expect(value.item()).toBe(0);
    expect(numbers(s.grad!).every((g) => g === 0)).toBe(true);
    expect(state()).toEqual(before);
  });
});

describe("vid", () => {
  it("leaves out tokens", async () => {
    manualSeed(7);
    using module = await moduleOf(losses.vid(), [[2, 3, 5]], [[2, 3, 4]], "float64");
    const [s, t] = [5, 4].map((width) => randn([2, 3, width], { dtype: "float64" }));
    const values = [true, false, true, true, false, false];
    const mask = tensor(values, { shape: [2, 3], dtype: "bool" });
    const rows = values.flatMap((keep, row) => (keep ? [row] : []));
    const kept = (x: Tensor) =>
      ops.aten.index_select(x.flatten(0, 1), 0, tensor(rows, { dtype: "int64" }));
    const term = { kind: "module", weight: 1, name: "vid", module: moduleHandle(module) };
    const value = computeTerm(
      { ...term, masked: true },
      { student: [s!], teacher: [t!], labels: null, mask, ids: null },
    );
    const expected = evaluate(module, [kept(s!)], [kept(t!)]);
    expect(Number(value.item())).toBeCloseTo(Number(expected.item()), 12);
  });

  it("has a variance of 5 at first, also for tokens and vectors", async () => {
    for (const [student, teacher] of [
      [
        [2, 4, 3],
        [2, 4, 5],
      ],
      [
        [2, 3],
        [2, 5],
      ],
    ] as const) {
      using module = await moduleOf(losses.vid(), [[...student]], [[...teacher]], "float64");
      fill(module, "float64");
      const spread = module.parameters().get("pair0.spread")!;
      module.loadStateDict(
        {
          "pair0.spread": tensor(new Array(5).fill(Math.log(Math.expm1(5 - 1e-5))), {
            dtype: "float64",
          }),
        },
        { strict: false },
      );
      expect(numbers(spread)[0]).toBeCloseTo(Math.log(Math.expm1(5 - 1e-5)), 12);
      // Of zeros both means are 0, so only the logarithm is left.
      const zeros = (shape: readonly number[]) =>
        tensor(new Array(shape.reduce((a, b) => a * b)).fill(0), {
          shape: [...shape],
          dtype: "float64",
        });
      const value = evaluate(module, [zeros(student)], [zeros(teacher)]);
      expect(value.item()).toBeCloseTo(0.5 * Math.log(5), 10);
    }
  });

  it("starts at the asked variance", async () => {
    using module = await moduleOf(losses.vid({ variance: 2 }), [[2, 3]], [[2, 5]], "float64");
    const [spread] = numbers(module.parameters().get("pair0.spread")!);
    expect(Math.log1p(Math.exp(spread!)) + 1e-5).toBeCloseTo(2, 5);
  });

  it("refuses features of different kinds", () => {
    const shapes = { student: [[2, 3, 4, 4]], teacher: [[2, 3]], samples: 4, classes: null };
    expect(() => moduleTerms.vid!(losses.vid(), shapes)).toThrow(
      /\[batch, 3, 4, 4\].*\[batch, 3\]/,
    );
  });
});

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

describe("in distill()", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "potstill-learned-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const kinds = {
    vid: () => losses.vid({ student: "1", teacher: "1" }),
    crd: () => losses.crd({ student: "1", teacher: "1", negatives: 16 }),
    reviewKd: () => losses.reviewKd({ student: ["1", ""], teacher: ["1", ""], weight: 1 }),
  };
  const options = async (kind: keyof typeof kinds, more: object = {}) => ({
    teacher: await toyModel(1, 12),
    student: await toyModel(2, 6),
    data: toyData(),
    objective: [kinds[kind]()],
    optimizer: optim.sgd({ lr: 0.01 }),
    ...{ epochs: 3, batchSize: 16, seed: 4 },
    ...more,
  });
  const names = Object.keys(kinds) as (keyof typeof kinds)[];

  it.each(names)("%s goes on to the same bits after a stop", async (kind) => {
    const given = await options(kind);
    const before = weightsOf(given.student);
    const { student } = await distill(given);
    const after = weightsOf(student);
    // Trained, and without the loss's own parts.
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const [first] = Object.keys(before);
    expect(after[first!]).not.toEqual(before[first!]);
    expect(Object.values(after).flat().every(Number.isFinite)).toBe(true);

    const out = path.join(folder, kind);
    const controller = new AbortController();
    const run = distill(await options(kind, { out, signal: controller.signal }));
    await expect(
      (async () => {
        for await (const event of run) {
          if (event.type === "epoch" && event.epoch === 1) controller.abort();
        }
      })(),
    ).rejects.toMatchObject({ code: "ERR_ABORTED" });
    const checkpoints = path.join(out, "checkpoints");
    const [file] = (await readdir(checkpoints)).filter((name) => name.endsWith(".ckpt"));
    const { tensors } = await readCheckpoint(path.join(checkpoints, file!));
    const part = (end: string) =>
      numbers(Object.entries(tensors).find(([name]) => name.endsWith(end))![1]);
    if (kind === "vid") {
      // The variance is a parameter, and the optimizer has moved it from where it starts.
      const start = Math.log(Math.expm1(5 - 1e-5));
      expect(part("pair0.spread").every((each) => Math.abs(each - start) > 1e-5)).toBe(true);
    }
    if (kind === "crd") {
      // Each sample has been seen, has a row of its own, and the constants are set.
      expect(part(".keys").sort((a, b) => a - b)).toEqual(Array.from({ length: 96 }, (_, i) => i));
      expect(part(".constants").every((z) => z > 0)).toBe(true);
    }
    const resumed = await distill(await options(kind, { out, resume: true }));
    expect(weightsOf(resumed.student)).toEqual(after);
  });

  it.each(names)("%s says before the first step that a feature does not fit", async (kind) => {
    const turn = () =>
      nn.script({ source: "def forward(self, x: Tensor) -> Tensor:\n    return x.t()" });
    const turned = await build(
      nn.sequential(nn.linear(features, 6), turn(), turn(), nn.relu(), nn.linear(6, classes)),
    );
    const objective = {
      vid: () => losses.vid({ student: "1", teacher: "1" }),
      crd: () => losses.crd({ student: "1", teacher: "1" }),
      reviewKd: () => losses.reviewKd({ student: "1", teacher: "1" }),
    }[kind]();
    const run = distill(await options(kind, { student: turned, objective }));
    const steps: string[] = [];
    await expect(
      (async () => {
        for await (const { type } of run) steps.push(type);
      })(),
    ).rejects.toMatchObject({
      code: "ERR_SHAPE",
      message: expect.stringMatching(
        new RegExp(`${kind}: it cannot take the student's \\[6, 2\\] with the teacher's`),
      ),
    });
    expect(steps).not.toContain("step");
  });

  it("names what does not fit", async () => {
    const loss = losses.vid({ student: ["1", "2"], teacher: "1" });
    await expect(distill(await options("vid", { objective: loss }))).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringMatching(/vid: .*2 of the student and 1 of the teacher/),
    });
    const none = losses.crd();
    await expect(distill(await options("crd", { objective: none }))).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringMatching(/crd: .*0 of the student/),
    });
  });
});

it("is refused by losses.compute, which has no shapes to make it from", () => {
  const x = randn([2, 3]);
  for (const loss of [losses.vid(), losses.reviewKd(), losses.crd()]) {
    expect(() => losses.compute(loss, { student: x, teacher: x })).toThrow(/use it in distill\(\)/);
  }
});

/** Composed losses on features against PyTorch, and the laws that they obey. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Loss, losses } from "../../lib/losses/index.js";
import {
  type DType,
  ones,
  ops,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "../../lib/tensor/index.js";

interface Plain {
  data: number[];
  shape: number[];
  dtype: DType;
}
interface Case {
  loss: "cosine" | "fsp" | "ab" | "ofd" | "miniLm";
  options: object;
  student: Plain[];
  teacher: Plain[];
  mask: Plain | null;
  value: number;
  gradient: number[][];
}
const { cases } = JSON.parse(readFileSync(new URL("./composed.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

/** Connectors are made by runs only. */
const make = (kind: Case["loss"], options: object): Loss =>
  (losses[kind] as (options: object) => Loss)({ ...options, connector: null });

const floats = (given: Plain, dtype: DType): Tensor =>
  tensor(given.data, { shape: given.shape, dtype });

const maskOf = ({ mask }: Case): Tensor | null =>
  mask && tensor(mask.data.map(Boolean), { shape: mask.shape, dtype: "bool" });

function evaluate(
  loss: Loss,
  student: Tensor[],
  teacher: Tensor[],
  mask: Tensor | null = null,
): { value: number; gradient: number[][]; dtype: DType } {
  const inputs = student.map((each) => each.detach().requiresGrad_());
  const result = losses.compute(loss, { student: inputs, teacher, mask });
  expect(result.shape).toEqual([]);
  result.backward();
  return {
    value: Number(result.item()),
    gradient: inputs.map((each) => Array.from(each.grad!.to("float64").dataSync(), Number)),
    dtype: result.dtype,
  };
}

function expectNear(actual: number[], expected: number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
  expect(worst <= tolerance * scale, `off by ${worst} of ${scale}`).toBe(true);
}

const named = cases.map(
  (each) =>
    [
      `${each.loss} ${JSON.stringify(each.options)} ${each.student.map(({ shape }) => shape).join("; ")}${each.mask ? " masked" : ""}`,
      each,
    ] as const,
);

describe.each([
  ["float64", 1e-11],
  ["float32", 2e-5],
] as const)("PyTorch in %s", (dtype, tolerance) => {
  test.each(named)("%s", (_, each) => {
    const { value, gradient } = evaluate(
      make(each.loss, each.options),
      each.student.map((given) => floats(given, dtype)),
      each.teacher.map((given) => floats(given, dtype)),
      maskOf(each),
    );
    expectNear([value], [each.value], tolerance);
    for (const [i, part] of gradient.entries()) expectNear(part, each.gradient[i]!, tolerance);
  });
});

test.each(named)("gradients are those of finite differences: %s", (_, each) => {
  const step = 1e-6;
  const loss = make(each.loss, each.options);
  const teacher = each.teacher.map((given) => floats(given, "float64"));
  const student = each.student.map((given) => floats(given, "float64"));
  const { gradient } = evaluate(loss, student, teacher, maskOf(each));
  for (const [which, given] of each.student.entries()) {
    for (const at of [0, 7 % given.data.length, given.data.length - 1]) {
      const [above, below] = [step, -step].map((by) => {
        const data = given.data.with(at, given.data[at]! + by);
        const moved = student.with(which, floats({ ...given, data }, "float64"));
        return evaluate(loss, moved, teacher, maskOf(each)).value;
      });
      expect((above! - below!) / (2 * step)).toBeCloseTo(gradient[which]![at]!, 5);
    }
  }
});

test.each(named)("half types are computed in float32: %s", (_, each) => {
  const loss = make(each.loss, each.options);
  for (const dtype of ["bfloat16", "float16"] as const) {
    const student = each.student.map((given) => floats(given, "float32").to(dtype));
    const teacher = each.teacher.map((given) => floats(given, "float32").to(dtype));
    const half = evaluate(loss, student, teacher, maskOf(each));
    const wide = evaluate(
      loss,
      student.map((given) => given.to("float32")),
      teacher.map((given) => given.to("float32")),
      maskOf(each),
    );
    expect(half.dtype).toBe("float32");
    expect(half.value).toBe(wide.value);
  }
});

test.each(named)("teachers get no gradient, layouts do not matter: %s", (_, each) => {
  const loss = make(each.loss, each.options);
  const student = each.student.map((given) => floats(given, "float64"));
  const teacher = each.teacher.map((given) => floats(given, "float64").requiresGrad_());
  const { value, gradient } = evaluate(loss, student, teacher, maskOf(each));
  expect(value).toBeGreaterThan(0);
  for (const given of teacher) expect(given.grad).toBeNull();
  const strided = (given: Tensor) =>
    given.shape.length === 4
      ? given.detach().contiguous("channels_last")
      : given.detach().transpose(0, 1).contiguous().transpose(0, 1);
  const other = evaluate(loss, student.map(strided), teacher.map(strided), maskOf(each));
  expectNear([other.value], [value], 1e-12);
  for (const [i, part] of other.gradient.entries()) expectNear(part, gradient[i]!, 1e-12);
});

test.each(named)("one value for any split of the batch: %s", (_, each) => {
  if (each.mask) return;
  const loss = make(each.loss, each.options);
  const student = each.student.map((given) => floats(given, "float64"));
  const teacher = each.teacher.map((given) => floats(given, "float64"));
  const batch = each.student[0]!.shape[0]!;
  const whole = evaluate(loss, student, teacher).value;
  let sum = 0;
  for (let sample = 0; sample < batch; sample++) {
    const part = (given: Tensor) => given.narrow(0, sample, 1);
    sum += evaluate(loss, student.map(part), teacher.map(part)).value / batch;
  }
  expectNear([sum], [whole], 1e-12);
});

describe("features alike", () => {
  const some = () => [randn([3, 4, 2, 2]).add(3), randn([3, 4, 2, 2]).add(3)];
  test.each([
    ["cosine", {}, 1e-6],
    ["fsp", {}, 0],
    // Far from zero, where nothing is left of the margin.
    ["ab", { margin: 0.01 }, 0],
    ["ofd", { margins: [new Array(4).fill(-1), new Array(4).fill(-1)] }, 0],
  ] as const)("%s is 0", (kind, options, tolerance) => {
    const same = some();
    expect(Math.abs(evaluate(make(kind, options), same, same).value)).toBeLessThanOrEqual(
      tolerance,
    );
  });
  test("miniLm is 0", () => {
    const same = [randn([2, 5, 8]), randn([2, 5, 8]), randn([2, 5, 8])];
    const { value, gradient } = evaluate(make("miniLm", { heads: 2 }), same, same);
    expect(value).toBe(0);
    for (const part of gradient.flat()) expect(Math.abs(part)).toBeLessThan(1e-6);
  });
});

test("zero features give numbers", () => {
  const cases: [Case["loss"], object, number[][]][] = [
    [
      "cosine",
      {},
      [
        [2, 3],
        [2, 3, 4],
        [2, 3, 2, 2],
      ],
    ],
    [
      "fsp",
      {},
      [
        [2, 3, 2, 2],
        [2, 3, 2, 2],
      ],
    ],
    ["ab", {}, [[2, 3]]],
    ["ofd", { margins: [[-1, -1, 0]] }, [[2, 3, 2, 2]]],
    [
      "miniLm",
      { heads: 2 },
      [
        [2, 3, 4],
        [2, 3, 4],
        [2, 3, 4],
      ],
    ],
  ];
  for (const [kind, options, shapes] of cases) {
    for (const teacher of [zeros, ones, randn]) {
      const { value, gradient } = evaluate(
        make(kind, options),
        shapes.map((shape) => zeros(shape)),
        shapes.map((shape) => teacher(shape)),
      );
      expect(Number.isFinite(value), `${kind}: ${value}`).toBe(true);
      for (const each of gradient.flat()) expect(Math.abs(each)).toBeLessThan(100);
    }
  }
});

describe.each(["fsp", "ab", "ofd"] as const)("%s and a mask of samples", (kind) => {
  const each = cases.find(({ loss, mask }) => loss === kind && mask === null)!;
  const loss = make(kind, each.options);
  const [student, teacher] = [each.student, each.teacher].map((side) =>
    side.map((given) => randn([4, ...given.shape.slice(1)], { dtype: "float64" })),
  ) as [Tensor[], Tensor[]];
  const bool = (values: boolean[], shape = [values.length]) =>
    tensor(values, { shape, dtype: "bool" });

  test("is as if the others were not there", () => {
    const kept = tensor([0, 2, 3], { dtype: "int64" });
    const part = (side: Tensor[]) => side.map((x) => ops.aten.index_select(x, 0, kept));
    const there = evaluate(loss, part(student), part(teacher));
    const broken = student.map((x) => {
      const copy = x.clone();
      copy.select(0, 1).fill_(Number.NaN);
      return copy;
    });
    const here = evaluate(loss, broken, teacher, bool([true, false, true, true]));
    expect(Math.abs(here.value / there.value - 1)).toBeLessThan(1e-12);
    for (const [i, gradient] of here.gradient.entries()) {
      const row = gradient.length / 4;
      expect(gradient.slice(row, 2 * row).every((g) => g === 0)).toBe(true);
      expectNear(gradient.toSpliced(row, row), there.gradient[i]!, 1e-12);
    }
  });

  test("that leaves nothing gives 0", () => {
    const { value, gradient } = evaluate(loss, student, teacher, bool(new Array(4).fill(false)));
    expect(value).toBe(0);
    expect(gradient.flat().every((g) => g === 0)).toBe(true);
  });

  test("is refused where it is one of tokens", () => {
    const tokens = student[0]!.shape[1]!;
    const mask = bool(new Array(4 * tokens).fill(true), [4, tokens]);
    const message = /takes samples as a whole: it needs one of shape \[4\]/;
    expect(() => evaluate(loss, student, teacher, mask)).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE", message: expect.stringMatching(message) }),
    );
  });
});

test("a mask that leaves nothing gives 0", () => {
  const mask = zeros([2, 3], { dtype: "bool" });
  const shape = [2, 3, 4];
  for (const [kind, options, count] of [
    ["cosine", {}, 1],
    ["miniLm", { heads: 2 }, 3],
  ] as const) {
    const draw = () => Array.from({ length: count }, () => randn(shape));
    const { value, gradient } = evaluate(make(kind, options), draw(), draw(), mask);
    expect(value).toBe(0);
    expect(gradient.flat().every((each) => each === 0)).toBe(true);
  }
});

test("student and teacher are not taken for each other", () => {
  for (const kind of ["ab", "ofd", "miniLm"] as const) {
    const each = cases.findLast(({ loss }) => loss === kind)!;
    const [a, b] = [each.teacher, each.student].map((side) =>
      side.map((given) => floats(given, "float64")),
    );
    const swapped = evaluate(make(kind, each.options), a!, b!).value;
    expect(Math.abs(swapped - each.value)).toBeGreaterThan(1e-3 * Math.abs(each.value));
  }
});

describe("what does not fit is refused", () => {
  const refuses = (code: string, message: RegExp) =>
    expect.objectContaining({ code, message: expect.stringMatching(message) });
  test.each<[Loss, number[][], number[][], string, RegExp]>([
    [losses.cosine(), [[2, 3]], [[2, 4]], "ERR_SHAPE", /cosine: student's feature \[2, 3\]/],
    [losses.ab(), [[2, 3]], [[2, 4]], "ERR_SHAPE", /features of one shape/],
    [losses.fsp(), [[2, 3, 2, 2]], [[2, 3, 2, 2]], "ERR_CONFIG", /two or more, and got 1 and 1/],
    [losses.ofd({ connector: null }), [[2, 3]], [[2, 3]], "ERR_CONFIG", /ofd needs margins/],
    [
      losses.ofd({ margins: [[-1]], connector: null }),
      [[2, 3]],
      [[2, 3]],
      "ERR_SHAPE",
      /margins\[0\] has 1/,
    ],
    [losses.miniLm(), [[2, 3, 4]], [[2, 3, 4]], "ERR_CONFIG", /queries, keys and values/],
    [
      losses.miniLm({ heads: 3 }),
      [
        [2, 3, 4],
        [2, 3, 4],
        [2, 3, 4],
      ],
      [
        [2, 3, 6],
        [2, 3, 6],
        [2, 3, 6],
      ],
      "ERR_SHAPE",
      /4 does not divide by 3 heads/,
    ],
  ])("%s", (loss, student, teacher, code, message) => {
    expect(() =>
      losses.compute(loss, {
        student: student.map((shape) => randn(shape)),
        teacher: teacher.map((shape) => randn(shape)),
      }),
    ).toThrow(refuses(code, message));
  });
  test("options", () => {
    expect(() => losses.ab({ margin: 0 })).toThrow(refuses("ERR_CONFIG", /margin/));
    expect(() => losses.ofd({ margins: [[1]] })).toThrow(refuses("ERR_CONFIG", /at most 0/));
    expect(() => losses.miniLm({ heads: 0 })).toThrow(refuses("ERR_CONFIG", /heads/));
  });
});

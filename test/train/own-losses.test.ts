import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectors, losses } from "../../lib/losses/index.js";
import { nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { type Tensor, tensor } from "../../lib/tensor/index.js";
import { type DistillOptions, distill, type TrainEvent } from "../../lib/train/index.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-own-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function options(more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  return {
    teacher: await toyModel(7),
    student: nn.mlp([features, 16, classes]),
    data: toyData(),
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    epochs: 2,
    batchSize: 16,
    seed: 5,
    ...more,
  };
}

const mse = `
  def squares(a: Tensor, b: Tensor) -> Tensor:
      return (a - b).pow(2)

  def loss(student: Tensor, teacher: Tensor) -> Tensor:
      return squares(student, teacher).mean()
`;
const rejects = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** Values of the first epoch by term, and the trained weights. */
async function trained(objective: DistillOptions["objective"], more = {}) {
  const run = distill(await options({ objective, ...more }));
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  const { student, report } = await run;
  const metrics = report.history.distilled!.metrics as { terms: Record<string, number> }[];
  return { events, terms: metrics[0]!.terms, weights: weightsOf(student), student };
}

describe("losses.script", () => {
  it("is a loss like those that are built in", async () => {
    const own = await trained(losses.script(mse, { name: "squares" }));
    const usual = await trained(losses.logitMse());
    expect(own.terms.squares).toBeCloseTo(usual.terms.logitMse!, 6);
    const [a, b] = [own.weights["0.weight"]!, usual.weights["0.weight"]!];
    for (const [at, value] of a.entries()) expect(value).toBeCloseTo(b[at]!, 5);
  });

  it("compares what paths tap, labels, and several values at a time", async () => {
    const { terms } = await trained([
      losses.crossEntropy(),
      losses.script(mse, { student: "0", teacher: "0", weight: 0.5 }),
      losses.script(
        `def loss(student: List[Tensor], teacher: List[Tensor], labels: Tensor,
                  logits: Tensor, teacher_logits: Tensor) -> Tensor:
             total = F.cross_entropy(logits, labels) * 0.0
             for s, t in zip(student, teacher):
                 total = total + (s - t).abs().mean()
             return total + (logits - teacher_logits).abs().mean()`,
        { name: "all", student: ["0", "1"], teacher: ["0", "1"] },
      ),
    ]);
    expect(Object.keys(terms)).toEqual(["crossEntropy", "script", "all"]);
    for (const value of Object.values(terms)) expect(value).toBeGreaterThan(0);
  });

  it("says what does not compile, and where", async () => {
    const broken = "def loss(student: Tensor) -> Tensor:\n    return student.maen()\n";
    const run = distill(await options({ objective: losses.script(broken, { name: "mine" }) }));
    await expect(run).rejects.toEqual(
      rejects("ERR_CONFIG", /the loss mine: its source does not compile.*maen.*line 2/s),
    );
    const student = tensor([1, 2]);
    expect(() => losses.compute(losses.script("def loss(student:"), { student })).toThrowError(
      rejects("ERR_CONFIG", /does not compile/),
    );
    expect(() =>
      losses.compute(losses.script("def loss(x: Tensor) -> Tensor: return x"), { student }),
    ).toThrowError(rejects("ERR_CONFIG", /argument "x: Tensor" is not one that a loss gets/));
    expect(() =>
      losses.compute(losses.script("def loss(student: Tensor) -> Tensor: return student"), {
        student,
      }),
    ).toThrowError(rejects("ERR_CONFIG", /expected the loss to return one number/));
  });

  it("has a value by itself, differentiable by the student", () => {
    const student = tensor([1, 2, 3], { requiresGrad: true });
    const teacher = tensor([1, 1, 1], { requiresGrad: true });
    const value = losses.compute(losses.script(mse), { student, teacher });
    expect(value.item()).toBeCloseTo(5 / 3, 6);
    value.backward();
    const gradient = Array.from(student.grad!.dataSync() as Float32Array);
    expect(gradient[1]).toBeCloseTo(2 / 3, 6);
    expect(gradient[2]).toBeCloseTo(4 / 3, 6);
    expect(teacher.grad).toBeNull();
  });
});

describe("losses.custom", () => {
  const custom = losses.custom(({ student, teacher }) => student.sub(teacher!).pow(2).mean(), {
    name: "squares",
  });

  it("trains as the same loss built in, and says that it is slower", async () => {
    const usual = await trained(losses.logitMse());
    const own = await trained(custom);
    expect(own.terms.squares).toBeCloseTo(usual.terms.logitMse!, 6);
    const [a, b] = [own.weights["0.weight"]!, usual.weights["0.weight"]!];
    for (const [at, value] of a.entries()) expect(value).toBeCloseTo(b[at]!, 5);
    expect(own.events).toContainEqual(
      expect.objectContaining({ type: "warning", message: expect.stringMatching(/slower/) }),
    );
  });

  it("leaves no tensor behind, its own or those that it was given", async () => {
    const seen: Tensor[] = [];
    const look = losses.custom(
      ({ student, teacher, students, logits }) => {
        const difference = student.sub(teacher!);
        const value = difference.pow(2).mean();
        seen.push(student, teacher!, ...students, logits, difference, value);
        return value;
      },
      { student: "0", teacher: "0" },
    );
    await trained(look, { epochs: 1 });
    expect(seen.length).toBe(6 * 6);
    for (const tensor of seen) {
      expect(() => tensor.shape).toThrowError(expect.objectContaining({ code: "ERR_DISPOSED" }));
    }
  });

  it("gets taps, labels and the logits of both, beside other losses", async () => {
    const seen: Record<string, number[] | undefined> = {};
    const look = losses.custom(
      (context) => {
        for (const [name, value] of Object.entries(context)) {
          if (value && "shape" in value) seen[name] = value.shape;
        }
        expect(context.teacher!.requiresGrad).toBe(false);
        return context.student.sub(context.teacher!).abs().mean();
      },
      { student: ["1"], teacher: ["1"], weight: 0.1 },
    );
    await trained([losses.crossEntropy(), look], { epochs: 1 });
    expect(seen).toEqual({
      student: [16, 16],
      teacher: [16, 16],
      logits: [16, classes],
      teacherLogits: [16, classes],
      labels: [16],
      ids: [16],
    });
  });

  it("goes on exactly where it was stopped", async () => {
    const whole = await trained([custom, losses.crossEntropy()], { epochs: 4, accumulate: 2 });
    const out = path.join(folder, "custom");
    const controller = new AbortController();
    const given = {
      ...(await options({ objective: [custom, losses.crossEntropy()], epochs: 4, accumulate: 2 })),
      out,
    };
    const run = distill({ ...given, signal: controller.signal });
    const stopped = (async () => {
      for await (const event of run) if (event.type === "epoch") controller.abort();
    })();
    await expect(stopped).rejects.toMatchObject({ code: "ERR_ABORTED" });
    const { student } = await distill({
      ...given,
      student: nn.mlp([features, 16, classes]),
      resume: true,
    });
    expect(weightsOf(student)).toEqual(whole.weights);
  });

  it("refuses what is no loss, and passes errors of the function on", async () => {
    const wrong = losses.custom((() => 3) as never, { name: "three" });
    await expect(distill(await options({ objective: wrong }))).rejects.toEqual(
      rejects("ERR_CONFIG", /the loss three returned number; expected a tensor/),
    );
    const large = losses.custom(({ logits }) => logits.abs());
    await expect(distill(await options({ objective: large }))).rejects.toEqual(
      rejects("ERR_SHAPE", /custom loss gave a tensor of shape \[16, 3\]/),
    );
    const boom = losses.custom(() => {
      throw new RangeError("boom");
    });
    await expect(distill(await options({ objective: boom }))).rejects.toThrowError(
      new RangeError("boom"),
    );
    expect(() => losses.custom(3 as never)).toThrowError(
      rejects("ERR_CONFIG", /compute: expected a function/),
    );
    expect(() => losses.custom(() => tensor(1), { studnet: "0" } as never)).toThrowError(
      rejects("ERR_CONFIG", /no option "studnet"; did you mean "student"/),
    );
  });
});

describe("a connector", () => {
  const student = () => nn.mlp([features, 12, classes]);
  const paths = { student: "0", teacher: "0" };
  const squares = {
    script: (more: object) => losses.script(mse, { ...paths, name: "squares", ...more }),
    custom: (more: object) =>
      losses.custom(({ student, teacher }) => student.sub(teacher!).pow(2).mean(), {
        ...{ ...paths, name: "squares", ...more },
      }),
  };
  const both = [
    ["script", squares.script],
    ["custom", squares.custom],
  ] as const;

  it.each(both)("of a %s is made and trained as that of a hint", async (_, make) => {
    const more = { student: student(), epochs: 3 };
    for (const connector of ["auto", connectors.mlp({ hidden: 5 })]) {
      const usual = await trained(losses.hint({ ...paths, weight: 1, connector }), more);
      const own = await trained(make({ connector }), more);
      expect(own.terms.squares).toBeCloseTo(usual.terms.hint!, 5);
      for (const [name, values] of Object.entries(usual.weights)) {
        for (const [at, value] of values.entries()) {
          expect(own.weights[name]![at]).toBeCloseTo(value, 5);
        }
      }
    }
  });

  it.each(both)("of a %s is in checkpoints, and not in the student", async (kind, make) => {
    const objective = [losses.crossEntropy(), make({ connector: "linear" })];
    const given = { ...(await options({ objective, epochs: 4 })), student: student() };
    const whole = await distill(given);
    expect(Object.keys(weightsOf(whole.student)).length).toBe(4);
    const out = path.join(folder, `connected-${kind}`);
    const controller = new AbortController();
    const run = distill({ ...given, out, signal: controller.signal });
    const stopped = (async () => {
      for await (const event of run) if (event.type === "epoch") controller.abort();
    })();
    await expect(stopped).rejects.toMatchObject({ code: "ERR_ABORTED" });
    const resumed = await distill({ ...given, out, resume: true });
    expect(weightsOf(resumed.student)).toEqual(weightsOf(whole.student));
  });

  it("stands before each of several values, on either side", async () => {
    const seen: number[][] = [];
    const look = losses.custom(
      ({ students, teachers, student, teacher }) => {
        seen.push(...students.map(({ shape }) => shape), ...teachers.map(({ shape }) => shape));
        expect(teacher!.requiresGrad).toBe(false);
        return student.sub(teacher!).abs().mean().add(students[1]!.sub(teachers[1]!).abs().mean());
      },
      { student: ["0", ""], teacher: ["0", ""], connector: ["linear", null] },
    );
    await trained([losses.crossEntropy(), look], { student: student(), epochs: 1 });
    expect(seen.slice(0, 4)).toEqual([
      [16, 16],
      [16, classes],
      [16, 16],
      [16, classes],
    ]);
  });

  it.each(both)("of a %s asks for pairs of paths that it fits", async (kind, make) => {
    const refused = async (more: object, code: string, message: RegExp) => {
      const objective = make(more);
      await expect(distill(await options({ objective, student: student() }))).rejects.toEqual(
        rejects(code, message),
      );
    };
    const none = { student: [], teacher: [], connector: "linear" };
    await refused(none, "ERR_CONFIG", new RegExp(`${kind} compares features: say which`));
    const unequal = { student: ["0", "1"], connector: "linear" };
    await refused(unequal, "ERR_CONFIG", /got 2 of the student and 1 of the teacher/);
    const many = { connector: ["linear", "linear"] };
    await refused(many, "ERR_CONFIG", /connector: expected one for each of 1 pairs, got 2/);
    await refused({ connector: "conv1x1" }, "ERR_CONFIG", /conv takes maps \[B, C, H, W\]/);
    expect(() => make({ connector: "liner" })).toThrowError(
      rejects("ERR_CONFIG", /connector: there is no connector "liner"; did you mean "linear"/),
    );
    const x = tensor([[1, 2]], { dtype: "float32" });
    expect(() =>
      losses.compute(make({ connector: "linear" }), { student: x, teacher: x }),
    ).toThrowError(rejects("ERR_CONFIG", /a connector is made when a run is planned/));
  });
});

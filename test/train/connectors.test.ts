/** Adapters between features: made from shapes, trained with the student, kept in checkpoints. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { type ConnectorInput, connectors, losses, parseConnector } from "../../lib/losses/index.js";
import { build, loadModule, type ModuleDef, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed, randn, tensor } from "../../lib/tensor/index.js";
import { connectorDefs } from "../../lib/train/connectors.js";
import { type DistillOptions, distill, train } from "../../lib/train/index.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-connectors-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rejects = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** Shapes behind a connector, as the built modules give them, and its parameters by shape. */
async function behind(connector: ConnectorInput, student: number[], teacher: number[]) {
  const defs = connectorDefs(parseConnector(connector), student, teacher);
  const shapes: string[] = [];
  const parameters: number[][] = [];
  for (const [def, shape] of [
    [defs.student, student],
    [defs.teacher, teacher],
  ] as const) {
    let result = shape;
    if (def !== null) {
      using module = await build(def);
      result = (await module.forward(randn(shape))).shape;
      for (const each of module.parameters().values()) parameters.push(each.shape);
    }
    shapes.push(result.join());
  }
  return { shapes, parameters };
}

describe("connectors are made from shapes", () => {
  const map = [2, 8, 6, 6];
  it.each<[string, ConnectorInput, number[], number[], string[], number[][]]>([
    ["auto, alike", "auto", map, map, ["2,8,6,6", "2,8,6,6"], []],
    ["auto, vectors", "auto", [2, 5], [2, 7], ["2,7", "2,7"], [[7, 5], [7]]],
    ["auto, tokens", "auto", [2, 4, 5], [2, 4, 7], ["2,4,7", "2,4,7"], [[7, 5], [7]]],
    [
      "auto, a larger map",
      "auto",
      [2, 3, 8, 8],
      [2, 5, 4, 4],
      ["2,5,4,4", "2,5,4,4"],
      [[5, 3, 1, 1], [5]],
    ],
    [
      "auto, a larger map of the teacher's",
      "auto",
      [2, 3, 4, 4],
      [2, 5, 8, 8],
      ["2,5,4,4", "2,5,4,4"],
      [[5, 3, 1, 1], [5]],
    ],
    ["auto, space alone", "auto", [2, 5, 8, 4], [2, 5, 4, 8], ["2,5,4,4", "2,5,4,4"], []],
    ["identity", "identity", [2, 5], [2, 7], ["2,5", "2,7"], []],
    [
      "linear, maps",
      connectors.linear({ bias: false }),
      map,
      [2, 4, 6, 6],
      ["2,4,6,6", "2,4,6,6"],
      [[4, 8]],
    ],
    ["conv1x1", "conv1x1", map, [2, 4, 6, 6], ["2,4,6,6", "2,4,6,6"], [[4, 8, 1, 1], [4]]],
    [
      "conv3x3 with batch norm",
      connectors.conv({ kernel: 3, batchNorm: true, activation: "relu" }),
      map,
      [2, 4, 3, 3],
      ["2,4,3,3", "2,4,3,3"],
      [[4, 8, 3, 3], [4], [4]],
    ],
    [
      "mlp",
      connectors.mlp({ hidden: 9, layers: 3 }),
      [2, 3, 5],
      [2, 3, 7],
      ["2,3,7", "2,3,7"],
      [[9, 5], [9], [9, 9], [9], [7, 9], [7]],
    ],
    ["pool, tokens", "pool", [2, 9, 5], [2, 4, 5], ["2,4,5", "2,4,5"], []],
    [
      "interpolate",
      connectors.interpolate({ mode: "nearest" }),
      [2, 5, 3, 3],
      [2, 5, 7, 5],
      ["2,5,7,5", "2,5,7,5"],
      [],
    ],
    [
      "patches of the teacher's",
      connectors.chain([connectors.tokens({ teacher: "patches" }), "linear"]),
      [2, 5, 2, 3],
      [2, 7, 4],
      ["2,6,4", "2,6,4"],
      [[4, 5], [4]],
    ],
    [
      "class tokens",
      connectors.tokens({ student: "class", teacher: "class" }),
      [2, 5, 4],
      [2, 7, 4],
      ["2,4", "2,4"],
      [],
    ],
    [
      "tokens by number",
      connectors.tokens({ student: [0, 2], teacher: { drop: 5 } }),
      [2, 5, 4],
      [2, 7, 4],
      ["2,2,4", "2,2,4"],
      [],
    ],
    [
      "mean of tokens",
      connectors.tokens({ student: "mean", teacher: "mean" }),
      [2, 5, 4],
      [2, 7, 4],
      ["2,4", "2,4"],
      [],
    ],
  ])("%s", async (_, connector, student, teacher, shapes, parameters) => {
    expect(await behind(connector, student, teacher)).toEqual({ shapes, parameters });
  });

  it.each<[ConnectorInput, number[], number[], RegExp]>([
    ["auto", [2, 5], [2, 4, 5], /none fits by itself; tap values of the same kind/],
    ["auto", [2, 4, 5], [2, 5, 7], /none fits by itself; pick the tokens to compare/],
    ["auto", [2, 4, 3, 3], [2, 10, 7], /bring the map to tokens/],
    ["conv1x1", [2, 5], [2, 7], /conv takes maps \[B, C, H, W\]; set connector: "auto"/],
    ["interpolate", [2, 5], [2, 7], /interpolate takes maps/],
    [connectors.tokens({ student: [9] }), [2, 4, 5], [2, 4, 5], /there is no token 9; there are 4/],
    [connectors.tokens({ student: { drop: 4 } }), [2, 4, 5], [2, 4, 5], /none is left/],
    ["linear", [2], [2], /linear takes maps/],
  ])("%j refuses what it cannot take", (connector, student, teacher, message) => {
    expect(() => connectorDefs(parseConnector(connector), student, teacher)).toThrowError(
      rejects("ERR_CONFIG", message),
    );
  });

  it.each<[unknown, RegExp]>([
    ["conv1x2", /there is no connector "conv1x2"; did you mean "conv1x1"/],
    [{ kind: "conv", kernal: 3 }, /conv: there is no option "kernal"; did you mean "kernel"/],
    [{ kind: "conv", kernel: 5 }, /conv: kernel: expected 1 or 3, got 5/],
    [{ kind: "liner" }, /there is no connector of kind "liner"; did you mean "linear"/],
    [3, /expected a connector such as "auto"/],
    [{ kind: "chain", steps: [] }, /chain: expected at least one step/],
  ])("%j is none", (connector, message) => {
    expect(() => losses.hint({ connector: connector as never })).toThrowError(
      rejects("ERR_CONFIG", new RegExp(`losses\\.hint: connector: ${message.source}`)),
    );
  });

  it("pairs of layers come from counts", () => {
    const layers = { student: "blocks.{}", teacher: "encoder.{}.out" };
    const counts = { studentLayers: 2, teacherLayers: 6 };
    expect(connectors.layers({ ...layers, ...counts })).toEqual({
      student: ["blocks.0", "blocks.1"],
      teacher: ["encoder.2.out", "encoder.5.out"],
    });
    expect(connectors.layers({ ...layers, ...counts, which: "last" }).teacher).toEqual([
      "encoder.4.out",
      "encoder.5.out",
    ]);
    expect(connectors.layers({ ...layers, pairs: [[1, 3]] })).toEqual({
      student: ["blocks.1"],
      teacher: ["encoder.3.out"],
    });
    expect(() => connectors.layers({ ...layers, studentLayers: 3, teacherLayers: 2 })).toThrowError(
      rejects("ERR_CONFIG", /studentLayers and as many teacherLayers or more/),
    );
  });
});

/** Images whose class is where they are bright. */
function images(count = 48, side = 8) {
  manualSeed(11);
  const inputs = randn([count, 1, side, side]);
  const labels = tensor(
    [...Array(count).keys()].map((i) => i % classes),
    { dtype: "int64" },
  );
  return datasets.tensors({ inputs, labels, testInputs: inputs, testLabels: labels, classes });
}

function cnn(width: number, stride = 1): ModuleDef {
  return nn.sequential({
    conv: nn.conv2d(1, width, 3, { padding: 1, stride }),
    act: nn.relu(),
    pool: nn.adaptiveAvgPool2d(1),
    flat: nn.flatten(),
    head: nn.linear(width, classes),
  });
}

async function options(more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  manualSeed(21);
  return {
    teacher: await build(cnn(6)),
    student: cnn(4, 2),
    data: images(),
    objective: [
      losses.crossEntropy(),
      losses.hint({
        student: "act",
        teacher: "act",
        weight: 1,
        connector: connectors.conv({ kernel: 3, batchNorm: true }),
      }),
    ],
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    epochs: 4,
    batchSize: 12,
    seed: 5,
    ...more,
  };
}

describe("a run with connectors", () => {
  it("trains them with the student, and saves the student without", async () => {
    const out = path.join(folder, "run");
    const { student, report } = await distill(await options({ out }));
    const metrics = report.history.distilled!.metrics as { terms: Record<string, number> }[];
    expect(metrics[3]!.terms.hint!).toBeLessThan(0.8 * metrics[0]!.terms.hint!);
    const names = ["conv.weight", "conv.bias", "head.weight", "head.bias"].sort();
    expect(Object.keys(student.stateDict()).sort()).toEqual(names);
    expect(weightsOf(await loadModule(path.join(out, "student.pt")))).toEqual(weightsOf(student));
    // Frozen, the student learns nothing, and the connector alone still does.
    const frozen = await distill(
      await options({
        objective: undefined,
        epochs: undefined,
        stages: [
          {
            objective: losses.hint({ student: "act", teacher: "act", weight: 1 }),
            epochs: 4,
            trainable: ["head"],
          },
        ],
      }),
    );
    const alone = frozen.report.history.distilled!.metrics as { terms: Record<string, number> }[];
    expect(alone[3]!.terms.hint!).toBeLessThan(alone[0]!.terms.hint!);
  });

  it("is the same for the same seed, and goes on to the same bits after a stop", async () => {
    const whole = await distill(await options());
    expect(weightsOf((await distill(await options())).student)).toEqual(weightsOf(whole.student));
    const out = path.join(folder, "stopped");
    const controller = new AbortController();
    const run = distill(await options({ out, signal: controller.signal }));
    await expect(
      (async () => {
        for await (const event of run) {
          if (event.type === "epoch" && event.epoch === 2) controller.abort();
        }
      })(),
    ).rejects.toMatchObject({ code: "ERR_ABORTED" });
    const resumed = await distill(await options({ out, resume: true }));
    expect(weightsOf(resumed.student)).toEqual(weightsOf(whole.student));
  });

  it("takes one connector for each pair, and one for all", async () => {
    const hint = losses.hint({
      student: ["act", "head"],
      teacher: ["act", "head"],
      connector: ["conv1x1", null],
      weight: 1,
    });
    const { report } = await distill(await options({ objective: hint, epochs: 1 }));
    expect(report.history.distilled!.steps).toBe(4);
    const wrong = { ...hint, connector: [null] } as typeof hint;
    await expect(distill(await options({ objective: wrong }))).rejects.toEqual(
      rejects("ERR_CONFIG", /hint: connector: expected one for each of 2 pairs, got 1/),
    );
  });

  it("may compare in bfloat16", async () => {
    manualSeed(2);
    const teacher = await (await build(cnn(6))).to({ dtype: "bfloat16" });
    const objective = losses.hint({ student: "act", teacher: "act" });
    const { report } = await distill(await options({ teacher, objective, epochs: 1 }));
    const [first] = report.history.distilled!.metrics as { loss: number }[];
    expect(first!.loss).toBeGreaterThan(0);
  });

  it.each<[string, Parameters<typeof losses.hint>[0], string, RegExp]>([
    ["no paths", {}, "ERR_CONFIG", /objective: hint compares features: say which, with student:/],
    [
      "unequal paths",
      { student: ["act", "conv"], teacher: "act" },
      "ERR_CONFIG",
      /got 2 of the student and 1 of the teacher/,
    ],
    ["no such path", { student: "atc", teacher: "act" }, "ERR_TAP", /atc.*act/s],
    [
      "no connector",
      { student: "act", teacher: "act", connector: null },
      "ERR_SHAPE",
      /\[2, 4, 4, 4\] \(act\), teacher's \[2, 6, 8, 8\].*; set connector: "auto"/,
    ],
    [
      "kinds that differ",
      { student: "act", teacher: "head" },
      "ERR_CONFIG",
      /hint \(act, head\): connector: .*tap values of the same kind/,
    ],
    [
      "another batch",
      { student: "act", teacher: "turned", connector: null },
      "ERR_SHAPE",
      /batch sizes differ/,
    ],
  ])("refuses %s", async (_, given, code, message) => {
    const teacher = await build(
      nn.script({
        modules: {
          act: nn.conv2d(1, 6, 3, { padding: 1 }),
          turned: nn.flatten(0, 1),
          head: nn.linear(6, classes),
        },
        source: `def forward(self, x: Tensor) -> Tensor:
    y = self.act(x)
    z = self.turned(y)
    return self.head(y.mean([2, 3]))
`,
      }),
    );
    const objective = losses.hint(given);
    await expect(distill(await options({ teacher, objective }))).rejects.toEqual(
      rejects(code, message),
    );
  });

  it("refuses features without a teacher", async () => {
    const objective = losses.hint({ student: "0", teacher: "0" });
    const model = await toyModel(1);
    await expect(
      train({ model, data: toyData(), objective, optimizer: optim.sgd({ lr: 0.1 }), epochs: 1 }),
    ).rejects.toEqual(rejects("ERR_CONFIG", /hint compares with a teacher, and there is none/));
  });
});

describe("losses.feature", () => {
  it("is α of a loss on features and 1 − α of the task's", () => {
    const [first, second] = losses.feature({ alpha: 0.75, teacher: "act", student: "act" });
    expect(first).toMatchObject({ kind: "hint", weight: 75, student: ["act"] });
    expect(second).toMatchObject({ kind: "crossEntropy", weight: 0.25 });
    const [hint, task] = losses.feature({
      alpha: 0.5,
      teacher: "a",
      student: "b",
      connector: "conv3x3",
      weight: { from: 2, to: 0, epochs: 3 },
      task: losses.softTargets({ weight: 4 }),
    });
    expect(hint).toMatchObject({
      weight: { from: 1, to: 0, epochs: 3 },
      connector: { kind: "conv", kernel: 3 },
    });
    expect(task).toMatchObject({ kind: "softTargets", weight: 2 });
    expect(() => losses.feature({ teacher: "a", student: "b", loss: "hnit" })).toThrowError(
      rejects("ERR_CONFIG", /no loss on features "hnit"; did you mean "hint"/),
    );
    expect(() => losses.feature({ teacher: "a", student: "b", alpha: 2 })).toThrowError(
      rejects("ERR_CONFIG", /alpha: expected a number from 0 to 1, got 2/),
    );
    expect(() => losses.feature({ teacher: "a", student: "b", conector: null })).toThrowError(
      rejects("ERR_CONFIG", /no option "conector"; did you mean "connector"/),
    );
  });

  it("trains", async () => {
    const objective = losses.feature({ alpha: 0.5, teacher: "act", student: "act", weight: 1 });
    const { report } = await distill(await options({ objective, epochs: 1 }));
    const [first] = report.history.distilled!.metrics as {
      loss: number;
      terms: Record<string, number>;
    }[];
    const { hint = 0, crossEntropy = 0 } = first!.terms;
    expect(first!.loss).toBeCloseTo(0.5 * hint + 0.5 * crossEntropy, 5);
  });
});

it("hint has the value of its definition, with a mask too", () => {
  const student = tensor([1, 2, 3, 4], { shape: [2, 2], requiresGrad: true });
  const teacher = tensor([0, 0, 1, 1], { shape: [2, 2] });
  const given: { student: typeof student; teacher: typeof teacher } = { student, teacher };
  expect(losses.compute(losses.hint(), given).item()).toBeCloseTo((1 + 4 + 4 + 9) / 4, 6);
  const mask = tensor([1, 0], { dtype: "bool" });
  expect(losses.compute(losses.hint(), { ...given, mask }).item()).toBeCloseTo(5 / 2, 6);
  expect(
    losses
      .compute(losses.hint(), { student: [student, student], teacher: [teacher, teacher] })
      .item(),
  ).toBeCloseTo(9, 6);
  expect(() => losses.compute(losses.hint({ connector: "linear" }), given)).toThrowError(
    rejects("ERR_CONFIG", /a connector is made when a run is planned/),
  );
});

it("hints with masks weigh elements, however an update is split", async () => {
  const objective = [
    losses.softTargets({ weight: 0.3 }),
    losses.hint({ student: "0", teacher: "0", weight: 2, connector: null }),
  ];
  // Masks that leave another share of each micro-batch.
  const rows = 24;
  manualSeed(3);
  const inputs = randn([rows, features]);
  const mask = [...Array(rows).keys()].map((i) => (i < 12 ? i % 2 : Number(i % 6 > 0)));
  const source = (parts: number) =>
    (async function* () {
      const size = rows / parts;
      for (let part = 0; part < parts; part++) {
        yield {
          inputs: inputs.narrow(0, part * size, size),
          mask: tensor(mask.slice(part * size, (part + 1) * size), { dtype: "bool" }),
        };
      }
    })();
  const trained = async (parts: number) => {
    const { student } = await distill({
      teacher: await toyModel(7),
      student: await toyModel(8),
      data: source(parts),
      objective,
      optimizer: optim.sgd({ lr: 0.5 }),
      steps: 1,
      accumulate: parts,
    } as unknown as DistillOptions);
    return weightsOf(student);
  };
  const [whole, split] = [await trained(1), await trained(4)];
  for (const [name, values] of Object.entries(whole)) {
    for (const [at, value] of values.entries()) expect(split[name]![at]).toBeCloseTo(value, 5);
  }
  expect(whole).not.toEqual(weightsOf(await toyModel(8)));
});

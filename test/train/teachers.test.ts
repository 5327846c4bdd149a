/** Several teachers, a teacher that follows, and students that teach each other. */

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { losses } from "../../lib/losses/index.js";
import { loadModule, type Module, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed, randn, tensor } from "../../lib/tensor/index.js";
import { type DistillOptions, distill, evaluate, mutual, train } from "../../lib/train/index.js";
import { Ensemble } from "../../lib/train/predictor.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-teachers-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function options(more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  return {
    student: nn.mlp([features, 12, classes], { dropout: 0.2 }),
    data: toyData(),
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    epochs: 2,
    batchSize: 16,
    seed: 5,
    ...more,
  };
}

const rejects = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });
const list = (value: { dataSync(): unknown }) => Array.from(value.dataSync() as Float32Array);

describe("an ensemble", () => {
  it("gives the mean of probabilities or of logits, by weight", async () => {
    const [a, b] = [await toyModel(1), await toyModel(2)];
    const x = tensor(
      [...Array(2 * features).keys()].map((i) => Math.sin(i)),
      { shape: [2, features] },
    );
    const [p, q] = [list(await a.logits(x)), list(await b.logits(x))];
    const members = [{ module: a, weight: 3 }, { module: b }];
    const logits = list(await new Ensemble(members, "logits").logits(x));
    for (const [at, value] of logits.entries()) {
      expect(value).toBeCloseTo(0.75 * p[at]! + 0.25 * q[at]!, 5);
    }
    const mixed = list(await new Ensemble(members, "probabilities").logits(x));
    const softmax = (row: number[]) => {
      const e = row.map(Math.exp);
      return e.map((value) => value / e.reduce((sum, each) => sum + each, 0));
    };
    for (const row of [0, 1]) {
      const cut = (values: number[]) => softmax(values.slice(row * classes, (row + 1) * classes));
      const [pa, pb, pm] = [cut(p), cut(q), cut(mixed)];
      for (const [at, value] of pm.entries()) {
        expect(value).toBeCloseTo(0.75 * pa[at]! + 0.25 * pb[at]!, 5);
      }
    }
  });

  it("is what report and validation compare with, not its first teacher", async () => {
    // The first one knows nothing; the others are one good teacher, three times over.
    const { model: good } = await train({
      model: await toyModel(1),
      data: toyData({ noise: 0.3 }),
      optimizer: optim.adam({ lr: 0.02 }),
      epochs: 12,
    });
    const bad = await toyModel(99);
    const teachers = [bad, good, await good.clone(), await good.clone()];
    const data = toyData({ noise: 0.3 });
    const { report } = await distill(
      await options({ teachers, data, ensemble: "logits", validation: 0.25, epochs: 6 }),
    );
    const alone = await evaluate(good, data);
    expect((await evaluate(bad, data)).errors! - alone.errors!).toBeGreaterThan(10);
    expect(Math.abs(report.teacher!.errors! - alone.errors!)).toBeLessThan(5);
    expect(report.teacher!.parameters).toBe(4 * (features * 16 + 16 + 16 * classes + classes));
    expect(report.distilled!.agreement).toBeGreaterThan(0.7);
    const metrics = report.history.distilled!.metrics.at(-1) as {
      validation: { agreement: number };
    };
    expect(metrics.validation.agreement).toBeGreaterThan(0.7);
  });

  it("asks each teacher once a step, as it is, however much compares with it", async () => {
    /** Counts its forwards. */
    const counting = () =>
      nn.build(
        nn.script({
          modules: { hidden: nn.linear(features, 12), head: nn.linear(12, classes) },
          buffers: { calls: { shape: [1], init: { kind: "zeros" } } },
          source: `def forward(self, x: Tensor) -> Tensor:
    self.calls.add_(1)
    return self.head(self.hidden(x))
`,
        }),
      );
    const calls = async (steps: number) => {
      const teachers = [await counting(), await counting()];
      const paths = { student: "0", teacher: "hidden" };
      await distill(
        await options({
          ...{ teachers, steps, epochs: undefined, optimizeTeacher: false },
          objective: [
            losses.response(),
            losses.logitMse(),
            losses.hint({ ...paths, weight: 1 }),
            losses.hint({ ...paths, weight: 1, teacherIndex: 1 }),
            losses.pkt({ ...paths, weight: 1, teacherIndex: 1 }),
          ],
        }),
      );
      return teachers.map((teacher) => list(teacher.stateDict().calls!)[0]!);
    };
    // Beside the steps there are plan and report.
    const [few, many] = [await calls(2), await calls(11)];
    expect(many.map((count, index) => count - few[index]!)).toEqual([9, 9]);
  });

  it("takes teachers of other types and input sizes", async () => {
    manualSeed(1);
    const net = (size: number) =>
      nn.sequential(
        nn.conv2d(1, 4, 3),
        nn.relu(),
        nn.flatten(),
        nn.linear(4 * (size - 2) ** 2, classes),
      );
    const large = await nn.build(net(12));
    const half = await (await nn.build(net(8))).to({ dtype: "bfloat16" });
    const data = datasets.tensors({
      inputs: randn([48, 1, 8, 8]),
      labels: tensor(
        [...Array(48).keys()].map((i) => i % classes),
        { dtype: "int64" },
      ),
      testInputs: randn([24, 1, 8, 8]),
      testLabels: tensor(
        [...Array(24).keys()].map((i) => i % classes),
        { dtype: "int64" },
      ),
      classes,
    });
    const given = await options({
      data,
      student: net(6),
      resize: [6, 6],
      teachers: [
        { module: large, resize: [12, 12] },
        { module: half, weight: 2 },
      ],
      validation: 0.25,
    });
    const { report, student } = await distill(given);
    expect(report.teacher!.samples).toBe(24);
    expect(report.distilled!.agreement).not.toBeNull();
    expect(student.parameters().get("0.weight")!.dtype).toBe("float32");
    await expect(
      distill({ ...given, teachers: [{ module: large, resize: [12] as never }] }),
    ).rejects.toEqual(rejects("ERR_CONFIG", /teachers\[0\]\.resize: expected \[height, width\]/));
    await expect(
      distill({ ...given, teachers: [{ module: large, rezise: [12, 12] } as never] }),
    ).rejects.toEqual(rejects("ERR_CONFIG", /no option rezise; did you mean "resize"/));
    await expect(distill({ ...given, teachers: [large] })).rejects.toEqual(
      rejects("ERR_SHAPE", /teacher: samples of .* which the model does not take/),
    );
  });
});

describe("a teacher by ema", () => {
  const self = (more: Partial<DistillOptions> = {}) =>
    options({
      teacher: { ema: 0.9 },
      objective: [losses.crossEntropy(), losses.softTargets({ temperature: 2, weight: 0.5 })],
      ...more,
    });

  it("is an average of the student over time", async () => {
    const out = path.join(folder, "self");
    manualSeed(3);
    const student = await nn.build(nn.mlp([features, 12, classes]));
    const before = weightsOf(student);
    // One update: the teacher has gone a tenth of the way.
    const { report } = await distill(await self({ student, steps: 1, out }));
    const after = weightsOf(student);
    const teacher = weightsOf(await loadModule(path.join(out, "ema-teacher.pt")));
    for (const name of Object.keys(before)) {
      for (const [at, value] of teacher[name]!.entries()) {
        expect(value).toBeCloseTo(0.9 * before[name]![at]! + 0.1 * after[name]![at]!, 5);
      }
    }
    expect(report.teacher).not.toBeNull();
  });

  it("goes on to the same bits after a stop", async () => {
    const whole = await distill(await self({ epochs: 3 }));
    const out = path.join(folder, "self-stopped");
    const controller = new AbortController();
    const run = distill(await self({ epochs: 3, out, signal: controller.signal }));
    await expect(
      (async () => {
        for await (const event of run) if (event.type === "epoch") controller.abort();
      })(),
    ).rejects.toMatchObject({ code: "ERR_ABORTED" });
    const resumed = await distill(await self({ epochs: 3, out, resume: true }));
    expect(weightsOf(resumed.student)).toEqual(weightsOf(whole.student));
    expect(resumed.report.teacher!.loss).toBe(whole.report.teacher!.loss);
    // Done, its teacher is there too.
    const again = await distill(await self({ epochs: 3, out, resume: true }));
    expect(again.report.teacher!.loss).toBe(whole.report.teacher!.loss);
  });

  it.each([
    [{ ema: 1 }, /teacher\.ema: expected a number between 0 and 1, got 1/],
    [{ ema: 0.9, weigth: 1 }, /teacher: there is no option weigth; did you mean "weight"/],
  ])("refuses %j", async (teacher, message) => {
    await expect(distill(await self({ teacher: teacher as never }))).rejects.toEqual(
      rejects("ERR_CONFIG", message),
    );
  });
});

describe("mutual", () => {
  const both = async (more = {}) => ({
    students: [
      nn.mlp([features, 12, classes], { dropout: 0.2 }),
      nn.mlp([features, 20, classes]),
    ] as [Module | ReturnType<typeof nn.mlp>, Module | ReturnType<typeof nn.mlp>],
    data: toyData(),
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    epochs: 3,
    batchSize: 16,
    validation: 0.25,
    seed: 5,
    ...more,
  });

  it("trains two students that come to agree", async () => {
    const out = path.join(folder, "mutual");
    const run = mutual(await both({ out }));
    const epochs: string[] = [];
    for await (const event of run) {
      if (event.type === "epoch") epochs.push(`${event.phase} ${event.epoch}`);
    }
    expect(epochs).toEqual([
      "distilled 1",
      "peer 1",
      "distilled 2",
      "peer 2",
      "distilled 3",
      "peer 3",
    ]);
    const { students, report, files } = await run;
    expect(report.teacher).toBeNull();
    expect(report.peer!.samples).toBe(48);
    expect(report.distilled!.agreement).toBe(report.peer!.agreement);
    expect(report.history.peer!.steps).toBe(15);
    expect(files.map((file) => path.basename(file))).toEqual([
      ...["student.pt", "student.safetensors", "peer.pt", "peer.safetensors", "report.json"],
    ]);
    expect(weightsOf(await loadModule(path.join(out, "peer.pt")))).toEqual(weightsOf(students[1]));
    expect((await readdir(path.join(out, "checkpoints"))).sort()).toEqual([
      "mutual.1.ckpt",
      "mutual.ckpt",
    ]);
    // Without the other's word they agree less.
    const apart = await mutual(await both({ objective: losses.crossEntropy() }));
    const gap = (metrics: unknown[]) =>
      (metrics.at(-1) as { terms: Record<string, number> }).terms.softTargets!;
    const together = await mutual(
      await both({
        objective: [losses.crossEntropy(), losses.softTargets({ temperature: 1, weight: 3 })],
      }),
    );
    const only = await mutual(
      await both({
        objective: [losses.crossEntropy(), losses.softTargets({ temperature: 1, weight: 1e-9 })],
      }),
    );
    expect(apart.report.peer).not.toBeNull();
    expect(gap(together.report.history.peer!.metrics)).toBeLessThan(
      0.5 * gap(only.report.history.peer!.metrics),
    );
  });

  it("updates the first, then the second by what the first says now", async () => {
    manualSeed(1);
    const a = await nn.build(nn.mlp([features, 6, classes]));
    const b = await nn.build(nn.mlp([features, 6, classes]));
    const plain = {
      optimizer: optim.sgd({ lr: 0.5 }),
      steps: 1,
      batchSize: 96,
      data: toyData(),
      objective: losses.softTargets({ temperature: 1 }),
      seed: 5,
    };
    const { student: first } = await distill({
      ...plain,
      teacher: await b.clone(),
      student: await a.clone(),
    });
    const { student: second } = await distill({
      ...plain,
      teacher: first,
      student: await b.clone(),
    });
    const { students } = await mutual({ ...plain, students: [a, b] });
    // A teacher that stays has its weights packed, one that changes has not: they may round apart.
    for (const [index, other] of [first, second].entries()) {
      const expected = weightsOf(other);
      for (const [name, list] of Object.entries(weightsOf(students[index as 0 | 1]))) {
        for (const [i, value] of list.entries()) expect(value).toBeCloseTo(expected[name]![i]!, 6);
      }
    }
  });

  it("goes on to the same bits after a stop", async () => {
    const whole = await mutual(await both({ accumulate: 2 }));
    const out = path.join(folder, "mutual-stopped");
    const controller = new AbortController();
    const run = mutual(await both({ accumulate: 2, out, signal: controller.signal }));
    await expect(
      (async () => {
        for await (const event of run) if (event.type === "epoch") controller.abort();
      })(),
    ).rejects.toMatchObject({ code: "ERR_ABORTED" });
    const resumed = await mutual(await both({ accumulate: 2, out, resume: true }));
    for (const index of [0, 1] as const) {
      expect(weightsOf(resumed.students[index])).toEqual(weightsOf(whole.students[index]));
    }
  });

  it("refuses what cannot be two students", async () => {
    const one = await toyModel(1);
    await expect(mutual(await both({ students: [one, one] }))).rejects.toEqual(
      rejects("ERR_CONFIG", /both students are the same module/),
    );
    await expect(mutual(await both({ students: [one] }))).rejects.toEqual(
      rejects("ERR_CONFIG", /expected two models/),
    );
    await expect(mutual(await both({ students: [one, nn.mlp([features, 4])] }))).rejects.toEqual(
      rejects("ERR_SHAPE", /logits \[batch, 3\] and \[batch, 4\]/),
    );
    await expect(mutual(await both({ teacher: one }))).rejects.toEqual(
      rejects("ERR_CONFIG", /mutual: there is no option teacher/),
    );
  });
});

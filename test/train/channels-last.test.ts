/** `channelsLast`: where convolutions lie while they are trained, and that nothing else tells. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { losses } from "../../lib/losses/index.js";
import { loadModule, loadSafetensors, type ModuleDef, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed, randint, randn, setThreads } from "../../lib/tensor/index.js";
import {
  type DistillOptions,
  distill,
  mutual,
  type TrainEvent,
  train,
} from "../../lib/train/index.js";
import { gap, isChannelsLast, weightsLieChannelsLast } from "../step/toys.js";
import { toyModel, weightsOf } from "./toys.js";

setThreads(1);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "potstill-channels-last-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const classes = 3;

function images() {
  manualSeed(3);
  const labels = (count: number) => randint(0, classes, [count]).to({ dtype: "int64" });
  return datasets.tensors({
    ...{ inputs: randn([48, 3, 8, 8]), labels: labels(48) },
    ...{ testInputs: randn([16, 3, 8, 8]), testLabels: labels(16), classes },
  });
}

function cnn(width: number): ModuleDef {
  return nn.sequential(
    ...[nn.conv2d(3, width, 3, { padding: 1 }), nn.batchNorm2d(width), nn.relu()],
    ...[nn.conv2d(width, 2 * width, 3, { stride: 2, padding: 1 }), nn.relu(), nn.dropout(0.2)],
    ...[nn.maxPool2d(2), nn.flatten(), nn.linear(8 * width, classes)],
  );
}

/** Everything that keeps tensors in the form of the weights: momenta, averages, windows, a follower. */
async function options(more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  manualSeed(7);
  return {
    teachers: [{ module: (await nn.build(cnn(6))).eval() }, { ema: 0.9 }],
    student: cnn(4),
    data: images(),
    objective: [
      losses.response({ alpha: 0.9, temperature: 4 }),
      losses.hint({ student: "0", teacher: "0", weight: 0.1 }),
      losses.attention({ student: "3", teacher: "3" }),
    ],
    optimizer: optim.adam({ lr: 1e-3, eps: 1e-3 }),
    epochs: 3,
    batchSize: 8,
    accumulate: 2,
    clip: { norm: 1 },
    ema: 0.5,
    validation: 0.25,
    seed: 5,
    ...more,
  };
}

async function finished(given: DistillOptions) {
  const run = distill(given);
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  const { student, report } = await run;
  const plans = events.flatMap((event) => (event.type === "start" ? [event.plan] : []));
  return { student, report, events, chosen: plans.map(({ channelsLast }) => channelsLast) };
}

const flat = (weights: Record<string, number[]>) => Object.values(weights).flat().map(Number);

describe("the same training", () => {
  test("as with contiguous weights, to rounding", async () => {
    const student = nn.sequential(
      ...[nn.conv2d(3, 4, 3, { padding: 1 }), nn.batchNorm2d(4), nn.relu()],
      ...[nn.conv2d(4, 8, 3, { stride: 2, padding: 1 }), nn.relu(), nn.maxPool2d(2)],
      ...[nn.flatten(), nn.linear(32, classes)],
    );
    const plain = await finished(await options({ student }));
    const laidOut = await finished(await options({ student, channelsLast: true }));
    expect([plain.chosen, laidOut.chosen]).toEqual([[false], [true]]);
    expect(gap(flat(weightsOf(laidOut.student)), flat(weightsOf(plain.student)))).toBeLessThan(
      1e-4,
    );
    // What is handed out lies as it always does.
    expect(weightsLieChannelsLast(laidOut.student)).toBe(false);
  });

  test("with images, values and weights in that order within the step", async () => {
    const student = await nn.build(cnn(4));
    let steps = 0;
    const look = losses.custom(
      ({ students, logits }) => {
        steps++;
        expect(students.map(isChannelsLast)).toEqual(Array(5).fill(true));
        expect(weightsLieChannelsLast(student)).toBe(true);
        return logits.pow(2).mean();
      },
      { student: ["0:input", "0", "1", "2", "6"] },
    );
    const optimizer = optim.sgd({ lr: 0.1 });
    const given = { model: student, data: images(), objective: look, optimizer, steps: 3 };
    await train({ ...given, channelsLast: true });
    expect(steps).toBe(3);
    expect(weightsLieChannelsLast(student)).toBe(false);
  });

  test("of two students that learn from each other", async () => {
    manualSeed(1);
    const students = [await nn.build(cnn(4)), await nn.build(cnn(6))] as const;
    const optimizer = optim.sgd({ lr: 0.1 });
    await mutual({
      students,
      data: images(),
      optimizer,
      epochs: 1,
      batchSize: 8,
      channelsLast: true,
    });
    expect(students.map(weightsLieChannelsLast)).toEqual([false, false]);
  });
});

describe("a stopped run", () => {
  const stopped = async (channelsLast: boolean | "auto") => {
    const controller = new AbortController();
    const given = await options({ out: folder, signal: controller.signal, channelsLast });
    const run = distill(given);
    await expect(
      (async () => {
        for await (const event of run) if (event.type === "epoch") controller.abort();
      })(),
    ).rejects.toThrowError(expect.objectContaining({ code: "ERR_ABORTED" }));
  };

  test.each([true, false, "auto"] as const)(
    "goes on in the order that it began with, to the same bits, with %s",
    async (channelsLast) => {
      const whole = await finished(await options({ channelsLast: true }));
      await stopped(true);
      const rest = await finished(await options({ out: folder, resume: true, channelsLast }));
      expect(rest.chosen).toEqual([true]);
      expect(weightsOf(rest.student)).toEqual(weightsOf(whole.student));
      expect(rest.report.distilled).toMatchObject({ loss: whole.report.distilled!.loss });
    },
  );
});

test("files are those of any student", async () => {
  const { student } = await finished(await options({ out: folder, channelsLast: true }));
  const script = await loadModule(path.join(folder, "student.pt"));
  expect(weightsLieChannelsLast(script)).toBe(false);
  expect(weightsOf(script)).toEqual(weightsOf(student));
  const tensors = await loadSafetensors(path.join(folder, "student.safetensors"));
  for (const [name, value] of Object.entries(weightsOf(student))) {
    expect(Array.from(tensors[name]!.dataSync() as Float32Array)).toEqual(value);
  }
});

describe("auto", () => {
  test("takes one of the two, without a trace in what is trained", async () => {
    const auto = await finished(await options({ channelsLast: "auto", alone: true }));
    expect(auto.chosen).toHaveLength(2);
    const told = await finished(await options({ channelsLast: auto.chosen[1]! }));
    expect(weightsOf(auto.student)).toEqual(weightsOf(told.student));
  });

  test("leaves networks without convolutions, and those that cannot take it", async () => {
    const viewed = nn.script({
      modules: { conv: nn.conv2d(3, 4, 3), head: nn.linear(144, classes) },
      source: `def forward(self, x: Tensor) -> Tensor:
    return self.head(self.conv(x).view(x.size(0), -1))
`,
    });
    const given = async (student: ModuleDef, channelsLast: true | "auto") =>
      await options({
        ...{ student, channelsLast, teachers: undefined, objective: losses.logitMse() },
        teacher: (await nn.build(cnn(6))).eval(),
      });
    const auto = await finished(await given(viewed, "auto"));
    expect(auto.chosen).toEqual([false]);
    await expect(finished(await given(viewed, true))).rejects.toThrowError(/view.*reshape/s);
    const strided = nn.sequential(
      ...[nn.conv2d(3, 4, 1, { stride: 2 }), nn.flatten(), nn.linear(64, classes)],
    );
    expect((await finished(await given(strided, "auto"))).chosen).toEqual([false]);
    await expect(finished(await given(strided, true))).rejects.toThrowError(/oneDNN issue 6035/);
    const dense = nn.sequential(nn.flatten(), nn.linear(192, classes));
    expect((await finished(await given(dense, "auto"))).chosen).toEqual([false]);
  });
});

test("it is refused without convolutions, and as anything else", async () => {
  const refused = (more: object) =>
    expect(
      finished({
        ...{ teacher: undefined, student: nn.mlp([8, 3]), data: images(), epochs: 1 },
        ...{ optimizer: optim.sgd({ lr: 0.1 }), ...more },
      }),
    ).rejects;
  const dense = nn.sequential(nn.flatten(), nn.linear(192, classes));
  const teacher = await nn.build(dense);
  await refused({ teacher, student: dense, channelsLast: true }).toThrowError(
    expect.objectContaining({
      code: "ERR_CONFIG",
      message: expect.stringMatching(/channelsLast is for convolutions/),
    }),
  );
  await refused({ teacher: await toyModel(1), channelsLast: "yes" }).toThrowError(
    /channelsLast: expected true, false or "auto", got "yes"/,
  );
});

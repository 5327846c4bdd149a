/** `channelsLast`: where convolutions lie while they are trained, and that nothing else tells. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  process.env.POTSTILL_CACHE_DIR = folder;
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
  /** Large enough to be measured. */
  const wide = cnn(32);
  const file = () => path.join(folder, "layouts.json");
  const kept = () => JSON.parse(readFileSync(file(), "utf8")) as Record<string, unknown>;
  /** Puts this in the place of all that is kept. */
  const keep = (value: unknown) => {
    const entries = Object.keys(kept()).map((key) => [key, value]);
    writeFileSync(file(), JSON.stringify(Object.fromEntries(entries)));
  };
  /** Without followers and features. */
  const plain = async (more: Partial<DistillOptions>) =>
    await options({
      ...{ teachers: undefined, objective: losses.logitMse(), epochs: 1 },
      ...{ teacher: (await nn.build(cnn(6))).eval(), ...more },
    });

  test("is the default, and takes one of the two without a trace in what is trained", async () => {
    const auto = await finished(await options({ student: wide, alone: true }));
    expect(auto.chosen).toHaveLength(2);
    const told = await finished(await options({ student: wide, channelsLast: auto.chosen[1]! }));
    expect(weightsOf(auto.student)).toEqual(weightsOf(told.student));
  });

  test("keeps what it found for this machine", async () => {
    const { chosen } = await finished(await plain({ student: wide }));
    expect(Object.values(kept())).toEqual(chosen);
    for (const each of [true, false]) {
      keep(each);
      expect((await finished(await plain({ student: wide }))).chosen).toEqual([each]);
    }
    // What somebody has written into the file is measured again.
    keep("often");
    const again = await finished(await plain({ student: wide, channelsLast: "auto" }));
    expect(Object.values(kept())).toEqual(again.chosen);
  });

  test("measures another batch, other shapes and other threads for themselves", async () => {
    await finished(await plain({ student: wide }));
    await finished(await plain({ student: wide, batchSize: 6 }));
    await finished(await plain({ student: cnn(33) }));
    expect(Object.keys(kept())).toHaveLength(3);
    await finished(await plain({ student: wide, threads: 2 })).finally(() => setThreads(1));
    expect(Object.keys(kept())).toHaveLength(4);
  });

  test("measures nothing where it cannot pay, and nothing that is read or called", async () => {
    const look = losses.custom(({ logits }) => logits.pow(2).mean());
    for (const each of [
      { student: cnn(4) },
      { student: nn.sequential(nn.flatten(), nn.linear(192, classes)) },
      { student: wide, objective: look },
    ]) {
      const { chosen } = await finished(await plain({ ...each, channelsLast: "auto" }));
      expect(chosen).toEqual([false]);
    }
    expect(existsSync(file())).toBe(false);
  });

  test("leaves a training that would fail after its last step", async () => {
    const optimizer = optim.sgd({ lr: 1e20 });
    const given = { student: wide, optimizer, steps: 1, epochs: undefined };
    const { chosen } = await finished(
      await plain({ ...given, validation: null, test: null, clip: null, ema: null }),
    );
    expect(chosen).toEqual([false]);
    expect(existsSync(file())).toBe(false);
  });

  test("keeps nothing of a run that is stopped meanwhile", async () => {
    const given = await plain({ student: wide, signal: AbortSignal.timeout(20) });
    await expect(finished(given)).rejects.toThrowError(
      expect.objectContaining({ code: "ERR_ABORTED" }),
    );
    expect(existsSync(file())).toBe(false);
  });

  const pooled = [nn.adaptiveAvgPool2d(2), nn.flatten(), nn.linear(1024, classes)];
  const strided = (stride: number) =>
    nn.sequential(nn.conv2d(3, 8, 1, { stride }), nn.conv2d(8, 256, 3), ...pooled);
  const shaped = (how: "view" | "reshape") =>
    nn.script({
      modules: { conv: nn.conv2d(3, 8, 3), wide: nn.conv2d(8, 256, 3), head: nn.linear(4096, 3) },
      source: `def forward(self, x: Tensor) -> Tensor:
    return self.head(self.wide(self.conv(x)).${how}(x.size(0), -1))
`,
    });

  test.each([
    ["a gradient that oneDNN gets wrong", strided(1), strided(2), /oneDNN issue 6035/],
    ["views across the channels", shaped("reshape"), shaped("view"), /view.*reshape/s],
  ])("leaves networks with %s, also beside a twin that can take it", async (...args) => {
    const [, twin, student, fault] = args;
    await finished(await plain({ student: twin }));
    keep(true);
    expect((await finished(await plain({ student: twin }))).chosen).toEqual([true]);
    expect((await finished(await plain({ student }))).chosen).toEqual([false]);
    expect(Object.values(kept())).toEqual([true, false]);
    await expect(finished(await plain({ student, channelsLast: true }))).rejects.toThrowError(
      fault,
    );
  });

  test("leaves losses that cannot take it", async () => {
    const [score, viewed] = ["reshape", "view"].map((how) =>
      losses.script(
        `def loss(student: Tensor) -> Tensor:
    return student.${how}(student.size(0), -1).pow(2).mean()
`,
        { student: "0" },
      ),
    );
    await finished(await plain({ student: wide, objective: score }));
    keep(true);
    expect((await finished(await plain({ student: wide, objective: viewed }))).chosen).toEqual([
      false,
    ]);
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

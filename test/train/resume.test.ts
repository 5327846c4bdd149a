import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { loadModule, loadSafetensors, nn } from "../../lib/nn/index.js";
import { optim, schedules } from "../../lib/optim/index.js";
import {
  type DistillOptions,
  type DistillResult,
  distill,
  type TrainEvent,
} from "../../lib/train/index.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-resume-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Everything that has a state: momentum, schedule, dropout, average, accumulation, selection. */
async function options(more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  return {
    teacher: await toyModel(7),
    student: nn.mlp([features, 12, classes], { dropout: 0.3 }),
    data: toyData(),
    objective: losses.response({ alpha: 0.9, temperature: 4 }),
    optimizer: optim.sgd({ lr: 0.2, momentum: 0.9, nesterov: true }),
    schedule: schedules.cosine(),
    epochs: 4,
    batchSize: 8,
    accumulate: 2,
    ema: 0.9,
    validation: 0.25,
    seed: 5,
    ...more,
  };
}

/** Runs until `when` says so, then aborts; resolves with the error and the events. */
async function interrupted(
  given: DistillOptions,
  when: (event: TrainEvent) => boolean,
): Promise<{ error: { code?: string; message?: string }; events: TrainEvent[] }> {
  const controller = new AbortController();
  const run = distill({ ...given, signal: controller.signal });
  const events: TrainEvent[] = [];
  try {
    for await (const event of run) {
      events.push(event);
      if (when(event)) controller.abort();
    }
  } catch (error) {
    return { error: error as { code?: string }, events };
  }
  throw new Error("the run was not interrupted");
}

/** A signal that fires once the training has read so many batches. */
function afterBatches(given: DistillOptions, batches: number): DistillOptions {
  const data = given.data as ReturnType<typeof toyData>;
  const controller = new AbortController();
  let seen = 0;
  const train = data.train;
  const [rest, held] = train.split(0.25, 5);
  const counting = new Proxy(rest, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key !== "batches") return value.bind(target);
      return (options: Parameters<typeof rest.batches>[0]) => {
        const iterator = rest.batches(options);
        const next = iterator.next.bind(iterator);
        iterator.next = () => {
          if (options.shuffle && ++seen > batches) controller.abort();
          return next();
        };
        return iterator;
      };
    },
  });
  return {
    ...given,
    data: { train: counting, test: data.test! },
    validation: held,
    signal: controller.signal,
  };
}

/** Turns one bit of a file over. */
async function damage(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(file, bytes);
}

async function checkpointsOf(out: string): Promise<string[]> {
  const names = await readdir(path.join(out, "checkpoints"));
  return names.filter((name) => name !== "teachers.json").sort();
}

function outcome({ student, report }: DistillResult) {
  const { metrics, ...history } = report.history.distilled!;
  const timeless = (metrics as Record<string, unknown>[]).map(
    ({ seconds, samplesPerSecond, ...rest }) => rest,
  );
  return { weights: weightsOf(student), history, epochs: timeless.length };
}

describe("a stopped run", () => {
  it.each([1, 4, 9, 10, 13])("goes on to the same bits after %i batches", async (batches) => {
    const out = path.join(folder, `after-${batches}`);
    const whole = await distill(await options());
    const aborted = distill(afterBatches(await options({ out }), batches));
    await expect(aborted).rejects.toMatchObject({
      code: "ERR_ABORTED",
      message: expect.stringMatching(/stopped after step \d+ .*saved .*distilled\.ckpt/),
    });
    const resumed = distill(await options({ out, resume: true }));
    const events: TrainEvent[] = [];
    for await (const event of resumed) events.push(event);
    expect(events[0]).toMatchObject({ type: "start" });
    expect((events[0] as { resumed: unknown }).resumed).not.toBeNull();
    expect(outcome(await resumed)).toEqual(outcome(whole));
  });

  it("goes on after being stopped between and within both phases", async () => {
    const out = path.join(folder, "phases");
    const more = { alone: true, epochs: 2 };
    const whole = await distill(await options(more));
    await interrupted(
      await options({ ...more, out }),
      (event) => event.type === "epoch" && event.phase === "alone" && event.epoch === 1,
    );
    await interrupted(
      await options({ ...more, out, resume: true }),
      (event) => event.type === "epoch" && event.phase === "distilled" && event.epoch === 1,
    );
    const run = distill(await options({ ...more, out, resume: true }));
    const events: TrainEvent[] = [];
    for await (const event of run) events.push(event);
    const starts = events.filter((event) => event.type === "start").map(({ phase }) => phase);
    expect(starts).toEqual(["distilled"]);
    const resumed = await run;
    expect(outcome(resumed)).toEqual(outcome(whole));
    expect(weightsOf(resumed.alone!)).toEqual(weightsOf(whole.alone!));
    expect(resumed.report.alone?.errors).toBe(whole.report.alone?.errors);
  });

  it("says that nothing was saved where there is no folder", async () => {
    const { error } = await interrupted(await options(), (event) => event.type === "start");
    expect(error).toMatchObject({
      code: "ERR_ABORTED",
      message: expect.stringContaining("nothing was saved"),
    });
  });

  it("does not begin when the signal has fired already", async () => {
    const out = path.join(folder, "never");
    const run = distill(await options({ out, signal: AbortSignal.abort() }));
    await expect(run).rejects.toMatchObject({ code: "ERR_ABORTED" });
    expect(existsSync(out)).toBe(false);
  });
});

describe("a folder", () => {
  it("holds the student twice, the report, and the end of the training", async () => {
    const out = path.join(folder, "whole");
    const { student, report, files } = await distill(await options({ out }));
    expect((await readdir(out)).sort()).toEqual([
      "checkpoints",
      "details.json",
      "report.json",
      "student.pt",
      "student.safetensors",
    ]);
    expect(files.map((file) => path.basename(file))).toEqual([
      "student.pt",
      "student.safetensors",
      "report.json",
    ]);
    expect(weightsOf(await loadModule(path.join(out, "student.pt")))).toEqual(weightsOf(student));
    const tensors = await loadSafetensors(path.join(out, "student.safetensors"));
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(student.stateDict()).sort());
    expect(JSON.parse(await readFile(path.join(out, "report.json"), "utf8"))).toEqual(report);
    // Resumed, it is there at once.
    const again = distill(await options({ out, resume: true }));
    const types: string[] = [];
    for await (const event of again) types.push(event.type);
    expect(types).toEqual(["result", "result", "details", "done"]);
    expect(weightsOf((await again).student)).toEqual(weightsOf(student));
  });

  it("starts over with resume where there is no checkpoint, and says so", async () => {
    const out = path.join(folder, "fresh");
    const run = distill(await options({ out, resume: true, epochs: 1 }));
    const warnings: string[] = [];
    for await (const event of run) if (event.type === "warning") warnings.push(event.message);
    expect(warnings).toEqual([expect.stringMatching(/no checkpoint in .*starting over/)]);
  });

  it("does not go on from a damaged checkpoint or one of other settings", async () => {
    const out = path.join(folder, "damaged");
    await interrupted(
      await options({ out }),
      (event) => event.type === "epoch" && event.epoch === 2,
    );
    const file = path.join(out, "checkpoints", "distilled.ckpt");
    await expect(
      distill(await options({ out, resume: true, batchSize: 12 })),
    ).rejects.toMatchObject({
      code: "ERR_CHECKPOINT",
      message: expect.stringMatching(/batchSize was 8 and is 12/),
    });
    // The one before is there for it, but not without a word.
    await damage(file);
    const previous = path.join(out, "checkpoints", "distilled.1.ckpt");
    await copyFile(previous, `${previous}.kept`);
    const { events } = await interrupted(
      await options({ out, resume: true }),
      (event) => event.type === "start",
    );
    expect(events).toContainEqual({
      type: "warning",
      phase: "distilled",
      message: expect.stringMatching(
        /distilled\.ckpt is no usable checkpoint: its checksum .* from the checkpoint before it$/,
      ),
    });
    expect(await readFile(previous)).toEqual(await readFile(`${previous}.kept`));
    await damage(file);
    const whole = await distill(await options());
    const again = await distill(await options({ out, resume: true }));
    expect(outcome(again)).toEqual(outcome(whole));
  });

  it("says so where no checkpoint is usable", async () => {
    const out = path.join(folder, "all-damaged");
    await interrupted(
      await options({ out }),
      (event) => event.type === "epoch" && event.epoch === 2,
    );
    const files = await checkpointsOf(out);
    expect(files).toEqual(["distilled.1.ckpt", "distilled.ckpt"]);
    for (const file of files) await damage(path.join(out, "checkpoints", file));
    await expect(distill(await options({ out, resume: true }))).rejects.toMatchObject({
      code: "ERR_CHECKPOINT",
      message: expect.stringMatching(/distilled\.ckpt is no usable checkpoint.*Delete it/),
    });
  });

  it("keeps as many checkpoints as it is told to, and none of a run before", async () => {
    const out = path.join(folder, "kept");
    await distill(await options({ out, keepCheckpoints: 3 }));
    expect(await checkpointsOf(out)).toEqual([
      "distilled.1.ckpt",
      "distilled.2.ckpt",
      "distilled.ckpt",
    ]);
    // Halves of files that a killed process left behind.
    await writeFile(path.join(out, "checkpoints", "distilled.ckpt.999999999.tmp"), "half");
    await writeFile(path.join(out, "report.json.999999999.tmp"), "half");
    await distill(await options({ out, keepCheckpoints: 1 }));
    expect(await checkpointsOf(out)).toEqual(["distilled.ckpt"]);
    expect((await readdir(out)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("serves one run at a time", async () => {
    const out = path.join(folder, "shared");
    const first = distill(await options({ out, epochs: 20 }));
    const iterator = first[Symbol.asyncIterator]();
    await iterator.next();
    await expect(distill(await options({ out }))).rejects.toMatchObject({ code: "ERR_LOCKED" });
    await first;
    expect(existsSync(path.join(out, ".lock"))).toBe(false);
    // The lock of a process that is gone is no obstacle.
    await writeFile(path.join(out, ".lock"), "999999999\n");
    await distill(await options({ out, epochs: 1 }));
  });

  it("that cannot be written to is an error at once", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "");
    await expect(distill(await options({ out: path.join(file, "run") }))).rejects.toMatchObject({
      code: "ERR_IO",
    });
  });
});

describe("studentWeights", () => {
  it("are read from both formats", async () => {
    const source = await toyModel(11, 12);
    const script = path.join(folder, "weights.pt");
    await source.save(script);
    const { student: reference } = await distill(
      await options({ student: await toyModel(11, 12), epochs: 1 }),
    );
    const plain = nn.mlp([features, 12, classes]);
    const { student } = await distill(
      await options({ student: plain, studentWeights: script, epochs: 1 }),
    );
    expect(weightsOf(student)).toEqual(weightsOf(reference));
    await expect(
      distill(await options({ student: nn.mlp([features, 13, classes]), studentWeights: script })),
    ).rejects.toMatchObject({ code: "ERR_SHAPE" });
  });
});

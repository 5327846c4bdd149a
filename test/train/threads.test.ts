/** `threads: "auto"`: found out by measuring, without a trace in what is trained. */

import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { getThreads, zeros } from "../../lib/tensor/index.js";
import { type DistillOptions, distill, type TrainEvent, train } from "../../lib/train/index.js";
import { fastest } from "../../lib/train/measured.js";
import { candidatesOf } from "../../lib/train/threads.js";
import { classes, features, toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "potstill-threads-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that a step changes: momentum, statistics, dropout, averages, memories, a follower. */
async function options(more: Partial<DistillOptions> = {}): Promise<DistillOptions> {
  return {
    teachers: [{ module: await toyModel(7) }, { ema: 0.9 }],
    student: nn.sequential(
      ...[nn.linear(features, 16), nn.batchNorm1d(16), nn.relu(), nn.dropout(0.3)],
      nn.linear(16, classes),
    ),
    data: toyData(),
    objective: [
      losses.response({ alpha: 0.9, temperature: 4 }),
      losses.crd({ student: "0", teacher: "0", negatives: 8 }),
    ],
    optimizer: optim.adamw({ lr: 0.01 }),
    epochs: 3,
    batchSize: 8,
    accumulate: 2,
    ema: 0.9,
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
  const threads = events.flatMap((event) => (event.type === "start" ? event.plan.threads : []));
  return { weights: weightsOf(student), threads, events, report };
}

describe("the number", () => {
  test("is one of those that were tried, and set", async () => {
    const { threads, report } = await finished(await options({ threads: "auto", alone: true }));
    expect(threads).toHaveLength(2);
    for (const each of threads) expect(candidatesOf(availableParallelism())).toContain(each);
    expect(getThreads()).toBe(threads[1]);
    expect(report.environment.threads).toBe(threads[1]);
  });

  test("is found for train() too", async () => {
    const run = train({
      ...{ model: nn.mlp([features, 12, classes]), data: toyData(), epochs: 1, threads: "auto" },
      optimizer: optim.sgd({ lr: 0.1 }),
    });
    const plans: number[] = [];
    for await (const event of run) if (event.type === "start") plans.push(event.plan.threads);
    expect(plans).toEqual([getThreads()]);
  });

  test("is that of the checkpoint in a run that goes on, which ends with the same bits", async () => {
    // More than would be chosen for these models.
    const whole = await finished(await options({ threads: 2 }));
    const controller = new AbortController();
    const first = distill(await options({ threads: 2, out: folder, signal: controller.signal }));
    await expect(
      (async () => {
        for await (const event of first) if (event.type === "epoch") controller.abort();
      })(),
    ).rejects.toThrowError(expect.objectContaining({ code: "ERR_ABORTED" }));
    const rest = await finished(await options({ threads: "auto", out: folder, resume: true }));
    expect(rest.threads).toEqual([2]);
    expect(rest.events.filter(({ type }) => type === "warning")).toEqual([]);
    expect(rest.weights).toEqual(whole.weights);
  });

  test("is all cores for streams and functions, which nobody asks before their time", async () => {
    let read = 0;
    async function* batches() {
      for (let i = 0; i < 5; i++) {
        read++;
        yield { inputs: zeros([4, features]) };
      }
    }
    let called = 0;
    const look = losses.custom(({ student, teacher }) => {
      called++;
      return student.sub(teacher!).pow(2).mean();
    });
    const teacher = await toyModel(7);
    const plain = { teachers: undefined, teacher, accumulate: 1, validation: null, epochs: 1 };
    const streamed = await finished(
      await options({
        ...plain,
        data: batches,
        ...{ objective: losses.response({ alpha: 1 }), threads: "auto" },
      }),
    );
    expect(read).toBe(5);
    const own = await finished(await options({ ...plain, objective: look, threads: "auto" }));
    expect(called).toBe(12);
    for (const { threads } of [streamed, own]) expect(threads).toEqual([availableParallelism()]);
  });

  test.each([
    [0, /threads: expected at least 1, got 0/],
    [1.5, /threads: expected a whole number from 1, or "auto", got 1\.5/],
    ["many", /threads: expected a whole number from 1, or "auto", got "many"/],
  ])("is refused as %s", async (threads, message) => {
    await expect(finished(await options({ threads: threads as never }))).rejects.toThrowError(
      expect.objectContaining({
        code: "ERR_CONFIG",
        message: expect.stringMatching(message),
      }),
    );
  });
});

test("measuring leaves no trace in what is trained", async () => {
  const auto = await finished(await options({ threads: "auto" }));
  const told = await finished(await options({ threads: auto.threads[0]! }));
  expect(auto.weights).toEqual(told.weights);
  const losses = ({ events }: typeof auto) =>
    events.flatMap((event) => (event.type === "epoch" ? event.metrics.loss : []));
  expect(losses(auto)).toEqual(losses(told));
});

test("powers of two, all cores, and all but one are tried", () => {
  expect(candidatesOf(1)).toEqual([1]);
  expect(candidatesOf(2)).toEqual([1, 2]);
  expect(candidatesOf(6)).toEqual([1, 2, 4, 5, 6]);
  expect(candidatesOf(16)).toEqual([1, 2, 4, 8, 15, 16]);
});

test("more threads have to be worth it", () => {
  const times = (...list: number[]) => new Map(list.map((time, i) => [i + 1, time]));
  expect(fastest(times(100, 98, 99))).toBe(1);
  expect(fastest(times(100, 90, 89))).toBe(2);
  expect(fastest(times(100, 120, 80))).toBe(3);
});

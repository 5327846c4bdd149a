/** `run.profile()`: parts that add up, a trace, and what cannot be asked for. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { optim } from "../../lib/optim/index.js";
import { type DistillOptions, distill, mutual, train } from "../../lib/train/index.js";
import { addUp, type Span, spansOf } from "../../lib/train/profile.js";
import { toyData, toyModel, weightsOf } from "./toys.js";

const folder = mkdtempSync(path.join(tmpdir(), "potstill-profile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const coded = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

const optimizer = optim.sgd({ lr: 0.05 });

/** In an object: a run that a function returns is awaited. */
async function toyRun(options: Partial<DistillOptions> = {}) {
  const run = distill({
    teacher: await toyModel(1),
    student: await toyModel(2, 4),
    data: toyData(),
    optimizer,
    batchSize: 8,
    epochs: 6,
    ...options,
  });
  return { run };
}

describe("adding up", () => {
  const span = (part: Span["part"], began: number, ended: number): Span => ({ part, began, ended });

  test("gaps before a step are idle, or data where the loop waited, and others are overhead", () => {
    const { steps, parts } = addUp(
      [
        span("teacher", 10, 14),
        span("student", 14, 16),
        span("loss", 17, 18),
        span("backward", 18, 22),
        span("optimizer", 22, 23),
        // Two of the five milliseconds before it were spent waiting for its batch.
        span("teacher", 28, 32),
        span("student", 32, 33),
      ],
      [span("data", 20, 25), span("data", 40, 50)],
    );
    expect(steps).toBe(2);
    expect(parts).toEqual({
      ...{ data: 2, teacher: 8, student: 3, loss: 1, backward: 4, optimizer: 1 },
      ...{ other: 1, idle: 3 },
    });
    // From the first beginning to the last end.
    expect(Object.values(parts).reduce((sum, value) => sum + value, 0)).toBe(23);
  });

  test("without a teacher the student's forward begins a step", () => {
    const { steps, parts } = addUp(
      [span("student", 0, 1), span("loss", 1, 2), span("student", 3, 4)],
      [],
    );
    expect(steps).toBe(2);
    expect(parts.idle).toBe(1);
  });

  test("nothing gives nothing", () => {
    expect(addUp([], []).steps).toBe(0);
    expect(spansOf([0, 1, 2, 4, 3, 5])).toEqual([span("teacher", 1, 2), span("optimizer", 3, 5)]);
  });
});

describe("a run", () => {
  test("says where the time of its steps goes, and goes on", async () => {
    const trace = path.join(folder, "trace.json");
    const { run } = await toyRun();
    const profile = await run.profile({ steps: 20, after: 5, trace });
    expect(profile.steps).toBeGreaterThanOrEqual(15);
    expect(profile.steps).toBeLessThanOrEqual(24);
    const { milliseconds, parts } = profile;
    const sum = Object.values(parts).reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(milliseconds, 6);
    for (const part of ["teacher", "student", "loss", "backward", "optimizer"] as const) {
      expect(parts[part], part).toBeGreaterThan(0);
    }
    for (const value of Object.values(parts)) expect(value).toBeGreaterThanOrEqual(0);
    for (const { rows, k, n, threads, candidate } of profile.products) {
      for (const number of [rows, k, n, threads]) expect(number).toBeGreaterThan(0);
      expect(candidate).not.toBe("");
    }

    const { traceEvents } = JSON.parse(readFileSync(trace, "utf8")) as {
      traceEvents: { name: string; ph: string; ts: number; dur: number; tid: number }[];
    };
    const steps = traceEvents.filter(({ ph, tid }) => ph === "X" && tid === 0);
    expect(steps.filter(({ name }) => name === "backward")).toHaveLength(profile.steps);
    for (const { ts, dur } of steps) {
      expect(ts).toBeGreaterThanOrEqual(0);
      expect(dur).toBeGreaterThanOrEqual(0);
    }
    // One after the other on one thread.
    const sorted = [...steps].sort((a, b) => a.ts - b.ts);
    for (const [i, { ts }] of sorted.entries()) {
      if (i > 0) expect(ts).toBeGreaterThanOrEqual(sorted[i - 1]!.ts + sorted[i - 1]!.dur - 1);
    }
    const { report } = await run;
    expect(report.history.distilled?.steps).toBe(72);
    expect(await (await toyRun()).run.profile({ steps: 5, after: 0 })).toMatchObject({
      trace: null,
    });
  });

  test("ends with the same weights as without", async () => {
    const { run: plain } = await toyRun();
    const { run: profiled } = await toyRun();
    await profiled.profile({ steps: 10 });
    expect(weightsOf((await profiled).student)).toEqual(weightsOf((await plain).student));
  });

  test("that is short gives what there was, and the student alone is left out", async () => {
    const { run } = await toyRun({ epochs: 1, alone: true });
    const { steps } = await run.profile({ steps: 1000, after: 3 });
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThanOrEqual(12);
    await run;
  });

  test("works with custom losses, accumulation, mutual learning and plain training", async () => {
    const custom = losses.custom((context) => context.student.pow(2).mean(), { name: "size" });
    const { run: first } = await toyRun({ objective: [losses.response(), custom], accumulate: 2 });
    expect((await first.profile({ steps: 8, after: 2 })).parts.loss).toBeGreaterThan(0);
    await first;
    const both = mutual({
      students: [await toyModel(3), await toyModel(4)],
      ...{ data: toyData(), optimizer, batchSize: 8, epochs: 3 },
    });
    expect((await both.profile({ steps: 8, after: 2 })).parts.teacher).toBeGreaterThan(0);
    await both;
    const alone = train({
      ...{ model: await toyModel(5), data: toyData(), optimizer, batchSize: 8, epochs: 3 },
    });
    expect((await alone.profile({ steps: 8, after: 2 })).parts.teacher).toBe(0);
    await alone;
  });
});

describe("refused", () => {
  test("options, a second one meanwhile, and a run that is over", async () => {
    const { run } = await toyRun();
    await expect(run.profile({ steps: 0 })).rejects.toThrowError(coded("ERR_CONFIG", /steps/));
    await expect(run.profile({ step: 3 } as object)).rejects.toThrowError(
      coded("ERR_CONFIG", /step/),
    );
    const first = run.profile({ steps: 4 });
    await expect(run.profile()).rejects.toThrowError(coded("ERR_CONFIG", /under way/));
    await first;
    await run;
    await expect(run.profile()).rejects.toThrowError(coded("ERR_CONFIG", /over/));
  });

  test("a run that ends before, and one that fails", async () => {
    const { run } = await toyRun({ epochs: 1 });
    const profile = run.profile({ after: 1000 });
    await expect(profile).rejects.toThrowError(coded("ERR_CONFIG", /ended before step 1001/));
    await run;
    const { run: failing } = await toyRun({ epochs: 0 });
    const asked = failing.profile();
    await expect(asked).rejects.toThrowError(coded("ERR_CONFIG", /ended before/));
    await expect(failing).rejects.toThrowError(coded("ERR_CONFIG", /epochs/));
  });

  test("a trace that cannot be written, while the run goes on", async () => {
    const { run } = await toyRun();
    writeFileSync(path.join(folder, "file"), "");
    const trace = path.join(folder, "file", "trace.json");
    await expect(run.profile({ steps: 3, trace })).rejects.toThrowError(coded("ERR_IO", /trace/));
    expect((await run).report.history.distilled?.steps).toBe(72);
  });
});

import { describe, expect, it } from "vitest";
import type { TrainEvent } from "../../lib/train/events.js";
import { Run } from "../../lib/train/run.js";

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

function warning(message: string): TrainEvent {
  return { type: "warning", phase: null, message };
}

function step(number: number): TrainEvent {
  return {
    type: "step",
    phase: "distilled",
    step: number,
    steps: 9,
    epoch: 1,
    epochs: 1,
    lr: 0.1,
    loss: 1,
    terms: {},
    accuracy: null,
    samplesPerSecond: 1,
    eta: null,
  };
}

function label(event: TrainEvent): string {
  if (event.type === "warning") return event.message;
  return event.type === "step" ? `step ${event.step}` : event.type;
}

async function labels(run: AsyncIterable<TrainEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of run) seen.push(label(event));
  return seen;
}

describe("Run", () => {
  it("gives events to a loop and the result to await", async () => {
    const run = new Run(async (emit) => {
      emit(warning("a"));
      await tick();
      emit(warning("b"));
      return 42;
    });
    expect(await labels(run)).toEqual(["a", "b"]);
    expect(await run).toBe(42);
  });

  it("goes on when the loop is left", async () => {
    let finished = false;
    const run = new Run(async (emit) => {
      emit(warning("a"));
      await tick();
      emit(warning("b"));
      finished = true;
      return "done";
    });
    for await (const event of run) {
      expect(label(event)).toBe("a");
      break;
    }
    expect(finished).toBe(false);
    expect(await run).toBe("done");
    expect(finished).toBe(true);
  });

  it("keeps what happened before the first listener, of steps only the latest", async () => {
    const run = new Run(async (emit) => {
      for (const event of [warning("a"), step(1), step(2), step(3), warning("b"), step(4)])
        emit(event);
      return 0;
    });
    await run;
    expect(await labels(run)).toEqual(["a", "step 3", "b", "step 4"]);
    expect(await labels(run)).toEqual([]);
  });

  it("collapses pending steps for a slow listener and loses nothing else", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const run = new Run(async (emit) => {
      emit(step(1));
      await gate;
      for (let i = 2; i <= 100; i++) emit(step(i));
      emit(warning("end"));
      return 0;
    });
    const seen: string[] = [];
    for await (const event of run) {
      if (seen.length === 0) {
        release();
        await tick();
      }
      seen.push(label(event));
    }
    expect(seen).toEqual(["step 1", "step 100", "end"]);
  });

  it("serves several listeners", async () => {
    const run = new Run(async (emit) => {
      await tick();
      emit(warning("a"));
      emit(warning("b"));
      return 0;
    });
    const both = await Promise.all([labels(run), labels(run)]);
    expect(both).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("throws the error of the job from the loop, once, and from await", async () => {
    const run = new Run<number>(async (emit) => {
      emit(warning("a"));
      throw new Error("broken");
    });
    const iterator = run[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    await expect(iterator.next()).rejects.toThrow("broken");
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await expect(run).rejects.toThrow("broken");
    await expect(labels(run)).rejects.toThrow("broken");
  });

  it("turns an exception before the first await into a rejection", async () => {
    const run = new Run<number>(() => {
      throw new Error("at once");
    });
    await expect(run).rejects.toThrow("at once");
  });

  it("is a promise for those who want one", async () => {
    const log: string[] = [];
    const run = new Run(async () => 7);
    expect(await run.then((value) => value + 1)).toBe(8);
    expect(await run.finally(() => log.push("finally"))).toBe(7);
    expect(await run.catch(() => -1)).toBe(7);
    expect(await Promise.all([run, run])).toEqual([7, 7]);
    expect(log).toEqual(["finally"]);
  });
});

import { afterAll, describe, expect, test } from "vitest";
import {
  enableGrad,
  getRngState,
  getThreads,
  inferenceMode,
  isGradEnabled,
  manualSeed,
  noGrad,
  ops,
  randn,
  setRngState,
  setThreads,
  tensor,
  trimMemory,
} from "../../lib/tensor/index.js";

const code = (name: string): unknown => expect.objectContaining({ code: name });
const x = tensor([1, 2], { requiresGrad: true });

describe("grad modes", () => {
  test("noGrad and enableGrad nest and give the result of the function", () => {
    expect(noGrad(() => x.mul(2).requiresGrad)).toBe(false);
    expect(noGrad(() => enableGrad(() => x.mul(2).requiresGrad))).toBe(true);
    expect(x.mul(2).requiresGrad).toBe(true);
    noGrad(() => {
      noGrad(() => {});
      expect(isGradEnabled()).toBe(false);
    });
    expect(isGradEnabled()).toBe(true);
  });

  test("an error restores the mode", () => {
    for (const mode of [noGrad, inferenceMode]) {
      expect(() =>
        mode(() => {
          throw new Error("no");
        }),
      ).toThrow("no");
    }
    expect(isGradEnabled()).toBe(true);
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  test("inference mode makes tensors that cannot be recorded", () => {
    const y = inferenceMode(() => inferenceMode(() => x.mul(2)));
    expect(y.requiresGrad).toBe(false);
    expect(ops.aten.is_inference(y)).toBe(true);
    expect(() => x.mul(y)).toThrow(/[Ii]nference tensors/);
  });

  test.each([
    ["noGrad", noGrad],
    ["enableGrad", enableGrad],
    ["inferenceMode", inferenceMode],
  ])("%s refuses asynchronous functions", (name, mode) => {
    let ran = false;
    expect(() =>
      mode(async () => {
        ran = true;
      }),
    ).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringContaining(name) }),
    );
    expect(ran).toBe(false);
    expect(() => mode(() => Promise.reject(new Error("not reported twice")))).toThrow(
      code("ERR_CONFIG"),
    );
    expect(isGradEnabled()).toBe(true);
  });

  test("a job keeps the mode in which it was started", async () => {
    const jobs = [
      noGrad(() => ({ job: ops.aten.mul.async(x, 2) })),
      inferenceMode(() => ({ job: ops.aten.mul.async(x, 2) })),
      { job: ops.aten.mul.async(x, 2) },
    ];
    const made = await Promise.all(jobs.map(({ job }) => job));
    expect(made.map((y) => y.requiresGrad)).toEqual([false, false, true]);
    expect(made.map((y) => ops.aten.is_inference(y))).toEqual([false, true, false]);
  });
});

describe("process-wide state", () => {
  test("the state of the generator can be kept", () => {
    manualSeed(5);
    const state = getRngState();
    const first = randn([5]).toArray();
    setRngState(state);
    expect(randn([5]).toArray()).toEqual(first);
    manualSeed(5n);
    expect(randn([5]).toArray()).toEqual(first);
    manualSeed(6);
    expect(randn([5]).toArray()).not.toEqual(first);
    expect(() => manualSeed(1.5)).toThrow(code("ERR_CONFIG"));
    expect(() => manualSeed(2 ** 60)).toThrow(code("ERR_CONFIG"));
  });

  const threads = getThreads();
  afterAll(() => setThreads(threads));

  test("threads", () => {
    setThreads(1);
    expect(getThreads()).toBe(1);
    for (const wrong of [0, -1, 1.5, Number.NaN]) {
      expect(() => setThreads(wrong)).toThrow(code("ERR_CONFIG"));
    }
    trimMemory();
  });
});

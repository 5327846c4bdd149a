import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { learningRates, optim, type Schedule, schedules } from "../../lib/optim/index.js";

type Call = [keyof typeof schedules, Record<string, unknown>?];
interface Oracle {
  lr: number;
  steps: number;
  stepsPerEpoch: number;
  cases: { schedule: Call; rates: number[] }[];
}
const oracle = JSON.parse(
  readFileSync(new URL("./schedules.json", import.meta.url), "utf8"),
) as Oracle;
const length = { steps: oracle.steps, stepsPerEpoch: oracle.stepsPerEpoch };

function made([name, options]: Call): Schedule {
  const nested = options?.schedules as Call[] | undefined;
  const given = nested ? { ...options, schedules: nested.map(made) } : options;
  return (schedules[name] as (options?: object) => Schedule)(given);
}

const rate = (schedule: Schedule, lr = 1) => learningRates(optim.sgd({ lr }), schedule, length);

describe("rates equal PyTorch's", () => {
  test.each(oracle.cases.map((each) => [JSON.stringify(each.schedule), each] as const))(
    "%s",
    (_, { schedule, rates }) => {
      const ours = rate(made(schedule), oracle.lr);
      // Some of PyTorch's schedulers multiply rate by rate and round each time.
      for (const [step, value] of rates.entries()) {
        expect(Math.abs(ours(step) - value), `step ${step}`).toBeLessThan(1e-12);
      }
    },
  );

  test.each(oracle.cases.map((each) => each.schedule))("%s survives JSON", (...call) => {
    const schedule = made(call as Call);
    const again = JSON.parse(JSON.stringify(schedule)) as Schedule;
    expect(again).toEqual(schedule);
    for (const step of [0, 3, 40, 69]) expect(rate(again)(step)).toBe(rate(schedule)(step));
  });
});

test("without a schedule the rate is the optimizer's", () => {
  const constant = learningRates(optim.adam({ lr: 0.02 }), null, {
    steps: null,
    stepsPerEpoch: null,
  });
  expect([constant(0), constant(1e6)]).toEqual([0.02, 0.02]);
  expect(rate(schedules.constant({ factor: 0.5 }), 0.2)(7)).toBe(0.1);
});

test("milestones of a chain default to the ends of its parts", () => {
  const parts = [schedules.linearWarmup({ totalIters: 8 }), schedules.cosine({ tMax: 20 })];
  const tail = schedules.constant({ factor: 0.25 });
  const implied = rate(schedules.chain({ schedules: [...parts, tail] }));
  const given = rate(schedules.chain({ schedules: [...parts, tail], milestones: [8, 28] }));
  for (let step = 0; step < 70; step++) expect(implied(step)).toBe(given(step));
  expect(implied(28)).toBe(0.25);
  expect(() =>
    rate(schedules.chain({ schedules: [schedules.constant(), schedules.cosine()] })),
  ).toThrowError(/constant has no end/);
});

describe("a length that nobody knows", () => {
  const unknown = { steps: null, stepsPerEpoch: null };
  const rates = (schedule: Schedule) => learningRates(optim.sgd(), schedule, unknown);

  test.each([
    ["cosine", schedules.cosine(), /set its tMax/],
    ["oneCycle", schedules.oneCycle(), /set its totalSteps/],
    ["step", schedules.step({ stepSize: 2 }), /unit: "steps"/],
    [
      "the end of a chain",
      schedules.chain({ schedules: [schedules.constant(), schedules.cosine()], milestones: [3] }),
      /set its tMax/,
    ],
  ] as const)("is refused by %s before training", (_, schedule, message) => {
    expect(() => rates(schedule)).toThrowError(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(message) }),
    );
  });

  test("does not matter where nothing depends on it", () => {
    expect(rates(schedules.cosine({ tMax: 10 }))(5)).toBeCloseTo(5e-4, 12);
    expect(rates(schedules.step({ stepSize: 2, unit: "steps" }))(2)).toBeCloseTo(1e-4, 12);
  });
});

test("one-cycle stays at its end, and however short a cycle is, it has a rate", () => {
  expect(rate(schedules.oneCycle({ maxLr: 1, totalSteps: 10 }))(50)).toBeCloseTo(1 / 25e4, 15);
  for (const totalSteps of [1, 2, 3, 4]) {
    const short = rate(schedules.oneCycle({ maxLr: 1, totalSteps }));
    for (let step = 0; step <= totalSteps; step++) {
      expect(short(step)).toBeGreaterThan(0);
      expect(short(step)).toBeLessThanOrEqual(1);
    }
  }
});

describe("what does not fit is refused", () => {
  test.each([
    [() => schedules.step({ stepsize: 2 } as never), /did you mean "stepSize"/],
    [() => schedules.step({} as never), /stepSize/],
    [() => schedules.multistep({ milestones: [3, 2] }), /ascending/],
    [() => schedules.cosine({ unit: "batch" as never }), /"steps" or "epochs", got "batch"/],
    [() => schedules.linearWarmup({ startFactor: 0 }), /startFactor/],
    [
      () => schedules.chain({ schedules: [schedules.constant()], milestones: [2] }),
      /milestones: expected 0/,
    ],
    [() => schedules.chain({ schedules: [{} as never] }), /expected a schedule/],
    [() => rate({ kind: "cosin" } as never), /did you mean "cosine"/],
    [() => learningRates({} as never, null, length), /expected one such as optim.sgd/],
  ])("%#", (call, message) => {
    expect(call).toThrowError(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(message) }),
    );
  });
});

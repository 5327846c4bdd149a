import { describe, expect, it } from "vitest";
import { CurveCollector } from "../../lib/report/curves.js";
import { epoch, events, start, step } from "./samples.js";

function collected(list: typeof events) {
  const collector = new CurveCollector();
  for (const event of list) collector.add(event);
  return collector.curves;
}

describe("CurveCollector", () => {
  it("gives columns per phase, with a column per term", () => {
    const curves = collected(events);
    expect(Object.keys(curves)).toEqual(["alone", "distilled"]);
    const { steps, epochs } = curves.distilled!;
    expect(steps.step).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect(steps.values.loss?.[0]).toBe(0.5);
    expect(steps.values["term:crossEntropy"]?.[0]).toBe(0.25);
    expect(epochs.step).toEqual([20, 40]);
    expect(epochs.values.validationAccuracy).toEqual([0.9, 0.9]);
    // Nothing was clipped, so there is no column of norms.
    expect(epochs.values).not.toHaveProperty("gradNorm");
  });

  it("drops what a resumed run does again, and all of a phase that starts over", () => {
    const first = [start("distilled"), step("distilled", 1), step("distilled", 9)];
    const resumed = [...first, start("distilled", { step: 4, epoch: 0 }), step("distilled", 5)];
    expect(collected(resumed).distilled?.steps.step).toEqual([1, 5]);
    const again = [...first, start("distilled"), step("distilled", 2), step("distilled", 3)];
    expect(collected(again).distilled?.steps.step).toEqual([2, 3]);
  });

  it("keeps a bounded number of points, from the beginning to the end", () => {
    const many = Array.from({ length: 100_000 }, (_, at) => step("distilled", at + 1));
    const column = collected([start("distilled"), ...many]).distilled!.steps.step;
    expect(column.length).toBeLessThan(2010);
    expect(column.length).toBeGreaterThan(1000);
    expect(column[0]).toBe(1);
    expect(column.at(-1)).toBeGreaterThan(99_900);
    const gaps = column.slice(1).map((value, at) => value - column[at]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(128);
  });

  it("keeps the spikes of a long run", () => {
    const many = Array.from({ length: 100_000 }, (_, at) =>
      step("distilled", at + 1, at === 54_321 ? 50 : at === 65_432 ? -50 : 1),
    );
    const { step: at, values } = collected([start("distilled"), ...many]).distilled!.steps;
    expect(at.length).toBeLessThan(2010);
    expect(values.loss![at.indexOf(54_322)]).toBe(50);
    expect(values.loss![at.indexOf(65_433)]).toBe(-50);
  });

  it("lays the stages of a training one behind the other", () => {
    const stage = (index: number) => ({ index, count: 2, name: `stage ${index}` });
    const begin = (index: number, resumed: { step: number; epoch: number } | null = null) => ({
      ...start("distilled", resumed),
      stage: stage(index),
    });
    const told = [
      begin(1),
      step("distilled", 10),
      step("distilled", 20),
      begin(2),
      step("distilled", 10),
      step("distilled", 20),
    ];
    const stepsOf = (list: typeof told) => collected(list).distilled!.steps.step;
    expect(stepsOf(told)).toEqual([10, 20, 30, 40]);
    expect(stepsOf([...told, begin(2, { step: 12, epoch: 0 }), step("distilled", 15)])).toEqual([
      10, 20, 30, 35,
    ]);
    expect(stepsOf([...told, begin(2), step("distilled", 5)])).toEqual([10, 20, 25]);
    expect(stepsOf([...told, begin(1), step("distilled", 5), step("distilled", 6)])).toEqual([
      5, 6,
    ]);
  });

  it("takes the epochs where nothing was read in between, and holes for what is no number", () => {
    const nan = epoch("distilled", 2);
    nan.metrics.loss = Number.NaN;
    const { steps } = collected([start("distilled"), epoch("distilled", 1), nan]).distilled!;
    expect(steps.step).toEqual([20, 40]);
    expect(steps.values.loss).toEqual([0.5, null]);
  });
});

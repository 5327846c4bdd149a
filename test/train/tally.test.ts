import { describe, expect, it } from "vitest";
import { Tally } from "../../lib/train/tally.js";

describe("Tally", () => {
  // Five samples of three classes, worked out by hand.
  const tally = new Tally(3, [1, 2], 2);
  tally.add({
    labels: [0, 0, 1],
    predictions: [0, 1, 1],
    ranks: [0, 1, 0],
    losses: [0.1, 2, 0.3],
    confidences: [0.9, 0.6, 0.5],
  });
  tally.add({
    labels: [2, 2],
    predictions: [0, 2],
    ranks: [2, 0],
    losses: [3, 0.6],
    confidences: [0.4, 1],
  });

  it("counts errors and averages losses over batches", () => {
    expect(tally.samples).toBe(5);
    expect(tally.errors).toBe(2);
    expect(tally.accuracy).toBeCloseTo(3 / 5, 12);
    expect(tally.loss).toBeCloseTo(6 / 5, 12);
  });

  it("counts hits within the best k", () => {
    expect(tally.topKAccuracy).toEqual({ "1": 3 / 5, "2": 4 / 5 });
  });

  it("puts true classes in rows and predictions in columns", () => {
    expect(tally.confusion).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 1],
    ]);
  });

  it("gives recall and precision per class", () => {
    expect(tally.perClass(["a", "b", "c"])).toEqual([
      { class: 0, name: "a", samples: 2, errors: 1, accuracy: 0.5, precision: 0.5 },
      { class: 1, name: "b", samples: 1, errors: 0, accuracy: 1, precision: 0.5 },
      { class: 2, name: "c", samples: 2, errors: 1, accuracy: 0.5, precision: 1 },
    ]);
  });

  it("has nulls for a class that never came", () => {
    const empty = new Tally(2, [], 15);
    empty.add({ labels: [0], predictions: [0], ranks: [0], losses: [0], confidences: [1] });
    expect(empty.perClass(null)[1]).toEqual({
      class: 1,
      name: null,
      samples: 0,
      errors: 0,
      accuracy: null,
      precision: null,
    });
  });

  it("weighs the gap of each bin by its samples", () => {
    // (0, ½]: confidences 0.5 and 0.4, one right; (½, 1]: 0.9, 0.6 and 1, two right.
    const expected = (2 / 5) * Math.abs(1 / 2 - 0.45) + (3 / 5) * Math.abs(2 / 3 - 2.5 / 3);
    expect(tally.calibrationError).toBeCloseTo(expected, 12);
  });

  it("takes a tie as a hit of top-1 only where the prediction is the label", () => {
    const tied = new Tally(2, [1, 2], 1);
    tied.add({ labels: [1], predictions: [0], ranks: [0], losses: [0.69], confidences: [0.5] });
    expect(tied.topKAccuracy).toEqual({ "1": 0, "2": 1 });
  });
});

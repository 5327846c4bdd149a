import { describe, expect, it } from "vitest";
import { combinations, folderName, parseAxis } from "../../lib/cli/grid.js";

const recipe = {
  seed: 1,
  teacher: { train: { epochs: 2, optimizer: { sgd: { lr: 0.1 } } } },
  objective: { response: { alpha: 0.9, temperature: 4 } },
  optimizer: { sgd: { lr: 0.1 } },
  a: { x: 1 },
  b: { x: 2 },
};

describe("grids", () => {
  it("finds a key wherever it is, but not in the teacher's training", () => {
    expect(parseAxis("temperature=2,4", recipe)).toEqual({
      given: "temperature",
      key: "objective.response.temperature",
      values: ["2", "4"],
    });
    expect(parseAxis("lr=0.1", recipe).key).toBe("optimizer.sgd.lr");
    expect(parseAxis("seed=1,2", recipe).key).toBe("seed");
    expect(parseAxis("teacher.train.epochs=1,2", recipe).key).toBe("teacher.train.epochs");
    expect(parseAxis("student={nn.mlp: [4, 3]},x.pt", recipe).values).toEqual([
      "{nn.mlp: [4, 3]}",
      "x.pt",
    ]);
  });

  it.each([
    ["temperature", /expected key=value,value/],
    ["temperature=", /expected key=value,value/],
    ["temperature=1,,2", /expected key=value,value/],
    ["x=1", /several places: a\.x, b\.x/],
    ["beta=1", /the recipe does not have it; write the whole key/],
  ])("refuses %s", (text, message) => {
    expect(() => parseAxis(text, { ...recipe, ...{ seed: undefined } })).toThrow(message);
  });

  it("combines them, the last fastest, under names that lead nowhere else", () => {
    const axes = [parseAxis("temperature=2,4", recipe), parseAxis("seed=1,2", recipe)];
    const all = combinations(axes);
    expect(all.map((each) => folderName(axes, each))).toEqual([
      "temperature=2,seed=1",
      "temperature=2,seed=2",
      "temperature=4,seed=1",
      "temperature=4,seed=2",
    ]);
    const evil = [{ given: "../out", key: "../out", values: ["../../x"] }];
    expect(folderName(evil, { "../out": "../../x" })).not.toMatch(/[/\\]|^\./);
  });
});

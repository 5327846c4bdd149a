import { describe, expect, it } from "vitest";
import { PotstillError } from "../../lib/native/errors.js";
import { type MakeOptions, make } from "../../lib/recipe/made.js";
import { nearest } from "../../lib/recipe/nearest.js";

const record =
  (name: string) =>
  (...args: unknown[]) => ({ name, args });

const options: MakeOptions = {
  what: "a layer",
  makers: {
    "nn.relu": record("relu"),
    "nn.linear": record("linear"),
    "nn.sequential": record("sequential"),
    "nn.mlp": record("mlp"),
    "nn.picky": () => {
      throw new PotstillError("ERR_CONFIG", "nn.picky: wants more");
    },
  },
  nested: true,
  listFirst: ["nn.mlp"],
};

const key = ["student"];

describe("make", () => {
  it.each([
    ["nn.relu", { name: "relu", args: [] }],
    [{ "nn.relu": null }, { name: "relu", args: [] }],
    [{ "nn.linear": [3, 4, { bias: false }] }, { name: "linear", args: [3, 4, { bias: false }] }],
    [{ "nn.linear": 3 }, { name: "linear", args: [3] }],
    [{ "nn.mlp": [784, 10] }, { name: "mlp", args: [[784, 10]] }],
    [
      { "nn.mlp": [[784, 10], { dropout: 0.5 }] },
      { name: "mlp", args: [[784, 10], { dropout: 0.5 }] },
    ],
  ])("makes %j", (node, expected) => {
    expect(make(node, key, options)).toEqual(expected);
  });

  it("makes layers within layers, in lists and by name", () => {
    const relu = { name: "relu", args: [] };
    expect(make({ "nn.sequential": ["nn.relu", { "nn.linear": [1, 2] }] }, key, options)).toEqual({
      name: "sequential",
      args: [relu, { name: "linear", args: [1, 2] }],
    });
    expect(make({ "nn.sequential": { act: "nn.relu" } }, key, options)).toEqual({
      name: "sequential",
      args: [{ act: relu }],
    });
  });

  it("names the key and the nearest name", () => {
    const node = { "nn.sequential": ["nn.relu", "nn.rleu"] };
    expect(() => make(node, key, options)).toThrowError(
      'student.nn.sequential[1]: expected a layer, got the unknown name "nn.rleu" (did you mean "nn.relu"?)',
    );
    expect(() => make("relu", key, options)).toThrowError(/did you mean "nn\.relu"/);
    expect(() => make("constructor", key, options)).toThrowError(
      /unknown name "constructor"; there are nn\.relu/,
    );
  });

  it("says where arguments were refused", () => {
    expect(() => make({ "nn.sequential": ["nn.picky"] }, key, options)).toThrowError(
      expect.objectContaining({
        code: "ERR_CONFIG",
        message: "student.nn.sequential[0]: nn.picky: wants more",
      }),
    );
  });

  it.each([[7], [null], [{}], [{ "nn.relu": 1, "nn.mlp": 2 }], [[1]]])("refuses %j", (node) => {
    expect(() => make(node, key, options)).toThrowError(/^student: expected a layer/);
  });
});

describe("nearest", () => {
  const names = ["learningRate", "weightDecay", "epochs", "models.resnet18"];
  it.each([
    ["weight_decay", "weightDecay"],
    ["epoch", "epochs"],
    ["wieghtDecay", "weightDecay"],
    ["resnet18", "models.resnet18"],
    ["completelyOther", null],
  ])("of %s is %s", (name, expected) => {
    expect(nearest(name, names)).toBe(expected);
  });
});

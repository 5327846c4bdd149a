import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { losses } from "../../lib/losses/index.js";
import { makeObjective, makeOptimizer, makeSchedule } from "../../lib/recipe/learning.js";
import { makeModel } from "../../lib/recipe/models.js";
import { parseDistill, parseTrain } from "../../lib/recipe/parse.js";
import { recipeJsonSchema } from "../../lib/recipe/schema.js";
import { recipeFromText } from "../../lib/recipe/source.js";

const recipe = {
  teacher: "teacher.pt",
  student: { "nn.mlp": [784, 10] },
  data: "mnist",
  optimizer: { sgd: { lr: 0.1 } },
  epochs: 2,
};

function parsed(value: object) {
  return parseDistill(recipeFromText(JSON.stringify(value), "r.yaml"));
}

describe("parseDistill", () => {
  it("takes a recipe as it is", () => {
    expect(parsed(recipe)).toEqual(recipe);
  });

  it.each<[object, RegExp]>([
    [{ epochs: "two" }, /r\.yaml: epochs: expected a whole number of at least 1, got "two"/],
    [{ epochs: 0 }, /epochs: expected a whole number of at least 1, got 0/],
    [{ student: undefined }, /student: expected a model.*but it is missing/],
    [{ batch_size: 3 }, /batch_size: there is no such key \(did you mean "batchSize"\?\)/],
    [{ augment: { shfit: 2 } }, /augment\.shfit: there is no such key \(did you mean "shift"\?\)/],
    [{ validation: 1.5 }, /validation: expected less than 1, got 1\.5/],
    [{ monitor: "acuracy" }, /monitor: expected "accuracy" or "loss", got "acuracy"/],
    [{ teacher: 3 }, /teacher: expected the path of a TorchScript file.*got 3/],
    [{ data: [] }, /data: expected a data set/],
    [{ objective: [] }, /objective: expected a list of at least 1, got \[\]/],
    [{ clip: { norm: -1 } }, /clip\.norm: expected more than 0, got -1/],
  ])("refuses %j", (more, message) => {
    expect(() => parsed({ ...recipe, ...more })).toThrowError(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(message) }),
    );
  });

  it("lists everything that is wrong at once", () => {
    expect(() => parsed({ ...recipe, epochs: 0, seed: -1, studnet: 1 })).toThrowError(
      /epochs: .*\n.*seed: .*\n.*studnet: .*student/s,
    );
  });
});

describe("parseTrain", () => {
  it("knows its own keys", () => {
    const { student, teacher, ...rest } = recipe;
    const source = recipeFromText(JSON.stringify({ ...rest, model: student }), "r.yaml");
    expect(parseTrain(source).model).toEqual(student);
    expect(() => parseTrain(recipeFromText(JSON.stringify(recipe), "r.yaml"))).toThrowError(
      /student: there is no such key/,
    );
  });
});

describe("recipes of the examples", () => {
  it.each(["mnist", "hinton-mnist"])("%s can be made", async (name) => {
    const file = fileURLToPath(new URL(`../../examples/${name}/recipe.yaml`, import.meta.url));
    const made = parseDistill(recipeFromText(await readFile(file, "utf8"), file));
    const { train } = made.teacher as { train: NonNullable<unknown> & Record<string, unknown> };
    for (const [part, key] of [
      [made, []],
      [train, ["teacher", "train"]],
    ] as const) {
      makeOptimizer(part.optimizer, [...key, "optimizer"]);
      if (part.schedule) makeSchedule(part.schedule, [...key, "schedule"]);
      if (part.objective) makeObjective(part.objective, [...key, "objective"]);
    }
    await makeModel(made.student, ["student"], ".");
    await makeModel(train.model, ["teacher", "train", "model"], ".");
  });
});

describe("learning", () => {
  it("makes several losses, and schedules within schedules", () => {
    expect(makeObjective([{ crossEntropy: {} }, { softTargets: { weight: 2 } }], [])).toMatchObject(
      [
        { kind: "crossEntropy", weight: 1 },
        { kind: "softTargets", weight: 2, temperature: 4 },
      ],
    );
    const chain = { chain: { schedules: [{ linearWarmup: { totalIters: 5 } }, "cosine"] } };
    expect(makeSchedule(chain, ["schedule"])).toMatchObject({
      kind: "chain",
      schedules: [{ kind: "linearWarmup" }, { kind: "cosine" }],
    });
  });

  it("makes every loss by its name, but for functions", () => {
    const { compute, custom, feature, script, ...byOptions } = losses;
    for (const [name, make] of Object.entries(byOptions)) {
      const options = { weight: { from: 1, to: 0.5, epochs: 3 } };
      const made = (make as (given: object) => object)(options);
      expect(makeObjective({ [name]: options }, ["objective"])).toEqual(made);
    }
    const source = "def loss(student: Tensor) -> Tensor:\n    return student.mean()\n";
    const more = { student: "a", teacher: "b", connector: "linear" };
    expect(makeObjective({ script: [source, more] }, [])).toEqual(script(source, more));
    const options = { alpha: 0.3, student: "a", teacher: "b", loss: "attention" };
    expect(makeObjective({ feature: { ...options, task: "mse" } }, [])).toEqual(
      feature({ ...options, task: losses.mse() }),
    );
  });

  it("names key and value of what the API refuses", () => {
    const at = ["teacher", "train", "optimizer"];
    expect(() => makeOptimizer({ sgd: { lr: -1 } }, at)).toThrowError(
      /teacher\.train\.optimizer\.sgd: .*lr.*-1/s,
    );
    expect(() => makeOptimizer({ sgdd: {} }, at)).toThrowError(/did you mean "sgd"/);
    expect(() => makeObjective({ response: { alhpa: 1 } }, ["objective"])).toThrowError(
      /objective\.response: .*alhpa.*alpha/s,
    );
    expect(() => makeObjective("compute", ["objective"])).toThrowError(/unknown name/);
  });
});

describe("recipeJsonSchema", () => {
  it("describes both kinds of recipe", () => {
    const distill = recipeJsonSchema("distill") as {
      properties: object;
      required: string[];
      anyOf: object[];
    };
    expect(Object.keys(distill.properties)).toEqual(
      expect.arrayContaining([
        "teacher",
        "student",
        "data",
        "objective",
        "alone",
        "epochs",
        "seed",
      ]),
    );
    expect(distill.required).toEqual(["data"]);
    expect(distill.anyOf).toEqual([{ required: ["student"] }, { required: ["students"] }]);
    expect(recipeJsonSchema("train")).toHaveProperty("properties.model");
  });
});

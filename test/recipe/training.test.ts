/** Recipes of more than one training or model, run on a few images. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeObjective } from "../../lib/recipe/learning.js";
import { parseDistill } from "../../lib/recipe/parse.js";
import { runRecipe } from "../../lib/recipe/run.js";
import { readRecipe, recipeFromText } from "../../lib/recipe/source.js";
import { cuda } from "../../lib/tensor/index.js";
import { classes, side, writeBars } from "../cli/idx.js";

let folder: string;
let data: object;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-recipe-"));
  data = await writeBars(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const examples = fileURLToPath(new URL("../../examples/recipes/", import.meta.url));

function source(value: object) {
  const recipe = { data, optimizer: { sgd: { lr: 0.05 } }, batchSize: 16, ...value };
  return recipeFromText(JSON.stringify(recipe), path.join(folder, "r.yaml"));
}

async function run(value: object, name: string) {
  const running = runRecipe("distill", source(value), { out: path.join(folder, name) });
  const stages: unknown[] = [];
  for await (const event of running) if (event.type === "start") stages.push(event.stage?.name);
  return { ...(await running), stages };
}

const student = { "nn.mlp": [[side * side, 8, classes]] };

describe("recipes", () => {
  it("train in stages, with hints of TorchScript behind a connector", async () => {
    const hints =
      "def loss(student: Tensor, teacher: Tensor) -> Tensor:\n    return (student - teacher).abs().mean()\n";
    const { report, stages } = await run(
      {
        teacher: {
          train: {
            model: { "nn.mlp": [[side * side, 12, classes]] },
            optimizer: { adam: {} },
            epochs: 1,
          },
        },
        student,
        stages: [
          {
            name: "hints",
            objective: { script: [hints, { student: "0", teacher: "0", connector: "linear" }] },
            steps: 3,
            trainable: ["0"],
          },
          {
            objective: ["crossEntropy", { softTargets: { temperature: 2 } }],
            epochs: 1,
            optimizer: { adam: {} },
          },
        ],
      },
      "stages",
    );
    expect(stages).toEqual([undefined, "hints", "stage 2"]);
    expect(report.history.distilled?.stages?.map(({ name }) => name)).toEqual(["hints", "stage 2"]);
  });

  it("have a teacher by ema", async () => {
    const { report, files } = await run({ teacher: { ema: 0.9 }, student, epochs: 1 }, "self");
    expect(report.teacher).not.toBeNull();
    expect(files.map((file) => path.basename(file))).toContain("ema-teacher.pt");
  });

  it("scale the loss, allow TF32, and ask for CUDA graphs", async () => {
    const before = cuda.tf32();
    const value = { allowTf32: true, cudaGraph: true, scaler: { initialScale: 256 } };
    const running = runRecipe(
      "distill",
      source({ teacher: { ema: 0.9 }, student, epochs: 1, ...value }),
      { out: path.join(folder, "scaled") },
    );
    const scales: unknown[] = [];
    const warnings: string[] = [];
    for await (const event of running) {
      if (event.type === "warning") warnings.push(event.message);
      if (event.type === "start") scales.push(event.plan.scaler?.initialScale);
      if (event.type === "epoch") scales.push(event.metrics.scaler?.scale);
    }
    expect(scales).toEqual([256, 256]);
    expect(warnings).toContainEqual(expect.stringMatching(/^cudaGraph: .* on cpu$/));
    expect(cuda.tf32().products).toBe(true);
    cuda.allowTf32(before);
  });

  it("have two students", async () => {
    const { report, files } = await run(
      { students: [student, student], epochs: 1, resize: [side, side] },
      "mutual",
    );
    expect(report.peer).not.toBeNull();
    expect(files.map((file) => path.basename(file))).toContain("peer.pt");
  });

  it.each<[object, RegExp]>([
    [{ epochs: 1 }, /student: expected a model such as/],
    [{ student, optimizer: undefined, epochs: 1 }, /optimizer: expected an optimizer such as/],
    [
      { students: [student, student], teacher: "t.pt", epochs: 1 },
      /teacher: expected nothing beside students/,
    ],
    [{ students: [student], epochs: 1 }, /students: expected two models/],
    [
      { student, teacher: { ema: 2 }, epochs: 1 },
      /teacher: expected the path.*or \{ ema: 0\.999 \}/,
    ],
    [
      { student, stages: [{ objective: "crossEntropy", epoch: 1 }] },
      /stages\[0\]\.epoch: there is no such key \(did you mean "epochs"\?\)/,
    ],
    [{ student, resize: [3], epochs: 1 }, /resize: expected \[height, width\]/],
  ])("refuse %j", (value, message) => {
    expect(() => parseDistill(source(value))).toThrowError(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(message) }),
    );
  });

  it("know no losses that are functions", () => {
    expect(() => makeObjective({ custom: {} }, ["objective"])).toThrowError(
      /unknown name "custom"/,
    );
  });

  it.each(["self-distillation.yaml", "mutual.yaml"])("of the examples fit: %s", async (name) => {
    const recipe = parseDistill(await readRecipe(path.join(examples, name)));
    makeObjective(recipe.objective, ["objective"]);
    expect(await readFile(path.join(examples, name), "utf8")).toContain(`examples/recipes/${name}`);
  });
});

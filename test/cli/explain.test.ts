import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Explanation } from "../../lib/recipe/explain.js";
import { potstill } from "./cli.js";
import { classes, side, writeBars } from "./idx.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-explain-"));
  const recipe = {
    data: await writeBars(folder),
    teacher: {
      train: {
        model: { "nn.mlp": [side * side, 32, classes] },
        optimizer: "adam",
        epochs: 3,
        batchSize: 16,
      },
    },
    student: { "nn.mlp": [side * side, 8, classes] },
    alone: true,
    validation: 0.25,
    objective: [{ crossEntropy: { weight: 0.3 } }, { softTargets: { temperature: 5 } }],
    optimizer: { sgd: { lr: 0.1 } },
    epochs: 4,
    batchSize: 10,
  };
  await writeFile(path.join(folder, "r.json"), JSON.stringify(recipe));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("shows models, terms, steps and measured times, and leaves nothing behind", async () => {
  const before = await readdir(folder);
  const json = await potstill(["explain", "r.json", "--json"], { cwd: folder });
  expect(json.code, json.stderr).toBe(0);
  const [explanation] = json.lines() as unknown as [Explanation];
  expect(explanation.models.map(({ role, parameters }) => [role, parameters])).toEqual([
    ["student", 64 * 8 + 8 + 8 * 4 + 4],
    ["teacher", 64 * 32 + 32 + 32 * 4 + 4],
  ]);
  expect(explanation.terms.map(({ kind, weight }) => [kind, weight])).toEqual([
    ["crossEntropy", 0.3],
    ["softTargets", 1],
  ]);
  // 128 samples; a quarter of them validates the students.
  expect(
    explanation.phases.map(({ phase, stepsPerEpoch, steps }) => [phase, stepsPerEpoch, steps]),
  ).toEqual([
    ["teacher", 8, 24],
    ["alone", 10, 40],
    ["distilled", 10, 40],
  ]);
  for (const { secondsPerStep, secondsPerEpoch, stepsPerEpoch } of explanation.phases) {
    expect(secondsPerStep).toBeGreaterThan(0);
    expect(secondsPerStep).toBeLessThan(1);
    expect(secondsPerEpoch).toBeCloseTo(secondsPerStep * (stepsPerEpoch as number), 10);
  }
  expect(explanation.memory.weights).toBe(
    4 * explanation.models.reduce((sum, each) => sum + each.parameters, 0),
  );
  expect(explanation.memory.peak).toBeGreaterThan(explanation.memory.weights);
  expect(await readdir(folder)).toEqual(before);
  expect(existsSync(path.join(folder, "runs"))).toBe(false);
});

it("says what the student computes in, with --autocast", async () => {
  const run = (env: string, ...rest: string[]) =>
    potstill(["explain", "r.json", ...rest], { cwd: folder, env: { POTSTILL_BFLOAT16: env } });
  const auto = await run("1", "--json");
  const [explanation] = auto.lines() as unknown as [Explanation];
  expect(explanation.phases.map(({ autocast }) => autocast)).toEqual(Array(3).fill("bfloat16"));
  const never = await run("1", "--autocast", "false");
  expect(never.code, never.stderr).toBe(0);
  // That of the teacher is said where the teacher is trained.
  expect(never.stdout).toMatch(/teacher: products and convolutions in bfloat16/);
  expect(never.stdout).not.toMatch(/distilled: products/);
  const without = await run("0", "--autocast", "bfloat16");
  expect(without.code).toBe(2);
  expect(without.stderr).toContain("this CPU has no bfloat16 instructions");
});

it("prints tables, with --set, and refuses a recipe that is wrong", async () => {
  const text = await potstill(["explain", "r.json", "--set", "epochs=7"], { cwd: folder });
  expect(text.code, text.stderr).toBe(0);
  expect(text.stdout).toMatch(/teacher\s+2,212\s+not there yet/);
  expect(text.stdout).toMatch(/softTargets\s+1\s+temperature 5/);
  expect(text.stdout).toMatch(/distilled\s+10\s+10\s+7\s+70\s+/);
  const wrong = await potstill(["explain", "r.json", "--set", "epocs=7"], { cwd: folder });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('did you mean "epochs"');
});

it("shows stages, and the shapes of what is tapped", async () => {
  const recipe = JSON.parse(await readFile(path.join(folder, "r.json"), "utf8"));
  const { objective, epochs, ...rest } = recipe;
  const hint = { student: "1", teacher: "1", connector: "linear", weight: 0.01 };
  const staged = {
    ...rest,
    student: { "nn.sequential": ["nn.flatten", { "nn.linear": [64, 8] }, { "nn.linear": [8, 4] }] },
    teacher: {
      train: {
        ...rest.teacher.train,
        model: {
          "nn.sequential": ["nn.flatten", { "nn.linear": [64, 32] }, { "nn.linear": [32, 4] }],
        },
      },
    },
    stages: [
      { name: "hints", objective: { hint }, epochs: 2, trainable: ["1"] },
      { objective: objective, steps: 7 },
    ],
  };
  await writeFile(path.join(folder, "staged.json"), JSON.stringify(staged));
  const json = await potstill(["explain", "staged.json", "--json"], { cwd: folder });
  expect(json.code, json.stderr).toBe(0);
  const [explanation] = json.lines() as unknown as [Explanation];
  expect(explanation.terms.map(({ kind, stage }) => [kind, stage])).toEqual([
    ["hint", "hints"],
    ["crossEntropy", "stage 2"],
    ["softTargets", "stage 2"],
  ]);
  expect(explanation.taps).toEqual([
    { role: "student", path: "1", shape: [2, 8] },
    { role: "teacher", path: "1", shape: [2, 32] },
  ]);
  expect(explanation.phases.map(({ phase, stage, steps }) => [phase, stage, steps])).toEqual([
    ["teacher", null, 24],
    ["alone", null, null],
    ["distilled", "hints", 20],
    ["distilled", "stage 2", 7],
  ]);
  const text = await potstill(["explain", "staged.json"], { cwd: folder });
  expect(text.stdout).toMatch(/hints\s+hint\s+0\.01\s+.*linear/);
  expect(text.stdout).toMatch(/teacher\s+1\s+\[2, 32\]/);
  expect(text.stdout).toMatch(/distilled, stage 2\s+10\s+10\s+\?\s+7/);
  expect(epochs).toBe(4);
});

it("gives shapes at the size that each model is asked at", async () => {
  const recipe = JSON.parse(await readFile(path.join(folder, "r.json"), "utf8"));
  const conv = (channels: number) => ({
    "nn.sequential": [
      { "nn.conv2d": [1, channels, 3] },
      "nn.flatten",
      { "nn.linear": [channels * (channels === 3 ? 36 : 196), classes] },
    ],
  });
  const { teacher, alone: _, ...rest } = recipe;
  const similarity = { student: "0", teacher: "0" };
  const sized = {
    ...rest,
    student: conv(3),
    teacher: { resize: [16, 16], train: { ...teacher.train, resize: [16, 16], model: conv(5) } },
    objective: ["crossEntropy", { similarity }],
  };
  await writeFile(path.join(folder, "sized.json"), JSON.stringify(sized));
  const json = await potstill(["explain", "sized.json", "--json"], { cwd: folder });
  expect(json.code, json.stderr).toBe(0);
  const [explanation] = json.lines() as unknown as [Explanation];
  expect(explanation.taps).toEqual([
    { role: "student", path: "0", shape: [2, 3, 6, 6] },
    { role: "teacher", path: "0", shape: [2, 5, 14, 14] },
  ]);
});

it("explains two students that learn from each other", async () => {
  const { data, optimizer } = JSON.parse(await readFile(path.join(folder, "r.json"), "utf8"));
  const mlp = (hidden: number) => ({
    "nn.sequential": [
      ...["nn.flatten", { "nn.linear": [64, hidden] }, { "nn.linear": [hidden, classes] }],
    ],
  });
  const recipe = { data, optimizer, students: [mlp(8), mlp(16)], epochs: 3, batchSize: 32 };
  await writeFile(path.join(folder, "peers.json"), JSON.stringify(recipe));
  const json = await potstill(["explain", "peers.json", "--json"], { cwd: folder });
  expect(json.code, json.stderr).toBe(0);
  const [explanation] = json.lines() as unknown as [Explanation];
  expect(explanation.models.map(({ role, parameters }) => [role, parameters])).toEqual([
    ["student 1", 64 * 8 + 8 + 8 * 4 + 4],
    ["student 2", 64 * 16 + 16 + 16 * 4 + 4],
  ]);
  expect(explanation.terms.map(({ kind }) => kind)).toEqual(["crossEntropy", "softTargets"]);
  expect(explanation.taps).toEqual([]);
  expect(explanation.phases.map(({ phase, steps }) => [phase, steps])).toEqual([["mutual", 12]]);
  expect(explanation.phases[0]?.secondsPerStep).toBeGreaterThan(0);
  const objective = ["crossEntropy", { similarity: { student: "2", teacher: "2" } }];
  const set = ["--set", `objective=${JSON.stringify(objective)}`];
  const tapped = await potstill(["explain", "peers.json", ...set], { cwd: folder });
  expect(tapped.code, tapped.stderr).toBe(0);
  expect(tapped.stdout).toMatch(/student 1\s+2\s+\[2, 4\]/);
  expect(tapped.stdout).toMatch(/student 2\s+2\s+\[2, 4\]/);
  expect(tapped.stdout).toMatch(/mutual\s+32\s+4\s+3\s+12/);
});

/** Whether steps are recorded, and what a run says where they are not. */

import { describe, expect, it } from "vitest";
import { losses, nativeTerm, termsOf, weightAt } from "../../lib/losses/index.js";
import { nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { whyNotRecorded } from "../../lib/train/cuda-graph.js";
import { type TrainEvent, train } from "../../lib/train/index.js";
import { classes, features, toyData } from "./toys.js";

const devices = { student: "cuda:0", teachers: ["cuda:0"] };
const scaler = { initialScale: 1, growthFactor: 2, backoffFactor: 0.5, growthInterval: 9 };

const specOf = (objective: Parameters<typeof termsOf>[0], more: object = {}) => ({
  terms: termsOf(objective).map((loss) => nativeTerm(loss, weightAt(loss.weight, 0))),
  ...{ scaler: null, accumulate: 1, gradientCheckpointing: [], ...more },
});

describe("a step", () => {
  it.each([
    ["response", losses.response()],
    ["features", [losses.crossEntropy(), losses.similarity({ student: "0", teacher: "0" })]],
    ["targets", losses.binaryCrossEntropy()],
  ])("of %s is recorded", (_, objective) => {
    expect(whyNotRecorded(specOf(objective), devices)).toBeNull();
  });

  it.each([
    ["a function", specOf(losses.custom(({ student }) => student.sum())), /function/],
    ["class weights", specOf(losses.crossEntropy({ classWeights: [1, 2] })), /classWeights/],
    ["weighted outputs", specOf(losses.binaryCrossEntropy({ positiveWeights: [2] })), /positiveW/],
    ["a scaler", specOf(losses.response(), { scaler }), /scaler/],
    ["accumulation", specOf(losses.response(), { accumulate: 4 }), /^4 batches.*accumulate/],
    ["checkpointing", specOf(losses.response(), { gradientCheckpointing: ["0"] }), /random/],
  ])("with %s is not, and it is said why", (_, spec, why) => {
    expect(whyNotRecorded(spec, devices)).toMatch(why);
  });

  it("is of one GPU", () => {
    const spec = specOf(losses.response());
    expect(whyNotRecorded(spec, { student: "cpu", teachers: ["cpu"] })).toMatch(/on cpu$/);
    expect(whyNotRecorded(spec, { student: "cuda:0", teachers: ["cuda:0", "cuda:1"] })).toBe(
      "a teacher is on cuda:1, and the model on cuda:0",
    );
  });
});

describe("a run on the CPU", () => {
  const options = {
    data: toyData(),
    model: nn.mlp([features, classes]),
    optimizer: optim.sgd({ lr: 0.1 }),
    ...{ epochs: 1, batchSize: 16, device: "cpu" },
  };
  const warnings = async (cudaGraph?: boolean | "auto") => {
    const found: string[] = [];
    for await (const event of train({ ...options, cudaGraph }) as AsyncIterable<TrainEvent>) {
      if (event.type === "warning") found.push(event.message);
    }
    return found;
  };

  it("says why it is not recorded where that was asked for", async () => {
    expect(await warnings(true)).toEqual([
      "cudaGraph: steps are not recorded: CUDA graphs are for GPUs, and the model is on cpu",
    ]);
    for (const other of ["auto", false, undefined] as const)
      expect(await warnings(other)).toEqual([]);
  });

  it("refuses what is no choice", async () => {
    await expect(train({ ...options, cudaGraph: "yes" as never })).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining('cudaGraph: expected true, false or "auto", got "yes"'),
    });
  });
});

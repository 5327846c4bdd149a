/** Composed losses on features inside of a run. */

import { describe, expect, it } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { type Loss, losses } from "../../lib/losses/index.js";
import { build, type Module, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { manualSeed, randn, tensor } from "../../lib/tensor/index.js";
import { distill } from "../../lib/train/index.js";
import { negativeMean } from "../../lib/train/margins.js";

const count = 12;

function maps(channels: number): Promise<Module> {
  return build(
    nn.sequential(
      nn.conv2d(1, channels, 3, { padding: 1 }),
      nn.batchNorm2d(channels),
      nn.relu(),
      nn.conv2d(channels, channels, 3, { padding: 1 }),
      nn.batchNorm2d(channels),
      nn.relu(),
      nn.flatten(),
      nn.linear(channels * 16, 3),
    ),
  );
}

async function run(objective: Loss, student: Module, teacher: Module): Promise<number[]> {
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const training = distill({
    data: datasets.tensors({
      inputs: randn([count, 1, 4, 4]),
      labels: tensor(labels, { shape: [count], dtype: "int64" }),
    }),
    teacher,
    student,
    objective,
    optimizer: optim.sgd({ lr: 1e-3 }),
    epochs: 4,
    batchSize: 6,
    accumulate: 2,
    seed: 1,
  });
  const history: number[] = [];
  for await (const event of training) if (event.type === "epoch") history.push(event.metrics.loss);
  await training;
  return history;
}

describe("in distill()", () => {
  const paths = { student: ["1", "4"], teacher: ["1", "4"] };
  it.each<[string, Loss, number]>([
    ["cosine", losses.cosine(paths), 3],
    ["fsp", losses.fsp(paths), 5],
    ["ab", losses.ab({ ...paths, weight: 0.01 }), 3],
    ["ofd", losses.ofd(paths), 3],
    [
      "ofd, batch norms by name",
      losses.ofd({ ...paths, teacher: ["0", "3"], batchNorm: ["1", "4"] }),
      3,
    ],
  ])("%s goes down", async (_, objective, channels) => {
    manualSeed(5);
    const [student, teacher] = [await maps(channels), await maps(5)];
    const before = teacher.parameters().get("0.weight")!.toArray();
    const history = await run(objective, student, teacher);
    expect(history).toHaveLength(4);
    expect(history.at(-1)!).toBeLessThan(history[0]!);
    expect(history[0]!).toBeGreaterThan(0);
    expect(teacher.parameters().get("0.weight")!.toArray()).toEqual(before);
  });

  it("says where margins could come from", async () => {
    manualSeed(5);
    const [student, teacher] = [await maps(3), await maps(5)];
    const message = /there is none with a scale and a shift at "2"/;
    await expect(run(losses.ofd({ student: "1", teacher: "2" }), student, teacher)).rejects.toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(message) }),
    );
  });
});

describe("margins", () => {
  it.each([
    [1, 0],
    [0.5, 0.3],
    [-2, -1],
    [1, 2.5],
    [1, -6],
  ])("are the mean of what lies below zero: scale %d, shift %d", (scale, shift) => {
    // Of a fine grid over the normal distribution.
    let [sum, mass] = [0, 0];
    const s = Math.abs(scale);
    for (let i = 0; i < 400_000; i++) {
      const x = shift - 10 * s + (i + 0.5) * ((20 * s) / 400_000);
      if (x >= 0) break;
      const density = Math.exp(-((x - shift) ** 2) / (2 * s * s));
      sum += x * density;
      mass += density;
    }
    expect(negativeMean(scale, shift)).toBeCloseTo(sum / mass, 5);
  });

  it("are three deviations where hardly anything is below", () => {
    expect(negativeMean(0.5, 5)).toBe(-1.5);
    expect(negativeMean(0, 1)).toBe(0);
    expect(negativeMean(0, -1)).toBe(-1);
  });
});

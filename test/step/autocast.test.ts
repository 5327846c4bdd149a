/** The student's step in half types beside float32 weights, against PyTorch's autocast (autocast.py). */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { losses, type Objective } from "../../lib/losses/index.js";
import { type Module, nn } from "../../lib/nn/index.js";
import { optim } from "../../lib/optim/index.js";
import { tensor } from "../../lib/tensor/index.js";
import { batchOf, flat, gap, type ToyPlan, toyModule, toyStep } from "./toys.js";

type State = Record<string, { shape: number[]; data: number[] }>;
const oracle = JSON.parse(readFileSync(new URL("./autocast.json", import.meta.url), "utf8")) as {
  side: number;
  classes: number;
  teacher: State;
  student: State;
  inputs: number[][];
  labels: number[][];
  bfloat16: { losses: number[]; weights: State };
  /** With a scaler: the factor after each step. */
  float16: { losses: number[]; scales: number[]; weights: State };
  float32: { losses: number[]; weights: State };
};
const { side, classes } = oracle;

async function network(channels: number, state: State): Promise<Module> {
  const module = await toyModule(
    0,
    nn.sequential(
      nn.conv2d(1, channels, 3, { padding: 1 }),
      nn.batchNorm2d(channels),
      nn.relu(),
      nn.flatten(),
      nn.linear(channels * side * side, classes),
    ),
    "float32",
  );
  const given = Object.entries(state).map(
    ([name, { shape, data }]) => [name, tensor(data, { shape, dtype: "float32" })] as const,
  );
  module.loadStateDict({ ...module.stateDict(), ...Object.fromEntries(given) });
  return module;
}

function batch(index: number) {
  const labels = oracle.labels[index]!;
  return batchOf(
    tensor(oracle.inputs[index]!, { shape: [labels.length, 1, side, side] }),
    tensor(labels, { dtype: "int64" }),
  );
}

const kd = losses.response({ alpha: 0.9, temperature: 4 });

/** Trains the student of the oracle; its loss of each step, and what it has become. */
async function trained(plan: ToyPlan, objective: Objective = kd) {
  const student = await network(4, oracle.student);
  const teacher = (await network(6, oracle.teacher)).eval();
  student.train();
  const using = optim.sgd({ lr: 0.1, momentum: 0.9 });
  const step = toyStep(student, { from: [teacher], objective, using, ...plan });
  const values: number[] = [];
  const scales: number[] = [];
  let skipped = 0;
  for (const index of oracle.inputs.keys()) {
    using one = batch(index);
    await step.run(one, using.lr);
    const reading = await step.metrics();
    values.push(reading.loss);
    scales.push(reading.scale);
    skipped += reading.skipped;
  }
  step.dispose();
  return { student, losses: values, scales, skipped };
}

/** Largest absolute difference from the state that PyTorch has. */
function from(state: State, student: Module): number {
  const own = student.stateDict();
  return Math.max(
    ...Object.entries(state).map(([name, { data }]) =>
      gap(Array.from(own[name]!.dataSync() as Float32Array), data),
    ),
  );
}

test("five steps give what PyTorch's autocast gives, and the weights stay float32", async () => {
  const narrow = await trained({ autocast: "bfloat16" });
  const wide = await trained({});
  for (const { dtype } of narrow.student.parameters().values()) expect(dtype).toBe("float32");
  expect(gap(wide.losses, oracle.float32.losses)).toBeLessThan(1e-5);
  expect(from(oracle.float32.weights, wide.student)).toBeLessThan(1e-5);
  // A sum in another order rounds a value to its neighbor now and then; float32 is further away.
  const distance = from(oracle.bfloat16.weights, narrow.student);
  expect(distance).toBeLessThan(from(oracle.float32.weights, narrow.student) / 2);
  expect(gap(narrow.losses, oracle.bfloat16.losses)).toBeLessThan(
    gap(narrow.losses, oracle.float32.losses) / 2,
  );
});

test("float16 with a scaler gives what PyTorch's gives, a step that is left out included", async () => {
  const scaler = { initialScale: 2 ** 18, growthFactor: 2, backoffFactor: 0.5, growthInterval: 2 };
  const narrow = await trained({ autocast: "float16", scaler });
  expect(narrow.scales).toEqual(oracle.float16.scales);
  expect(narrow.skipped).toBe(1);
  expect(gap(narrow.losses, oracle.float16.losses)).toBeLessThan(1e-4);
  expect(from(oracle.float16.weights, narrow.student)).toBeLessThan(1e-4);
  // One update less is another training.
  expect(gap(narrow.losses, oracle.float32.losses)).toBeGreaterThan(1e-2);
});

test("terms that are composed get float32, and with it nearly the same", async () => {
  const fused = await trained({ autocast: "bfloat16" }, losses.softTargets({ temperature: 4 }));
  const composed = await trained(
    { autocast: "bfloat16" },
    losses.script(
      "def loss(student: Tensor, teacher: Tensor) -> Tensor:\n" +
        "  assert student.dtype == torch.float32\n" +
        "  a = torch.log_softmax(student / 4.0, 1)\n" +
        "  b = torch.softmax(teacher / 4.0, 1)\n" +
        "  return 16.0 * (b * (b.log() - a)).sum(1).mean()",
    ),
  );
  expect(gap(fused.losses, composed.losses)).toBeLessThan(1e-3);
  expect(gap(flat(fused.student), flat(composed.student))).toBeLessThan(1e-3);
});

test("features come in bfloat16 where the loss computes in float32 all the same", async () => {
  const hints = [losses.hint({ student: "2", teacher: "4" })];
  // One of the student's maps and the teacher's logits: both flattened to four.
  const student = await toyModule(
    1,
    nn.sequential(nn.linear(5, 8), nn.relu(), nn.linear(8, 4)),
    "float32",
  );
  const teacher = await toyModule(
    2,
    nn.sequential(nn.linear(5, 6), nn.relu(), nn.linear(6, 6), nn.relu(), nn.linear(6, 4)),
    "float32",
  );
  const x = tensor([1, -2, 3, -4, 5, 5, 4, -3, 2, 1], { shape: [2, 5] });
  const value = async (autocast: "bfloat16" | null) => {
    const step = toyStep(student, { from: [teacher], objective: hints, autocast });
    using one = batchOf(x.clone(), null);
    await step.run(one, 0);
    const { loss } = await step.metrics();
    step.dispose();
    return loss;
  };
  const [wide, narrow] = [await value(null), await value("bfloat16")];
  expect(Math.abs(narrow / wide - 1)).toBeLessThan(2e-2);
  expect(narrow).not.toBe(wide);
});

test("a forward that fails leaves no autocast behind", async () => {
  const student = await network(4, oracle.student);
  const step = toyStep(student, { autocast: "bfloat16" });
  using wrong = batchOf(
    tensor([1, 2, 3, 4], { shape: [1, 1, 2, 2] }),
    tensor([0], { dtype: "int64" }),
  );
  await expect(step.run(wrong, 0.1)).rejects.toThrow();
  student.eval();
  using one = batch(0);
  const output = await student.forward(one.inputs as never);
  expect((output as { dtype: string }).dtype).toBe("float32");
  step.dispose();
});

test("another type than half types is refused", async () => {
  const student = await network(4, oracle.student);
  expect(() => toyStep(student, { autocast: "float32" as never })).toThrow(
    /autocast: expected "bfloat16" or "float16", got "float32"/,
  );
});

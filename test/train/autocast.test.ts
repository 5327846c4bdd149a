/** `autocast`: what is chosen where, what is said of it, and that a resumed run goes on with it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { losses } from "../../lib/losses/index.js";
import type { PotstillError } from "../../lib/native/errors.js";
import { optim } from "../../lib/optim/index.js";
import { cuda } from "../../lib/tensor/index.js";
import { chosenAutocast } from "../../lib/train/autocast.js";
import { type DistillOptions, distill, type TrainEvent } from "../../lib/train/index.js";
import { toyData, toyModel, weightsOf } from "./toys.js";

let folder: string;
const before = process.env.POTSTILL_BFLOAT16;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "potstill-autocast-"));
});
afterEach(() => {
  process.env.POTSTILL_BFLOAT16 = before;
  rmSync(folder, { recursive: true, force: true });
});

/** Whether this CPU is said to have bfloat16. */
function cpuHas(bfloat16: boolean): void {
  process.env.POTSTILL_BFLOAT16 = bfloat16 ? "1" : "0";
}

const emulated = { dtype: "bfloat16", emulated: true } as const;

async function run(change: Partial<DistillOptions> = {}) {
  const running = distill({
    teacher: await toyModel(1, 32),
    student: await toyModel(2),
    data: toyData(),
    objective: losses.response({ alpha: 0.5, temperature: 2 }),
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    batchSize: 16,
    epochs: 6,
    ...change,
  });
  const events: TrainEvent[] = [];
  for await (const event of running) events.push(event);
  return { ...(await running), events };
}

function startOf(events: readonly TrainEvent[]) {
  return events.find((event) => event.type === "start")!;
}

function coded(code: string, message: RegExp) {
  return expect.objectContaining({
    name: "PotstillError",
    code,
    message: expect.stringMatching(message) as string,
  }) as PotstillError;
}

test("bfloat16 is refused where the CPU has none, unless it may be slow", async () => {
  cpuHas(false);
  await expect(run({ autocast: "bfloat16" })).rejects.toThrowError(
    coded("ERR_CONFIG", /no bfloat16 instructions.*"auto".*emulated: true/s),
  );
  const { events, report } = await run({ autocast: emulated });
  expect(startOf(events).plan.autocast).toBe("bfloat16");
  expect(report.environment).toMatchObject({ autocast: "bfloat16", bfloat16: false });
});

test("auto takes it where the CPU has it, and says so", async () => {
  cpuHas(false);
  const without = await run();
  cpuHas(true);
  const auto = await run();
  const never = await run({ autocast: false });
  expect(startOf(without.events).plan.autocast).toBeNull();
  expect(startOf(auto.events).plan.autocast).toBe("bfloat16");
  expect(startOf(never.events).plan.autocast).toBeNull();
  expect(auto.report.environment).toMatchObject({ autocast: "bfloat16", bfloat16: true });
  expect(weightsOf(never.student)).toEqual(weightsOf(without.student));
  expect(weightsOf(auto.student)).not.toEqual(weightsOf(without.student));
});

test("a small training ends within 2 % of float32's loss and with as few errors", async () => {
  const wide = await run({ epochs: 12 });
  const narrow = await run({ epochs: 12, autocast: emulated });
  const last = ({ events }: typeof wide) =>
    events.filter((event) => event.type === "epoch").at(-1)!.metrics.loss;
  expect(Math.abs(last(narrow) / last(wide) - 1)).toBeLessThan(0.02);
  const errors = ({ report }: typeof wide) => report.distilled!.errors!;
  expect(Math.abs(errors(narrow) - errors(wide))).toBeLessThanOrEqual(2);
  // What comes out has float32 weights.
  for (const { dtype } of narrow.student.parameters().values()) expect(dtype).toBe("float32");
});

test("float16 is for GPUs, and brings a scaler along unless it is told not to", async () => {
  cpuHas(true);
  await expect(run({ autocast: "float16" })).rejects.toThrowError(
    coded("ERR_CONFIG", /no float16 instructions.*emulated: true/s),
  );
  const float16 = { dtype: "float16", emulated: true } as const;
  const scaled = await run({ autocast: float16 });
  const usual = {
    ...{ initialScale: 65536, growthFactor: 2, backoffFactor: 0.5, growthInterval: 2000 },
  };
  expect(startOf(scaled.events).plan).toMatchObject({ autocast: "float16", scaler: usual });
  const never = await run({ autocast: float16, scaler: false });
  expect(startOf(never.events).plan.scaler).toBeNull();
  const epochs = ({ events }: typeof scaled) =>
    events.flatMap((event) => (event.type === "epoch" ? [event.metrics] : []));
  expect(epochs(scaled).map(({ scaler }) => scaler)).toEqual(
    Array(6).fill({ scale: 65536, skipped: 0 }),
  );
  expect(epochs(never).every((metrics) => !("scaler" in metrics))).toBe(true);
  expect(epochs(scaled).at(-1)!.loss).toBeLessThan(epochs(scaled)[0]!.loss);
});

test("a scale that was asked for is a power of two that changes nothing, also in float32", async () => {
  const plain = await run({ autocast: false });
  const scaled = await run({ autocast: false, scaler: { initialScale: 4096, growthInterval: 7 } });
  expect(weightsOf(scaled.student)).toEqual(weightsOf(plain.student));
  const last = scaled.events.filter((event) => event.type === "epoch").at(-1)!;
  expect(last.metrics.scaler!.scale).toBeGreaterThan(4096);
  await expect(run({ scaler: { growthFactor: 1 } })).rejects.toThrowError(
    coded("ERR_CONFIG", /scaler/),
  );
});

test("allowTf32 is of the process", async () => {
  const before = cuda.tf32();
  await run({ allowTf32: true });
  expect(cuda.tf32()).toEqual({ products: true, convolutions: true });
  await run({});
  expect(cuda.tf32().products).toBe(true);
  cuda.allowTf32(before);
});

test("a resumed run takes over what its checkpoint says, also where this CPU is slow at it", async () => {
  cpuHas(true);
  const whole = await run();
  const controller = new AbortController();
  const running = distill({
    teacher: await toyModel(1, 32),
    student: await toyModel(2),
    data: toyData(),
    objective: losses.response({ alpha: 0.5, temperature: 2 }),
    optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }),
    batchSize: 16,
    epochs: 6,
    out: folder,
    signal: controller.signal,
  });
  await expect(
    (async () => {
      for await (const event of running) {
        if (event.type === "epoch" && event.epoch === 3) controller.abort();
      }
      await running;
    })(),
  ).rejects.toThrowError(coded("ERR_ABORTED", /saved/));
  cpuHas(false);
  const resumed = await run({ out: folder, resume: true });
  expect(startOf(resumed.events)).toMatchObject({ plan: { autocast: "bfloat16" } });
  expect(startOf(resumed.events).resumed).not.toBeNull();
  const warnings = resumed.events.flatMap((each) => (each.type === "warning" ? each.message : []));
  expect(warnings.join()).toMatch(/began with autocast to bfloat16/);
  expect(weightsOf(resumed.student)).toEqual(weightsOf(whole.student));
});

test("a resumed run does not change its mind", async () => {
  cpuHas(false);
  const controller = new AbortController();
  const stopped = async () => {
    const running = distill({
      teacher: await toyModel(1, 32),
      student: await toyModel(2),
      data: toyData(),
      optimizer: optim.sgd({ lr: 0.1 }),
      epochs: 3,
      autocast: emulated,
      out: folder,
      signal: controller.signal,
    });
    for await (const event of running) if (event.type === "epoch") controller.abort();
    await running;
  };
  await expect(stopped()).rejects.toThrowError(coded("ERR_ABORTED", /saved/));
  await expect(
    run({
      objective: undefined,
      optimizer: optim.sgd({ lr: 0.1 }),
      batchSize: undefined,
      epochs: 3,
      autocast: false,
      out: folder,
      resume: true,
    }),
  ).rejects.toThrowError(coded("ERR_CHECKPOINT", /autocast was .*bfloat16.* and is false/));
});

test("what is neither a choice nor float32 is refused", async () => {
  await expect(run({ autocast: "int8" as never })).rejects.toThrowError(
    coded("ERR_CONFIG", /autocast: expected "auto", "bfloat16", "float16", false/),
  );
  const double = await (await toyModel(2)).to({ dtype: "float64" });
  expect(() => chosenAutocast(emulated, double, "trained")).toThrowError(
    coded("ERR_CONFIG", /trained: autocast: .*float32 weights, and these are float64/),
  );
  // Without being asked for it is no error.
  cpuHas(true);
  expect(chosenAutocast("auto", double, "trained")).toBeNull();
});

import { describe, expect, it } from "vitest";
import { jsonlReporter } from "../../lib/report/jsonl.js";
import { progressReporter } from "../../lib/report/progress.js";
import type { EpochEvent, StartEvent, StepEvent } from "../../lib/train/events.js";

const start: StartEvent = {
  type: "start",
  phase: "distilled",
  plan: {
    seed: 1,
    device: "cpu",
    threads: 2,
    libtorch: "2.13.0",
    cpuCapability: "AVX2",
    autocast: null,
    scaler: null,
    channelsLast: false,
    batchSize: 128,
    accumulate: 1,
    steps: 2345,
    epochs: 5,
  },
  samples: 60000,
  validationSamples: null,
  parameters: 1276810,
  terms: ["response"],
  resumed: null,
};

const step: StepEvent = {
  type: "step",
  phase: "distilled",
  step: 469,
  steps: 2345,
  epoch: 2,
  epochs: 5,
  lr: 0.05,
  loss: 0.5,
  terms: { crossEntropy: 0.25, softTargets: 0.75 },
  accuracy: 0.9,
  samplesPerSecond: 8123,
  eta: 65,
};

const epoch: EpochEvent = {
  type: "epoch",
  phase: "distilled",
  epoch: 2,
  epochs: 5,
  step: 938,
  metrics: {
    loss: 0.5,
    terms: { response: 0.5 },
    accuracy: 0.9,
    lr: 0.05,
    gradNorm: null,
    samples: 54000,
    steps: 422,
    samplesPerSecond: 8123,
    seconds: 6.6,
    validation: { samples: 6000, loss: 0.1, errors: 120, accuracy: 0.98, agreement: null },
  },
  best: true,
};

function shown(isTTY: boolean, events: Parameters<ReturnType<typeof progressReporter>>[0][]) {
  let text = "";
  const report = progressReporter({
    isTTY,
    columns: 120,
    write: (part) => {
      text += part;
    },
  });
  for (const event of events) report(event);
  return text;
}

describe("progressReporter", () => {
  it("draws a bar with share, terms, speed and time left on a terminal", () => {
    const text = shown(true, [step]);
    expect(text).toContain(" 20%");
    expect(text).toContain("crossEntropy 0.2500");
    expect(text).toContain("softTargets 0.7500");
    expect(text).toContain("8.12 k samples/s");
    expect(text).toContain("1:05 left");
    expect(text).not.toContain("\n");
    expect(text.replace("\r\u001b[2K", "").length).toBeLessThan(120);
  });

  it("says how a teacher is run, and how far off that is on a real batch", () => {
    const found = {
      chosen: "int16, Winograd",
      speedup: 2.13,
      difference: 3.4e-3,
      agreement: 0.992,
    };
    const text = shown(false, [{ type: "teacher", phase: "distilled", teacher: 0, ...found }]);
    expect(text).toBe(
      "  teacher runs int16, Winograd, 2.1 times as fast: off by 3.4e-3 of the largest logit, " +
        "99.20 % the same top class\n",
    );
  });

  it("clears the bar before it writes a line", () => {
    const text = shown(true, [step, epoch]);
    expect(text.lastIndexOf("\u001b[2K")).toBeGreaterThan(text.indexOf("left"));
    expect(text.endsWith("\n")).toBe(true);
  });

  it("writes whole lines and no control characters elsewhere", () => {
    const text = shown(false, [start, step, epoch]);
    expect(text).not.toContain("\r");
    expect(text).not.toContain("\u001b");
    expect(text.split("\n").length).toBe(3);
    expect(text).toContain("distilled: 1.28 M parameters, 60,000 samples, 5 epochs, batch 128");
    expect(text).toContain("epoch 2/5  loss 0.5000");
    expect(text).toContain("validation 98.00 % (best)");
  });
});

describe("jsonlReporter", () => {
  it("writes one object per line, without NaN", () => {
    let text = "";
    const report = jsonlReporter({
      write: (part) => {
        text += part;
      },
    });
    report({ ...step, loss: Number.NaN });
    report(epoch);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.type)).toEqual(["step", "epoch"]);
    expect(lines[0].loss).toBeNull();
    expect(lines[1]).toEqual(epoch);
  });
});

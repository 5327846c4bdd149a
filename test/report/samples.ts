/** A finished run as its consumers get it, small and made up. */

import type { EpochEvent, StartEvent, StepEvent, TrainEvent } from "../../lib/train/events.js";
import type { Details, Report, Section } from "../../lib/train/report.js";

const classes = 3;

export function section(errors: number, more: Partial<Section> = {}): Section {
  const samples = 60;
  return {
    errors,
    samples,
    accuracy: 1 - errors / samples,
    loss: 0.1 + errors / 100,
    topK: { "1": 1 - errors / samples },
    calibrationError: 0.02,
    agreement: null,
    parameters: 1000,
    samplesPerSecond: 5000,
    seconds: 12,
    perClass: Array.from({ length: classes }, (_, at) => ({
      class: at,
      name: ["cat", "dog", "<b>ox</b>"][at] as string,
      samples: 20,
      errors: at === 0 ? errors : 0,
      accuracy: at === 0 ? 1 - errors / 20 : 1,
      precision: 0.9,
    })),
    ...more,
  };
}

export const report: Report = {
  version: 1,
  recipe: { student: { "nn.mlp": [4, 3] }, objective: { response: { temperature: 6 } } },
  environment: {
    date: "2026-01-02T03:04:05.000Z",
    potstill: "0.1.0",
    node: "v20.0.0",
    libtorch: "2.13.0",
    platform: "linux-x64",
    cpu: "A processor",
    cores: 2,
    threads: 2,
    cpuCapability: "AVX2",
    bfloat16: false,
    autocast: null,
    device: "cpu",
  },
  teacher: section(3, { parameters: 9000 }),
  alone: section(9, { agreement: 0.8 }),
  distilled: section(5, { agreement: 0.9 }),
  history: {
    distilled: {
      steps: 40,
      epochs: 2,
      bestEpoch: 2,
      stoppedEarly: false,
      metrics: [],
    },
  },
};

const image = {
  width: 2,
  height: 2,
  channels: 1,
  data: Buffer.from([0, 85, 170, 255]).toString("base64"),
};

const said = (prediction: number) => ({
  prediction,
  probability: 0.7,
  logits: [0, 1, 2].map((at) => (at === prediction ? 2 : 0)),
});

export const details: Details = {
  input: { shape: [1, 2, 2], normalize: { mean: [0.1], std: [0.3] } },
  classNames: ["cat", "dog", "<b>ox</b>"],
  models: {
    distilled: {
      confusion: [
        [15, 5, 0],
        [0, 20, 0],
        [0, 0, 20],
      ],
      calibration: [
        { samples: 0, confidence: 0, accuracy: 0 },
        { samples: 60, confidence: 0.9, accuracy: 0.92 },
      ],
      bytes: 4000,
      inferenceSamplesPerSecond: 123456,
    },
  },
  differing: 1,
  differences: [
    {
      position: 7,
      label: 0,
      image,
      models: { teacher: said(0), alone: said(1), distilled: said(0) },
    },
  ],
  softTargets: [{ position: 9, label: 2, image, models: { teacher: said(2), distilled: said(1) } }],
};

export function start(
  phase: StartEvent["phase"],
  resumed: StartEvent["resumed"] = null,
): StartEvent {
  return {
    type: "start",
    phase,
    plan: {
      seed: 1,
      device: "cpu",
      threads: 2,
      libtorch: "2.13.0",
      cpuCapability: "AVX2",
      autocast: null,
      scaler: null,
      channelsLast: false,
      batchSize: 10,
      accumulate: 1,
      steps: 40,
      epochs: 2,
    },
    samples: 200,
    validationSamples: 20,
    parameters: 1000,
    terms: ["crossEntropy", "softTargets"],
    resumed,
  };
}

export function step(phase: StepEvent["phase"], at: number, loss = 1 / (at + 1)): StepEvent {
  return {
    type: "step",
    phase,
    step: at,
    steps: 40,
    epoch: 1,
    epochs: 2,
    lr: 0.1,
    loss,
    terms: { crossEntropy: loss / 2, softTargets: loss },
    accuracy: 0.5,
    samplesPerSecond: 5000,
    eta: 1,
  };
}

export function epoch(phase: EpochEvent["phase"], number: number): EpochEvent {
  return {
    type: "epoch",
    phase,
    epoch: number,
    epochs: 2,
    step: 20 * number,
    metrics: {
      loss: 0.5 / number,
      terms: { crossEntropy: 0.2, softTargets: 0.3 },
      accuracy: 0.8,
      lr: 0.1,
      gradNorm: null,
      samples: 200,
      steps: 20,
      samplesPerSecond: 5000,
      seconds: 1,
      validation: { samples: 20, loss: 0.4, errors: 2, accuracy: 0.9, agreement: 0.95 },
    },
    best: true,
  };
}

/** Two phases of two epochs. */
export const events: TrainEvent[] = (["alone", "distilled"] as const).flatMap((phase) => [
  start(phase),
  ...Array.from({ length: 20 }, (_, at) => step(phase, at + 1)),
  epoch(phase, 1),
  ...Array.from({ length: 20 }, (_, at) => step(phase, at + 21)),
  epoch(phase, 2),
]);

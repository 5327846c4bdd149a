// W1 with potstill: the step that `distill()` is made of, promises included, four in flight; and
// `distill()` itself, data set and events included.

import { distill } from "../../dist/index.js";
import { moduleHandle } from "../../dist/nn/index.js";
import { TrainingStep } from "../../dist/train/step.js";
import { w1 } from "../lib/data.mjs";
import { begin, w1Model, w1Objective, w1Optimizer, w1Options, w1Samples } from "./potstill.mjs";

/** As many as `distill()` keeps. */
const inFlight = 4;

async function makeStep(folder) {
  const teacher = await w1Model(folder, "teacher");
  const student = await w1Model(folder, "student");
  teacher.eval();
  student.train();
  const { spec, groups } = w1Optimizer();
  return new TrainingStep({
    teachers: [{ module: moduleHandle(teacher), weight: 1, output: null, normalize: null }],
    ensemble: "probabilities",
    student: moduleHandle(student),
    studentOutput: null,
    studentNormalize: null,
    terms: [w1Objective()],
    optimizer: spec,
    groups,
    accumulate: 1,
    clipNorm: null,
    clipValue: null,
    emaDecay: null,
    checkFinite: true,
  });
}

function makeBatches(folder) {
  const { inputs, labels } = w1Samples(folder);
  const part = (tensor, index) => tensor.narrow(0, index * w1.batch, w1.batch).clone();
  return Array.from({ length: w1.batches }, (_, index) => ({
    inputs: part(inputs, index),
    labels: part(labels, index),
    mixedLabels: null,
    mixWeight: 1,
  }));
}

export async function start(config) {
  const { folder } = config;
  const info = begin(config);
  const batches = makeBatches(folder);
  const step = await makeStep(folder);
  const options = await w1Options(folder);
  let next = 0;

  return {
    info,

    /** Losses of the first steps from the initial weights. */
    async check({ steps }) {
      const fresh = await makeStep(folder);
      const losses = [];
      for (let i = 0; i < steps; i++) {
        await fresh.run(batches[i % batches.length], w1.lr);
        losses.push((await fresh.metrics()).loss);
      }
      fresh.dispose();
      return { losses };
    },

    async block({ steps, whole = false }) {
      if (whole) {
        const began = performance.now();
        await distill({ ...options, steps });
        return { seconds: (performance.now() - began) / 1000 };
      }
      const flight = [];
      const began = performance.now();
      for (let i = 0; i < steps; i++) {
        flight.push(step.run(batches[next++ % batches.length], w1.lr));
        if (flight.length >= inFlight) await flight.shift();
      }
      await Promise.all(flight);
      const seconds = (performance.now() - began) / 1000;
      await step.metrics();
      return { seconds };
    },
  };
}

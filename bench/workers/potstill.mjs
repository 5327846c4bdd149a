// What potstill's workers share: the package as it was built, its versions, W1's models.

import {
  build,
  datasets,
  fromTypedArray,
  losses,
  nn,
  optim,
  setThreads,
} from "../../dist/index.js";
import { native } from "../../dist/native/index.js";
import { packageVersion } from "../../dist/native/versions.js";
import { read, w1 } from "../lib/data.mjs";

/** Sets the threads and says what runs here. */
export function begin({ threads }) {
  setThreads(threads);
  const { libtorch, cpuCapability } = native.versionInfo();
  return { versions: { potstill: packageVersion, libtorch, node: process.version }, cpuCapability };
}

/** One of W1's networks, with the weights that every peer has. */
export async function w1Model(folder, name) {
  const model = await build(nn.mlp(w1[name]));
  const dict = {};
  for (const [path, { shape }] of model.parameters()) {
    dict[path] = fromTypedArray(read(folder, `${name}.${path}`), shape);
  }
  model.loadStateDict(dict);
  return model;
}

/** W1's samples as tensors. */
export function w1Samples(folder) {
  const samples = w1.batch * w1.batches;
  return {
    inputs: fromTypedArray(read(folder, "inputs"), [samples, w1.student[0]]),
    labels: fromTypedArray(read(folder, "labels"), [samples]),
  };
}

/** Options of `distill()` that make W1 of it, in float32. */
export async function w1Options(folder) {
  return {
    teacher: await w1Model(folder, "teacher"),
    student: await w1Model(folder, "student"),
    data: datasets.tensors({ ...w1Samples(folder), name: "W1" }),
    objective: w1Objective(),
    optimizer: w1Optimizer(),
    batchSize: w1.batch,
    dropLast: true,
    ...{ autocast: false, optimizeTeacher: "float32" },
  };
}

export function w1Objective() {
  return losses.response({ alpha: w1.alpha, temperature: w1.temperature });
}

export function w1Optimizer() {
  return optim.sgd({ lr: w1.lr, momentum: w1.momentum });
}

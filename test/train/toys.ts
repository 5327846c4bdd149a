/** Small synthetic data and models: three clouds of points that a few steps tell apart. */

import { type Dataset, datasets } from "../../lib/data/index.js";
import { type Module, nn } from "../../lib/nn/index.js";
import { manualSeed, setThreads, tensor } from "../../lib/tensor/index.js";

// Nothing here is large enough for two, and test files run side by side.
setThreads(1);

export const features = 8;
export const classes = 3;

/** Uniform numbers in [0, 1) that depend on the seed only. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function points(count: number, seed: number, noise: number): { x: number[]; y: number[] } {
  const random = generator(seed);
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < count; i++) {
    const label = i % classes;
    for (let j = 0; j < features; j++) {
      const center = j % classes === label ? 1 : 0;
      x.push(center + noise * (random() + random() + random() - 1.5));
    }
    y.push(label);
  }
  return { x, y };
}

export interface ToyOptions {
  train?: number;
  test?: number;
  noise?: number;
  labels?: boolean;
}

/** `train` and `test` samples of three classes. */
export function toyData(options: ToyOptions = {}): Dataset {
  const { train = 96, test = 48, noise = 0.8, labels = true } = options;
  const part = (count: number, seed: number) => {
    const { x, y } = points(count, seed, noise);
    return {
      inputs: tensor(x, { shape: [count, features] }),
      labels: tensor(y, { shape: [count], dtype: "int64" }),
    };
  };
  const first = part(train, 1);
  const second = part(test, 2);
  return datasets.tensors({
    inputs: first.inputs,
    labels: labels ? first.labels : null,
    testInputs: second.inputs,
    testLabels: second.labels,
    name: "toys",
    ...(labels ? { classes } : {}),
  });
}

/** A network of one hidden layer; the seed decides its weights. */
export function toyModel(seed: number, hidden = 16): Promise<Module> {
  manualSeed(seed);
  return nn.build(nn.mlp([features, hidden, classes]));
}

/** All weights of a model, for comparisons to the bit. */
export function weightsOf(model: Module): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(model.stateDict()).map(([name, value]) => [
      name,
      Array.from(value.dataSync() as Float32Array),
    ]),
  );
}

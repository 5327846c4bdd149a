/** Small networks and batches for the training step, in float64 so that sums can be compared. */

import type { Batch } from "../../lib/data/index.js";
import { losses, nativeTerm, type Objective, termsOf, weightAt } from "../../lib/losses/index.js";
import { build } from "../../lib/nn/build.js";
import { type Module, type ModuleDef, moduleHandle, nn } from "../../lib/nn/index.js";
import { type Optimizer, optim } from "../../lib/optim/index.js";
import { type DType, manualSeed, setThreads, type Tensor, tensor } from "../../lib/tensor/index.js";
import { type StepSpec, TrainingStep } from "../../lib/train/step.js";

// Nothing here is large enough to share.
setThreads(1);

export const features = 6;
export const classes = 4;

/** Uniform numbers in [-1, 1) that depend on the seed only. */
export function generator(seed: number): () => number {
  let state = (seed + 1) * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

export async function toyModule(
  seed: number,
  def: ModuleDef = nn.mlp([features, 10, classes]),
  dtype: DType = "float64",
): Promise<Module> {
  manualSeed(seed);
  return (await build(def)).to({ dtype });
}

/** Rows and their labels, as plain numbers. */
export interface Samples {
  x: number[][];
  y: number[];
}

export function toySamples(count: number, seed: number): Samples {
  const random = generator(seed);
  const x = Array.from({ length: count }, () => Array.from({ length: features }, random));
  // The largest of the first features is the class: something that can be learned.
  const y = x.map((row) => row.indexOf(Math.max(...row.slice(0, classes))));
  return { x, y };
}

export function toyBatch(
  { x, y }: { x: number[][]; y: number[] | null },
  mixed: { y: number[]; weight: number } | null = null,
): Batch {
  const labelsOf = (list: number[]) => tensor(list, { dtype: "int64" });
  return batchOf(
    tensor(x, { dtype: "float64" }),
    y && labelsOf(y),
    mixed && { labels: labelsOf(mixed.y), weight: mixed.weight },
  );
}

export function batchOf(
  inputs: Tensor,
  labels: Tensor | null,
  mixed: { labels: Tensor; weight: number } | null = null,
): Batch {
  const dispose = () => {
    for (const each of [inputs, labels, mixed?.labels]) each?.dispose();
  };
  return {
    inputs,
    labels,
    mixedLabels: mixed?.labels ?? null,
    mixWeight: mixed?.weight ?? 1,
    mask: null,
    ids: null,
    size: inputs.shape[0]!,
    dispose,
    [Symbol.dispose]: dispose,
  };
}

export interface ToyPlan extends Partial<StepSpec> {
  from?: readonly Module[];
  objective?: Objective;
  using?: Optimizer;
}

/** A step that trains `student`, learning from the modules in `from`. */
export function toyStep(student: Module, plan: ToyPlan = {}): TrainingStep {
  const { from = [], using = optim.sgd({ lr: 0.1 }), objective, ...overrides } = plan;
  const usual = from.length > 0 ? losses.response() : losses.crossEntropy();
  return new TrainingStep({
    teachers: from.map((module) => ({
      module: moduleHandle(module),
      weight: 1,
      output: null,
      normalize: null,
    })),
    ensemble: "probabilities",
    student: moduleHandle(student),
    studentOutput: null,
    studentNormalize: null,
    terms: termsOf(objective ?? usual).map((loss) => nativeTerm(loss, weightAt(loss.weight, 0))),
    optimizer: using.spec,
    groups: using.groups,
    accumulate: 1,
    clipNorm: null,
    clipValue: null,
    emaDecay: null,
    checkFinite: true,
    ...overrides,
  });
}

/** All parameters and buffers, for comparisons. */
export function weightsOf(module: Module): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(module.stateDict()).map(([name, value]) => [
      name,
      Array.from(value.dataSync() as ArrayLike<number | bigint>, Number),
    ]),
  );
}

/** All of them in one list. */
export function flat(module: Module): number[] {
  return Object.values(weightsOf(module)).flat();
}

/** Largest absolute difference. */
export function gap(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((worst, value, i) => {
    const distance = Math.abs(value - b[i]!);
    return distance <= worst ? worst : Number.isNaN(distance) ? Infinity : distance;
  }, 0);
}

/** Whether the values of a tensor [B, C, H, W] lie channel by channel for each pixel. */
export function isChannelsLast({ strides: [, channels, , width] }: Tensor): boolean {
  return channels === 1 && width !== 1;
}

/** Whether all weights of convolutions with several channels lie so; they all do, or none does. */
export function weightsLieChannelsLast(module: Module): boolean {
  const found = [...module.parameters().values()]
    .filter(({ shape }) => shape.length === 4 && shape[1]! > 1 && shape[2]! > 1)
    .map(isChannelsLast);
  if (new Set(found).size !== 1) throw new Error(`they lie ${found}`);
  return found[0]!;
}

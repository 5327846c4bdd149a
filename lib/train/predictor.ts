/** Models as a step asks them: inputs brought to their type and size, several as an ensemble. */

import type { Inputs } from "../data/index.js";
import type { Module } from "../nn/index.js";
import { type DType, isFloatingPoint, noGrad, ops, scope, Tensor } from "../tensor/index.js";

const { aten } = ops;

/** Height and width in pixels. */
export type Size = readonly [number, number];

/** What is asked for logits: a module, or what stands for one or several. */
export interface Predictor extends Pick<Module, "logits" | "training" | "parameters"> {
  train(training?: boolean): unknown;
  eval(): unknown;
}

export interface Member {
  module: Module;
  /** Among several; default 1. */
  weight?: number | undefined;
  /** Size that images are brought to for this model, bilinearly; null: as they come. */
  resize?: Size | null | undefined;
}

/** One module or several, as a training step runs them; nothing is recorded for backward. */
export class Ensemble implements Predictor {
  readonly #members: readonly (Member & { dtype: DType | null })[];

  constructor(
    members: readonly Member[],
    readonly mean: "probabilities" | "logits",
  ) {
    this.#members = members.map((each) => ({ ...each, dtype: dtypeOf(each.module) }));
  }

  get training(): boolean {
    return this.#members[0]!.module.training;
  }

  train(training = true): this {
    for (const { module } of this.#members) module.train(training);
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  /** Of all members, numbered where there are several. */
  parameters(): Map<string, Tensor> {
    const several = this.#members.length > 1;
    return new Map(
      this.#members.flatMap(({ module }, index) =>
        [...module.parameters()].map(([name, tensor]): [string, Tensor] => [
          several ? `${index}.${name}` : name,
          tensor,
        ]),
      ),
    );
  }

  /** Of several: logarithms of the mean probabilities, or the mean logits. */
  async logits(inputs: Inputs): Promise<Tensor> {
    const all: Tensor[] = [];
    for (const member of this.#members) {
      all.push(await scope(async () => await asked(member, inputs)));
    }
    const weights = this.#members.map(({ weight = 1 }) => weight);
    return noGrad(() => scope(() => meanOf(all, weights, this.mean)));
  }
}

/**
 * The mean of what several models give; one is passed through. `probabilities` gives logits again,
 * those of the mean probabilities.
 */
export function meanOf(
  all: readonly Tensor[],
  weights: readonly number[],
  mean: "probabilities" | "logits",
): Tensor {
  const first = all[0]!;
  if (all.length === 1) return first;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const parts = all.map((each, index) => {
    const logits = each.to({ device: first.device, dtype: wide(each.dtype) });
    return mean === "logits"
      ? logits.mul(weights[index]! / total)
      : aten.log_softmax.int(logits, -1).add(Math.log(weights[index]! / total));
  });
  const stacked = aten.stack.default(parts, 0);
  return mean === "logits"
    ? aten.sum.dim_IntList(stacked, [0])
    : aten.logsumexp.default(stacked, [0]);
}

async function asked(member: Member & { dtype: DType | null }, inputs: Inputs): Promise<Tensor> {
  const logits = await member.module.logits(await fitted(member, inputs), { grad: false });
  return isFloatingPoint(logits.dtype) ? logits.to({ dtype: wide(logits.dtype) }) : logits;
}

/** Inputs in the type and size of a model, as a step gives them to it. */
export async function inputsOf(member: Member, inputs: Inputs): Promise<Inputs> {
  return await fitted({ ...member, dtype: dtypeOf(member.module) }, inputs);
}

async function fitted(
  { resize, dtype }: Pick<Member, "resize"> & { dtype: DType | null },
  inputs: Inputs,
): Promise<Inputs> {
  const typed = noGrad(() =>
    mapped(inputs, (each) =>
      dtype !== null && isFloatingPoint(each.dtype) && each.dtype !== dtype
        ? each.to({ dtype })
        : each,
    ),
  );
  return resize ? await resized(typed, resize) : typed;
}

/** The first input with another height and width, as the native step does it. */
async function resized(inputs: Inputs, [height, width]: Size): Promise<Inputs> {
  const name = inputs instanceof Tensor ? null : Object.keys(inputs)[0]!;
  const first =
    inputs instanceof Tensor ? inputs : (inputs as Record<string, Tensor>)[name as string]!;
  const [, , rows = height, columns = width] = first.shape;
  if (rows === height && columns === width) return inputs;
  const size = [height, width];
  const result =
    height < rows || width < columns
      ? await aten._upsample_bilinear2d_aa.default.async(first, size, false)
      : await aten.upsample_bilinear2d.default.async(first, size, false);
  if (name === null) return result;
  if (Array.isArray(inputs)) return [result, ...inputs.slice(1)];
  return { ...(inputs as Record<string, Tensor>), [name]: result };
}

function mapped(inputs: Inputs, change: (tensor: Tensor) => Tensor): Inputs {
  if (inputs instanceof Tensor) return change(inputs);
  if (Array.isArray(inputs)) return inputs.map(change);
  return Object.fromEntries(Object.entries(inputs).map(([name, each]) => [name, change(each)]));
}

/** Half types are compared and averaged in float32. */
function wide(dtype: DType): DType {
  return dtype === "float64" ? dtype : "float32";
}

function dtypeOf(module: Module): DType | null {
  let found: DType | null = null;
  for (const tensor of module.parameters().values()) {
    if (isFloatingPoint(tensor.dtype)) found ??= tensor.dtype;
    tensor.dispose();
  }
  return found;
}

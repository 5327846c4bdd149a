/** Models as a step asks them: inputs brought to their type and size, several as an ensemble. */

import type { Inputs } from "../data/index.js";
import type { Module } from "../nn/index.js";
import { type DType, isFloatingPoint, noGrad, ops, scope, Tensor } from "../tensor/index.js";
import { mappedInputs } from "./device.js";

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

/** Where inputs go: the device of the parameters, and the type of the floating-point ones. */
interface Place {
  device: string | null;
  dtype: DType | null;
}

/** One module or several, as a training step runs them; nothing is recorded for backward. */
export class Ensemble implements Predictor {
  readonly #members: readonly (Member & Place)[];

  constructor(
    members: readonly Member[],
    readonly mean: "probabilities" | "logits",
  ) {
    this.#members = members.map((each) => ({ ...each, ...placeOf(each.module) }));
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

async function asked(member: Member & Place, inputs: Inputs): Promise<Tensor> {
  const logits = await member.module.logits(await fitted(member, inputs), { grad: false });
  return isFloatingPoint(logits.dtype) ? logits.to({ dtype: wide(logits.dtype) }) : logits;
}

/** Inputs where a model is, in its type and size, as a step gives them to it. */
export async function inputsOf(member: Member, inputs: Inputs): Promise<Inputs> {
  return await fitted({ ...member, ...placeOf(member.module) }, inputs);
}

async function fitted(
  { resize, device, dtype }: Pick<Member, "resize"> & Place,
  inputs: Inputs,
): Promise<Inputs> {
  const placed = noGrad(() =>
    mappedInputs(inputs, (each) => {
      const wanted = {
        device: device ?? each.device,
        dtype: dtype !== null && isFloatingPoint(each.dtype) ? dtype : each.dtype,
      };
      return wanted.device === each.device && wanted.dtype === each.dtype ? each : each.to(wanted);
    }),
  );
  return resize ? await resized(placed, resize) : placed;
}

/** The first input with another height and width, as the native step does it. */
export async function resized(inputs: Inputs, [height, width]: Size): Promise<Inputs> {
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

/** Half types are compared and averaged in float32. */
function wide(dtype: DType): DType {
  return dtype === "float64" ? dtype : "float32";
}

function placeOf(module: Module): Place {
  const place: Place = { device: null, dtype: null };
  for (const tensor of module.parameters().values()) {
    place.device ??= tensor.device;
    if (isFloatingPoint(tensor.dtype)) place.dtype ??= tensor.dtype;
    tensor.dispose();
  }
  return place;
}

/** Native work on one batch: gather, augment, normalize, mix. All of it runs on the "data" lane. */

import { PotstillError } from "../native/errors.js";
import { fromTypedArray, isFloatingPoint, keep, type Tensor } from "../tensor/index.js";
import { callOn } from "../tensor/lane.js";
import type { Augmentation } from "./augment.js";
import { allOrDispose, listInputs, mapInputs } from "./inputs.js";
import { Random } from "./random.js";
import type { Batch, Inputs, Normalize } from "./source.js";

/** What decides a batch's random choices. */
export interface Place {
  seed: number;
  epoch: number;
  /** Index of the batch in its epoch; only mixup looks at it. */
  batch: number;
}

/** An int64 vector that no scope frees. */
export function indexTensor(values: ArrayLike<number>): Tensor {
  const data = new BigInt64Array(values.length);
  for (let i = 0; i < values.length; i++) data[i] = BigInt(values[i] as number);
  return keep(fromTypedArray(data));
}

/** Rows of a tensor, in its dtype. */
export async function gather(tensor: Tensor, rows: Tensor): Promise<Tensor> {
  return (await callOn("data", "aten::index_select", tensor, 0, rows)) as Tensor;
}

/**
 * Images, uint8 or float32 `[N, H, W]` or `[N, C, H, W]`, to a float32 batch `[B, C, H, W]`.
 *
 * @param ids what names the samples to the random numbers; null: `rows`
 */
export async function gatherImages(
  images: Tensor,
  rows: Tensor,
  ids: Tensor | null,
  normalize: Normalize | null,
  augment: Augmentation | null,
  place: Place,
): Promise<Tensor> {
  return (await callOn(
    "data",
    "potstill::augment_images",
    images,
    rows,
    normalize?.mean ?? [],
    normalize?.std ?? [],
    augment !== null,
    augment?.shift ?? 0,
    augment?.flip ?? false,
    augment?.crop ?? 0,
    augment?.cutout ?? 0,
    place.seed,
    place.epoch,
    ids,
  )) as Tensor;
}

/** Whether a tensor is taken for images unless told otherwise: bytes, `[N, H, W]` or `[N, C, H, W]`. */
export function looksLikeImages(tensor: Tensor): boolean {
  return tensor.dtype === "uint8" && (tensor.shape.length === 3 || tensor.shape.length === 4);
}

/** Channels of an image tensor `[N, H, W]` or `[N, C, H, W]`. */
export function channelsOf(shape: readonly number[]): number {
  return shape.length === 4 ? (shape[1] as number) : 1;
}

/** The parts of a batch before it is one; the tensors belong to it. */
export interface Parts {
  inputs: Inputs;
  labels: Tensor | null;
  mask: Tensor | null;
  ids: Tensor | null;
  size: number;
}

/**
 * Mixup (Zhang et al. 2018, arXiv:1710.09412): `weight · inputs + (1 − weight) · inputs[order]` with
 * one weight from Beta(alpha, alpha) and one permutation per batch. The tensors of `parts` go over
 * to the result, also when this fails.
 */
export async function mixBatch(parts: Parts, alpha: number, place: Place): Promise<Batch> {
  const random = Random.for("mixup", place.seed, place.epoch, place.batch);
  const weight = random.beta(alpha, alpha);
  const order = indexTensor(random.permutation(parts.size));
  const own = listInputs(parts.inputs).map(({ tensor }) => tensor);
  try {
    const [mixedLabels = null, ...mixed] = await allOrDispose([
      parts.labels === null ? null : gather(parts.labels, order),
      ...own.map((tensor) => mixRows(tensor, order, weight)),
    ]);
    for (const tensor of own) tensor.dispose();
    const inputs = mapInputs(parts.inputs, (_, i) => mixed[i] as Tensor);
    return makeBatch({ ...parts, inputs }, mixedLabels, weight);
  } catch (error) {
    makeBatch(parts, null, 1).dispose();
    throw error;
  } finally {
    order.dispose();
  }
}

async function mixRows(tensor: Tensor, order: Tensor, weight: number): Promise<Tensor> {
  const other = await gather(tensor, order);
  try {
    return (await callOn("data", "aten::lerp.Scalar", other, tensor, weight)) as Tensor;
  } finally {
    other.dispose();
  }
}

/** @throws ERR_CONFIG when inputs that hold no fractions are to be mixed */
export function checkMixable(inputs: Inputs): void {
  for (const { name, tensor } of listInputs(inputs)) {
    if (isFloatingPoint(tensor.dtype) || looksLikeImages(tensor)) continue;
    throw new PotstillError(
      "ERR_CONFIG",
      `augment.mixup: ${name} is ${tensor.dtype}, and only images and floating-point inputs can be mixed`,
    );
  }
}

/** A batch that owns its tensors. */
export function makeBatch(parts: Parts, mixedLabels: Tensor | null, mixWeight: number): Batch {
  const { inputs, labels, mask, ids, size } = parts;
  const dispose = () => {
    for (const { tensor } of listInputs(inputs)) tensor.dispose();
    for (const tensor of [labels, mixedLabels, mask, ids]) tensor?.dispose();
  };
  return {
    inputs,
    labels,
    mixedLabels,
    mixWeight,
    mask,
    ids,
    size,
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** Calls of the divergences of rows with named options. */

import { ops, type Tensor } from "../../lib/tensor/index.js";

export const NAMES = [
  "reverse_kl",
  "jsd",
  "skew_kl",
  "skew_reverse_kl",
  "logit_standardization",
  "logit_mse",
  "dkd",
] as const;
/** `dist` is no mean over rows, so that few of the laws of the others hold. */
export type Name = (typeof NAMES)[number] | "dist";

export interface Options {
  temperature?: number;
  beta?: number;
  gamma?: number;
  skew?: number;
  alpha?: number;
  scale?: boolean;
  mask?: Tensor | null;
  labels?: Tensor;
}

/** One of the operators, of logits [rows, classes]. */
export function lossOf(
  name: Name,
  student: Tensor,
  teacher: Tensor,
  options: Options = {},
): Tensor {
  const { labels, ...rest } = options;
  if (name === "dkd") return ops.potstill.dkd(student, teacher, labels!, rest);
  const call = ops.potstill[name] as (z: Tensor, v: Tensor, options: object) => Tensor;
  return call(student, teacher, rest);
}

/** Loss and gradient; leaves `student` as it was. */
export function run(
  name: Name,
  student: Tensor,
  teacher: Tensor,
  options: Options = {},
): { loss: Tensor; value: number; gradient: Tensor } {
  const leaf = student.detach().requiresGrad_();
  const loss = lossOf(name, leaf, teacher, options);
  loss.backward();
  return { loss, value: loss.item<number>(), gradient: leaf.grad! };
}

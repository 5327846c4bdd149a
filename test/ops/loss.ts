/** Calls of potstill::soft_target_ce with named options. */

import { ops, type Tensor } from "../../lib/tensor/index.js";

export interface Options {
  alpha?: number;
  temperature?: number;
  smoothing?: number;
  ignoreIndex?: number;
}

export function lossOf(
  student: Tensor,
  teacher: Tensor,
  labels: Tensor | null,
  options: Options = {},
): Tensor {
  const { alpha = 0.9, temperature = 4, smoothing = 0, ignoreIndex = -100 } = options;
  return ops.potstill.soft_target_ce(
    student,
    teacher,
    labels,
    alpha,
    temperature,
    smoothing,
    ignoreIndex,
  );
}

/** Loss and gradient; leaves `student` as it was. */
export function run(
  student: Tensor,
  teacher: Tensor,
  labels: Tensor | null,
  options: Options = {},
): { loss: Tensor; value: number; gradient: Tensor } {
  const leaf = student.detach().requiresGrad_();
  const loss = lossOf(leaf, teacher, labels, options);
  loss.backward();
  return { loss, value: loss.item<number>(), gradient: leaf.grad! };
}

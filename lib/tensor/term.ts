/** One term of an objective as a function of tensors; `losses.compute` is the public form. */

import type { TermSpec } from "../native/binding.js";
import { native } from "../native/index.js";
import type { Tensor } from "./tensor.js";

/** What a term is computed from: one tensor a side, or one for each pair of features. */
export interface TermTensors {
  student: readonly Tensor[];
  teacher: readonly Tensor[];
  labels: Tensor | null;
  mask: Tensor | null;
  ids: Tensor | null;
}

/**
 * Value of a term without its weight, a scalar that is differentiable by the student.
 *
 * @throws PotstillError ERR_CONFIG, ERR_SHAPE, ERR_DTYPE, ERR_DATA
 */
export function computeTerm(term: TermSpec, tensors: TermTensors): Tensor {
  const { student, teacher, labels, mask, ids } = tensors;
  return native.computeTerm(term, [...student], [...teacher], labels, mask, ids) as Tensor;
}

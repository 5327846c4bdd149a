/** One term of an objective as a function of tensors; `losses.compute` is the public form. */

import type { TermSpec } from "../native/binding.js";
import { native } from "../native/index.js";
import type { Tensor } from "./tensor.js";

/**
 * Value of a term without its weight, a scalar that is differentiable by the student.
 *
 * @throws PotstillError ERR_CONFIG, ERR_SHAPE, ERR_DTYPE, ERR_DATA
 */
export function computeTerm(
  term: TermSpec,
  student: Tensor,
  teacher: Tensor | null,
  labels: Tensor | null,
): Tensor {
  return native.computeTerm(term, student, teacher, labels) as Tensor;
}

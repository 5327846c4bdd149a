/** Functions of several tensors that are no method of one of them. */

import type { Scalar } from "./operator-types.js";
import { ops } from "./ops.js";
import type { Tensor } from "./tensor.js";

const { aten } = ops;

/** Tensors joined along an existing dimension; the other sizes must agree. */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  return aten.cat.default(tensors, dim);
}

/** Tensors of one shape joined along a new dimension. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  return aten.stack.default(tensors, dim);
}

/** Elements of `input` where `condition` (bool) holds, and of `other` elsewhere. */
export function where(condition: Tensor, input: Tensor | Scalar, other: Tensor | Scalar): Tensor {
  if (typeof input === "object") {
    return typeof other === "object"
      ? aten.where.self(condition, input, other)
      : aten.where.ScalarOther(condition, input, other);
  }
  return typeof other === "object"
    ? aten.where.ScalarSelf(condition, input, other)
    : aten.where.Scalar(condition, input, other);
}

/** Sums of products by Einstein's convention, such as `einsum("bij,bjk->bik", [a, b])`. */
export function einsum(equation: string, operands: readonly Tensor[]): Tensor {
  return aten.einsum(equation, operands);
}

/** One-hot rows of int64 class indices: shape `[…, classes]`, int64. */
export function oneHot(indices: Tensor, classes = -1): Tensor {
  return aten.one_hot(indices, classes);
}

/** Methods of `Tensor` that change it and return it; their names end in an underscore. */

import type { Scalar } from "../operator-types.js";
import { ops } from "../ops.js";
import type { Tensor } from "../tensor.js";
import { type AlphaOptions, type DivOptions, PointwiseMethods } from "./pointwise.js";

const { aten } = ops;

export abstract class InPlaceMethods extends PointwiseMethods {
  /** `self += alpha * other`. */
  add_(this: Tensor, other: Tensor | Scalar, options?: AlphaOptions): Tensor {
    const alpha = options?.alpha ?? 1;
    if (typeof other === "object") aten.add_.Tensor(this, other, { alpha });
    else aten.add_.Scalar(this, other, alpha);
    return this;
  }

  /** `self -= alpha * other`. */
  sub_(this: Tensor, other: Tensor | Scalar, options?: AlphaOptions): Tensor {
    const alpha = options?.alpha ?? 1;
    if (typeof other === "object") aten.sub_.Tensor(this, other, { alpha });
    else aten.sub_.Scalar(this, other, alpha);
    return this;
  }

  /** `self *= other`. */
  mul_(this: Tensor, other: Tensor | Scalar): Tensor {
    if (typeof other === "object") aten.mul_.Tensor(this, other);
    else aten.mul_.Scalar(this, other);
    return this;
  }

  /** `self /= other`; a tensor of integers needs a rounding mode. */
  div_(this: Tensor, other: Tensor | Scalar, options?: DivOptions): Tensor {
    const rounding_mode = options?.roundingMode ?? null;
    if (typeof other === "object") aten.div_.Tensor_mode(this, other, { rounding_mode });
    else aten.div_.Scalar_mode(this, other, { rounding_mode });
    return this;
  }

  /** `self **= exponent`. */
  pow_(this: Tensor, exponent: Tensor | Scalar): Tensor {
    if (typeof exponent === "object") aten.pow_.Tensor(this, exponent);
    else aten.pow_.Scalar(this, exponent);
    return this;
  }

  /** `self + value * tensor1 * tensor2`, in place. */
  addcmul_(this: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: number }): Tensor {
    aten.addcmul_(this, tensor1, tensor2, { value: options?.value ?? 1 });
    return this;
  }

  /** `self + value * tensor1 / tensor2`, in place. */
  addcdiv_(this: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: number }): Tensor {
    aten.addcdiv_(this, tensor1, tensor2, { value: options?.value ?? 1 });
    return this;
  }

  /** `self += weight * (end - self)`. */
  lerp_(this: Tensor, end: Tensor, weight: Tensor | number): Tensor {
    if (typeof weight === "object") aten.lerp_.Tensor(this, end, weight);
    else aten.lerp_.Scalar(this, end, weight);
    return this;
  }

  /** Changes the sign. */
  neg_(this: Tensor): Tensor {
    aten.neg_(this);
    return this;
  }

  /** Absolute value, in place. */
  abs_(this: Tensor): Tensor {
    aten.abs_(this);
    return this;
  }

  /** e to the power of each element, in place. */
  exp_(this: Tensor): Tensor {
    aten.exp_(this);
    return this;
  }

  /** Natural logarithm, in place. */
  log_(this: Tensor): Tensor {
    aten.log_(this);
    return this;
  }

  /** Square root, in place. */
  sqrt_(this: Tensor): Tensor {
    aten.sqrt_(this);
    return this;
  }

  /** `max(self, 0)`, in place. */
  relu_(this: Tensor): Tensor {
    aten.relu_(this);
    return this;
  }

  /** Limits elements to `[min, max]`; null leaves a side open. */
  clamp_(this: Tensor, min: number | null, max: number | null = null): Tensor {
    aten.clamp_.default(this, min, max);
    return this;
  }

  /** Sets every element to 0. */
  zero_(this: Tensor): Tensor {
    aten.zero_(this);
    return this;
  }

  /** Sets every element to `value`, a number or a tensor of one element. */
  fill_(this: Tensor, value: Tensor | Scalar): Tensor {
    if (typeof value === "object") aten.fill_.Tensor(this, value);
    else aten.fill_.Scalar(this, value);
    return this;
  }

  /** Copies the elements of `source`, which broadcasts; across dtypes and devices too. */
  copy_(this: Tensor, source: Tensor): Tensor {
    aten.copy_(this, source);
    return this;
  }

  /** Sets elements to `value` wherever `mask` (bool) holds. */
  maskedFill_(this: Tensor, mask: Tensor, value: Tensor | Scalar): Tensor {
    if (typeof value === "object") aten.masked_fill_.Tensor(this, mask, value);
    else aten.masked_fill_.Scalar(this, mask, value);
    return this;
  }

  /** Writes `source` at the positions of `index` (int64) along `dim`, as PyTorch's `scatter_`. */
  scatter_(this: Tensor, dim: number, index: Tensor, source: Tensor | Scalar): Tensor {
    if (typeof source === "object") aten.scatter_.src(this, dim, index, source);
    else aten.scatter_.value(this, dim, index, source);
    return this;
  }

  /** Adds rows of `source` at the positions of `index` (int64) along `dim`. */
  indexAdd_(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    aten.index_add_(this, dim, index, source);
    return this;
  }

  /** Fills with numbers drawn evenly from `[from, to)`. */
  uniform_(this: Tensor, from = 0, to = 1): Tensor {
    aten.uniform_(this, from, to);
    return this;
  }

  /** Fills with normally distributed numbers. */
  normal_(this: Tensor, mean = 0, std = 1): Tensor {
    aten.normal_(this, mean, std);
    return this;
  }

  /** Fills with 1 with probability `p` and 0 otherwise. */
  bernoulli_(this: Tensor, p = 0.5): Tensor {
    aten.bernoulli_.float(this, p);
    return this;
  }
}

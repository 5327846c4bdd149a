/** Methods of `Tensor` that work element by element, with broadcasting as in PyTorch. */

import type { Scalar } from "../operator-types.js";
import { ops } from "../ops.js";
import { Scoped } from "../scope.js";
import type { Tensor } from "../tensor.js";

const { aten } = ops;

/** An operator with one overload for tensors and one for numbers. */
interface Binary {
  readonly Tensor: (self: Tensor, other: Tensor) => Tensor;
  readonly Scalar: (self: Tensor, other: Scalar) => Tensor;
}

function binary(operator: Binary, self: Tensor, other: Tensor | Scalar): Tensor {
  return typeof other === "object" ? operator.Tensor(self, other) : operator.Scalar(self, other);
}

/** Rounding of a quotient: towards zero, or down. */
export interface DivOptions {
  roundingMode?: "trunc" | "floor" | undefined;
}

export interface AlphaOptions {
  /** Factor of the second operand; 1 by default. */
  alpha?: number | undefined;
}

export abstract class PointwiseMethods extends Scoped {
  /** `self + alpha * other`. */
  add(this: Tensor, other: Tensor | Scalar, options?: AlphaOptions): Tensor {
    const alpha = options?.alpha;
    if (alpha === undefined) return binary(aten.add, this, other);
    if (typeof other === "object") return aten.add.Tensor(this, other, { alpha });
    return aten.add.Scalar(this, other, alpha);
  }

  /** `self - alpha * other`. */
  sub(this: Tensor, other: Tensor | Scalar, options?: AlphaOptions): Tensor {
    const alpha = options?.alpha;
    if (alpha === undefined) return binary(aten.sub, this, other);
    if (typeof other === "object") return aten.sub.Tensor(this, other, { alpha });
    return aten.sub.Scalar(this, other, alpha);
  }

  /** `self * other`. */
  mul(this: Tensor, other: Tensor | Scalar): Tensor {
    return binary(aten.mul, this, other);
  }

  /** `self / other`; floating also for integers, unless a rounding mode is given. */
  div(this: Tensor, other: Tensor | Scalar, options?: DivOptions): Tensor {
    const rounding_mode = options?.roundingMode;
    if (rounding_mode === undefined) return binary(aten.div, this, other);
    if (typeof other === "object") return aten.div.Tensor_mode(this, other, { rounding_mode });
    return aten.div.Scalar_mode(this, other, { rounding_mode });
  }

  /** Remainder with the sign of the divisor, as `%` in Python. */
  remainder(this: Tensor, other: Tensor | Scalar): Tensor {
    return binary(aten.remainder, this, other);
  }

  /** `self ** exponent`. */
  pow(this: Tensor, exponent: Tensor | Scalar): Tensor {
    return typeof exponent === "object"
      ? aten.pow.Tensor_Tensor(this, exponent)
      : aten.pow.Tensor_Scalar(this, exponent);
  }

  /** `-self`. */
  neg(this: Tensor): Tensor {
    return aten.neg(this);
  }

  /** Absolute value. */
  abs(this: Tensor): Tensor {
    return aten.abs(this);
  }

  /** -1, 0 or 1 by the sign. */
  sign(this: Tensor): Tensor {
    return aten.sign(this);
  }

  /** e to the power of each element. */
  exp(this: Tensor): Tensor {
    return aten.exp(this);
  }

  /** `exp(self) - 1`, exact near 0. */
  expm1(this: Tensor): Tensor {
    return aten.expm1(this);
  }

  /** Natural logarithm. */
  log(this: Tensor): Tensor {
    return aten.log(this);
  }

  /** `log(1 + self)`, exact near 0. */
  log1p(this: Tensor): Tensor {
    return aten.log1p(this);
  }

  /** Logarithm to base 2. */
  log2(this: Tensor): Tensor {
    return aten.log2(this);
  }

  /** Square root. */
  sqrt(this: Tensor): Tensor {
    return aten.sqrt(this);
  }

  /** `1 / sqrt(self)`. */
  rsqrt(this: Tensor): Tensor {
    return aten.rsqrt(this);
  }

  /** `self ** 2`. */
  square(this: Tensor): Tensor {
    return aten.square(this);
  }

  /** `1 / self`. */
  reciprocal(this: Tensor): Tensor {
    return aten.reciprocal(this);
  }

  /** Sine, of radians. */
  sin(this: Tensor): Tensor {
    return aten.sin(this);
  }

  /** Cosine, of radians. */
  cos(this: Tensor): Tensor {
    return aten.cos(this);
  }

  /** Hyperbolic tangent. */
  tanh(this: Tensor): Tensor {
    return aten.tanh(this);
  }

  /** `1 / (1 + exp(-self))`. */
  sigmoid(this: Tensor): Tensor {
    return aten.sigmoid(this);
  }

  /** `max(self, 0)`. */
  relu(this: Tensor): Tensor {
    return aten.relu(this);
  }

  /** Error function. */
  erf(this: Tensor): Tensor {
    return aten.erf(this);
  }

  /** The next integer below. */
  floor(this: Tensor): Tensor {
    return aten.floor(this);
  }

  /** The next integer above. */
  ceil(this: Tensor): Tensor {
    return aten.ceil(this);
  }

  /** The integer part. */
  trunc(this: Tensor): Tensor {
    return aten.trunc(this);
  }

  /** Nearest number with so many `decimals` (0 by default); halves go to the even one. */
  round(this: Tensor, decimals?: number): Tensor {
    return decimals === undefined ? aten.round(this) : aten.round.decimals(this, { decimals });
  }

  /** Elements limited to `[min, max]`; null leaves a side open. */
  clamp(this: Tensor, min: number | null, max: number | null = null): Tensor {
    return aten.clamp.default(this, min, max);
  }

  /** `self + weight * (end - self)`. */
  lerp(this: Tensor, end: Tensor, weight: Tensor | number): Tensor {
    return typeof weight === "object"
      ? aten.lerp.Tensor(this, end, weight)
      : aten.lerp.Scalar(this, end, weight);
  }

  /** The larger of two elements; NaN where either is. */
  maximum(this: Tensor, other: Tensor): Tensor {
    return aten.maximum(this, other);
  }

  /** The smaller of two elements; NaN where either is. */
  minimum(this: Tensor, other: Tensor): Tensor {
    return aten.minimum(this, other);
  }

  /** `self == other`, as bool. */
  eq(this: Tensor, other: Tensor | Scalar): Tensor {
    return binary(aten.eq, this, other);
  }

  /** `self != other`, as bool. */
  ne(this: Tensor, other: Tensor | Scalar): Tensor {
    return binary(aten.ne, this, other);
  }

  /** `self < other`, as bool. */
  lt(this: Tensor, other: Tensor | Scalar): Tensor {
    return binary(aten.lt, this, other);
  }

  /** `self <= other`, as bool. */
  le(this: Tensor, other: Tensor | Scalar): Tensor {
    return binary(aten.le, this, other);
  }

  /** `self > other`, as bool. */
  gt(this: Tensor, other: Tensor | Scalar): Tensor {
    return binary(aten.gt, this, other);
  }

  /** `self >= other`, as bool. */
  ge(this: Tensor, other: Tensor | Scalar): Tensor {
    return binary(aten.ge, this, other);
  }

  /** Whether both elements are nonzero. */
  logicalAnd(this: Tensor, other: Tensor): Tensor {
    return aten.logical_and(this, other);
  }

  /** Whether either element is nonzero. */
  logicalOr(this: Tensor, other: Tensor): Tensor {
    return aten.logical_or(this, other);
  }

  /** Whether the element is zero. */
  logicalNot(this: Tensor): Tensor {
    return aten.logical_not(this);
  }

  /** Whether the element is not a number. */
  isnan(this: Tensor): Tensor {
    return aten.isnan(this);
  }

  /** Whether the element is infinite. */
  isinf(this: Tensor): Tensor {
    return aten.isinf(this);
  }

  /** Whether the element is neither infinite nor NaN. */
  isfinite(this: Tensor): Tensor {
    return aten.isfinite(this);
  }

  /** Elements of `self` where `condition` (bool) holds, and of `other` elsewhere. */
  where(this: Tensor, condition: Tensor, other: Tensor | Scalar): Tensor {
    return typeof other === "object"
      ? aten.where.self(condition, this, other)
      : aten.where.ScalarOther(condition, this, other);
  }

  /** A copy with `value` wherever `mask` (bool) holds. */
  maskedFill(this: Tensor, mask: Tensor, value: Tensor | Scalar): Tensor {
    return typeof value === "object"
      ? aten.masked_fill.Tensor(this, mask, value)
      : aten.masked_fill.Scalar(this, mask, value);
  }
}

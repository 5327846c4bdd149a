/** Methods of `Tensor` that sum up, compare, rank and normalize along dimensions. */

import type { DType } from "../dtype.js";
import type { Ints } from "../operator-types.js";
import { ops } from "../ops.js";
import type { Tensor } from "../tensor.js";
import { InPlaceMethods } from "./in-place.js";

const { aten } = ops;

export interface KeepdimOptions {
  /** Keep the reduced dimensions, with size 1. */
  keepdim?: boolean | undefined;
}

export interface ReduceOptions extends KeepdimOptions {
  /** Convert to it first, against overflow. */
  dtype?: DType | undefined;
}

export interface VarianceOptions extends KeepdimOptions {
  /** Divide by `n - correction`; 1 by default (Bessel's). */
  correction?: number | undefined;
}

/** Values, and where along the dimension they stood (int64). */
export interface ValuesAndIndices {
  values: Tensor;
  indices: Tensor;
}

const named = ([values, indices]: [Tensor, Tensor]): ValuesAndIndices => ({ values, indices });

export abstract class ReduceMethods extends InPlaceMethods {
  /** Sum over all elements, or over `dim`. Integers and bool sum as int64. */
  sum(this: Tensor, dim?: Ints | null, options?: ReduceOptions): Tensor {
    const dtype = options?.dtype ?? null;
    if (dim === undefined) return aten.sum.default(this, { dtype });
    return aten.sum.dim_IntList(this, dim, options?.keepdim ?? false, { dtype });
  }

  /** Mean over all elements, or over `dim`; of floating types. */
  mean(this: Tensor, dim?: Ints | null, options?: ReduceOptions): Tensor {
    const dtype = options?.dtype ?? null;
    if (dim === undefined) return aten.mean.default(this, { dtype });
    return aten.mean.dim(this, dim, options?.keepdim ?? false, { dtype });
  }

  /** Product over all elements, or over one `dim`. */
  prod(this: Tensor, dim?: number, options?: ReduceOptions): Tensor {
    const dtype = options?.dtype ?? null;
    if (dim === undefined) return aten.prod.default(this, { dtype });
    return aten.prod.dim_int(this, dim, options?.keepdim ?? false, { dtype });
  }

  /** Standard deviation over all elements, or over `dim`. */
  std(this: Tensor, dim?: Ints | null, options?: VarianceOptions): Tensor {
    const { correction = 1, keepdim = false } = options ?? {};
    return aten.std.correction(this, dim ?? null, { correction, keepdim });
  }

  /** Variance over all elements, or over `dim`. */
  var(this: Tensor, dim?: Ints | null, options?: VarianceOptions): Tensor {
    const { correction = 1, keepdim = false } = options ?? {};
    return aten.var.correction(this, dim ?? null, { correction, keepdim });
  }

  /** p-norm of vectors, over all elements or over `dim`; 2 by default. */
  norm(this: Tensor, p = 2, dim?: Ints | null, options?: ReduceOptions): Tensor {
    const { keepdim = false, dtype = null } = options ?? {};
    return aten.linalg_vector_norm(this, p, dim ?? null, keepdim, { dtype });
  }

  /** `log(sum(exp(self)))` over `dim`, without overflow. */
  logsumexp(this: Tensor, dim: Ints, options?: KeepdimOptions): Tensor {
    return aten.logsumexp.default(this, dim, options?.keepdim ?? false);
  }

  /** The largest element; over one `dim`, the largest of each line and where it stands. */
  max(this: Tensor): Tensor;
  max(this: Tensor, dim: number, options?: KeepdimOptions): ValuesAndIndices;
  max(this: Tensor, dim?: number, options?: KeepdimOptions): Tensor | ValuesAndIndices {
    if (dim === undefined) return aten.max.default(this);
    return named(aten.max.dim(this, dim, options?.keepdim ?? false));
  }

  /** The smallest element; over one `dim`, the smallest of each line and where it stands. */
  min(this: Tensor): Tensor;
  min(this: Tensor, dim: number, options?: KeepdimOptions): ValuesAndIndices;
  min(this: Tensor, dim?: number, options?: KeepdimOptions): Tensor | ValuesAndIndices {
    if (dim === undefined) return aten.min.default(this);
    return named(aten.min.dim(this, dim, options?.keepdim ?? false));
  }

  /** The largest elements over one dimension or several, without positions. */
  amax(this: Tensor, dim: Ints = [], options?: KeepdimOptions): Tensor {
    return aten.amax(this, dim, options?.keepdim ?? false);
  }

  /** The smallest elements over one dimension or several, without positions. */
  amin(this: Tensor, dim: Ints = [], options?: KeepdimOptions): Tensor {
    return aten.amin(this, dim, options?.keepdim ?? false);
  }

  /** Position of the largest element (int64): in the flattened tensor, or along `dim`. */
  argmax(this: Tensor, dim?: number | null, options?: KeepdimOptions): Tensor {
    return aten.argmax(this, dim ?? null, options?.keepdim ?? false);
  }

  /** Position of the smallest element (int64): in the flattened tensor, or along `dim`. */
  argmin(this: Tensor, dim?: number | null, options?: KeepdimOptions): Tensor {
    return aten.argmin(this, dim ?? null, options?.keepdim ?? false);
  }

  /** The lower median; over one `dim`, of each line and where it stands. */
  median(this: Tensor): Tensor;
  median(this: Tensor, dim: number, options?: KeepdimOptions): ValuesAndIndices;
  median(this: Tensor, dim?: number, options?: KeepdimOptions): Tensor | ValuesAndIndices {
    if (dim === undefined) return aten.median.default(this);
    return named(aten.median.dim(this, dim, options?.keepdim ?? false));
  }

  /** Whether any element is nonzero, over all or along `dim`. */
  any(this: Tensor, dim?: number, options?: KeepdimOptions): Tensor {
    if (dim === undefined) return aten.any.default(this);
    return aten.any.dim(this, dim, options?.keepdim ?? false);
  }

  /** Whether every element is nonzero, over all or along `dim`. */
  all(this: Tensor, dim?: number, options?: KeepdimOptions): Tensor {
    if (dim === undefined) return aten.all.default(this);
    return aten.all.dim(this, dim, options?.keepdim ?? false);
  }

  /** Number of elements that are not zero (int64), over all or along `dim`. */
  countNonzero(this: Tensor, dim?: number): Tensor {
    return aten.count_nonzero.default(this, dim ?? null);
  }

  /** Running sum along `dim`. */
  cumsum(this: Tensor, dim: number, options?: { dtype?: DType | undefined }): Tensor {
    return aten.cumsum.default(this, dim, { dtype: options?.dtype ?? null });
  }

  /** `exp(self)` divided by its sum along `dim`. */
  softmax(this: Tensor, dim: number, options?: { dtype?: DType | undefined }): Tensor {
    return aten.softmax.int(this, dim, options?.dtype ?? null);
  }

  /** Logarithm of `softmax`, without underflow. */
  logSoftmax(this: Tensor, dim: number, options?: { dtype?: DType | undefined }): Tensor {
    return aten.log_softmax.int(this, dim, options?.dtype ?? null);
  }

  /** The `k` largest (or smallest) elements along `dim` and where they stand. */
  topk(
    this: Tensor,
    k: number,
    dim = -1,
    options?: { largest?: boolean | undefined; sorted?: boolean | undefined },
  ): ValuesAndIndices {
    const { largest = true, sorted = true } = options ?? {};
    return named(aten.topk.default(this, k, dim, largest, sorted));
  }

  /** Elements in order along `dim` and where they stood. */
  sort(
    this: Tensor,
    dim = -1,
    options?: { descending?: boolean | undefined; stable?: boolean | undefined },
  ): ValuesAndIndices {
    const { descending = false, stable = false } = options ?? {};
    return named(aten.sort.stable(this, { dim, descending, stable }));
  }

  /** Positions (int64) that would sort along `dim`. */
  argsort(
    this: Tensor,
    dim = -1,
    options?: { descending?: boolean | undefined; stable?: boolean | undefined },
  ): Tensor {
    const { descending = false, stable = false } = options ?? {};
    return aten.argsort.stable(this, { dim, descending, stable });
  }

  /** Whether shape and every element are the same. */
  equal(this: Tensor, other: Tensor): boolean {
    return aten.equal(this, other);
  }

  /** Whether `|self - other| <= atol + rtol * |other|` everywhere. */
  allclose(
    this: Tensor,
    other: Tensor,
    options?: {
      rtol?: number | undefined;
      atol?: number | undefined;
      equalNan?: boolean | undefined;
    },
  ): boolean {
    const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options ?? {};
    return aten.allclose(this, other, rtol, atol, equalNan);
  }
}

/** Methods of `Tensor` that rearrange, select and multiply as matrices. */

import type { Int, Ints } from "../operator-types.js";
import { ops } from "../ops.js";
import type { Tensor } from "../tensor.js";
import { ReduceMethods } from "./reduce.js";

const { aten } = ops;

/** Sizes or dimensions as one array or one by one, as PyTorch takes them. */
type Several = readonly Int[] | readonly [readonly Int[]];

function list(sizes: Several): readonly Int[] {
  const [first] = sizes;
  return Array.isArray(first) ? (first as readonly Int[]) : (sizes as readonly Int[]);
}

export abstract class ShapeMethods extends ReduceMethods {
  /** The same elements in another shape, a view where possible; one size may be -1. */
  reshape(this: Tensor, ...shape: Several): Tensor {
    return aten.reshape(this, list(shape));
  }

  /** The same storage in another shape; `ERR_SHAPE` where the strides do not allow it. */
  view(this: Tensor, ...shape: Several): Tensor {
    return aten.view.default(this, list(shape));
  }

  /** Dimensions `start` to `end` made one. */
  flatten(this: Tensor, start = 0, end = -1): Tensor {
    return aten.flatten.using_ints(this, start, end);
  }

  /** One dimension made several; one size may be -1. */
  unflatten(this: Tensor, dim: number, sizes: readonly Int[]): Tensor {
    return aten.unflatten.int(this, dim, sizes);
  }

  /** View with the dimensions in another order. */
  permute(this: Tensor, ...dims: Several): Tensor {
    return aten.permute(this, list(dims));
  }

  /** View with two dimensions exchanged. */
  transpose(this: Tensor, dim0: number, dim1: number): Tensor {
    return aten.transpose.int(this, dim0, dim1);
  }

  /** Transposed matrix; a vector stays as it is. */
  t(this: Tensor): Tensor {
    return aten.t(this);
  }

  /** View with dimensions moved to other places. */
  movedim(this: Tensor, source: Ints, destination: Ints): Tensor {
    return typeof source === "object" || typeof destination === "object"
      ? aten.movedim.intlist(this, [source].flat(), [destination].flat())
      : aten.movedim.int(this, source, destination);
  }

  /** View without dimensions of size 1: all of them, or those of `dim`. */
  squeeze(this: Tensor, dim?: Ints): Tensor {
    if (dim === undefined) return aten.squeeze.default(this);
    return typeof dim === "object" ? aten.squeeze.dims(this, dim) : aten.squeeze.dim(this, dim);
  }

  /** View with a dimension of size 1 before `dim`. */
  unsqueeze(this: Tensor, dim: number): Tensor {
    return aten.unsqueeze(this, dim);
  }

  /** View in which dimensions of size 1 repeat; -1 leaves a size as it is. */
  expand(this: Tensor, ...shape: Several): Tensor {
    return aten.expand(this, list(shape));
  }

  /** Copies of the tensor side by side, so often along each dimension. */
  repeat(this: Tensor, ...repeats: Several): Tensor {
    return aten.repeat(this, list(repeats));
  }

  /** View of one index along `dim`, without that dimension. */
  select(this: Tensor, dim: number, index: Int): Tensor {
    return aten.select.int(this, dim, index);
  }

  /** View of `length` indices from `start` along `dim`. */
  narrow(this: Tensor, dim: number, start: Int, length: Int): Tensor {
    return aten.narrow.default(this, dim, start, length);
  }

  /** View of the indices `start` to `end` (exclusive; negative ones count from the end). */
  slice(this: Tensor, dim: number, start?: Int | null, end?: Int | null, step: Int = 1): Tensor {
    return aten.slice.Tensor(this, dim, start ?? null, end ?? null, step);
  }

  /** Rows of the first dimension that `index` (int64, one-dimensional) names, along `dim`. */
  indexSelect(this: Tensor, dim: number, index: Tensor): Tensor {
    return aten.index_select.default(this, dim, index);
  }

  /**
   * Elements by tensors of positions (int64) or masks (bool), one for each of the first dimensions;
   * null takes a dimension whole. As `x[i, :, j]` in PyTorch.
   */
  index(this: Tensor, indices: readonly (Tensor | null)[]): Tensor {
    return aten.index.Tensor(this, indices);
  }

  /** `out[i][j] = self[i][index[i][j]]` for `dim` 1, and likewise for others. */
  gather(this: Tensor, dim: number, index: Tensor): Tensor {
    return aten.gather.default(this, dim, index);
  }

  /** A copy with `source` written at the positions of `index` (int64) along `dim`. */
  scatter(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return aten.scatter.src(this, dim, index, source);
  }

  /** The elements where `mask` (bool) holds, in one dimension. */
  maskedSelect(this: Tensor, mask: Tensor): Tensor {
    return aten.masked_select(this, mask);
  }

  /** Positions of the nonzero elements, int64 `[count, ndim]`. */
  nonzero(this: Tensor): Tensor {
    return aten.nonzero(this);
  }

  /** Views of pieces of `size` (or of these sizes) along `dim`; the last may be smaller. */
  split(this: Tensor, size: Ints, dim = 0): Tensor[] {
    return typeof size === "object"
      ? aten.split.sizes(this, size, dim)
      : aten.split.Tensor(this, size, dim);
  }

  /** Views of at most `chunks` pieces of equal size along `dim`. */
  chunk(this: Tensor, chunks: number, dim = 0): Tensor[] {
    return aten.chunk(this, chunks, dim);
  }

  /** Views of every index along `dim`. */
  unbind(this: Tensor, dim = 0): Tensor[] {
    return aten.unbind.int(this, dim);
  }

  /** A copy in reverse order along these dimensions. */
  flip(this: Tensor, ...dims: Several): Tensor {
    return aten.flip(this, list(dims));
  }

  /** A copy with elements moved along; those that fall out come in at the other end. */
  roll(this: Tensor, shifts: Ints, dims: Ints = []): Tensor {
    return aten.roll(this, shifts, dims);
  }

  /** The lower triangle, the rest 0. */
  tril(this: Tensor, diagonal = 0): Tensor {
    return aten.tril(this, diagonal);
  }

  /** The upper triangle, the rest 0. */
  triu(this: Tensor, diagonal = 0): Tensor {
    return aten.triu(this, diagonal);
  }

  /** Product of matrices, of batches of matrices, or with vectors, as `@` in Python. */
  matmul(this: Tensor, other: Tensor): Tensor {
    return aten.matmul(this, other);
  }

  /** Product of two matrices, `[n, m] × [m, p]`. */
  mm(this: Tensor, other: Tensor): Tensor {
    return aten.mm.default(this, other);
  }

  /** Product of two batches of matrices, `[b, n, m] × [b, m, p]`. */
  bmm(this: Tensor, other: Tensor): Tensor {
    return aten.bmm.default(this, other);
  }

  /** Inner product of two vectors. */
  dot(this: Tensor, other: Tensor): Tensor {
    return aten.dot(this, other);
  }
}

/** The forms in which a cache keeps logits: whole, the largest with the mass of the rest, or a sample. */

import { Random } from "../../data/random.js";
import { ops, scope, type Tensor, tensor } from "../../tensor/index.js";
import type { CacheDType } from "./options.js";

const { aten } = ops;

/** Draws from the teacher's distribution in place of all of it. */
export interface Sampled {
  /** Draws for each sample. */
  count: number;
  /** Of the distribution that they are drawn from. */
  temperature: number;
  seed: number;
}

export interface Form {
  dtype: CacheDType;
  /** Logits kept of each sample; null: all. With `sampled`: classes that are kept for certain. */
  top: number | null;
  sampled: Sampled | null;
}

/** Names of the tensors that hold logits, in any form. */
export const logitNames: readonly string[] = [
  ...["logits", "values", "indices", "rest", "weights", "classes"],
];

/**
 * What is kept of `logits`, by name, as tensors of the caller's.
 *
 * @param logits `[B, C]`
 * @param ids int64 `[B]`; decide the draws, with the view and the seed
 */
export function shrunk(
  logits: Tensor,
  ids: Tensor,
  view: number,
  { dtype, top, sampled }: Form,
): Record<string, Tensor> {
  const classes = logits.shape.at(-1) ?? 0;
  return scope((): Record<string, Tensor> => {
    const [rows] = logits.shape;
    const counted = () => tensor(new Array<number>(rows!).fill(classes), { dtype: "int32" });
    if (sampled !== null) {
      const { indices, weights } = drawn(logits, ids, view, sampled, Math.min(top ?? 0, classes));
      return {
        indices: indices.to({ dtype: "int32" }),
        weights: weights.to({ dtype }),
        classes: counted(),
      };
    }
    if (top === null || top >= classes) {
      const kept = logits.to({ dtype });
      return { logits: kept === logits ? kept.clone() : kept };
    }
    const wide = logits.to({ dtype: "float32" });
    const [values, indices] = aten.topk(wide, top) as [Tensor, Tensor];
    const others = aten.scatter.value(wide, 1, indices, Number.NEGATIVE_INFINITY);
    return {
      values: values.to({ dtype }),
      indices: indices.to({ dtype: "int32" }),
      // So that the mass that the others hold at T = 1 is kept.
      rest: aten.logsumexp(others, [1]) as Tensor,
      classes: counted(),
    };
  });
}

/** Logits as near to those that were kept as the form allows; of the caller's. */
export function restored(found: Record<string, Tensor>, { sampled }: Form): Tensor {
  if (found.logits) return found.logits;
  const count = (found.classes!.dataSync() as Int32Array)[0]!;
  return scope((): Tensor => {
    const indices = found.indices!.to({ dtype: "int64" });
    const rows = indices.shape[0]!;
    if (sampled !== null) {
      const weights = found.weights!.to({ dtype: "float32" });
      const zeros = aten.zeros([rows, count]) as Tensor;
      const targets = aten.scatter_add(zeros, 1, indices, weights) as Tensor;
      return aten.mul.Scalar(aten.log(targets), sampled.temperature) as Tensor;
    }
    const even = aten.sub.Scalar(found.rest!, Math.log(count - indices.shape[1]!)) as Tensor;
    const filled = aten.expand(aten.view(even, [rows, 1]) as Tensor, [rows, count]) as Tensor;
    return aten.scatter.src(filled, 1, indices, found.values!.to({ dtype: "float32" })) as Tensor;
  });
}

/**
 * Classes and weights whose sum over the draws is the teacher's distribution in expectation, so that
 * a loss which is linear in it is right on average, and so is its gradient (arXiv:2503.16870). The
 * `top` largest stand for themselves; the rest's mass goes to classes drawn from the rest, one from
 * each of `count` strata of equal mass, which keeps the expectation and lessens the variance.
 */
function drawn(
  logits: Tensor,
  ids: Tensor,
  view: number,
  { count, temperature, seed }: Sampled,
  top: number,
): { indices: Tensor; weights: Tensor } {
  const scaled = aten.div.Scalar(logits.to({ dtype: "float64" }), temperature) as Tensor;
  const all = aten.softmax.int(scaled, -1) as Tensor;
  const [certain, first] = aten.topk(all, top) as [Tensor, Tensor];
  const others = aten.scatter.value(all, 1, first, 0) as Tensor;
  const sums = aten.cumsum(others, 1) as Tensor;
  const mass = aten.slice.Tensor(sums, 1, -1) as Tensor;
  const points = tensor(uniforms(ids, view, count, seed), {
    shape: [ids.numel, count],
    dtype: "float64",
  });
  // The first class whose sum exceeds the point; one without mass never does.
  const found = aten.searchsorted.Tensor(sums, aten.mul.Tensor(points, mass) as Tensor, {
    right: true,
  }) as Tensor;
  const second = aten.clamp(found, 0, (logits.shape.at(-1) ?? 1) - 1) as Tensor;
  const each = aten.expand(aten.div.Scalar(mass, count) as Tensor, [ids.numel, count]) as Tensor;
  return {
    indices: aten.cat([first, second], 1) as Tensor,
    weights: aten.cat([certain, each], 1) as Tensor,
  };
}

/** One number from each of `count` equal parts of [0, 1), for each id. */
function uniforms(ids: Tensor, view: number, count: number, seed: number): Float64Array {
  const list = ids.dataSync() as BigInt64Array;
  const result = new Float64Array(list.length * count);
  for (const [row, id] of list.entries()) {
    const random = Random.for("draws", seed, view, Number(id));
    for (let i = 0; i < count; i++) result[row * count + i] = (i + random.uniform()) / count;
  }
  return result;
}

/**
 * What training reads: data sets, their splits, and batches.
 *
 * A `Dataset` has a `train` split and perhaps a `test` split. A `Split` knows its length, classes
 * and labels, can be narrowed (`subset`, `split`, `withoutClasses`, `withoutLabels`), and makes
 * batches:
 *
 * ```ts
 * const iterator = data.train.batches({ batchSize: 128, shuffle: true, seed: 1, epoch: 0 });
 * for await (const batch of iterator) {
 *   await step.run(batch.inputs, batch.labels);
 *   batch.dispose();
 * }
 * ```
 *
 * Rules that every implementation keeps:
 * - The order of an epoch depends on `seed`, `epoch` and the samples of the split, on nothing else:
 *   not on the batch size, the machine, or how far an earlier epoch was read.
 * - The augmentation of a sample depends on `seed`, `epoch` and the sample's id, so it is the same
 *   in whatever batch the sample lands, and teacher and student see the same pixels. (Mixup mixes
 *   the samples of one batch and therefore depends on the batch.)
 * - A sample's id is its row in the data set as it was loaded; narrowing a split keeps the ids.
 * - Batches are assembled on the native "data" lane, `prefetch` of them ahead of the consumer.
 * - The consumer owns a batch it was handed: it calls `dispose()` once the batch has been submitted
 *   (jobs keep what they use alive), or leaves it to the collector. Batches that were prefetched and
 *   never handed out are disposed by the iterator when it ends, also by `break` or an error.
 */

import type { Tensor } from "../tensor/index.js";
import type { AugmentOptions } from "./augment.js";

/** One tensor, several (positional arguments of the model), or named ones. */
export type Inputs = Tensor | Tensor[] | Record<string, Tensor>;

/** One assembled batch; every field is present, `null` where there is nothing. */
export interface Batch {
  /**
   * Images: float32 `[B, C, H, W]`, normalized. Anything else: the rows in the dtype they were
   * given in, batch first.
   */
  inputs: Inputs;
  /** int64 `[B]` class indices, or the rows of whatever labels the split holds; null without labels. */
  labels: Tensor | null;
  /** Mixup: the labels of the samples mixed in, and the weight of `labels` in `[0, 1]`; else null and 1. */
  mixedLabels: Tensor | null;
  mixWeight: number;
  /** Whatever mask a stream delivered with its batch; null for data sets held in memory. */
  mask: Tensor | null;
  /** int64 `[B]` ids of the samples; null where a stream did not give any. */
  ids: Tensor | null;
  /** Number of samples, B. */
  size: number;
  /** Frees the tensors of the batch; idempotent. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What a user's own iterable yields; only `inputs` is required, batch first. */
export interface UserBatch {
  inputs: Inputs;
  labels?: Tensor | null;
  mask?: Tensor | null;
  /** int64 `[B]`; needed by a teacher cache, and by augmentation that must not depend on order. */
  ids?: Tensor | null;
}

/** Per-channel constants of `(value / 255 - mean) / std`; one entry serves every channel. */
export interface Normalize {
  mean: number[];
  std: number[];
}

/** Where an iterator is; plain data for a checkpoint. `batch` batches of `epoch` have been handed out. */
export interface IteratorState {
  seed: number;
  epoch: number;
  batch: number;
  batchSize: number | null;
  shuffle: boolean;
  dropLast: boolean;
  /** Samples in the split (null: unknown), to notice that the data changed under a checkpoint. */
  length: number | null;
}

export interface BatchOptions {
  /** Samples per batch; a stream ignores it, its batches come as they are. */
  batchSize: number;
  /** Default false: in the order of the split. */
  shuffle?: boolean;
  /** Default 0. A safe integer, zero or above. */
  seed?: number;
  /** Zero-based; default 0. */
  epoch?: number;
  /**
   * Augment the samples as in this epoch, whatever the order is: views that come again, for a
   * teacher cache. Default: as in `epoch`.
   */
  view?: number | null;
  /** Leave a last, smaller batch out; default false. */
  dropLast?: boolean;
  /** Off by default; see `AugmentOptions`. */
  augment?: AugmentOptions | null;
  /** Overrides the split's own constants; null: only `value / 255`. */
  normalize?: Normalize | null;
  /** Ends the iteration with ERR_ABORTED. */
  signal?: AbortSignal;
  /** Skip this many batches of the epoch; default 0. */
  startBatch?: number;
  /**
   * Go on where this state was taken: it sets `seed`, `epoch` and `startBatch`, and the iterator
   * throws ERR_CHECKPOINT if the split's length, the batch size, `shuffle` or `dropLast` differ.
   */
  resume?: IteratorState;
  /** Batches assembled ahead of the consumer; default 2. */
  prefetch?: number;
  /**
   * What a batch goes through once it is assembled, ahead of the consumer too, such as its way to a
   * GPU; it owns the batch it is given. Default: nothing.
   */
  place?: (batch: Batch) => Promise<Batch>;
}

/** An epoch of batches, with its place in it. */
export interface BatchIterator extends AsyncIterableIterator<Batch> {
  /** The place after the batch that was handed out last; give it to `resume`. */
  state(): IteratorState;
  return(value?: unknown): Promise<IteratorResult<Batch>>;
}

export interface Split {
  /** For messages: "train", "test", "validation", …. */
  readonly name: string;
  /** Samples, or null for a stream that did not say. */
  readonly length: number | null;
  /** Number of classes (labels are `0 … classes - 1`), or null: unknown, or labels are no classes. */
  readonly classes: number | null;
  readonly classNames: readonly string[] | null;
  /** One sample as a model gets it, without the batch dimension, e.g. `[1, 28, 28]`; null if unknown. */
  readonly sampleShape: readonly number[] | null;
  /** Constants that `batches` uses unless told otherwise; null: none. */
  readonly normalize: Normalize | null;
  /** All labels in the order of the split, or null (no labels, or a stream). Owned by the split. */
  readonly labels: Tensor | null;
  /** True where `batches` delivers labels. */
  readonly labeled: boolean;

  /** Batches in one epoch; null where the length is unknown. */
  batchCount(options: { batchSize: number; dropLast?: boolean }): number | null;
  /** One epoch. Errors in options are thrown at the call, others when the batch is asked for. */
  batches(options: BatchOptions): BatchIterator;

  /** Ids of the samples, in the order of this split; null for a stream. The array is the caller's. */
  sampleIds(): Int32Array | null;
  /** The samples at these positions of this split, in this order. A stream throws ERR_DATA. */
  subset(indices: ArrayLike<number>): Split;
  /**
   * Two disjoint parts that together are this split: `[rest, part]`, where `part` holds
   * `round(fraction * length)` samples drawn with `seed`, class by class where labels are classes
   * (stratified). For a validation set: `const [train, validation] = data.train.split(0.1, 1)`.
   */
  split(fraction: number, seed?: number): [Split, Split];
  /** Without the samples of these classes; the classes keep their numbers. */
  withoutClasses(classes: readonly number[]): Split;
  /** The same samples without labels, for transfer sets. */
  withoutLabels(): Split;
  /** Looks at every value: ERR_DATA names the first sample that is not finite or whose label is out of range. */
  validate(): Promise<void>;
  /**
   * 64 hexadecimal digits (SHA-256) that differ where the samples' inputs do, for a teacher cache;
   * ids name the same samples wherever it is the same. Null for a stream.
   */
  fingerprint(): Promise<string | null>;
}

export interface Dataset {
  readonly name: string;
  readonly train: Split;
  readonly test: Split | null;
  /** Of the training split. */
  readonly classes: number | null;
  readonly classNames: readonly string[] | null;
  /** Frees the tensors of every split of the data set; later `batches` throw ERR_DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Anything `datasets.from` takes: a repeatable iterable, or a function that makes one per epoch. */
export type BatchSource =
  | AsyncIterable<UserBatch>
  | Iterable<UserBatch>
  | ((epoch: EpochContext) => AsyncIterable<UserBatch> | Iterable<UserBatch>);

/** What a batch-making function is told. */
export interface EpochContext {
  epoch: number;
  seed: number;
  shuffle: boolean;
  batchSize: number;
  signal: AbortSignal | undefined;
}

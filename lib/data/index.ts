/** Data sets, samplers and batches. */

export { type AugmentOptions, augmentSchema, normalizeSchema } from "./augment.js";
export type {
  Batch,
  BatchIterator,
  BatchOptions,
  BatchSource,
  Dataset,
  EpochContext,
  Inputs,
  IteratorState,
  Normalize,
  Split,
  UserBatch,
} from "./source.js";

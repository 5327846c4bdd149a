/** Data sets, samplers and batches. */

export { type AugmentOptions, augmentSchema, normalizeSchema } from "./augment.js";
export { type DataInput, type DataParts, isSplit, toDataset, toSplit } from "./dataset.js";
export { datasets, type FromOptions, type TensorsOptions } from "./datasets.js";
export { type IdxArray, type IdxData, readIdx } from "./idx.js";
export type { FolderOptions, IdxOptions } from "./idx-datasets.js";
export { Sampler, type SamplerOptions } from "./sampler.js";
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
export type { StreamOptions } from "./stream-split.js";

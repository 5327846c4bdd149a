/** Distilling, training, measuring. */

export type { Autocast, AutocastDType } from "./autocast.js";
export type { CacheKey } from "./cache/key.js";
export type { CacheDType, CacheOptions } from "./cache/options.js";
export { type CacheState, verifyCaches } from "./cache/verify.js";
export { cacheTeachers, type FilledCache } from "./cache-teachers.js";
export type { ChannelsLast } from "./channels-last.js";
export type { CudaGraph } from "./cuda-graph.js";
export { type DistillResult, distill } from "./distill.js";
export { environment } from "./environment.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.js";
export type {
  CacheEvent,
  CheckpointEvent,
  DetailsEvent,
  DoneEvent,
  EpochEvent,
  EpochMetrics,
  Phase,
  Plan,
  ResultEvent,
  Stage,
  StartEvent,
  StepEvent,
  TeacherEvent,
  TrainEvent,
  ValidationMetrics,
  WarningEvent,
} from "./events.js";
export { isLocked, withLock } from "./lock.js";
export { type MutualOptions, type MutualResult, mutual } from "./mutual.js";
export type {
  DistillOptions,
  SelfTeacherOptions,
  StageOptions,
  TeacherOptions,
  TrainingOptions,
  TrainOptions,
} from "./options.js";
export type { ProductChoice, Profile, ProfileOptions, ProfilePart } from "./profile.js";
export type { Profiler } from "./profiler.js";
export type {
  CalibrationBin,
  ClassRow,
  Details,
  Environment,
  History,
  ImageDetails,
  InputDetails,
  Json,
  ModelDetails,
  Report,
  SampleDetails,
  Section,
} from "./report.js";
export { Run } from "./run.js";
export type { ScalerOptions, ScalerSpec } from "./scaler.js";
export { type TrainedTeacher, type TrainResult, train, trainTeacher } from "./train.js";

/** Distilling, training, measuring. */

export type { CacheKey } from "./cache/key.js";
export type { CacheDType, CacheOptions } from "./cache/options.js";
export { type CacheState, verifyCaches } from "./cache/verify.js";
export { type DistillResult, distill } from "./distill.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.js";
export type {
  CacheEvent,
  CheckpointEvent,
  DoneEvent,
  EpochEvent,
  EpochMetrics,
  Phase,
  Plan,
  ResultEvent,
  StartEvent,
  StepEvent,
  TrainEvent,
  ValidationMetrics,
  WarningEvent,
} from "./events.js";
export { writeJson } from "./files.js";
export type { DistillOptions, TeacherOptions, TrainingOptions, TrainOptions } from "./options.js";
export type { ClassRow, Environment, History, Json, Report, Section } from "./report.js";
export { Run } from "./run.js";
export { type TrainedTeacher, type TrainResult, train, trainTeacher } from "./train.js";

/** Optimizers and learning rate schedules as plain data. */

export {
  type AdamOptions,
  type Optimizer,
  type OptimizerGroup,
  type OptimizerOptions,
  optim,
  type RmspropOptions,
  type SgdOptions,
} from "./optimizers.js";
export { learningRates, type TrainingLength } from "./rate.js";
export {
  type ChainOptions,
  type CosineOptions,
  type ExponentialOptions,
  type LinearWarmupOptions,
  type MultistepOptions,
  type OneCycleOptions,
  type Schedule,
  type ScheduleUnit,
  type StepOptions,
  schedules,
} from "./schedules.js";

/** Losses as plain data, and their values. */

export { type LossInputs, losses } from "./losses.js";
export { type Loss, type LossKind, type LossOf, type Objective, termsOf } from "./objective.js";
export { type Weight, weightAt } from "./options.js";
export type {
  BinaryCrossEntropyOptions,
  CrossEntropyOptions,
  ResponseOptions,
  SoftTargetsOptions,
  WeightOptions,
} from "./schemas.js";

/** Losses as plain data, and their values. */

export {
  type Connector,
  type ConnectorInput,
  type ConnectorStep,
  connectors,
  type LayerMapOptions,
  parseConnector,
  type TokenChoice,
} from "./connectors.js";
export type { CustomLoss, LossContext } from "./custom.js";
export type { FeatureOptions } from "./feature.js";
export { type LossInputs, losses } from "./losses.js";
export {
  comparesLogits,
  type FeatureLoss,
  hasPaths,
  isFeatureLoss,
  isOwn,
  nativeTerm,
  needsLabels,
} from "./native.js";
export { type Loss, type LossKind, type LossOf, type Objective, termsOf } from "./objective.js";
export { type Weight, weightAt } from "./options.js";
export type {
  BinaryCrossEntropyOptions,
  CrossEntropyOptions,
  ResponseOptions,
  SoftTargetsOptions,
  WeightOptions,
} from "./schemas.js";
export type {
  ActivationBoundaryOptions,
  MiniLmOptions,
  OverhaulOptions,
} from "./schemas-composed.js";
export type {
  DistOptions,
  DkdOptions,
  JsdOptions,
  LogitStandardizationOptions,
  ReverseKlOptions,
  SkewOptions,
} from "./schemas-divergences.js";

export type {
  AttentionOptions,
  FeatureLossOptions,
  PktOptions,
  RkdOptions,
} from "./schemas-features.js";
export type {
  CrdOptions,
  LearnedLossOptions,
  ReviewKdOptions,
  VidOptions,
} from "./schemas-learned.js";
export type { OwnLossOptions } from "./script.js";

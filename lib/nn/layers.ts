/** The namespace `nn`: layers as plain descriptions, and what builds them. */

export type { ActivationName, InplaceOptions } from "./activation.js";
export {
  dropout,
  dropout2d,
  elu,
  gelu,
  glu,
  hardsigmoid,
  hardswish,
  leakyRelu,
  logSoftmax,
  mish,
  prelu,
  relu,
  relu6,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "./activation.js";
export type {
  MultiheadAttentionOptions,
  TransformerEncoderLayerOptions,
  TransformerEncoderOptions,
} from "./attention.js";
export {
  multiheadAttention,
  transformerEncoder,
  transformerEncoderLayer,
} from "./attention.js";
export { build } from "./build.js";
export type { MlpOptions } from "./container.js";
export { concat, mlp, residual, sequential } from "./container.js";
export type { ConvOptions, ConvTransposeOptions, Sizes } from "./conv.js";
export { conv1d, conv2d, convTranspose2d } from "./conv.js";
export type { Children, Initializer, ModuleDef } from "./definition.js";
export { isModuleDef, parameterCount } from "./definition.js";
export type { EmbeddingOptions, LinearOptions } from "./linear.js";
export { embedding, flatten, identity, linear } from "./linear.js";
export type {
  BatchNormOptions,
  GroupNormOptions,
  LayerNormOptions,
  RmsNormOptions,
} from "./normalization.js";
export { batchNorm1d, batchNorm2d, groupNorm, layerNorm, rmsNorm } from "./normalization.js";
export type { AvgPoolOptions, MaxPoolOptions } from "./pooling.js";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
  mean,
} from "./pooling.js";
export type { RecurrentOptions } from "./recurrent.js";
export { gru, lstm } from "./recurrent.js";
export type { AttributeDef, ScriptOptions, TensorDef } from "./script.js";
export { script } from "./script.js";

/** Batch, layer, group and root-mean-square normalization. */

import type { TensorSpec } from "../native/binding.js";
import { flag, integer, number, orNull, read, refuse, show } from "./check.js";
import { define, float, literal, type ModuleDef, parameter } from "./definition.js";

export interface BatchNormOptions {
  /** Added to the variance; default 1e-5. */
  eps?: number | undefined;
  /** Share of the new batch in the running statistics; null averages over all batches. Default 0.1. */
  momentum?: number | null | undefined;
  /** Learn a scale and a shift per channel; default true. */
  affine?: boolean | undefined;
  /** Keep running statistics for evaluation; default true. */
  trackRunningStats?: boolean | undefined;
}

export interface LayerNormOptions {
  eps?: number | undefined;
  /** Learn a scale and a shift per element; default true. */
  elementwiseAffine?: boolean | undefined;
  /** With the scale, a shift; default true. */
  bias?: boolean | undefined;
}

export interface GroupNormOptions {
  eps?: number | undefined;
  affine?: boolean | undefined;
}

export interface RmsNormOptions {
  /** Added to the mean square; null takes the machine epsilon of the input. Default null. */
  eps?: number | null | undefined;
  elementwiseAffine?: boolean | undefined;
}

function affineParameters(shape: number[], bias = true): TensorSpec[] {
  const parameters = [parameter("weight", shape, { kind: "ones" })];
  if (bias) parameters.push(parameter("bias", shape, { kind: "zeros" }));
  return parameters;
}

function batchNorm(dims: 1 | 2, features: number, options?: BatchNormOptions): ModuleDef {
  const where = `nn.batchNorm${dims}d`;
  integer(where, "numFeatures", features);
  const o = read(where, options, {
    eps: number(1e-5, 0),
    momentum: orNull(number(0.1, 0, 1), 0.1),
    affine: flag(true),
    trackRunningStats: flag(true),
  });
  const weights = o.affine ? "self.weight, self.bias" : "None, None";
  const lines = [
    "def forward(self, input: Tensor) -> Tensor:",
    dims === 1
      ? `    if input.dim() != 2 and input.dim() != 3:
        raise ValueError("BatchNorm1d expects [B, C] or [B, C, L], got " + str(input.size()))`
      : `    if input.dim() != 4:
        raise ValueError("BatchNorm2d expects [B, C, H, W], got " + str(input.size()))`,
  ];
  if (o.trackRunningStats) {
    // A single value per channel has no variance; it would leave the running one infinite.
    lines.push(
      "    if self.training:",
      "        if input.numel() == input.size(1):",
      `            raise ValueError("${`BatchNorm${dims}d`} in training needs more than one value per channel, got " + str(input.size()))`,
      "        self.num_batches_tracked.add_(1)",
    );
    if (o.momentum === null) {
      lines.push("    factor = 0.0", "    if self.training:");
      lines.push("        factor = 1.0 / float(self.num_batches_tracked.item())");
    }
    const factor = o.momentum === null ? "factor" : float(o.momentum);
    lines.push(
      `    return torch.batch_norm(input, ${weights}, self.running_mean, self.running_var, self.training, ${factor}, ${float(o.eps)}, True)`,
    );
  } else {
    lines.push(
      `    return torch.batch_norm(input, ${weights}, None, None, True, 0.0, ${float(o.eps)}, True)`,
    );
  }
  return define({
    className: `BatchNorm${dims}d`,
    parameters: o.affine ? affineParameters([features]) : [],
    buffers: o.trackRunningStats
      ? [
          parameter("running_mean", [features], { kind: "zeros" }),
          parameter("running_var", [features], { kind: "ones" }),
          { name: "num_batches_tracked", shape: [], dtype: "int64", init: { kind: "zeros" } },
        ]
      : [],
    source: `${lines.join("\n")}\n`,
  });
}

/**
 * Batch normalization of `[B, C]` or `[B, C, L]`, as torch.nn.BatchNorm1d.
 *
 * Parameters `weight`, `bias` `[C]`; buffers `running_mean`, `running_var` `[C]` and
 * `num_batches_tracked`. A training batch with one value per channel is refused.
 */
export function batchNorm1d(numFeatures: number, options?: BatchNormOptions): ModuleDef {
  return batchNorm(1, numFeatures, options);
}

/** Batch normalization of `[B, C, H, W]`, as torch.nn.BatchNorm2d; otherwise as `batchNorm1d`. */
export function batchNorm2d(numFeatures: number, options?: BatchNormOptions): ModuleDef {
  return batchNorm(2, numFeatures, options);
}

function normalizedShape(where: string, value: number | readonly number[]): number[] {
  const shape = typeof value === "number" ? [value] : [...value];
  if (shape.length === 0) refuse(where, `normalizedShape must not be empty, got ${show(value)}.`);
  for (const size of shape) integer(where, "normalizedShape", size);
  return shape;
}

/**
 * Normalization over the last dimensions, as torch.nn.LayerNorm.
 *
 * @param shape Sizes of the last dimensions, or of the last one.
 */
export function layerNorm(
  shape: number | readonly number[],
  options?: LayerNormOptions,
): ModuleDef {
  const where = "nn.layerNorm";
  const normalized = normalizedShape(where, shape);
  const o = read(where, options, {
    eps: number(1e-5, 0),
    elementwiseAffine: flag(true),
    bias: flag(true),
  });
  const weight = o.elementwiseAffine ? "self.weight" : "None";
  const bias = o.elementwiseAffine && o.bias ? "self.bias" : "None";
  return define({
    className: "LayerNorm",
    parameters: o.elementwiseAffine ? affineParameters(normalized, o.bias) : [],
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.layer_norm(input, ${literal(normalized)}, ${weight}, ${bias}, ${float(o.eps)})
`,
  });
}

/** Normalization over groups of channels of `[B, C, …]`, as torch.nn.GroupNorm. */
export function groupNorm(
  numGroups: number,
  numChannels: number,
  options?: GroupNormOptions,
): ModuleDef {
  const where = "nn.groupNorm";
  integer(where, "numGroups", numGroups);
  integer(where, "numChannels", numChannels);
  if (numChannels % numGroups !== 0) {
    refuse(where, `numChannels (${numChannels}) must be divisible by numGroups (${numGroups}).`);
  }
  const o = read(where, options, { eps: number(1e-5, 0), affine: flag(true) });
  const weights = o.affine ? "self.weight, self.bias" : "None, None";
  return define({
    className: "GroupNorm",
    parameters: o.affine ? affineParameters([numChannels]) : [],
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.group_norm(input, ${numGroups}, ${weights}, ${float(o.eps)})
`,
  });
}

/** Division by the root mean square of the last dimensions, as torch.nn.RMSNorm. */
export function rmsNorm(shape: number | readonly number[], options?: RmsNormOptions): ModuleDef {
  const where = "nn.rmsNorm";
  const normalized = normalizedShape(where, shape);
  const o = read(where, options, { eps: orNull(number(0, 0)), elementwiseAffine: flag(true) });
  const weight = o.elementwiseAffine ? "self.weight" : "None";
  const eps = o.eps === null ? "None" : float(o.eps);
  return define({
    className: "RMSNorm",
    parameters: o.elementwiseAffine ? affineParameters(normalized, false) : [],
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.rms_norm(input, ${literal(normalized)}, ${weight}, ${eps})
`,
  });
}

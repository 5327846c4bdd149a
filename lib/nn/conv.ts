/** Convolutions. */

import { count, flag, integer, type Rule, read, refuse, sizes, sizesArgument } from "./check.js";
import { define, type Initializer, literal, type ModuleDef, parameter } from "./definition.js";
import { standardInit } from "./linear.js";

/** One integer for every dimension, or one for each. */
export type Sizes = number | readonly number[];

export interface ConvOptions {
  /** Default 1. */
  stride?: Sizes | undefined;
  /** Zeros added on both sides; "same" keeps the size (stride 1 only), "valid" is 0. Default 0. */
  padding?: Sizes | "same" | "valid" | undefined;
  /** Distance between the taps of a kernel; default 1. */
  dilation?: Sizes | undefined;
  /** Groups of channels that do not see each other; default 1. */
  groups?: number | undefined;
  /** Add a learned bias per output channel; default true. */
  bias?: boolean | undefined;
}

export interface ConvTransposeOptions {
  stride?: Sizes | undefined;
  padding?: Sizes | undefined;
  /** Size added to one side of the output; default 0. */
  outputPadding?: Sizes | undefined;
  dilation?: Sizes | undefined;
  groups?: number | undefined;
  bias?: boolean | undefined;
}

function padding(dims: number): Rule<number[] | "same" | "valid"> {
  const numbers = sizes(dims, 0, 0);
  return {
    fallback: numbers.fallback,
    expected: `${numbers.expected}, "same" or "valid"`,
    parse: (value) => (value === "same" || value === "valid" ? value : numbers.parse(value)),
  };
}

function divisible(where: string, groups: number, channels: Record<string, number>): void {
  for (const [name, value] of Object.entries(channels)) {
    if (value % groups !== 0) {
      refuse(where, `${name} (${value}) must be divisible by groups (${groups}).`);
    }
  }
}

/** A convolution with initial values of its own. */
export function convWith(
  dims: 1 | 2,
  inChannels: number,
  outChannels: number,
  kernelSize: Sizes,
  options: ConvOptions | undefined,
  init: { weight?: Initializer; bias?: Initializer },
): ModuleDef {
  const where = `nn.conv${dims}d`;
  integer(where, "inChannels", inChannels);
  integer(where, "outChannels", outChannels);
  const kernel = sizesArgument(where, "kernelSize", kernelSize, dims);
  const o = read(where, options, {
    stride: sizes(dims, 1, 1),
    padding: padding(dims),
    dilation: sizes(dims, 1, 1),
    groups: count(1),
    bias: flag(true),
  });
  divisible(where, o.groups, { inChannels, outChannels });
  if (o.padding === "same" && o.stride.some((stride) => stride !== 1)) {
    refuse(where, `padding "same" works with stride 1 only, not ${literal(o.stride)}.`);
  }
  const perGroup = inChannels / o.groups;
  const standard = standardInit(perGroup * kernel.reduce((a, b) => a * b, 1));
  const parameters = [
    parameter("weight", [outChannels, perGroup, ...kernel], init.weight ?? standard.weight),
  ];
  if (o.bias) parameters.push(parameter("bias", [outChannels], init.bias ?? standard.bias));
  const args = [o.stride, o.padding, o.dilation, o.groups]
    .map((value) => literal(value))
    .join(", ");
  return define({
    className: `Conv${dims}d`,
    parameters,
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.conv${dims}d(input, self.weight, ${o.bias ? "self.bias" : "None"}, ${args})
`,
  });
}

/**
 * One-dimensional convolution, as torch.nn.Conv1d: `[B, inChannels, L]` → `[B, outChannels, L']`.
 *
 * Parameters: `weight` `[outChannels, inChannels / groups, kernelSize]`, `bias` `[outChannels]`.
 */
export function conv1d(
  inChannels: number,
  outChannels: number,
  kernelSize: Sizes,
  options?: ConvOptions,
): ModuleDef {
  return convWith(1, inChannels, outChannels, kernelSize, options, {});
}

/**
 * Two-dimensional convolution, as torch.nn.Conv2d: `[B, inChannels, H, W]` →
 * `[B, outChannels, H', W']`.
 *
 * Parameters: `weight` `[outChannels, inChannels / groups, kH, kW]`, `bias` `[outChannels]`.
 */
export function conv2d(
  inChannels: number,
  outChannels: number,
  kernelSize: Sizes,
  options?: ConvOptions,
): ModuleDef {
  return convWith(2, inChannels, outChannels, kernelSize, options, {});
}

/**
 * Transposed two-dimensional convolution, as torch.nn.ConvTranspose2d.
 *
 * Parameters: `weight` `[inChannels, outChannels / groups, kH, kW]`, `bias` `[outChannels]`.
 */
export function convTranspose2d(
  inChannels: number,
  outChannels: number,
  kernelSize: Sizes,
  options?: ConvTransposeOptions,
): ModuleDef {
  const where = "nn.convTranspose2d";
  integer(where, "inChannels", inChannels);
  integer(where, "outChannels", outChannels);
  const kernel = sizesArgument(where, "kernelSize", kernelSize, 2);
  const o = read(where, options, {
    stride: sizes(2, 1, 1),
    padding: sizes(2, 0, 0),
    outputPadding: sizes(2, 0, 0),
    dilation: sizes(2, 1, 1),
    groups: count(1),
    bias: flag(true),
  });
  divisible(where, o.groups, { inChannels, outChannels });
  const perGroup = outChannels / o.groups;
  // torch.nn.init takes the second dimension for the fan-in here too.
  const standard = standardInit(perGroup * kernel.reduce((a, b) => a * b, 1));
  const parameters = [parameter("weight", [inChannels, perGroup, ...kernel], standard.weight)];
  if (o.bias) parameters.push(parameter("bias", [outChannels], standard.bias));
  const args = [o.stride, o.padding, o.outputPadding, o.groups, o.dilation]
    .map((value) => literal(value))
    .join(", ");
  return define({
    className: "ConvTranspose2d",
    parameters,
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.conv_transpose2d(input, self.weight, ${o.bias ? "self.bias" : "None"}, ${args})
`,
  });
}

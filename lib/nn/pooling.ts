/** Poolings. */

import { flag, orNull, read, refuse, show, sizes, sizesArgument } from "./check.js";
import type { Sizes } from "./conv.js";
import { define, literal, type ModuleDef } from "./definition.js";

export interface MaxPoolOptions {
  /** Default: the kernel's size. */
  stride?: Sizes | null | undefined;
  padding?: Sizes | undefined;
  dilation?: Sizes | undefined;
  /** Round output sizes up instead of down; default false. */
  ceilMode?: boolean | undefined;
}

export interface AvgPoolOptions {
  stride?: Sizes | null | undefined;
  padding?: Sizes | undefined;
  ceilMode?: boolean | undefined;
  /** Count padded zeros in the mean; default true. */
  countIncludePad?: boolean | undefined;
}

function pooling(className: string, call: string): ModuleDef {
  return define({
    className,
    source: `def forward(self, input: Tensor) -> Tensor:
    return ${call}
`,
  });
}

function maxPool(dims: 1 | 2, kernelSize: Sizes, options?: MaxPoolOptions): ModuleDef {
  const where = `nn.maxPool${dims}d`;
  const kernel = sizesArgument(where, "kernelSize", kernelSize, dims);
  const o = read(where, options, {
    stride: orNull(sizes(dims, 1, 1)),
    padding: sizes(dims, 0, 0),
    dilation: sizes(dims, 1, 1),
    ceilMode: flag(false),
  });
  const args = [kernel, o.stride ?? kernel, o.padding, o.dilation, o.ceilMode];
  return pooling(
    `MaxPool${dims}d`,
    `torch.max_pool${dims}d(input, ${args.map((value) => literal(value)).join(", ")})`,
  );
}

function avgPool(dims: 1 | 2, kernelSize: Sizes, options?: AvgPoolOptions): ModuleDef {
  const where = `nn.avgPool${dims}d`;
  const kernel = sizesArgument(where, "kernelSize", kernelSize, dims);
  const o = read(where, options, {
    stride: orNull(sizes(dims, 1, 1)),
    padding: sizes(dims, 0, 0),
    ceilMode: flag(false),
    countIncludePad: flag(true),
  });
  const args = [kernel, o.stride ?? kernel, o.padding, o.ceilMode, o.countIncludePad];
  return pooling(
    `AvgPool${dims}d`,
    `torch.avg_pool${dims}d(input, ${args.map((value) => literal(value)).join(", ")})`,
  );
}

/** Largest value under a sliding window over `[B, C, L]`, as torch.nn.MaxPool1d. */
export function maxPool1d(kernelSize: Sizes, options?: MaxPoolOptions): ModuleDef {
  return maxPool(1, kernelSize, options);
}

/** Largest value under a sliding window over `[B, C, H, W]`, as torch.nn.MaxPool2d. */
export function maxPool2d(kernelSize: Sizes, options?: MaxPoolOptions): ModuleDef {
  return maxPool(2, kernelSize, options);
}

/** Mean under a sliding window over `[B, C, L]`, as torch.nn.AvgPool1d. */
export function avgPool1d(kernelSize: Sizes, options?: AvgPoolOptions): ModuleDef {
  return avgPool(1, kernelSize, options);
}

/** Mean under a sliding window over `[B, C, H, W]`, as torch.nn.AvgPool2d. */
export function avgPool2d(kernelSize: Sizes, options?: AvgPoolOptions): ModuleDef {
  return avgPool(2, kernelSize, options);
}

/** Means over as many regions as `outputSize` says, whatever the input's length `[B, C, L]`. */
export function adaptiveAvgPool1d(outputSize: Sizes = 1): ModuleDef {
  const size = sizesArgument("nn.adaptiveAvgPool1d", "outputSize", outputSize, 1);
  return pooling("AdaptiveAvgPool1d", `torch.adaptive_avg_pool1d(input, ${literal(size)})`);
}

/** Means over `outputSize` regions of `[B, C, H, W]`; 1 (the default) is global average pooling. */
export function adaptiveAvgPool2d(outputSize: Sizes = 1): ModuleDef {
  const size = sizesArgument("nn.adaptiveAvgPool2d", "outputSize", outputSize, 2);
  return pooling("AdaptiveAvgPool2d", `torch.adaptive_avg_pool2d(input, ${literal(size)})`);
}

/** Mean over one dimension or several, which disappear. */
export function mean(dim: number | readonly number[]): ModuleDef {
  const dims = typeof dim === "number" ? [dim] : [...dim];
  if (dims.length === 0 || !dims.every(Number.isSafeInteger)) {
    refuse("nn.mean", `dim must be an integer or several, not ${show(dim)}.`);
  }
  return pooling("Mean", `torch.mean(input, ${literal(dims)})`);
}

/** Of `native/node/tap.cpp`: what submodules take and return. */

import type { ForwardOptions, ModuleHandle } from "./module.js";
import type { NativeValue } from "./ops.js";
import type { DType, NativeTensor } from "./tensor.js";

export interface TappedHandle {
  readonly __tapped: true;
}

/** A place whose output can be tapped, as it was in a sample forward. */
export interface TapPoint {
  /** As `Module.tap` takes it; an element of a tuple ends in `:output.1`. "" is the model's output. */
  path: string;
  className: string;
  /** Of what the last call returned. */
  shape: number[];
  dtype: DType;
  /** How often the forward called the module. */
  calls: number;
}

export interface TapBinding {
  /** Patterns are expanded; ERR_TAP for what cannot be tapped. */
  moduleTap(m: ModuleHandle, paths: string[]): TappedHandle;
  /** The paths behind the patterns, in order; `everyCall` for `#*`, whose value is a list. */
  tappedPaths(t: TappedHandle): { path: string; everyCall: boolean }[];
  tappedForward(
    t: TappedHandle,
    args: NativeValue[],
    kwargs: Record<string, NativeValue>,
    options: ForwardOptions,
  ): Promise<{ output: NativeValue; taps: (NativeTensor | NativeTensor[])[] }>;
  /** Weights and evaluation mode folded into the graph, and the graph optimized for inference. */
  tappedFreeze(t: TappedHandle): Promise<TappedHandle>;
  tappedDispose(t: TappedHandle): void;
  moduleTapPoints(
    m: ModuleHandle,
    args: NativeValue[],
    kwargs: Record<string, NativeValue>,
    options: ForwardOptions,
  ): Promise<TapPoint[]>;
}

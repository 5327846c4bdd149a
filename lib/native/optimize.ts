/** Of `native/node/optimize.cpp`: the fastest way to run a teacher. */

import type { ModuleHandle } from "./module.js";
import type { NativeTensor } from "./tensor.js";

export interface OptimizeSpec {
  /** What the result is still tapped for, patterns included; held to the tolerance as well. */
  taps: string[];
  /** Largest max |difference| over max |output|. */
  tolerance: number;
  /** Least share of rows whose largest output is the same. */
  agreement: number;
  /** What candidates may compute in beside float32. */
  types: ("bfloat16" | "int16")[];
  /** About what measuring one candidate may take. */
  milliseconds: number;
  /** A forward that takes less, in milliseconds, is left as it is; default 0. */
  least?: number;
  /** Name of a candidate to take without measuring. */
  choice?: string;
}

/** One way to run a teacher. */
export interface CandidateInfo {
  name: string;
  /** Median of one forward on the sample; NaN where it was not measured. */
  milliseconds: number;
  /** max |difference| over max |value|, of the outputs and taps the worst. */
  difference: number;
  /** Share of rows whose largest output is the same. */
  agreement: number;
  /** Why it was not taken into account; null: it was. */
  refused: string | null;
}

export interface OptimizeBinding {
  /** The fastest way to run a teacher whose outputs on the sample stay within the tolerance. */
  optimizeModule(
    m: ModuleHandle,
    sample: NativeTensor[],
    options: OptimizeSpec,
  ): Promise<{ module: ModuleHandle; chosen: number; candidates: CandidateInfo[] }>;
  /** 16 hexadecimal digits that differ where code, parameters or buffers do. */
  moduleFingerprint(m: ModuleHandle): Promise<string>;
}

/** Teachers as fast as this machine runs them: what `Module.optimize` does. */

import { cpus } from "node:os";
import { keepKnown, knownFile, readKnown } from "../files/known.js";
import type { CandidateInfo, ModuleHandle } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { getThreads, Tensor } from "../tensor/index.js";

export interface OptimizeOptions {
  /** A real batch, as this module's forward takes it: one tensor, or several positional ones. */
  sample: Tensor | readonly Tensor[];
  /**
   * "float32" computes as the module does; "auto" may take bfloat16 where the CPU computes in it, and
   * integers of 16 bits for linear layers and convolutions; "bfloat16" and "int16" demand it. Default
   * "auto".
   */
  dtype?: "float32" | "auto" | "bfloat16" | "int16" | undefined;
  /**
   * Paths, as `Module.tap` takes them, that the result can still be tapped at, and no others. What is
   * there is held to the tolerance as the outputs are. Default: none.
   */
  taps?: readonly string[] | undefined;
  /**
   * Largest max |Δ| over max |value| of any output or tap on the sample, against the module itself;
   * default 1e-4 for "float32", 2e-2 for the others.
   */
  tolerance?: number | undefined;
  /**
   * Least share of samples with the same top class; default 0.99, and 0 for "float32", where the
   * tolerance alone decides.
   */
  agreement?: number | undefined;
  /** About how long one candidate is measured, in milliseconds; default 150. */
  milliseconds?: number | undefined;
  /**
   * Take what was chosen before for this module, shape, machine and libtorch, after checking it
   * against the tolerance again; and keep what is chosen now. Default true: in `teachers.json` of
   * `POTSTILL_CACHE_DIR`, or of `potstill` in the user's cache folder. A string names another file.
   */
  remember?: boolean | string | undefined;
  /** Leave a module as it is whose forward takes less than this, in milliseconds; default 0. */
  least?: number | undefined;
}

/** One way to run a module, and what was found of it. */
export interface Candidate {
  name: string;
  /** Median of one forward in milliseconds; null where it was not measured. */
  milliseconds: number | null;
  /** max |Δ| over max |value| on the sample, the worst of outputs and taps; null: it did not run. */
  difference: number | null;
  /** Share of samples with the same top class. */
  agreement: number | null;
  /** Why it was not taken into account; null: it was. */
  refused: string | null;
}

/** What `optimize` found. */
export interface Optimization {
  /** Name of the candidate taken; "as it is" where nothing was faster. */
  chosen: string;
  /** Time of the module as it is over that of the chosen one; null where the choice was remembered. */
  speedup: number | null;
  difference: number;
  agreement: number;
  /** True where an earlier choice was taken without measuring. */
  remembered: boolean;
  candidates: Candidate[];
}

/** Changes where there are new ways to choose from: what was chosen without them is measured again. */
const generation = "with Winograd for strides of 2";

/** What candidates may compute in beside float32. */
const types = {
  float32: [],
  auto: ["bfloat16", "int16"],
  bfloat16: ["bfloat16"],
  int16: ["int16"],
} as const;

/**
 * @throws PotstillError as `Module.optimize` says
 */
export async function optimizeHandle(
  handle: ModuleHandle,
  options: OptimizeOptions,
): Promise<{ handle: ModuleHandle; optimization: Optimization }> {
  const { dtype = "auto", remember = true, milliseconds = 150, least = 0, taps = [] } = options;
  if (!Object.hasOwn(types, dtype)) {
    refuse("dtype", `one of ${Object.keys(types).join(", ")}`, dtype);
  }
  const exact = dtype === "float32";
  const { tolerance = exact ? 1e-4 : 2e-2, agreement = exact ? 0 : 0.99 } = options;
  if (!(tolerance >= 0 && Number.isFinite(tolerance))) {
    refuse("tolerance", "a number of at least 0", tolerance);
  }
  if (!(agreement >= 0 && agreement <= 1)) refuse("agreement", "a share from 0 to 1", agreement);
  if (!(milliseconds > 0 && milliseconds <= 60_000)) {
    refuse("milliseconds", "a number above 0, at most 60000", milliseconds);
  }
  if (!(least >= 0)) refuse("least", "a number of at least 0", least);
  const sample = options.sample instanceof Tensor ? [options.sample] : [...(options.sample ?? [])];
  if (sample.length === 0 || !sample.every((each) => each instanceof Tensor)) {
    refuse("sample", "a tensor, or an array of tensors", options.sample);
  }
  if (!Array.isArray(taps) || !taps.every((path) => typeof path === "string")) {
    refuse("taps", "a list of paths", taps);
  }
  const settings = {
    ...{ taps: [...taps], tolerance, agreement },
    ...{ types: [...types[dtype]], milliseconds, least },
  };
  const file = typeof remember === "string" ? remember : knownFile("teachers.json");
  const shapes = sample.map(({ shape, dtype }) => `${dtype}[${shape.join(",")}]`).join(" ");
  const key = remember
    ? [
        await native.moduleFingerprint(handle),
        shapes,
        cpus()[0]?.model ?? "",
        `libtorch ${native.versionInfo().libtorch}`,
        `${getThreads()} threads`,
        `${dtype} ${tolerance} ${agreement}`,
        ...(taps.length > 0 ? [`taps ${JSON.stringify(taps)}`] : []),
        generation,
      ].join(" | ")
    : null;
  const known = key === null ? undefined : (await readKnown(file))[key];
  if (known === asItIs) return { handle, optimization: unchanged(true) };
  if (typeof known === "string") {
    const again = await native.optimizeModule(handle, sample, { ...settings, choice: known });
    if (again.chosen > 0) return { handle: again.module, optimization: found(again, true) };
  }
  const result = await native.optimizeModule(handle, sample, settings);
  const optimization = found(result, false);
  const demanded = dtype === "bfloat16" || dtype === "int16";
  if (demanded && !optimization.chosen.startsWith(dtype)) {
    const reasons = result.candidates
      .filter(({ name }) => name.startsWith(dtype))
      .map(({ name, refused }) => `${name}: ${refused ?? "slower than float32"}`);
    throw new PotstillError(
      "ERR_CONFIG",
      `optimize: ${dtype} was asked for and does not do (${reasons.join("; ")}); use dtype "auto"`,
    );
  }
  if (key !== null) await keepKnown(file, key, optimization.chosen);
  return { handle: result.module, optimization };
}

const asItIs = "as it is";

function unchanged(remembered: boolean): Optimization {
  const self = { name: asItIs, milliseconds: null, difference: 0, agreement: 1, refused: null };
  return {
    chosen: asItIs,
    speedup: null,
    difference: 0,
    agreement: 1,
    remembered,
    candidates: [self],
  };
}

function found(
  result: { chosen: number; candidates: CandidateInfo[] },
  remembered: boolean,
): Optimization {
  const number = (value: number) => (Number.isNaN(value) ? null : value);
  const candidates = result.candidates.map(({ name, refused, ...figures }) => ({
    name,
    milliseconds: number(figures.milliseconds),
    difference: number(figures.difference),
    agreement: number(figures.agreement),
    refused,
  }));
  const taken = candidates[result.chosen]!;
  const before = candidates[0]!.milliseconds;
  return {
    chosen: taken.name,
    speedup: before === null || !taken.milliseconds ? null : before / taken.milliseconds,
    difference: taken.difference ?? 0,
    agreement: taken.agreement ?? 1,
    remembered,
    candidates,
  };
}

function refuse(option: string, expected: string, given: unknown): never {
  throw new PotstillError(
    "ERR_CONFIG",
    `optimize: ${option}: expected ${expected}, got ${String(given)}`,
  );
}

/** Feature hooks: a module that also gives what its submodules took and returned. */

import type { ModuleHandle, NativeValue, TappedHandle } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { isGradEnabled, scoped, type Tensor } from "../tensor/index.js";
import { show } from "./check.js";
import type { Module } from "./module.js";
import {
  type ModelInputs,
  type ModelValue,
  prepareInputs,
  selectOutput,
  unrecorded,
} from "./output.js";

/** A list for `path#*`, one tensor otherwise. */
export type TapValue<Path extends string> = Path extends `${string}#*` ? Tensor[] : Tensor;

type IsPattern<Path extends string> = Path extends `${infer Start}#*`
  ? IsPattern<Start>
  : Path extends `${string}*${string}`
    ? true
    : false;

/** Tapped values by path as it was written; those of a pattern by the paths that it covers. */
export type Taps<Path extends string> = {
  [P in Path as IsPattern<P> extends true ? string : P]: TapValue<P>;
};

/** What a tapped forward gives. */
export interface TappedOutput<Result, Path extends string> {
  /** What the module returned. */
  output: Result;
  taps: Taps<Path>;
}

const secret = Symbol("tapped module");

/**
 * What `Module.tap` makes. It shares the module's weights, and follows `train()`, `eval()` and `to()`
 * of the module. Forwards may overlap: each gives its own values.
 *
 * The operations run one by one, as in eager PyTorch; the outputs are those of the module to the
 * bit. For a faster forward that is close to it instead, see `freeze`.
 *
 * @throws PotstillError from every forward: `ERR_TAP` where a path was not called for these inputs;
 *   `ERR_DISPOSED` after `dispose`; else as `Module.forward`
 */
export class TappedModule<Path extends string = string> {
  readonly #handle: TappedHandle;
  readonly #paths: readonly string[];

  /** @internal Use `Module.tap`. */
  constructor(
    token: symbol,
    handle: TappedHandle,
    /** The module that is tapped. */
    readonly module: Module,
    /** Whether the weights are folded in, so that changes of the module no longer matter. */
    readonly frozen: boolean,
  ) {
    if (token !== secret) {
      throw new PotstillError("ERR_CONFIG", "Tapped modules are made by module.tap(…).");
    }
    this.#handle = handle;
    this.#paths = native.tappedPaths(handle).map(({ path }) => path);
  }

  /** The keys of `taps`: the paths that were asked for, patterns expanded. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  /** As `Module.forward`, with the taps; they are recorded for backward where grad mode is on. */
  forward<Result extends ModelValue = Tensor>(
    ...inputs: ModelValue[]
  ): Promise<TappedOutput<Result, Path>> {
    return this.#run<Result>(inputs as NativeValue[], {});
  }

  /** As `forward`, without recording for backward. */
  predict<Result extends ModelValue = Tensor>(
    ...inputs: ModelValue[]
  ): Promise<TappedOutput<Result, Path>> {
    return this.#run<Result>(inputs as NativeValue[], {}, false);
  }

  /** As `forward` with named arguments. */
  forwardNamed<Result extends ModelValue = Tensor>(
    inputs: Record<string, ModelValue>,
  ): Promise<TappedOutput<Result, Path>> {
    return this.#run<Result>([], inputs as Record<string, NativeValue>);
  }

  /**
   * As `Module.logits`, with the taps: the inputs are normalized and the output picked as the module
   * was told to.
   *
   * @param options `grad: false` does not record for backward; default: the current grad mode.
   */
  async logits(
    inputs: ModelInputs,
    options: { grad?: boolean | undefined } = {},
  ): Promise<{ logits: Tensor; taps: Taps<Path> }> {
    const { args, kwargs, own } = prepareInputs(inputs, this.module.normalize);
    const running = this.#run<ModelValue>(args, kwargs, options.grad);
    own?.dispose();
    const { output, taps } = await running;
    return { logits: selectOutput(output, this.module.output), taps };
  }

  async #run<Result extends ModelValue>(
    args: NativeValue[],
    kwargs: Record<string, NativeValue>,
    grad = isGradEnabled(),
  ): Promise<TappedOutput<Result, Path>> {
    const mode = grad ? "grad" : "no_grad";
    const { output, taps } = await scoped(
      native.tappedForward(this.#handle, args, kwargs, { mode }),
    );
    const plain = (value: NativeValue) => (grad ? value : unrecorded(value));
    return {
      output: plain(output) as Result,
      taps: Object.fromEntries(
        this.#paths.map((path, i) => [path, plain(taps[i])]),
      ) as unknown as Taps<Path>,
    };
  }

  /** Whether the module is in training mode; a frozen one never is. */
  get training(): boolean {
    return !this.frozen && this.module.training;
  }

  /** Training mode, or evaluation with `false`, of the module. @throws `ERR_CONFIG` once frozen */
  train(training = true): this {
    if (this.frozen) {
      throw new PotstillError(
        "ERR_CONFIG",
        "A frozen module stays in evaluation mode; set the mode of the module that was tapped.",
      );
    }
    this.module.train(training);
    return this;
  }

  /** Evaluation mode. */
  eval(): this {
    return this.frozen ? this : this.train(false);
  }

  /**
   * A tapped module of its own with weights and evaluation mode folded into the code, and that
   * optimized for inference: batch norms folded into convolutions (not across a tap), operators
   * fused, weights laid out for the CPU. Outputs and taps stay within rounding of those before
   * (1e-5 of the largest, in float32), not equal to the bit; gradients do not reach the weights, and
   * later changes of the module do not matter. Freezing comes after tapping: a frozen module has no
   * submodules left.
   *
   * @throws PotstillError `ERR_CONFIG` in training mode
   */
  async freeze(): Promise<TappedModule<Path>> {
    return new TappedModule<Path>(
      secret,
      await native.tappedFreeze(this.#handle),
      this.module,
      true,
    );
  }

  /** Writes the module, which knows nothing of its taps; see `Module.save`. */
  save(path: string): Promise<void> {
    return this.module.save(path);
  }

  /** Lets go of the tapped code, and of the module's weights if nobody else holds them. */
  dispose(): void {
    native.tappedDispose(this.#handle);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** `Module.tap`. */
export function tapModule<Path extends string>(
  module: Module,
  handle: ModuleHandle,
  paths: Path | readonly Path[],
): TappedModule<Path> {
  const list: readonly unknown[] = typeof paths === "string" ? [paths] : paths;
  if (!Array.isArray(list) || list.length === 0 || !list.every((p) => typeof p === "string")) {
    throw new PotstillError(
      "ERR_CONFIG",
      `tap: expected a path or a list of paths, such as "layer3.1.conv2", not ${show(paths)}.`,
    );
  }
  return new TappedModule<Path>(secret, native.moduleTap(handle, list as string[]), module, false);
}

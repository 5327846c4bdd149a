/** A TorchScript module: a teacher that was loaded, or a student that was built. */

import type {
  ModuleHandle,
  ModuleInfo,
  NativeTensor,
  NativeValue,
  TapPoint,
} from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { type DType, isGradEnabled, scoped, type Tensor } from "../tensor/index.js";
import { type Optimization, type OptimizeOptions, optimizeHandle } from "./optimize.js";
import {
  checkNormalize,
  type ModelInputs,
  type ModelValue,
  type Normalize,
  type Output,
  prepareInputs,
  selectOutput,
  unrecorded,
} from "./output.js";
import { compareStates, type LoadResult, type StateDict } from "./state-dict.js";
import { type Summary, summarize } from "./summary.js";
import { type TappedModule, tapModule } from "./taps.js";

/** What a module knows beside its weights. */
export interface ModuleOptions {
  /** Picks the logits from a tuple or dict. */
  output?: Output | null | undefined;
  /** Applied to the first input before this module's forward in `logits` and in training. */
  normalize?: Normalize | null | undefined;
}

/** What `Module.to` changes; what is left out stays as it is. */
export interface Placement {
  device?: string | undefined;
  dtype?: DType | undefined;
  memoryFormat?: "contiguous_format" | "channels_last" | undefined;
}

/** A constant that tracing left in a module's code where a setting should be. */
export interface BakedFlag {
  path: string;
  flag: "training" | "device";
  value: string;
}

const secret = Symbol("module handle");

/**
 * A TorchScript module. `loadModule` and `nn.build` make them.
 *
 * Weights live in libtorch and are freed by `dispose` (also `using`), or some time after the object
 * was collected. Heavy work runs as a job on the native thread, in the order of the calls.
 *
 * @throws PotstillError from every method: `ERR_DISPOSED` after `dispose`; from forward `ERR_SHAPE`,
 *   `ERR_DTYPE`, `ERR_DEVICE` or `ERR_NATIVE` where the inputs do not fit
 */
export class Module {
  readonly #handle: ModuleHandle;
  readonly #output: Output | null;
  readonly #normalize: Normalize | null;

  /** @internal Use `loadModule` or `nn.build`. */
  constructor(token: symbol, handle: ModuleHandle, options: ModuleOptions) {
    if (token !== secret) {
      throw new PotstillError("ERR_CONFIG", "Modules are made by loadModule(…) and nn.build(…).");
    }
    const { output = null, normalize = null } = options;
    if (output !== null && !["string", "number", "function"].includes(typeof output)) {
      throw new PotstillError("ERR_CONFIG", "output: expected a key, an index or a function.");
    }
    this.#handle = handle;
    this.#output = output;
    this.#normalize = normalize === null ? null : checkNormalize(normalize);
  }

  /** How the logits are picked from what forward returns; null: it returns them. */
  get output(): Output | null {
    return this.#output;
  }

  /** Affine that `logits` and training apply to this module's inputs; null: none. */
  get normalize(): Normalize | null {
    return this.#normalize;
  }

  /**
   * Runs `forward` with positional arguments: tensors, scalars, and nested lists and records of
   * them, as the module's signature wants. Returns what the module returns; tuples and lists come as
   * arrays, dicts as records. Records for backward where grad mode is on; see `predict`.
   */
  forward<Result extends ModelValue = Tensor>(...inputs: ModelValue[]): Promise<Result> {
    return this.#run(inputs as NativeValue[], {}) as Promise<Result>;
  }

  /** As `forward`, without recording for backward: less memory, and no gradients. */
  predict<Result extends ModelValue = Tensor>(...inputs: ModelValue[]): Promise<Result> {
    return this.#run(inputs as NativeValue[], {}, false) as Promise<Result>;
  }

  /** As `forward` with named arguments. */
  forwardNamed<Result extends ModelValue = Tensor>(
    inputs: Record<string, ModelValue>,
  ): Promise<Result> {
    return this.#run([], inputs as Record<string, NativeValue>) as Promise<Result>;
  }

  /** As `forward`, on the JavaScript thread: for small models, and where no promise can be. */
  forwardSync<Result extends ModelValue = Tensor>(...inputs: ModelValue[]): Result {
    const grad = isGradEnabled();
    const mode = grad ? "grad" : "no_grad";
    const result = native.moduleForwardSync(this.#handle, inputs as NativeValue[], {}, { mode });
    return (grad ? result : unrecorded(result)) as Result;
  }

  /**
   * Logits for the inputs of a batch: normalizes, runs forward, picks the output.
   *
   * @param inputs One tensor, several positional ones, or a record of named ones.
   * @param options `grad: false` does not record for backward; default: the current grad mode.
   * @returns What `output` picks, commonly `[B, classes]`.
   */
  async logits(inputs: ModelInputs, options: { grad?: boolean | undefined } = {}): Promise<Tensor> {
    const { args, kwargs, own } = prepareInputs(inputs, this.#normalize);
    const running = this.#run(args, kwargs, options.grad);
    own?.dispose();
    return selectOutput((await running) as ModelValue, this.#output);
  }

  // Async so that inputs which do not fit reject as failures of the job do.
  async #run(
    args: NativeValue[],
    kwargs: Record<string, NativeValue>,
    grad = isGradEnabled(),
  ): Promise<NativeValue> {
    const mode = grad ? "grad" : "no_grad";
    const running = native.moduleForward(this.#handle, args, kwargs, { mode });
    return scoped(grad ? running : running.then(unrecorded));
  }

  /** Trained tensors by path; they share storage with the module. */
  parameters(): Map<string, Tensor> {
    return named(native.moduleParameters(this.#handle));
  }

  /** Other tensors by path, such as running statistics; they share storage with the module. */
  buffers(): Map<string, Tensor> {
    return named(native.moduleBuffers(this.#handle));
  }

  /** The tree of modules, this one (path "") first. */
  modules(): ModuleInfo[] {
    return native.moduleModules(this.#handle);
  }

  /** Parameters and buffers by path, detached and sharing storage with the module. */
  stateDict(): StateDict {
    const result: [string, Tensor][] = [];
    for (const [name, tensor] of [...this.parameters(), ...this.buffers()]) {
      result.push([name, tensor.detach()]);
      tensor.dispose();
    }
    return Object.fromEntries(result);
  }

  /**
   * Copies values into parameters and buffers, converted to their dtype and device.
   *
   * @param dict Tensors by path, as `stateDict()` and `loadSafetensors()` give them.
   * @param options `strict: false` leaves names out that do not match. Default true.
   * @returns The names that did not match; empty where `strict`.
   * @throws PotstillError `ERR_SHAPE` or `ERR_CONFIG` with all names that do not fit; nothing is
   *   copied then
   */
  loadStateDict(
    dict: StateDict | ReadonlyMap<string, Tensor>,
    options: { strict?: boolean | undefined } = {},
  ): LoadResult {
    const own = new Map<string, number[]>();
    for (const [name, tensor] of [...this.parameters(), ...this.buffers()]) {
      own.set(name, tensor.shape);
      tensor.dispose();
    }
    const { entries, missing, unexpected } = compareStates(own, dict, options.strict ?? true);
    native.moduleCopyState(this.#handle, entries);
    return { missing, unexpected };
  }

  /** Whether dropout drops and batch norm uses the batch. */
  get training(): boolean {
    return native.moduleTraining(this.#handle);
  }

  /** Training mode, or evaluation with `false`, of this module and everything in it. */
  train(training = true): this {
    native.moduleTrain(this.#handle, training);
    return this;
  }

  /** Evaluation mode. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Moves parameters and buffers to a device, floating ones to a dtype, and those of four dimensions
   * into a memory format: "channels_last" is how many convolutions compute fastest. Values and shapes
   * stay; `save` writes the format too, as PyTorch does, `saveSafetensors` never.
   */
  async to(options: Placement): Promise<this> {
    await native.moduleTo(this.#handle, defined(options));
    return this;
  }

  /** Sets requiresGrad of every parameter. */
  requiresGrad_(value = true): this {
    native.moduleRequiresGrad(this.#handle, value);
    return this;
  }

  /**
   * The fastest way that this machine has to run this module for inference, whose outputs on a
   * sample stay within a tolerance of its own: as it is; frozen, with batch norms folded; in
   * oneDNN's layouts; channels-last, also with Winograd's convolutions, and with our own products
   * for those of one pixel; these in bfloat16; and with linear layers and convolutions in integers
   * of 16 bits ("int16"), also with Winograd's where that does. Each is measured for a moment, and nothing less exact than asked is ever
   * taken. Weights become constants of the result, which takes no later changes of this module and
   * cannot be saved or trained. Submodules go, too: where the result is to be tapped has to be said
   * with `taps`.
   *
   * @returns `module`, with this module's `output` and `normalize`, and what was found.
   * @throws PotstillError `ERR_CONFIG` for options, in training mode, and where "bfloat16" or
   *   "int16" is asked for and no such candidate will do; `ERR_SHAPE`, `ERR_DTYPE` where the sample
   *   does not fit; `ERR_TAP` as `tap`
   *
   * @example
   * const { module: fast } = await teacher.optimize({ sample: x, taps: ["layer3"] });
   * const { output, taps } = await fast.tap("layer3").predict(x);
   */
  async optimize(options: OptimizeOptions): Promise<Optimization & { module: Module }> {
    const { handle, optimization } = await optimizeHandle(this.#handle, options);
    const module = wrapModule(handle, { output: this.#output, normalize: this.#normalize });
    return { ...optimization, module };
  }

  /** A module of its own with the same weights, `output` and `normalize`. */
  async clone(): Promise<Module> {
    return wrapModule(await native.moduleClone(this.#handle), {
      output: this.#output,
      normalize: this.#normalize,
    });
  }

  /**
   * A copy for inference: weights are constants of its code, batch norms are folded into
   * convolutions, and nothing is left to train. Outputs agree within rounding (1e-5 of the largest,
   * in float32). It can be saved and loads anywhere, unlike what `optimize` finds for one machine.
   *
   * @throws PotstillError `ERR_CONFIG` in training mode
   */
  async freeze(): Promise<Module> {
    return wrapModule(await native.moduleFreeze(this.#handle), {
      output: this.#output,
      normalize: this.#normalize,
    });
  }

  /**
   * Writes TorchScript, for `loadModule`, `torch.jit.load` in Python and C++; written beside the
   * target first, so that a failure leaves the old file whole. `output` and `normalize` are not
   * part of the file.
   *
   * @throws PotstillError `ERR_IO`
   */
  save(path: string): Promise<void> {
    return native.moduleSave(this.#handle, path);
  }

  /** What `save` writes. */
  async toBuffer(): Promise<Buffer> {
    const bytes = await native.moduleSaveBuffer(this.#handle);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * A table of the modules: path, class, output shape, parameters.
   *
   * @param inputs Sample inputs for one forward; without them the output shapes are left out.
   */
  async summary(...inputs: ModelValue[]): Promise<Summary> {
    const count = (tensors: Map<string, Tensor>, wanted: (tensor: Tensor) => boolean) => {
      let total = 0;
      for (const tensor of tensors.values()) {
        if (wanted(tensor)) total += tensor.shape.reduce((a, b) => a * b, 1);
      }
      return total;
    };
    const called =
      inputs.length > 0 ? await native.moduleSummary(this.#handle, inputs as NativeValue[]) : [];
    const parameters = this.parameters();
    const buffers = this.buffers();
    const totals = {
      parameters: count(parameters, () => true),
      trainable: count(parameters, (tensor) => tensor.requiresGrad),
      buffers: count(buffers, () => true),
    };
    for (const tensor of [...parameters.values(), ...buffers.values()]) tensor.dispose();
    return summarize(this.modules(), called, totals);
  }

  /**
   * A view of this module that also gives values from inside (feature hooks). The module itself
   * stays as it is, and is no slower.
   *
   * A path is that of a submodule, as in `modules()`, and stands for what it returned when it was
   * called last (of a tuple the first tensor). More can be chosen:
   *
   * - `layer3.1:input` is the first tensor it was called with, `:input.1` the second;
   * - `lstm:output.1` is an element of a returned tuple, `lstm:output.1.0` goes into a nested one;
   * - `relu#0` is the first call in a forward, `relu#-2` the last but one, `relu#*` an array of all;
   * - `layer*.1` and `blocks.**` are patterns: `*` stands for anything within a segment, `**` for any
   *   number of segments. They cover the modules that forward calls;
   * - `""` is the model's own output, `":input"` its input.
   *
   * A tapped value is what a forward hook that clones would see in PyTorch: it is copied only where
   * something overwrites it in place later. It carries gradients where the forward is recorded.
   *
   * @throws PotstillError `ERR_TAP` for a path that is not there (with the nearest names), that
   *   forward never calls, that holds no tensor, that lies behind a module interface, or in a frozen
   *   module: tap first, freeze after; and for a model that forks (torch.jit.fork)
   *
   * @example
   * const tapped = teacher.tap(["layer3.1.conv2", "avgpool"]);
   * const { output, taps } = await tapped.predict(x); // taps["avgpool"]: Tensor
   */
  tap<const Path extends string>(paths: Path | readonly Path[]): TappedModule<Path> {
    return tapModule(this, this.#handle, paths);
  }

  /**
   * Every place whose output can be tapped, with what was there in one forward, in the order of the
   * calls. The last one, with path "", is the module itself.
   *
   * @param inputs Sample inputs of forward.
   */
  async tapPoints(...inputs: ModelValue[]): Promise<TapPoint[]> {
    return native.moduleTapPoints(this.#handle, inputs as NativeValue[], {}, { mode: "no_grad" });
  }

  /** TorchScript's graph of the forward of the module at `path` (default: this one). */
  code(path = ""): string {
    return native.moduleCode(this.#handle, path);
  }

  /** The signature of forward. */
  schema(): string {
    return native.moduleSchema(this.#handle);
  }

  /** Constants that tracing left where `train()`, `eval()` and `to()` have no effect. */
  bakedFlags(): BakedFlag[] {
    return native.moduleBakedFlags(this.#handle);
  }

  /** Frees the weights once the jobs that use them are done; harmless a second time. */
  dispose(): void {
    native.moduleDispose(this.#handle);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
    await native.drain();
  }

  /** @internal */
  static handleOf(module: Module): ModuleHandle {
    return module.#handle;
  }
}

function named(entries: { name: string; tensor: NativeTensor }[]): Map<string, Tensor> {
  return new Map(entries.map(({ name, tensor }) => [name, tensor as Tensor]));
}

function defined({ device, dtype, memoryFormat }: Placement) {
  return {
    ...(device === undefined ? {} : { device }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(memoryFormat === undefined ? {} : { memoryFormat }),
  };
}

/** The native handle, for the layers above. */
export function moduleHandle(module: Module): ModuleHandle {
  return Module.handleOf(module);
}

/** A module object around a native handle, for the layers above. */
export function wrapModule(handle: ModuleHandle, options: ModuleOptions = {}): Module {
  return new Module(secret, handle, options);
}

/** 16 hexadecimal digits that differ where code, parameters or buffers do. */
export function moduleFingerprint(module: Module): Promise<string> {
  return native.moduleFingerprint(moduleHandle(module));
}

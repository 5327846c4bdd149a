/** Of `native/node/module.cpp`: TorchScript modules. */

import type { NativeValue } from "./ops.js";
import type { DType, NativeTensor } from "./tensor.js";

export interface ModuleHandle {
  readonly __module: true;
}

/** A parameter or buffer of a module built from TypeScript. Initialisers follow torch.nn.init. */
export interface TensorSpec {
  name: string;
  shape: number[];
  dtype?: DType;
  init:
    | { kind: "zeros" }
    | { kind: "ones" }
    | { kind: "constant"; value: number }
    | { kind: "uniform"; from: number; to: number }
    /** `zeroRow`: index along the first dimension that is zero afterwards (padding of an embedding). */
    | { kind: "normal"; mean: number; std: number; zeroRow?: number }
    | { kind: "truncatedNormal"; mean: number; std: number; from: number; to: number }
    | { kind: "kaimingUniform"; a: number; fanIn: number }
    | { kind: "kaimingNormal"; gain: number; fan: number }
    | { kind: "xavierUniform"; gain: number; fanIn: number; fanOut: number }
    | { kind: "data"; tensor: NativeTensor };
}

/** A whole module as data: what `buildModule` turns into a TorchScript module. */
export interface ModuleSpec {
  className: string;
  parameters: TensorSpec[];
  buffers: TensorSpec[];
  /** Constants that the source reads as `self.<name>`. */
  attributes: {
    name: string;
    type: "int" | "float" | "bool" | "str" | "int[]" | "float[]";
    value: number | boolean | string | number[];
  }[];
  modules: { name: string; module: ModuleSpec }[];
  /** One or more `def name(self, …) -> …:` in TorchScript; `forward` is required. */
  source: string;
}

export interface ModuleInfo {
  path: string;
  className: string;
  training: boolean;
  /** Parameters of this module itself, without those of its children. */
  ownParameters: number;
}

export interface SummaryRow {
  path: string;
  className: string;
  /** Of the value the call returned (first tensor of a tuple); null where the module was not called. */
  outputShape: number[] | null;
  outputDtype: DType | null;
  parameters: number;
}

export interface LoadOptions {
  device?: string;
  dtype?: DType;
}

export interface ForwardOptions {
  /** "grad" records for backward, "no_grad" does not, "inference" uses inference mode. */
  mode: "grad" | "no_grad" | "inference";
}

export interface ModuleBinding {
  /** Checks the archive's structure first; ERR_MODEL_LOAD says what the file is if it is no TorchScript. */
  loadModule(source: string | Uint8Array, options: LoadOptions): Promise<ModuleHandle>;
  buildModule(spec: ModuleSpec): Promise<ModuleHandle>;
  moduleForward(
    m: ModuleHandle,
    args: NativeValue[],
    kwargs: Record<string, NativeValue>,
    options: ForwardOptions,
  ): Promise<NativeValue>;
  moduleForwardSync(
    m: ModuleHandle,
    args: NativeValue[],
    kwargs: Record<string, NativeValue>,
    options: ForwardOptions,
  ): NativeValue;
  moduleParameters(m: ModuleHandle): { name: string; tensor: NativeTensor }[];
  moduleBuffers(m: ModuleHandle): { name: string; tensor: NativeTensor }[];
  moduleModules(m: ModuleHandle): ModuleInfo[];
  moduleTraining(m: ModuleHandle): boolean;
  moduleTrain(m: ModuleHandle, training: boolean): void;
  moduleTo(
    m: ModuleHandle,
    options: LoadOptions & { memoryFormat?: "contiguous_format" | "channels_last" },
  ): Promise<void>;
  moduleRequiresGrad(m: ModuleHandle, value: boolean): void;
  /** Deep copy, parameters included. */
  moduleClone(m: ModuleHandle): Promise<ModuleHandle>;
  /** A copy in evaluation mode whose weights are constants of its code. */
  moduleFreeze(m: ModuleHandle): Promise<ModuleHandle>;
  /** The same tensors in a module with a training mode of its own. */
  moduleView(m: ModuleHandle): ModuleHandle;
  /** Written beside the target, synced, then renamed. */
  moduleSave(m: ModuleHandle, path: string): Promise<void>;
  moduleSaveBuffer(m: ModuleHandle): Promise<Uint8Array>;
  /** Copies values in place; names and shapes are checked by the caller. */
  moduleCopyState(m: ModuleHandle, entries: { name: string; tensor: NativeTensor }[]): void;
  moduleSummary(m: ModuleHandle, args: NativeValue[]): Promise<SummaryRow[]>;
  /** Paths whose graph holds a constant training flag or device, as tracing leaves them. */
  moduleBakedFlags(m: ModuleHandle): { path: string; flag: "training" | "device"; value: string }[];
  /** TorchScript text of forward, for messages and inspection. */
  moduleCode(m: ModuleHandle, path: string): string;
  moduleSchema(m: ModuleHandle): string;
  moduleDispose(m: ModuleHandle): void;
}

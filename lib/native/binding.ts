/**
 * The surface of the native addon, declared by hand and held against its exports by a test.
 * Mirrors `native/node/`, file by file; `loader.ts` is the only importer of the `.node` file.
 *
 * Shapes and indices are plain numbers. Anything that reaches libtorch's dispatcher goes through
 * `call`; only what no operator does has a function of its own.
 */

import type { PotstillErrorCode } from "./errors.js";

/** Element types, under PyTorch's names. */
export type DType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "bool";

/** An instance of the class that was given to `init`; the storage lives in libtorch. */
export interface NativeTensor {
  readonly __tensor: true;
}
/** Opaque handles of one kind each, type-tagged: a wrong receiver is `ERR_RECEIVER`. */
export interface ModuleHandle {
  readonly __module: true;
}
export interface TappedHandle {
  readonly __tapped: true;
}
export interface StepHandle {
  readonly __step: true;
}
export interface StreamHandle {
  readonly __stream: true;
}
export interface EventHandle {
  readonly __event: true;
}

/** What crosses the boundary: tensors, scalars, and nested lists and string-keyed records of them. */
export type NativeValue =
  | NativeTensor
  | number
  | bigint
  | boolean
  | string
  | null
  | undefined
  | NativeValue[]
  | { [key: string]: NativeValue };

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array;

export interface VersionInfo {
  addon: string;
  /** libtorch found at run time and the one compiled against, as `major.minor.patch`. */
  libtorch: string;
  builtWith: string;
  cpuCapability: string;
  /** Whether products on this CPU compute in bfloat16, or what POTSTILL_BFLOAT16 says of it. */
  bfloat16: boolean;
  cudaBuilt: boolean;
  cudaAvailable: boolean;
  cudaDevices: number;
  parallel: string;
  nodeApi: number;
}

export interface MemoryInfo {
  /** Tensors that JavaScript holds, the distinct storages behind them and their bytes. */
  tensors: number;
  storages: number;
  bytes: number;
  /** Bytes the CPU allocator has handed out, and those it keeps for reuse. */
  allocated: number;
  cached: number;
  peak: number;
  /** Handles dropped by the collector and not yet released. */
  pendingRelease: number;
}

/** Memory of a CUDA device, in bytes. */
export interface CudaMemory {
  /** Behind tensors, now and at most so far. */
  allocated: number;
  peakAllocated: number;
  /** Taken from the device, blocks kept for reuse included, now and at most so far. */
  reserved: number;
  peakReserved: number;
  /** Of the whole device, other processes included. */
  free: number;
  total: number;
}

export interface CudaProperties {
  name: string;
  /** Compute capability, such as 9 and 0. */
  major: number;
  minor: number;
  multiprocessors: number;
  /** Bytes of the device, of the shared memory that a block may ask for, and of the L2 cache. */
  totalMemory: number;
  sharedMemoryPerBlock: number;
  l2Cache: number;
}

/** What may round the operands of float32 tensors to TF32, on GPUs that have it. */
export interface Tf32 {
  products: boolean;
  convolutions: boolean;
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

export interface LoadOptions {
  device?: string;
  dtype?: DType;
}

export interface ForwardOptions {
  /** "grad" records for backward, "no_grad" does not, "inference" uses inference mode. */
  mode: "grad" | "no_grad" | "inference";
}

export interface OptimizeSpec {
  /** What the result is still tapped for, patterns included; held to the tolerance as well. */
  taps: string[];
  /** Largest max |difference| over max |output|. */
  tolerance: number;
  /** Least share of rows whose largest output is the same. */
  agreement: number;
  /** Whether candidates may compute in bfloat16. */
  bfloat16: boolean;
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

/** How logits are picked from a model's output: a key, an index, or nothing for a plain tensor. */
export type OutputSelector = string | number | null;

/**
 * One term of an objective. `lib/losses` checks its options and the native side does again. Terms on
 * features have `student` and `teacher` (tap paths, in pairs), `teacherIndex` and `connectors` (a
 * module or null for each pair), and so may terms of kind "module" and "custom"; one of kind "module"
 * has `module`, whose forward is the loss, or `source`, and with `masked` sees only what a batch's mask
 * keeps.
 */
export interface TermSpec {
  kind: string;
  weight: number;
  [option: string]: TermOption;
}
export type TermOption =
  | number
  | string
  | boolean
  | null
  | undefined
  | ModuleHandle
  | readonly TermOption[];

export type OptimizerSpec =
  | {
      kind: "sgd";
      momentum: number;
      dampening: number;
      weightDecay: number;
      nesterov: boolean;
      maximize: boolean;
    }
  | {
      kind: "adam";
      beta1: number;
      beta2: number;
      eps: number;
      weightDecay: number;
      amsgrad: boolean;
      maximize: boolean;
    }
  | {
      kind: "adamw";
      beta1: number;
      beta2: number;
      eps: number;
      weightDecay: number;
      amsgrad: boolean;
      maximize: boolean;
    }
  | {
      kind: "rmsprop";
      alpha: number;
      eps: number;
      weightDecay: number;
      momentum: number;
      centered: boolean;
      maximize: boolean;
    };

/** Options of a group override those of the optimizer; `lrScale` multiplies the step's rate. */
export interface ParameterGroup {
  /** Parameter paths of the student, each in one group only. */
  parameters: string[];
  lrScale: number;
  weightDecay?: number;
}

export interface TeacherSpec {
  module: ModuleHandle;
  weight: number;
  output: OutputSelector;
  /** Per-channel affine applied to the inputs of this teacher only, or null. */
  normalize: { mean: number[]; std: number[] } | null;
  /** Height and width that images are brought to for this teacher (bilinear), or null. */
  resize?: [number, number] | null;
  /** Decay with which the weights follow the student's after each update; 0: they do not. */
  follow?: number;
  /** The weights change under way, by `follow` or by somebody else. */
  changing?: boolean;
}

/** torch.amp.GradScaler: the factor of the loss, and how it changes. */
export interface ScalerSpec {
  initialScale: number;
  growthFactor: number;
  backoffFactor: number;
  /** Updates with finite gradients before it grows. */
  growthInterval: number;
}

export interface StepSpec {
  teachers: TeacherSpec[];
  /** Mean of the teachers' probabilities, or of their logits. */
  ensemble: "probabilities" | "logits";
  student: ModuleHandle;
  studentOutput: OutputSelector;
  studentNormalize: { mean: number[]; std: number[] } | null;
  studentResize?: [number, number] | null;
  /** What the student's products and convolutions compute in; null: the type of its weights. */
  autocast?: "bfloat16" | "float16" | null;
  /** Scales the loss so that gradients fit float16; null: it is not. */
  scaler?: ScalerSpec | null;
  /** Submodules of the student, by path or pattern, that are computed again in backward. */
  gradientCheckpointing?: string[];
  terms: TermSpec[];
  optimizer: OptimizerSpec;
  groups: ParameterGroup[];
  /** Micro-batches per update. */
  accumulate: number;
  clipNorm: number | null;
  clipValue: number | null;
  /** Decay of the exponential moving average of the student's weights, or null. */
  emaDecay: number | null;
  /** Raise ERR_NONFINITE when the loss is not finite (looked at with the metrics, never per step). */
  checkFinite: boolean;
}

export interface StepBatch {
  inputs: NativeTensor[] | Record<string, NativeTensor>;
  /** int64 class indices [B] (or [B, T] for tokens), float targets for mse and bce, or null. */
  labels: NativeTensor | null;
  /** Mixup: second labels and the weight of the first; null otherwise. */
  mixedLabels: NativeTensor | null;
  mixWeight: number;
  /** bool, the leading dimensions of features or logits; samples or tokens that count. */
  mask?: NativeTensor | null;
  /** int64 [B], the samples' numbers in the data set. */
  ids?: NativeTensor | null;
  /** Weights of the terms from here on, in their order; null: as they were. */
  weights?: number[] | null;
  /** What each teacher said of these samples, from a cache; null: they are asked. */
  said?: { logits: NativeTensor; taps: Record<string, NativeTensor> }[] | null;
}

/** What the models gave for a batch. */
export interface StepOutputs {
  student: NativeTensor;
  teachers: NativeTensor[];
  /** Of each custom term what its paths tap, behind its connectors. */
  features: { student: NativeTensor[]; teacher: NativeTensor[] }[];
}

/** Sums since the last call; divide by `samples` (or `steps`) for means. */
export interface StepMetrics {
  steps: number;
  updates: number;
  samples: number;
  /** Sample-weighted mean of the whole objective. */
  loss: number;
  /** Sample-weighted mean of each term, unweighted, in the order of `terms`. */
  terms: number[];
  /** Correct top-1 predictions, NaN where labels are not class indices. */
  correct: number;
  /** Norm of the gradient before clipping at the last update, NaN when clipping by norm is off. */
  gradNorm: number;
  /** Updates among `updates` that were left out, as gradients were not finite under the scaler. */
  skipped: number;
  /** What the loss is multiplied by now, NaN without a scaler. */
  scale: number;
}

/** Which long-lived native thread runs a job: training and inference, or the assembly of batches. */
export type Lane = "compute" | "data";

export interface Binding {
  // addon.cpp
  init(classes: {
    Tensor: new (token: never) => NativeTensor;
    PotstillError: new (
      code: PotstillErrorCode,
      message: string,
      options?: { cause?: unknown },
    ) => Error;
  }): void;
  versionInfo(): VersionInfo;
  memory(): MemoryInfo;
  /** Gives cached blocks back to the system. */
  trimMemory(): void;
  setThreads(threads: number): void;
  getThreads(): number;
  manualSeed(seed: number | bigint): void;
  rngState(device: string): NativeTensor;
  setRngState(state: NativeTensor, device: string): void;
  isGradEnabled(): boolean;
  /** Returns the mode before. Thread-local: of the JavaScript thread, and taken along by jobs. */
  setGradEnabled(enabled: boolean): boolean;
  pushInferenceMode(): void;
  popInferenceMode(): void;
  /** Resolves once every job submitted so far has ended. */
  drain(): Promise<void>;

  // tensor.cpp (all synchronous unless they return a promise)
  tensorFromData(
    data: TypedArray,
    shape: number[],
    dtype: DType,
    requiresGrad: boolean,
  ): NativeTensor;
  /** A copy: BigInt64Array for int64, Float32Array for half types, Uint8Array for bool. */
  tensorDataSync(t: NativeTensor): TypedArray;
  tensorData(t: NativeTensor): Promise<TypedArray>;
  /** Copies without gradient in one job; V8 is not told of their memory, so dispose of them. */
  tensorsCopy(tensors: NativeTensor[]): Promise<NativeTensor[]>;
  tensorItem(t: NativeTensor): number | bigint | boolean;
  tensorShape(t: NativeTensor): number[];
  tensorStrides(t: NativeTensor): number[];
  tensorDtype(t: NativeTensor): DType;
  tensorDevice(t: NativeTensor): string;
  tensorRequiresGrad(t: NativeTensor): boolean;
  tensorSetRequiresGrad(t: NativeTensor, value: boolean): void;
  tensorIsLeaf(t: NativeTensor): boolean;
  tensorGrad(t: NativeTensor): NativeTensor | null;
  tensorSetGrad(t: NativeTensor, grad: NativeTensor | null): void;
  tensorBackward(
    t: NativeTensor,
    gradient: NativeTensor | null,
    retainGraph: boolean,
    createGraph: boolean,
  ): void;
  tensorBackwardAsync(
    t: NativeTensor,
    gradient: NativeTensor | null,
    retainGraph: boolean,
    createGraph: boolean,
  ): Promise<void>;
  /** Idempotent; later uses throw ERR_DISPOSED. Jobs that hold the tensor finish first. */
  tensorDispose(t: NativeTensor): void;
  tensorIsDisposed(t: NativeTensor): boolean;
  /** Same storage and metadata identity test. */
  tensorIsSame(a: NativeTensor, b: NativeTensor): boolean;

  // ops.cpp
  /** Id of an operator name such as "aten::add", or of one overload, "aten::add.Tensor"; throws ERR_CONFIG with the nearest names. */
  resolveOp(name: string): number;
  /**
   * Boxed call: positional arguments, then optionally one plain record of keyword arguments.
   * Among overloads the first whose schema takes the arguments is used. Several results come as an array.
   * An argument that the operator wrote to and gives back is the same object.
   */
  call(op: number, ...args: NativeValue[]): NativeValue;
  /** Whether some overload makes one tensor, so that `callInto` is worth while. */
  opMakesTensor(op: number): boolean;
  /**
   * As `call`; where that makes one tensor, it is put into `target`, a new instance of the class,
   * and `target` is returned. `new` is cheaper in JavaScript than from native code.
   */
  callInto(op: number, target: NativeTensor, ...args: NativeValue[]): NativeValue;
  callAsync(lane: Lane, op: number, ...args: NativeValue[]): Promise<NativeValue>;
  /** Every schema of the dispatcher whose namespace is given, as text. */
  listSchemas(namespace: string): string[];

  // module.cpp
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
  moduleTo(m: ModuleHandle, options: LoadOptions): Promise<void>;
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

  // tap.cpp
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

  // optimize.cpp
  /** The fastest way to run a teacher whose outputs on the sample stay within the tolerance. */
  optimizeModule(
    m: ModuleHandle,
    sample: NativeTensor[],
    options: OptimizeSpec,
  ): Promise<{ module: ModuleHandle; chosen: number; candidates: CandidateInfo[] }>;
  /** 16 hexadecimal digits that differ where code, parameters or buffers do. */
  moduleFingerprint(m: ModuleHandle): Promise<string>;

  // file.cpp
  /**
   * Writes the elements of the parts one after the other, synced, on a thread of its own. `name`
   * stands for the file in messages. Gently: with pauses that leave CPU and disk to the training,
   * until `hurryWrites`.
   */
  writeTensors(file: string, name: string, parts: NativeTensor[], gently: boolean): Promise<void>;
  /** The same with half types widened to float32, and the SHA-256 of all that. */
  writeSealed(file: string, name: string, parts: NativeTensor[], gently: boolean): Promise<void>;
  /** Somebody waits for what is being written. */
  hurryWrites(): void;
  /** What `writeSealed` wrote, as uint8 without the digest, and whether that fits. */
  readSealed(file: string): Promise<{ content: NativeTensor; intact: boolean }>;

  // step.cpp
  createStep(spec: StepSpec): StepHandle;
  /** One micro-batch; an update follows every `accumulate` of them. Resolves with the number of updates so far. */
  stepRun(s: StepHandle, batch: StepBatch, lr: number): Promise<number>;
  /** The first half of a step with custom terms: runs the models and keeps what they gave. */
  stepBegin(s: StepHandle, batch: StepBatch): Promise<StepOutputs>;
  /** The second: takes one scalar for each custom term, in their order. */
  stepFinish(s: StepHandle, custom: NativeTensor[], lr: number): Promise<number>;
  /** Update with what has been accumulated, at the end of an epoch. */
  stepFlush(s: StepHandle, lr: number): Promise<number>;
  /** Reads and resets the sums; queued behind the steps submitted so far. */
  stepMetrics(s: StepHandle): Promise<StepMetrics>;
  /** Of each span since the last call its stage, beginning and end (ms); notes spans from here on. */
  stepProfile(s: StepHandle, on: boolean): Promise<number[]>;
  /**
   * Optimizer and EMA tensors under stable names, with counters; for checkpoints. V8 is not told of
   * their memory, so dispose of them.
   */
  stepState(
    s: StepHandle,
  ): Promise<{ tensors: Record<string, NativeTensor>; counters: Record<string, number> }>;
  stepLoadState(
    s: StepHandle,
    state: { tensors: Record<string, NativeTensor>; counters: Record<string, number> },
  ): Promise<void>;
  /** Copies the averaged weights into the student (swap back with the same call); no-op without EMA. */
  stepSwapEma(s: StepHandle): Promise<void>;
  stepDispose(s: StepHandle): void;
  /**
   * Value of one term without its weight, synchronous and differentiable by the student; for
   * `losses.compute`. Terms on logits take one tensor a side, those on features one for each pair.
   */
  computeTerm(
    term: TermSpec,
    student: NativeTensor[],
    teacher: NativeTensor[],
    labels: NativeTensor | null,
    mask: NativeTensor | null,
    ids: NativeTensor | null,
  ): NativeTensor;

  // device.cpp: ERR_DEVICE, with the devices that there are, where one is not there
  /** "cpu", "cuda:0", … */
  deviceNames(): string[];
  /** Index of a CUDA device by its name, -1 for others. */
  deviceIndex(name: string): number;
  cudaMemory(device: number): CudaMemory;
  cudaResetPeak(device: number): void;
  /** Nothing where there is no device. */
  cudaEmptyCache(): void;
  cudaProperties(device: number): CudaProperties;
  cudaTf32(): Tf32;
  cudaAllowTf32(products: boolean, convolutions: boolean): void;
  /** Behind the jobs submitted before. */
  cudaSynchronize(device: number): Promise<void>;
  cudaStream(device: number, priority: number): StreamHandle;
  /** Calls of this thread, and jobs submitted by it, run on the stream until it is left. */
  cudaStreamEnter(stream: StreamHandle): void;
  cudaStreamLeave(): void;
  cudaStreamQuery(stream: StreamHandle): boolean;
  cudaStreamSynchronize(stream: StreamHandle): Promise<void>;
  cudaStreamWait(stream: StreamHandle, event: EventHandle): void;
  cudaEvent(device: number, timing: boolean): EventHandle;
  /** Behind the jobs submitted before, on the stream that is entered or the device's own. */
  cudaEventRecord(event: EventHandle, device: number): Promise<void>;
  cudaEventQuery(event: EventHandle): boolean;
  cudaEventSynchronize(event: EventHandle): Promise<void>;
  /** Milliseconds between two that have been reached. */
  cudaEventElapsed(from: EventHandle, to: EventHandle): number;
}

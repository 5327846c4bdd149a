/** What goes into a model and what comes out: normalization of inputs, selection of the logits. */

import type { NativeTensor, NativeValue } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { Tensor, tensor } from "../tensor/index.js";
import { isRecord, show } from "./check.js";

/** What a model takes and returns: tensors, scalars, and nested lists and records of them. */
export type ModelValue =
  | Tensor
  | number
  | bigint
  | boolean
  | string
  | null
  | undefined
  | ModelValue[]
  | { [key: string]: ModelValue };

/** Positional arguments, or named ones. */
export type ModelInputs = Tensor | Tensor[] | Record<string, Tensor>;

/**
 * How the logits are picked from what a model returns: an index of a tuple or list, a key of a
 * dict, or a function. Without one the model has to return a tensor.
 */
export type Output = string | number | ((value: ModelValue) => Tensor);

/** Per-channel affine `(x − mean) / std` on dimension 1 of the inputs; one value counts for all. */
export interface Normalize {
  mean: readonly number[];
  std: readonly number[];
}

/**
 * @throws PotstillError `ERR_CONFIG` where there is no such output, with those there are
 */
export function selectOutput(value: ModelValue, output: Output | null): Tensor {
  if (typeof output === "function") return expectTensor(output(value), "the output function gave");
  if (output === null) return expectTensor(value, "the model returns");
  if (typeof output === "number") {
    if (!Array.isArray(value)) {
      fail(
        `output: ${output} picks from a tuple or list, but the model returns ${describe(value)}.`,
      );
    }
    const item = value.at(output);
    if (item === undefined) {
      fail(`output: ${output} is out of range, the model returns ${describe(value)}.`);
    }
    return expectTensor(item, `output ${output} is`);
  }
  if (!isDict(value)) {
    fail(`output: "${output}" picks from a dict, but the model returns ${describe(value)}.`);
  }
  if (!Object.hasOwn(value, output)) {
    fail(`output: there is no "${output}", the model returns ${describe(value)}.`);
  }
  return expectTensor(value[output], `output "${output}" is`);
}

function expectTensor(value: ModelValue, subject: string): Tensor {
  if (value instanceof Tensor) return value;
  const choice =
    Array.isArray(value) || isDict(value)
      ? "; choose the logits with `output`, such as " +
        (Array.isArray(value) ? "output: 0" : `output: ${show(Object.keys(value)[0] ?? "logits")}`)
      : "";
  fail(`${subject} ${describe(value)}, not a tensor${choice}.`);
}

function isDict(value: ModelValue): value is { [key: string]: ModelValue } {
  return isRecord(value) && !(value instanceof Tensor);
}

function describe(value: ModelValue): string {
  if (value instanceof Tensor) return "a tensor";
  if (Array.isArray(value)) return `a tuple or list of ${value.length}`;
  if (isDict(value)) return `a dict with ${Object.keys(value).map(show).join(", ")}`;
  return value === null || value === undefined ? "nothing" : `a ${typeof value}`;
}

function fail(message: string): never {
  throw new PotstillError("ERR_CONFIG", message);
}

/** @throws PotstillError `ERR_CONFIG` where mean and std do not go together */
export function checkNormalize(value: unknown): Normalize {
  const { mean, std } = (isRecord(value) ? value : {}) as Partial<Normalize>;
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length > 0 && list.every(Number.isFinite);
  if (!numbers(mean) || !numbers(std) || mean.length !== std.length || std.some((s) => s <= 0)) {
    fail(
      "normalize: expected { mean, std }, as many positive numbers in std as in mean, " +
        `not ${show(value)}.`,
    );
  }
  return { mean: [...mean], std: [...std] };
}

/** `(x − mean) / std` along dimension 1, in the dtype and on the device of the input. */
export function applyNormalize(x: Tensor, normalize: Normalize): Tensor {
  const { shape, dtype, device } = x;
  const channels = normalize.mean.length;
  if (channels > 1 && shape[1] !== channels) {
    throw new PotstillError(
      "ERR_SHAPE",
      `normalize has ${channels} channels, but the input is [${shape.join(", ")}]; ` +
        "the channels are its dimension 1.",
    );
  }
  const affine = shape.map((_, dim) => (dim === 1 ? channels : 1));
  const row = (values: readonly number[]) =>
    tensor([...values], { dtype, device }).reshape(shape.length > 1 ? affine : [1]);
  const mean = row(normalize.mean);
  const std = row(normalize.std);
  const centered = x.sub(mean);
  const result = centered.div(std);
  for (const intermediate of [mean, std, centered]) intermediate.dispose();
  return result;
}

/** Inputs as positional and named arguments. */
export function splitInputs(inputs: ModelInputs): {
  args: NativeTensor[];
  kwargs: Record<string, NativeValue>;
} {
  if (inputs instanceof Tensor) return { args: [inputs], kwargs: {} };
  if (Array.isArray(inputs)) return { args: inputs, kwargs: {} };
  return { args: [], kwargs: inputs };
}

/** Arguments with the first one normalized; `own` is that tensor, made here. */
export function prepareInputs(
  inputs: ModelInputs,
  normalize: Normalize | null,
): { args: NativeValue[]; kwargs: Record<string, NativeValue>; own: Tensor | null } {
  const { args, kwargs } = splitInputs(inputs);
  if (normalize === null) return { args, kwargs, own: null };
  const name = Object.keys(kwargs)[0];
  const first = (name === undefined ? args[0] : kwargs[name]) as Tensor | undefined;
  if (first === undefined) return { args, kwargs, own: null };
  const own = applyNormalize(first, normalize);
  return name === undefined
    ? { args: [own, ...args.slice(1)], kwargs, own }
    : { args, kwargs: { ...kwargs, [name]: own }, own };
}

/**
 * Results without what was recorded: once a module has run in grad mode, TorchScript's optimized
 * code goes on recording when grad mode is off.
 */
export function unrecorded(value: NativeValue): NativeValue {
  if (value instanceof Tensor) {
    if (!value.requiresGrad) return value;
    const detached = value.detach();
    value.dispose();
    return detached;
  }
  if (Array.isArray(value)) return value.map(unrecorded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unrecorded(item)]));
}

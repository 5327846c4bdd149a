/** Of `native/node/ops.cpp`: operators, called by the schemas of libtorch's dispatcher. */

import type { NativeTensor } from "./tensor.js";

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

/** Which long-lived native thread runs a job: training and inference, or the assembly of batches. */
export type Lane = "compute" | "data";

export interface OpsBinding {
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
}

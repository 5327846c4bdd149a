/** Types that the generated declarations of `ops.*` are written in. */

/** A number of any kind: libtorch takes integral numbers as int64 and others as float64. */
export type Scalar = number | bigint | boolean;

/** An int64. */
export type Int = number | bigint;

/** `int[2]` of a schema: one number stands for as many of it as are wanted. */
export type Ints = Int | readonly Int[];

/** `float[2]` of a schema, likewise. */
export type Floats = number | readonly number[];

export type MemoryFormat =
  | "contiguous_format"
  | "preserve_format"
  | "channels_last"
  | "channels_last_3d";

export type Layout = "strided" | "sparse_coo" | "mkldnn";

/** The default generator is the only one; `manualSeed` seeds it. */
export type Generator = null;

/** All beginnings of a tuple, the empty one and the whole included. */
type Beginnings<T extends readonly unknown[]> = T extends readonly [...infer Rest, unknown]
  ? T | Beginnings<Rest>
  : T;

/** `[…Required, …some of Optional, options?]`, spread for each number of optional ones given. */
type WithOptions<
  Required extends readonly unknown[],
  Given,
  Options,
> = Given extends readonly unknown[] ? [...Required, ...Given, options?: Options] : never;

/**
 * Arguments of an operator: those it needs, then as many of those with a default as wanted, then a
 * record with any of the others by name (those that are by name only as well).
 */
export type Args<
  Required extends readonly unknown[],
  Optional extends readonly unknown[],
  Options,
> = WithOptions<Required, Beginnings<Optional>, Options>;

type Intersection<U> = (U extends unknown ? (value: U) => void : never) extends (
  value: infer I,
) => void
  ? I
  : never;

/**
 * One signature per list of arguments: TypeScript takes functions that differ only in a union of
 * rest parameters for the same overload.
 */
type Signatures<Arguments, Result> = Intersection<
  Arguments extends readonly unknown[] ? (...args: Arguments) => Result : never
>;

type Sync<F> = F extends (...args: infer A) => infer R ? Signatures<A, R> : never;

type Async<F> = F extends (...args: infer A) => infer R ? Signatures<A, Promise<R>> : never;

/** One overload: a function, and the same as a job on the executor's thread. */
type Overload<F> = Sync<F> & { readonly async: Async<F> };

/**
 * An operator with its overloads, in the manner of `torch.ops.aten.add` and
 * `torch.ops.aten.add.Tensor`: called as a function it takes the first overload that the arguments
 * fit, and a property of an overload's name is that overload (`default` for the nameless one).
 * `.async(…)` does the work on the executor's thread and gives a promise.
 */
export type Operator<Overloads> = Intersection<
  { [K in keyof Overloads]: Sync<Overloads[K]> }[keyof Overloads]
> & {
  readonly async: Intersection<{ [K in keyof Overloads]: Async<Overloads[K]> }[keyof Overloads]>;
} & { readonly [K in keyof Overloads]: Overload<Overloads[K]> };

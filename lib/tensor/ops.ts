/**
 * `ops.aten.*` and `ops.potstill.*`: every operator of PyTorch's dispatcher, called by its schema.
 *
 * A name is looked up at its first use and becomes an own property then, a plain function; later
 * uses do not pass through a proxy. The types are generated from the schemas.
 */

import type { NativeValue } from "../native/binding.js";
import { native } from "../native/index.js";
import type { AtenOps, PotstillOps } from "./generated/ops.js";
import { scoped } from "./scope.js";
import type { Tensor } from "./tensor.js";

type Call = (...args: NativeValue[]) => NativeValue;
type CallAsync = (...args: NativeValue[]) => Promise<NativeValue>;

const call = native.call;
const callInto = native.callInto;
const callAsync = native.callAsync;

/** The class whose instances results are put into; set by tensor.ts, which imports this file. */
export const results = {} as { Tensor: new () => Tensor };

/** An operator that makes a tensor. Spreading costs as much as the call, so few arguments avoid it. */
function maker(id: number): Call {
  return function op(a, b, c, d) {
    const target = new results.Tensor();
    // biome-ignore lint/complexity/noArguments: a rest parameter would be an array made per call.
    switch (arguments.length) {
      case 1:
        return callInto(id, target, a);
      case 2:
        return callInto(id, target, a, b);
      case 3:
        return callInto(id, target, a, b, c);
      case 4:
        return callInto(id, target, a, b, c, d);
      default:
        // biome-ignore lint/complexity/noArguments: as above.
        return callInto(id, target, ...(arguments as unknown as NativeValue[]));
    }
  };
}

/** Any other operator. */
function caller(id: number): Call {
  return function op(a, b, c, d) {
    // biome-ignore lint/complexity/noArguments: a rest parameter would be an array made per call.
    switch (arguments.length) {
      case 1:
        return call(id, a);
      case 2:
        return call(id, a, b);
      case 3:
        return call(id, a, b, c);
      case 4:
        return call(id, a, b, c, d);
      default:
        // biome-ignore lint/complexity/noArguments: as above.
        return call(id, ...(arguments as unknown as NativeValue[]));
    }
  };
}

function asyncCaller(id: number): CallAsync {
  return (...args) => scoped(callAsync("compute", id, ...args));
}

/** Makes `make(name)` an own property of `holder` at the first use of `name`. */
function lazily(inherited: object, make: (name: string) => unknown): object {
  return new Proxy(inherited, {
    get(target, name, holder: object) {
      // `then` is asked for by `await`, symbols by printing; neither is an operator.
      if (typeof name === "symbol" || name in target || name === "then" || name === "toJSON") {
        return Reflect.get(target, name, holder);
      }
      const value = make(name);
      Object.defineProperty(holder, name, { value, enumerable: true });
      return value;
    },
  });
}

function overload(name: string): Call {
  const id = native.resolveOp(name);
  const sync = native.opMakesTensor(id) ? maker(id) : caller(id);
  return Object.defineProperty(sync, "async", { value: asyncCaller(id) });
}

function operator(name: string): Call {
  const packet = overload(name);
  const overloads = lazily(Function.prototype, (suffix) => overload(`${name}.${suffix}`));
  return Object.setPrototypeOf(packet, overloads) as Call;
}

function namespace<T>(name: string): T {
  const holder: object = Object.create(
    lazily(Object.prototype, (operation) => operator(`${name}::${operation}`)),
  );
  return holder as T;
}

/**
 * The dispatcher's operators under their PyTorch names.
 *
 * Positional arguments as in the schema, then optionally one record with any others by name:
 * `ops.aten.add(a, b, { alpha: 2 })`. An overload is a property: `ops.aten.add.Tensor(a, b)`, the
 * nameless one `default`. `ops.aten.mm.async(a, b)` does the work on the executor's thread, behind
 * the jobs submitted before, and gives a promise. Several results come as an array; an undefined
 * tensor as null. An in-place or `out` form returns the very object that it wrote to; as a job,
 * another object over the same tensor.
 *
 * @throws PotstillError `ERR_CONFIG` for a name that does not exist, with the nearest ones, and for
 * arguments that no overload takes, with what each of them wants.
 */
export const ops: { readonly aten: AtenOps; readonly potstill: PotstillOps } = {
  aten: namespace<AtenOps>("aten"),
  potstill: namespace<PotstillOps>("potstill"),
};

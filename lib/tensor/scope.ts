/**
 * Scopes: tensors made while a function runs are freed when it ends, unless they are its result
 * or were kept.
 *
 * V8 collects small JavaScript objects whenever it likes, and not at all inside a synchronous loop,
 * while the storage behind them may be large; a scope says where their life ends.
 */

import { AsyncLocalStorage } from "node:async_hooks";

/** Functions that run inside a scope right now; while there are none, a tensor costs no look-up. */
let open = 0;

class Scope {
  readonly owned = new Set<Scoped>();
  closed = false;

  constructor(readonly parent: Scope | null) {}

  close(): void {
    this.closed = true;
    open--;
    for (const object of this.owned) {
      try {
        object.dispose();
      } catch {
        // An object without a tensor (made by `new Tensor()`) has nothing to free.
      }
    }
    this.owned.clear();
  }
}

/** Follows a function across its `await`s, so that scopes running at the same time do not mix. */
const storage = new AsyncLocalStorage<Scope>();

/** The innermost scope that is still open; work that outlives its scope falls to the one around. */
function current(): Scope | null {
  let scope = storage.getStore() ?? null;
  while (scope?.closed) scope = scope.parent;
  return scope;
}

/** An object that a scope frees: its constructor registers it where a scope is open. */
export abstract class Scoped {
  constructor() {
    if (open !== 0) current()?.owned.add(this);
  }

  /** Frees what is behind the object; harmless a second time. */
  abstract dispose(): void;

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Takes the object out of every scope around the caller. */
export function release(object: Scoped): void {
  if (open === 0) return;
  for (let scope = current(); scope !== null; scope = scope.parent) scope.owned.delete(object);
}

/** Calls `visit` with each `Scoped` in nested arrays, plain objects, maps and sets. */
function visitNested(value: unknown, visit: (object: Scoped) => void, seen = new Set()): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof Scoped) {
    visit(value);
    return;
  }
  if (ArrayBuffer.isView(value) || seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) visitNested(item, visit, seen);
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      visitNested(key, visit, seen);
      visitNested(item, visit, seen);
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) return;
    for (const item of Object.values(value)) visitNested(item, visit, seen);
  }
}

function end(scope: Scope, result: unknown): void {
  visitNested(result, (object) => {
    if (scope.owned.delete(object) && open > 1) current()?.owned.add(object);
  });
  scope.close();
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

/**
 * Runs `fn` and frees every tensor made meanwhile, except those in its result and those kept.
 *
 * The result may be a tensor, or arrays, plain objects, maps and sets that hold tensors to any
 * depth; other objects are not looked into, so `keep` what they hold. An asynchronous function is
 * followed across its `await`s, and its tensors are freed when its promise settles. Scopes nest:
 * the result of an inner one belongs to the scope around it. When `fn` throws, everything made in
 * it is freed. A job still running holds what it uses until it ends.
 *
 * @example
 * const loss = scope(() => prediction.sub(target).pow(2).mean()); // two intermediates are freed
 */
export function scope<T>(fn: () => T): T {
  const inner = new Scope(open === 0 ? null : current());
  open++;
  let result: T;
  try {
    result = storage.run(inner, fn);
  } catch (error) {
    inner.close();
    throw error;
  }
  if (isPromiseLike(result)) {
    return Promise.resolve(result).then(
      (value) => {
        end(inner, value);
        return value;
      },
      (error: unknown) => {
        inner.close();
        throw error;
      },
    ) as T;
  }
  end(inner, result);
  return result;
}

/**
 * Keeps tensors beyond every scope around the caller: whoever keeps one disposes of it, or leaves
 * it to the collector.
 *
 * @param value A tensor, or arrays, plain objects, maps and sets that hold tensors to any depth.
 * @returns The same value.
 */
export function keep<T>(value: T): T {
  if (open !== 0) visitNested(value, release);
  return value;
}

/**
 * Hands tensors that came from a job to the scope of the caller. A job's results are made in a
 * callback of the event loop, where no scope is known; whatever wraps a native promise passes it
 * through here.
 *
 * @returns The same promise while no scope is open.
 */
export function scoped<T>(promise: Promise<T>): Promise<T> {
  if (open === 0) return promise;
  return promise.then((value) => {
    if (open !== 0) {
      const scope = current();
      if (scope !== null) visitNested(value, (object) => scope.owned.add(object));
    }
    return value;
  });
}

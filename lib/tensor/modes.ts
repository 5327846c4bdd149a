/** Grad and inference modes of the JavaScript thread; jobs take them along. */

import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";

/** Runs `fn` between `enter` and `leave`, and refuses functions that go on after they return. */
function within<T>(name: string, fn: () => T, enter: () => void, leave: () => void): T {
  if (fn.constructor.name === "AsyncFunction") throw asynchronous(name);
  enter();
  let result: T;
  try {
    result = fn();
  } finally {
    leave();
  }
  if (result instanceof Promise) {
    result.catch(() => {}); // reported here instead
    throw asynchronous(name);
  }
  return result;
}

function asynchronous(name: string): PotstillError {
  return new PotstillError(
    "ERR_CONFIG",
    `${name}() takes a synchronous function: the mode is one of the thread, and whatever ran during ` +
      `an await would be in it too. Call ${name}() around the calls that start the work instead; ` +
      "a job keeps the mode in which it was started.",
  );
}

function withGrad<T>(name: string, enabled: boolean, fn: () => T): T {
  let before = true;
  return within(
    name,
    fn,
    () => {
      before = native.setGradEnabled(enabled);
    },
    () => {
      native.setGradEnabled(before);
    },
  );
}

/**
 * Runs `fn` without recording for backward; results do not require gradients.
 *
 * @param fn A synchronous function; one that returns a promise is refused with `ERR_CONFIG`.
 */
export function noGrad<T>(fn: () => T): T {
  return withGrad("noGrad", false, fn);
}

/**
 * Runs `fn` recording for backward, inside `noGrad`.
 *
 * @param fn A synchronous function; one that returns a promise is refused with `ERR_CONFIG`.
 */
export function enableGrad<T>(fn: () => T): T {
  return withGrad("enableGrad", true, fn);
}

/**
 * Runs `fn` in inference mode: as `noGrad`, and without version counters. Tensors made in it can
 * never take part in what is recorded for backward.
 *
 * @param fn A synchronous function; one that returns a promise is refused with `ERR_CONFIG`.
 */
export function inferenceMode<T>(fn: () => T): T {
  return within("inferenceMode", fn, native.pushInferenceMode, native.popInferenceMode);
}

/** Whether operators record for backward right now. */
export function isGradEnabled(): boolean {
  return native.isGradEnabled();
}

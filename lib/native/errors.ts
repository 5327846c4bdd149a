/** Every `code` that a PotstillError can carry. */
export type PotstillErrorCode =
  /** An option, recipe key or argument is wrong. */
  | "ERR_CONFIG"
  /** Shapes do not fit together. */
  | "ERR_SHAPE"
  /** An element type that the operation does not take. */
  | "ERR_DTYPE"
  /** A device that does not exist or does not match. */
  | "ERR_DEVICE"
  /** Memory ran out, on the host or on a device. */
  | "ERR_OOM"
  /** A model file that cannot be loaded. */
  | "ERR_MODEL_LOAD"
  /** A feature hook on a path that is not there or cannot be hooked. */
  | "ERR_TAP"
  /** A data set, file or batch that is not what it should be. */
  | "ERR_DATA"
  /** A loss or value that is NaN or infinite. */
  | "ERR_NONFINITE"
  /** A checkpoint that is missing, damaged or of another run. */
  | "ERR_CHECKPOINT"
  /** Processes that train together lost each other or disagree. */
  | "ERR_DIST"
  /** A tensor, module or step that was disposed. */
  | "ERR_DISPOSED"
  /** Stopped through an AbortSignal or a signal of the system. */
  | "ERR_ABORTED"
  /** A method called on, or given, an object of another kind. */
  | "ERR_RECEIVER"
  /** A file that cannot be read or written. */
  | "ERR_IO"
  /** libtorch or the native addon is missing, outdated or does not load. */
  | "ERR_INSTALL"
  /** Something another process or call is using. */
  | "ERR_LOCKED"
  /** A failure inside libtorch that none of the others describes; the full text is the `cause`. */
  | "ERR_NATIVE";

/**
 * The one class of error that potstill throws on purpose, from TypeScript and from native code.
 * `code` is stable and meant for programs; `message` says what was wrong, where, and what to do.
 */
export class PotstillError extends Error {
  readonly code: PotstillErrorCode;

  constructor(code: PotstillErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

// On the prototype, as the built-in errors have it: stacks read "PotstillError: …" and the name
// does not turn up among the own properties when an error is printed.
Object.defineProperty(PotstillError.prototype, "name", {
  value: "PotstillError",
  configurable: true,
  writable: true,
});

/** Potstill: distil neural networks from Node.js. */

export * from "./data/index.js";
export * from "./losses/index.js";
export type { VersionInfo } from "./native/binding.js";
export { PotstillError, type PotstillErrorCode } from "./native/errors.js";
// Models take read-only lists where data sets make plain ones; the wider type serves both.
export type { Normalize } from "./nn/index.js";
export * from "./nn/index.js";
export * from "./optim/index.js";
export * from "./recipe/index.js";
// In place of those of train/, which leave no page.
export { distill, mutual, train } from "./record/index.js";
export * from "./report/index.js";
export * from "./tensor/index.js";
export * from "./train/index.js";

import type { Binding } from "./binding.js";
import { loadAddon } from "./loader.js";

export type * from "./binding.js";
export { PotstillError, type PotstillErrorCode } from "./errors.js";

/**
 * The native addon, loaded when this module is first imported.
 * Importing throws ERR_INSTALL, with one sentence that says what to run, where it cannot be loaded.
 */
export const native: Binding = loadAddon();

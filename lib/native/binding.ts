/**
 * The surface of the native addon, declared by hand and held against its exports by a test.
 * Mirrors `native/node/`, file by file; `loader.ts` is the only importer of the `.node` file.
 *
 * Shapes and indices are plain numbers. Handles are opaque and type-tagged: a wrong receiver is
 * `ERR_RECEIVER`. Anything that reaches libtorch's dispatcher goes through `call`; only what no
 * operator does has a function of its own.
 */

import type { AddonBinding } from "./addon.js";
import type { DeviceBinding } from "./device.js";
import type { FileBinding } from "./file.js";
import type { ModuleBinding } from "./module.js";
import type { OpsBinding } from "./ops.js";
import type { OptimizeBinding } from "./optimize.js";
import type { StepBinding } from "./step.js";
import type { TapBinding } from "./tap.js";
import type { TensorBinding } from "./tensor.js";

export type * from "./addon.js";
export type * from "./device.js";
export type * from "./file.js";
export type * from "./module.js";
export type * from "./ops.js";
export type * from "./optimize.js";
export type * from "./step.js";
export type * from "./tap.js";
export type * from "./tensor.js";

export interface Binding
  extends AddonBinding,
    TensorBinding,
    OpsBinding,
    ModuleBinding,
    TapBinding,
    OptimizeBinding,
    FileBinding,
    StepBinding,
    DeviceBinding {}

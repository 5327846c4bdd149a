/** Students in TypeScript, ready-made models, and modules, loaded or built. */

export type { TapPoint } from "../native/binding.js";
export { assertTrainable, teacherWarnings } from "./baked.js";
export { build } from "./build.js";
export { isModuleDef, type ModuleDef, parameterCount } from "./definition.js";
export * as nn from "./layers.js";
export { type LoadModuleOptions, loadModule } from "./load.js";
export * as models from "./models/index.js";
export {
  type BakedFlag,
  Module,
  type ModuleOptions,
  moduleFingerprint,
  moduleHandle,
  type Placement,
  wrapModule,
} from "./module.js";
export type { Candidate, Optimization, OptimizeOptions } from "./optimize.js";
export {
  applyNormalize,
  type ModelInputs,
  type ModelValue,
  type Normalize,
  type Output,
  selectOutput,
} from "./output.js";
export {
  loadSafetensors,
  mapSafetensors,
  readSafetensors,
  type SafetensorsFile,
  type SafetensorsOptions,
  saveSafetensors,
} from "./safetensors.js";
export type { LoadResult, StateDict } from "./state-dict.js";
export { Summary, type SummaryEntry } from "./summary.js";
export { TappedModule, type TappedOutput, type Taps, type TapValue } from "./taps.js";

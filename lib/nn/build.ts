/** From a description to a module. */

import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { isModuleDef, type ModuleDef } from "./definition.js";
import { Module, type ModuleOptions, wrapModule } from "./module.js";

/**
 * Allocates and initializes the parameters of a description and compiles its source.
 *
 * Initial weights come from the default generator (`manualSeed`), drawn children first and in
 * order, so that one seed gives the weights that PyTorch's own layers have. The module is in
 * training mode, on the CPU, in float32.
 *
 * @throws PotstillError `ERR_CONFIG` with the offending line where the source does not compile
 *
 * @example
 * const student = await nn.build(nn.mlp([784, 800, 800, 10]));
 */
export async function build(def: ModuleDef, options?: ModuleOptions): Promise<Module> {
  if (def instanceof Module) {
    throw new PotstillError(
      "ERR_CONFIG",
      "build: this is a module already; use clone() for a copy.",
    );
  }
  if (!isModuleDef(def)) {
    throw new PotstillError(
      "ERR_CONFIG",
      "build: expected a description such as nn.mlp([784, 100, 10]) or models.resnet18().",
    );
  }
  return wrapModule(await native.buildModule(def), options);
}

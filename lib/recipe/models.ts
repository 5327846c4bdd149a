/** Models of a recipe: files, or built from `nn.*` and `models.*` by name. */

import path from "node:path";
import { PotstillError } from "../native/errors.js";
import { isModuleDef, loadModule, type Module, type ModuleDef, models, nn } from "../nn/index.js";
import { keyPath } from "./errors.js";
import { located, type MakeOptions, type Makers, make } from "./made.js";

/** Functions of these namespaces that make no layer. */
const others = ["build", "isModuleDef", "parameterCount"];

function prefixed(prefix: string, namespace: object): [string, Makers[string]][] {
  return Object.entries(namespace)
    .filter(([name, value]) => typeof value === "function" && !others.includes(name))
    .map(([name, value]) => [`${prefix}.${name}`, value as Makers[string]]);
}

const options: MakeOptions = {
  what: 'a model: a path ending in .pt, or a name with arguments such as { "nn.mlp": [784, 100, 10] }',
  makers: Object.fromEntries([...prefixed("nn", nn), ...prefixed("models", models)]),
  nested: true,
  listFirst: ["nn.mlp"],
};

/** Names of everything that can be built. */
export const modelNames: readonly string[] = Object.keys(options.makers);

/** Whether a text names a file rather than something to build. */
export function isModelFile(node: unknown): node is string {
  return typeof node === "string" && /[/\\]|\.(pt|pth|ts|jit)$/.test(node);
}

/**
 * Makes the model that a recipe names.
 *
 * @param key of the model in the recipe, for messages
 * @throws ERR_CONFIG for an unknown name or arguments that do not fit, ERR_MODEL_LOAD for a file
 */
export async function makeModel(
  node: unknown,
  key: readonly PropertyKey[],
  folder: string,
): Promise<Module | ModuleDef> {
  if (isModelFile(node)) {
    return await loadModule(path.resolve(folder, node)).catch((error: unknown) => {
      throw located(error, key);
    });
  }
  const made = make(node, key, options);
  if (!isModuleDef(made)) {
    throw new PotstillError("ERR_CONFIG", `${keyPath(key)}: this makes no model`);
  }
  return made;
}

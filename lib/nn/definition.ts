/** What `nn.*` and `models.*` return: a module described as plain data, not built yet. */

import type { ModuleSpec, TensorSpec } from "../native/binding.js";
import { isRecord, refuse } from "./check.js";

/**
 * A module described as plain data: parameters with their initial values, children, and `forward`
 * in TorchScript. `build()` makes a `Module` of it, as often as wanted; nothing is allocated before.
 */
export type ModuleDef = ModuleSpec;

export type Attribute = ModuleSpec["attributes"][number];
export type Initializer = TensorSpec["init"];

/** Children by name, in the order in which they are built and initialized. */
export type Children = Readonly<Record<string, ModuleDef>>;

/** A description, with everything that may be left out filled in. */
export function define(parts: {
  className: string;
  source: string;
  parameters?: TensorSpec[];
  buffers?: TensorSpec[];
  attributes?: Attribute[];
  modules?: Children;
}): ModuleDef {
  return {
    className: parts.className,
    parameters: parts.parameters ?? [],
    buffers: parts.buffers ?? [],
    attributes: parts.attributes ?? [],
    modules: Object.entries(parts.modules ?? {}).map(([name, module]) => ({ name, module })),
    source: parts.source,
  };
}

/** Whether a value is a description of a module. */
export function isModuleDef(value: unknown): value is ModuleDef {
  return (
    isRecord(value) &&
    typeof value.className === "string" &&
    typeof value.source === "string" &&
    Array.isArray(value.parameters) &&
    Array.isArray(value.modules)
  );
}

/** An argument that is a description. */
export function definition(where: string, name: string, value: unknown): ModuleDef {
  if (!isModuleDef(value)) {
    refuse(where, `${name} must be a layer such as nn.linear(…), not ${describe(value)}.`);
  }
  return value;
}

function describe(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? "an array" : `a ${value.constructor?.name ?? "bare object"}`;
}

export function parameter(name: string, shape: number[], init: Initializer): TensorSpec {
  return { name, shape, init };
}

/** Number of elements of all parameters, children included; buffers do not count. */
export function parameterCount(def: ModuleDef): number {
  let total = 0;
  for (const { shape } of def.parameters) total += shape.reduce((a, b) => a * b, 1);
  for (const { module } of def.modules) total += parameterCount(module);
  return total;
}

/** A value as TorchScript writes it; integers become floats where `float` is set. */
export function literal(value: number | boolean | string | null | readonly number[]): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return String(value);
  return `[${value.join(", ")}]`;
}

/** A number as a TorchScript float. */
export function float(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** How a source reaches a child. */
export function child(name: string): string {
  return /^\d/.test(name) ? `getattr(self, "${name}")` : `self.${name}`;
}

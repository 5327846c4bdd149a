/** `nn.script`: any other forward, in TorchScript. */

import type { ModuleSpec, TensorSpec } from "../native/binding.js";
import type { DType } from "../tensor/index.js";
import { Tensor } from "../tensor/index.js";
import { isRecord, read, refuse, show, suggestion } from "./check.js";
import { children } from "./container.js";
import {
  type Attribute,
  type Children,
  define,
  type Initializer,
  type ModuleDef,
} from "./definition.js";

/** A parameter or buffer: its initial value, or its shape and how it is initialized. */
export type TensorDef = Tensor | { shape: readonly number[]; init: Initializer; dtype?: DType };

/** A constant of the module; an object names the type where the value alone does not. */
export type AttributeDef =
  | number
  | boolean
  | string
  | readonly number[]
  | { type: Attribute["type"]; value: Attribute["value"] };

export interface ScriptOptions {
  /** One or more `def name(self, …)`; `forward` is required. */
  source: string;
  /** Name of the class in summaries and in the saved file; default "Script". */
  className?: string | undefined;
  /** Children, called as `self.name(x)`; a list is named 0, 1, … (`getattr(self, "0")(x)`). */
  modules?: Children | readonly ModuleDef[] | undefined;
  /** Trained; read as `self.name`. */
  parameters?: Readonly<Record<string, TensorDef>> | undefined;
  /** Saved with the module but not trained; may be assigned or changed in place. */
  buffers?: Readonly<Record<string, TensorDef>> | undefined;
  /** Constants, read as `self.name`. An integral number is an int; `{ type: "float", value: 1 }` is not. */
  attributes?: Readonly<Record<string, AttributeDef>> | undefined;
}

const required = "__required__";

function tensorSpec(where: string, name: string, value: unknown): TensorSpec {
  if (value instanceof Tensor) {
    const { shape, dtype } = value;
    return { name, shape: [...shape], dtype, init: { kind: "data", tensor: value } };
  }
  if (!isRecord(value) || !Array.isArray(value.shape) || !isRecord(value.init)) {
    refuse(
      where,
      `"${name}" must be a Tensor, or { shape, init } such as ` +
        `{ shape: [10], init: { kind: "zeros" } }, not ${show(value)}.`,
    );
  }
  const { shape, init, dtype } = value as { shape: number[]; init: Initializer; dtype?: DType };
  return { name, shape, init, ...(dtype === undefined ? {} : { dtype }) };
}

const attributeTypes = ["int", "float", "bool", "str", "int[]", "float[]"] as const;

function attribute(where: string, name: string, value: unknown): Attribute {
  if (isRecord(value) && "type" in value) {
    const { type, value: inner } = value as { type: Attribute["type"]; value: Attribute["value"] };
    if (!attributeTypes.includes(type)) {
      refuse(
        where,
        `attribute "${name}" has no type ${show(type)}; ${suggestion(String(type), attributeTypes)}`,
      );
    }
    return { name, type, value: inner };
  }
  if (typeof value === "boolean") return { name, type: "bool", value };
  if (typeof value === "string") return { name, type: "str", value };
  if (typeof value === "number") {
    return { name, type: Number.isSafeInteger(value) ? "int" : "float", value };
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) {
    return { name, type: value.every(Number.isSafeInteger) ? "int[]" : "float[]", value };
  }
  refuse(
    where,
    `attribute "${name}" must be a number, a boolean, a string or numbers, not ${show(value)}.`,
  );
}

function record(where: string, name: string) {
  return {
    fallback: {} as Record<string, unknown>,
    expected: "a record by name",
    parse: (value: unknown) =>
      isRecord(value)
        ? value
        : refuse(where, `${name} must be a record by name, not ${show(value)}.`),
  };
}

/**
 * A module whose forward is written in TorchScript, the subset of Python that PyTorch compiles.
 *
 * The source may use `torch.<op>`, `torch.nn.functional` (also `F`), `torch.ops.<namespace>.<op>`,
 * `math`, element types such as `torch.float32`, the type names `Tensor`, `Optional`, `List`,
 * `Dict`, `Tuple`, and whatever `modules`, `parameters`, `buffers` and `attributes` put on `self`;
 * `self.training` tells training from evaluation. It is compiled when the module is built; an
 * error is an `ERR_CONFIG` that shows the line.
 *
 * @example
 * nn.script({
 *   modules: { gate: nn.linear(8, 8), value: nn.linear(8, 8) },
 *   parameters: { scale: { shape: [8], init: { kind: "ones" } } },
 *   source: `
 *     def forward(self, x: Tensor) -> Tensor:
 *         return torch.sigmoid(self.gate(x)) * self.value(x) * self.scale
 *   `,
 * });
 */
export function script(options: ScriptOptions): ModuleDef {
  const where = "nn.script";
  const text = (fallback: string) => ({
    fallback,
    expected: "a string",
    parse: (value: unknown) => (typeof value === "string" ? value : undefined),
  });
  const o = read(where, options, {
    source: text(required),
    className: text("Script"),
    modules: {
      fallback: {} as Children,
      expected: "layers by name",
      parse: (value: unknown) => children(where, value as Children),
    },
    parameters: record(where, "parameters"),
    buffers: record(where, "buffers"),
    attributes: record(where, "attributes"),
  });
  if (o.source === required) refuse(where, "source is missing.");
  const spec: ModuleSpec = define({
    className: o.className,
    source: o.source,
    modules: o.modules,
    parameters: Object.entries(o.parameters).map(([name, value]) => tensorSpec(where, name, value)),
    buffers: Object.entries(o.buffers).map(([name, value]) => tensorSpec(where, name, value)),
    attributes: Object.entries(o.attributes).map(([name, value]) => attribute(where, name, value)),
  });
  return spec;
}

/** Modules made of others: sequential, residual, concat, mlp. */

import { type ActivationName, activationNames, activations, dropout } from "./activation.js";
import { flag, integer, isRecord, number, oneOf, read, refuse, show } from "./check.js";
import {
  type Children,
  child,
  define,
  definition,
  isModuleDef,
  type ModuleDef,
} from "./definition.js";
import { identity, linear } from "./linear.js";

/** Numbers the modules, or checks the names of a record of them. */
export function children(where: string, modules: readonly ModuleDef[] | Children): Children {
  const entries = Array.isArray(modules)
    ? modules.map((module, index) => [String(index), module] as const)
    : isRecord(modules) && !isModuleDef(modules)
      ? Object.entries(modules)
      : refuse(where, `expected layers or a record of them, not ${show(modules)}.`);
  const result: Record<string, ModuleDef> = {};
  for (const [name, module] of entries) {
    if (!/^(\d+|[A-Za-z_]\w*)$/.test(name)) {
      refuse(where, `"${name}" cannot name a module; use letters, digits and _.`);
    }
    result[name] = definition(where, `"${name}"`, module);
  }
  return result;
}

/** Lines that pass `x` through the modules, one after the other. */
export function chain(names: readonly string[]): string {
  const lines = names.map((name, i) => `    x${i + 1} = ${child(name)}(x${i})`);
  return [...lines, `    return x${names.length}`].join("\n");
}

/**
 * Modules in a row, as torch.nn.Sequential: each gets the output of the one before.
 *
 * @param modules Layers, named 0, 1, … in paths; or one record of layers, named by its keys.
 *
 * @example
 * nn.sequential(nn.linear(784, 100), nn.relu(), nn.linear(100, 10)); // 0.weight, 0.bias, 2.weight …
 * nn.sequential({ hidden: nn.linear(784, 100), act: nn.relu(), head: nn.linear(100, 10) });
 */
export function sequential(modules: Children): ModuleDef;
export function sequential(...modules: ModuleDef[]): ModuleDef;
export function sequential(...modules: (ModuleDef | Children)[]): ModuleDef {
  const [first] = modules;
  const named =
    modules.length === 1 && isRecord(first) && !isModuleDef(first)
      ? children("nn.sequential", first as Children)
      : children("nn.sequential", modules as ModuleDef[]);
  return define({
    className: "Sequential",
    modules: named,
    source: `def forward(self, x0: Tensor):
${chain(Object.keys(named))}
`,
  });
}

/**
 * `body(x) + shortcut(x)`, as the blocks of a residual network.
 *
 * @param shortcut Default: the input itself.
 */
export function residual(body: ModuleDef, shortcut: ModuleDef = identity()): ModuleDef {
  return define({
    className: "Residual",
    modules: {
      body: definition("nn.residual", "body", body),
      shortcut: definition("nn.residual", "shortcut", shortcut),
    },
    source: `def forward(self, input: Tensor) -> Tensor:
    return self.body(input) + self.shortcut(input)
`,
  });
}

/**
 * Several branches that see the same input; their outputs are joined along `dim` (default 1, the
 * channels).
 *
 * @param branches Named 0, 1, … in paths, or by the keys of a record.
 */
export function concat(branches: readonly ModuleDef[] | Children, dim = 1): ModuleDef {
  const named = children("nn.concat", branches);
  const names = Object.keys(named);
  if (names.length === 0) refuse("nn.concat", "expected at least one branch.");
  if (!Number.isSafeInteger(dim)) {
    refuse("nn.concat", `dim must be an integer, not ${show(dim)}.`);
  }
  const calls = names.map((name) => `${child(name)}(input)`);
  return define({
    className: "Concat",
    modules: named,
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.cat([${calls.join(", ")}], ${dim})
`,
  });
}

export interface MlpOptions {
  /** Between the layers; default "relu". */
  activation?: ActivationName | undefined;
  /** Dropout after each activation, a probability; default 0 (none). */
  dropout?: number | undefined;
  /** Learned biases; default true. */
  bias?: boolean | undefined;
  /** Join all dimensions but the first, so that images can go in; default true. */
  flatten?: boolean | undefined;
}

/**
 * A multilayer perceptron: linear layers of the given sizes with an activation between them.
 *
 * Paths are those of torch.nn.Sequential(Linear, ReLU, Linear, …): `0.weight`, `0.bias`,
 * `2.weight`, … With dropout each activation is followed by one more module.
 *
 * @param sizes Features of the input, of every hidden layer, and of the output.
 */
export function mlp(sizes: readonly number[], options?: MlpOptions): ModuleDef {
  const where = "nn.mlp";
  if (!Array.isArray(sizes) || sizes.length < 2) {
    refuse(where, `sizes must hold at least the input's and the output's, not ${show(sizes)}.`);
  }
  for (const size of sizes as number[]) integer(where, "each of sizes", size);
  const o = read(where, options, {
    activation: oneOf(activationNames, "relu"),
    dropout: number(0, 0, 1),
    bias: flag(true),
    flatten: flag(true),
  });
  const layers: ModuleDef[] = [];
  for (let i = 1; i < sizes.length; i++) {
    if (i > 1) {
      layers.push(activations[o.activation]());
      if (o.dropout > 0) layers.push(dropout(o.dropout));
    }
    layers.push(linear(sizes[i - 1]!, sizes[i]!, { bias: o.bias }));
  }
  const named = children(where, layers);
  return define({
    className: "MLP",
    modules: named,
    source: `def forward(self, input: Tensor) -> Tensor:
    x0 = ${o.flatten ? "torch.flatten(input, 1)" : "input"}
${chain(Object.keys(named))}
`,
  });
}

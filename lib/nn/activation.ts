/** Activations and dropout. */

import { count, flag, number, oneOf, read, refuse, show } from "./check.js";
import { define, float, literal, type ModuleDef, parameter } from "./definition.js";

export interface InplaceOptions {
  /** Overwrite the input; saves memory, default false. */
  inplace?: boolean | undefined;
}

function elementwise(className: string, expression: string): ModuleDef {
  return define({
    className,
    source: `def forward(self, input: Tensor) -> Tensor:
    return ${expression}
`,
  });
}

function maybeInplace(
  where: string,
  className: string,
  op: string,
  options?: InplaceOptions,
  args = "",
) {
  const { inplace } = read(where, options, { inplace: flag(false) });
  return elementwise(className, `torch.${op}${inplace ? "_" : ""}(input${args})`);
}

/** max(x, 0). */
export function relu(options?: InplaceOptions): ModuleDef {
  return maybeInplace("nn.relu", "ReLU", "relu", options);
}

/** min(max(x, 0), 6). */
export function relu6(options?: InplaceOptions): ModuleDef {
  return maybeInplace("nn.relu6", "ReLU6", "hardtanh", options, ", 0.0, 6.0");
}

/** x where positive, otherwise `negativeSlope`·x (default 0.01). */
export function leakyRelu(
  options?: { negativeSlope?: number | undefined } & InplaceOptions,
): ModuleDef {
  const o = read("nn.leakyRelu", options, { negativeSlope: number(0.01), inplace: flag(false) });
  const op = o.inplace ? "leaky_relu_" : "leaky_relu";
  return elementwise("LeakyReLU", `torch.${op}(input, ${float(o.negativeSlope)})`);
}

/** x where positive, otherwise a learned multiple of it; parameter `weight` `[numParameters]`. */
export function prelu(options?: {
  numParameters?: number | undefined;
  init?: number | undefined;
}): ModuleDef {
  const o = read("nn.prelu", options, {
    numParameters: count(1),
    init: number(0.25),
  });
  return define({
    className: "PReLU",
    parameters: [parameter("weight", [o.numParameters], { kind: "constant", value: o.init })],
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.prelu(input, self.weight)
`,
  });
}

/** x·Φ(x); `approximate: "tanh"` for the approximation. */
export function gelu(options?: { approximate?: "none" | "tanh" | undefined }): ModuleDef {
  const o = read("nn.gelu", options, { approximate: oneOf(["none", "tanh"], "none") });
  return elementwise("GELU", `torch.gelu(input, approximate=${literal(o.approximate)})`);
}

/** x·σ(x), also known as swish. */
export function silu(options?: InplaceOptions): ModuleDef {
  return maybeInplace("nn.silu", "SiLU", "silu", options);
}

export function mish(options?: InplaceOptions): ModuleDef {
  return maybeInplace("nn.mish", "Mish", "mish", options);
}

/** x·relu6(x + 3) / 6. */
export function hardswish(options?: InplaceOptions): ModuleDef {
  return maybeInplace("nn.hardswish", "Hardswish", "hardswish", options);
}

/** relu6(x + 3) / 6. */
export function hardsigmoid(options?: InplaceOptions): ModuleDef {
  return maybeInplace("nn.hardsigmoid", "Hardsigmoid", "hardsigmoid", options);
}

/** x where positive, otherwise `alpha`·(exp(x) − 1) (default 1). */
export function elu(options?: { alpha?: number | undefined } & InplaceOptions): ModuleDef {
  const o = read("nn.elu", options, { alpha: number(1), inplace: flag(false) });
  return elementwise("ELU", `torch.${o.inplace ? "elu_" : "elu"}(input, ${float(o.alpha)})`);
}

export function tanh(): ModuleDef {
  return elementwise("Tanh", "torch.tanh(input)");
}

export function sigmoid(): ModuleDef {
  return elementwise("Sigmoid", "torch.sigmoid(input)");
}

/** log(1 + exp(x)). */
export function softplus(): ModuleDef {
  return elementwise("Softplus", "torch.softplus(input)");
}

function dimension(where: string, dim: unknown): string {
  if (!Number.isSafeInteger(dim)) refuse(where, `dim must be an integer, not ${show(dim)}.`);
  return String(dim);
}

/** exp(x) over its sum along `dim` (default the last). */
export function softmax(dim = -1): ModuleDef {
  return elementwise("Softmax", `torch.softmax(input, ${dimension("nn.softmax", dim)})`);
}

/** Logarithm of `softmax`. */
export function logSoftmax(dim = -1): ModuleDef {
  return elementwise("LogSoftmax", `torch.log_softmax(input, ${dimension("nn.logSoftmax", dim)})`);
}

/** Halves the size of `dim`: the first half times the sigmoid of the second. */
export function glu(dim = -1): ModuleDef {
  return elementwise("GLU", `torch.glu(input, ${dimension("nn.glu", dim)})`);
}

function probability(where: string, p: unknown): number {
  if (typeof p === "number" && p >= 0 && p <= 1) return p;
  refuse(where, `p must be a probability from 0 to 1, not ${show(p)}.`);
}

/** In training, zeros each element with probability `p` (default 0.5) and scales the rest. */
export function dropout(p = 0.5): ModuleDef {
  const rate = float(probability("nn.dropout", p));
  return elementwise("Dropout", `torch.dropout(input, ${rate}, self.training)`);
}

/** In training, zeros whole channels of `[B, C, H, W]` with probability `p`. */
export function dropout2d(p = 0.5): ModuleDef {
  const rate = float(probability("nn.dropout2d", p));
  return elementwise("Dropout2d", `torch.feature_dropout(input, ${rate}, self.training)`);
}

/** Activations that a model takes by name. */
export const activations = {
  relu: () => relu(),
  relu6: () => relu6(),
  leakyRelu: () => leakyRelu(),
  gelu: () => gelu(),
  silu: () => silu(),
  mish: () => mish(),
  hardswish: () => hardswish(),
  elu: () => elu(),
  tanh: () => tanh(),
  sigmoid: () => sigmoid(),
} as const;

export type ActivationName = keyof typeof activations;
export const activationNames = Object.keys(activations) as ActivationName[];

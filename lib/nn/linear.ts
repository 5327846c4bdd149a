/** Linear, embedding, flatten and identity. */

import { count, flag, integer, orNull, read, refuse } from "./check.js";
import { define, type Initializer, literal, type ModuleDef, parameter } from "./definition.js";

export interface LinearOptions {
  /** Add a learned bias; default true. */
  bias?: boolean | undefined;
}

export interface EmbeddingOptions {
  /** Index whose vector is zero at first and gets no gradient. */
  paddingIdx?: number | null | undefined;
}

/** What torch.nn gives weights of linear and convolutional layers, and their biases. */
export function standardInit(fanIn: number): { weight: Initializer; bias: Initializer } {
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  return {
    weight: { kind: "kaimingUniform", a: Math.sqrt(5), fanIn },
    bias: { kind: "uniform", from: -bound, to: bound },
  };
}

/**
 * `input · weightᵀ + bias`, as torch.nn.Linear: `[…, inFeatures]` → `[…, outFeatures]`.
 *
 * Parameters: `weight` `[outFeatures, inFeatures]`, `bias` `[outFeatures]`.
 */
export function linear(
  inFeatures: number,
  outFeatures: number,
  options?: LinearOptions,
): ModuleDef {
  return linearWith(inFeatures, outFeatures, options, {});
}

/** A linear layer with initial values of its own. */
export function linearWith(
  inFeatures: number,
  outFeatures: number,
  options: LinearOptions | undefined,
  init: { weight?: Initializer; bias?: Initializer },
): ModuleDef {
  integer("nn.linear", "inFeatures", inFeatures);
  integer("nn.linear", "outFeatures", outFeatures);
  const { bias } = read("nn.linear", options, { bias: flag(true) });
  const standard = standardInit(inFeatures);
  const parameters = [
    parameter("weight", [outFeatures, inFeatures], init.weight ?? standard.weight),
  ];
  if (bias) parameters.push(parameter("bias", [outFeatures], init.bias ?? standard.bias));
  return define({
    className: "Linear",
    parameters,
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.linear(input, self.weight, ${bias ? "self.bias" : "None"})
`,
  });
}

/**
 * A table of vectors, as torch.nn.Embedding: int64 `[…]` → `[…, embeddingDim]`.
 *
 * Parameter: `weight` `[numEmbeddings, embeddingDim]`, from N(0, 1).
 */
export function embedding(
  numEmbeddings: number,
  embeddingDim: number,
  options?: EmbeddingOptions,
): ModuleDef {
  const where = "nn.embedding";
  integer(where, "numEmbeddings", numEmbeddings);
  integer(where, "embeddingDim", embeddingDim);
  const { paddingIdx } = read(where, options, { paddingIdx: orNull(count(0, 0)) });
  if (paddingIdx !== null && paddingIdx >= numEmbeddings) {
    refuse(where, `paddingIdx ${paddingIdx} is not within the ${numEmbeddings} embeddings.`);
  }
  const init: Initializer = { kind: "normal", mean: 0, std: 1 };
  if (paddingIdx !== null) init.zeroRow = paddingIdx;
  return define({
    className: "Embedding",
    parameters: [parameter("weight", [numEmbeddings, embeddingDim], init)],
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.embedding(self.weight, input, ${paddingIdx ?? -1})
`,
  });
}

/** Joins the dimensions from `startDim` to `endDim` (negative: from the end), as torch.nn.Flatten. */
export function flatten(startDim = 1, endDim = -1): ModuleDef {
  for (const [name, dim] of Object.entries({ startDim, endDim })) {
    if (!Number.isSafeInteger(dim)) refuse("nn.flatten", `${name} must be an integer, not ${dim}.`);
  }
  return define({
    className: "Flatten",
    source: `def forward(self, input: Tensor) -> Tensor:
    return torch.flatten(input, ${literal(startDim)}, ${literal(endDim)})
`,
  });
}

/** Returns its input, as torch.nn.Identity. */
export function identity(): ModuleDef {
  return define({
    className: "Identity",
    source: `def forward(self, input: Tensor) -> Tensor:
    return input
`,
  });
}

/** `optim.*`: optimizers with PyTorch's rules, names and defaults, as plain data. */

import { z } from "zod";
import type { OptimizerSpec, ParameterGroup } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { parseOptions } from "../tensor/options.js";

/** What one of `optim.*` makes; JSON holds it unchanged. */
export interface Optimizer {
  /** Learning rate before any schedule. */
  lr: number;
  spec: OptimizerSpec;
  groups: ParameterGroup[];
}

/** Parameters with options of their own; what no group names takes those of the optimizer. */
export interface OptimizerGroup {
  /** Paths of parameters of the trained model, such as "fc2.weight"; each in one group only. */
  parameters: readonly string[];
  /** Learning rate of the group; a schedule changes it in proportion. This or `lrScale`. */
  lr?: number | undefined;
  /** Factor on the optimizer's learning rate; 0 freezes. Default 1. */
  lrScale?: number | undefined;
  weightDecay?: number | undefined;
}

export interface OptimizerOptions {
  /** Learning rate. */
  lr?: number | undefined;
  /** Parameters with options of their own. */
  groups?: readonly OptimizerGroup[] | undefined;
  /** Follow the gradient upwards; default false. */
  maximize?: boolean | undefined;
}

export interface SgdOptions extends OptimizerOptions {
  /** Default 0. */
  momentum?: number | undefined;
  /** Of the momentum; default 0. */
  dampening?: number | undefined;
  /** Default 0. */
  weightDecay?: number | undefined;
  /** Nesterov's momentum; default false. */
  nesterov?: boolean | undefined;
}

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the means of gradients and of their squares; default [0.9, 0.999]. */
  betas?: readonly [number, number] | undefined;
  /** Default 1e-8. */
  eps?: number | undefined;
  /** Added to the gradient by `adam` (default 0), decoupled in `adamw` (default 0.01). */
  weightDecay?: number | undefined;
  /** Divide by the largest mean of squares so far; default false. */
  amsgrad?: boolean | undefined;
}

export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the mean of squares; default 0.99. */
  alpha?: number | undefined;
  /** Default 1e-8. */
  eps?: number | undefined;
  /** Default 0. */
  weightDecay?: number | undefined;
  /** Default 0. */
  momentum?: number | undefined;
  /** Take the mean of gradients off, so that their variance is used; default false. */
  centered?: boolean | undefined;
}

const finite = z.number({ error: "expected a finite number" });
const atLeast0 = finite.min(0, { error: "expected a number of at least 0" });
const flag = z.boolean({ error: "expected true or false" });
const beta = finite
  .min(0, { error: "expected a number from 0 to below 1" })
  .lt(1, { error: "expected a number from 0 to below 1" });

const group = z.strictObject({
  parameters: z
    .array(z.string(), { error: "expected an array of parameter paths" })
    .min(1, { error: "expected at least one parameter path" }),
  lr: atLeast0.optional(),
  lrScale: atLeast0.optional(),
  weightDecay: atLeast0.optional(),
});

const shared = (lr: number) => ({
  lr: atLeast0.default(lr),
  groups: z.array(group, { error: "expected an array of groups" }).default([]),
  maximize: flag.default(false),
});

const sgdSchema = z.strictObject({
  ...shared(1e-3),
  momentum: atLeast0.default(0),
  dampening: finite.default(0),
  weightDecay: atLeast0.default(0),
  nesterov: flag.default(false),
});

const adamSchema = (weightDecay: number) =>
  z.strictObject({
    ...shared(1e-3),
    betas: z
      .tuple([beta, beta], { error: "expected two numbers from 0 to below 1" })
      .default([0.9, 0.999]),
    eps: atLeast0.default(1e-8),
    weightDecay: atLeast0.default(weightDecay),
    amsgrad: flag.default(false),
  });

const schemas = {
  sgd: sgdSchema,
  adam: adamSchema(0),
  adamw: adamSchema(1e-2),
  rmsprop: z.strictObject({
    ...shared(1e-2),
    alpha: atLeast0.default(0.99),
    eps: atLeast0.default(1e-8),
    weightDecay: atLeast0.default(0),
    momentum: atLeast0.default(0),
    centered: flag.default(false),
  }),
};

/**
 * Stochastic gradient descent, as `torch.optim.SGD`. Default lr 1e-3.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function sgd(options: SgdOptions = {}): Optimizer {
  const { lr, groups, ...rest } = parseOptions("optim.sgd", schemas.sgd, options);
  if (rest.nesterov && (rest.momentum <= 0 || rest.dampening !== 0)) {
    throw new PotstillError(
      "ERR_CONFIG",
      "optim.sgd: nesterov: expected a momentum above 0 and no dampening beside it",
    );
  }
  return { lr, spec: { kind: "sgd", ...rest }, groups: nativeGroups("optim.sgd", lr, groups) };
}

/**
 * Adam (arXiv:1412.6980), as `torch.optim.Adam`; weight decay is added to the gradient. Default
 * lr 1e-3.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function adam(options: AdamOptions = {}): Optimizer {
  return adaptive("adam", options);
}

/**
 * Adam with decoupled weight decay (arXiv:1711.05101), as `torch.optim.AdamW`. Defaults lr 1e-3,
 * weightDecay 0.01.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function adamw(options: AdamOptions = {}): Optimizer {
  return adaptive("adamw", options);
}

function adaptive(kind: "adam" | "adamw", options: AdamOptions): Optimizer {
  const where = `optim.${kind}`;
  const { lr, groups, betas, ...rest } = parseOptions(where, schemas[kind], options);
  const [beta1, beta2] = betas;
  return {
    lr,
    spec: { kind, beta1, beta2, ...rest },
    groups: nativeGroups(where, lr, groups),
  };
}

/**
 * RMSprop, as `torch.optim.RMSprop`. Default lr 1e-2.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { lr, groups, ...rest } = parseOptions("optim.rmsprop", schemas.rmsprop, options);
  const spec: OptimizerSpec = { kind: "rmsprop", ...rest };
  return { lr, spec, groups: nativeGroups("optim.rmsprop", lr, groups) };
}

function nativeGroups(
  where: string,
  base: number,
  groups: readonly z.infer<typeof group>[],
): ParameterGroup[] {
  const seen = new Set<string>();
  return groups.map(({ parameters, lr, lrScale = 1, weightDecay }, index) => {
    const at = `${where}: groups[${index}]`;
    for (const path of parameters) {
      if (seen.has(path)) {
        throw new PotstillError("ERR_CONFIG", `${at}: ${path} is in a group already`);
      }
      seen.add(path);
    }
    if (lr !== undefined && (lrScale !== 1 || base === 0)) {
      const reason = base === 0 ? "the optimizer's own lr is 0" : "there is an lrScale beside it";
      throw new PotstillError("ERR_CONFIG", `${at}: lr has no meaning, as ${reason}`);
    }
    return {
      parameters: [...parameters],
      lrScale: lr === undefined ? lrScale : lr / base,
      ...(weightDecay === undefined ? {} : { weightDecay }),
    };
  });
}

/** Optimizers, as plain data. */
export const optim = { sgd, adam, adamw, rmsprop };

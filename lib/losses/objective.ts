/** What is trained: one loss, or the weighted sum of several. */

import type { z } from "zod";
import { PotstillError } from "../native/errors.js";
import { nearestName, parseOptions, shown } from "../tensor/options.js";
import { schemas } from "./schemas.js";

export type LossKind = keyof typeof schemas;
/** A loss of one kind. */
export type LossOf<K extends LossKind> = { kind: K } & z.output<(typeof schemas)[K]>;

/** One loss as plain data, as `losses.*` make it; JSON holds it unchanged, but for `losses.custom`. */
export type Loss = { [K in LossKind]: LossOf<K> }[LossKind];

/** One loss, or several whose weighted values are added up. */
export type Objective = Loss | readonly (Loss | readonly Loss[])[];

/**
 * The losses of an objective, each checked, with defaults for what is missing.
 *
 * @throws PotstillError `ERR_CONFIG` for an empty list, an unknown kind or option (with the nearest
 *   name), or a value out of range
 */
export function termsOf(objective: Objective): Loss[] {
  const list: readonly unknown[] = Array.isArray(objective) ? objective.flat() : [objective];
  if (list.length === 0) {
    throw new PotstillError("ERR_CONFIG", "objective: expected at least one loss, got none");
  }
  return list.map((loss, index) =>
    checkLoss(list.length === 1 ? "objective" : `objective[${index}]`, loss),
  );
}

/** @throws PotstillError `ERR_CONFIG` unless it is a loss */
export function checkLoss(where: string, loss: unknown): Loss {
  const { kind, ...options } = Object(loss) as { kind?: unknown };
  if (typeof kind !== "string") {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: expected a loss such as losses.response({ alpha: 0.9, temperature: 4 }), got ${shown(loss)}`,
    );
  }
  if (!Object.hasOwn(schemas, kind)) {
    const names = Object.keys(schemas);
    const near = nearestName(kind, names);
    const hint = near === null ? `there are ${names.join(", ")}` : `did you mean "${near}"?`;
    throw new PotstillError("ERR_CONFIG", `${where}: there is no loss "${kind}"; ${hint}`);
  }
  return makeLoss(kind as LossKind, options, `${where}: ${kind}`) as Loss;
}

/** A loss of one kind from its options. */
export function makeLoss<K extends LossKind>(
  kind: K,
  options: unknown,
  where = `losses.${kind}`,
): LossOf<K> {
  const schema: z.ZodObject = schemas[kind];
  return { kind, ...(parseOptions(where, schema, options) as object) } as LossOf<K>;
}

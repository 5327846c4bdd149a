/** In what type a trained model computes. */

import { z } from "zod";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import type { Module } from "../nn/index.js";
import type { Plan } from "./events.js";

/** What products and convolutions compute in while the weights stay float32. */
export type AutocastDType = "bfloat16";

/**
 * "auto": bfloat16 where the CPU has it. An object may say that it is taken where the CPU has it not,
 * which is exact to the same digits and slow.
 */
export type Autocast =
  | "auto"
  | AutocastDType
  | false
  | { dtype: AutocastDType; emulated?: boolean | undefined };

export const autocastSchema = z.union(
  [
    z.literal(false),
    z.enum(["auto", "bfloat16"]),
    z.strictObject({
      dtype: z.literal("bfloat16"),
      emulated: z
        .boolean()
        .optional()
        .describe("Also on a CPU without bfloat16, where it is slow; default false."),
    }),
  ],
  { error: 'expected "auto", "bfloat16", false, or { dtype: "bfloat16", emulated: true }' },
);

/**
 * What a model is trained in here; null: in the type of its weights.
 *
 * @throws ERR_CONFIG where bfloat16 is asked for and the CPU has none, or the weights are not float32
 */
export function chosenAutocast(
  asked: Autocast,
  model: Pick<Module, "parameters">,
  where: string,
): AutocastDType | null {
  if (asked === false) return null;
  const { device, dtype } = kindOf(model);
  if (asked === "auto") {
    return device === "cpu" && dtype === "float32" && hasBfloat16() ? "bfloat16" : null;
  }
  const { emulated = false } = typeof asked === "object" ? asked : {};
  if (dtype !== "float32") {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: autocast: bfloat16 was asked for beside float32 weights, and these are ${dtype}; ` +
        "leave autocast out, or give the model float32 weights",
    );
  }
  if (device === "cpu" && !emulated && !hasBfloat16()) {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: autocast: bfloat16 was asked for and this CPU has no bfloat16 instructions; use ` +
        'autocast "auto", or { dtype: "bfloat16", emulated: true } to take it slowly',
    );
  }
  return "bfloat16";
}

/**
 * The plan of a run that goes on with what it began with, whatever would be chosen here.
 *
 * @returns a warning where this CPU is slow at it
 */
export function goesOnSlowly({ autocast = null, device }: Plan): string | null {
  if (autocast === null || device !== "cpu" || hasBfloat16()) return null;
  return (
    "the run began with autocast to bfloat16 and goes on with it, though this CPU has no bfloat16 " +
    "instructions and is slow at it"
  );
}

/** Whether products here compute in bfloat16; POTSTILL_BFLOAT16=0 or 1 says it instead of the CPU. */
export function hasBfloat16(): boolean {
  return native.versionInfo().bfloat16;
}

/** Where the parameters are, and the type of the first that has decimals. */
function kindOf(model: Pick<Module, "parameters">): { device: string; dtype: string } {
  let device: string | null = null;
  let dtype: string | null = null;
  for (const tensor of model.parameters().values()) {
    device ??= tensor.device;
    if (/float/.test(tensor.dtype)) dtype ??= tensor.dtype;
    tensor.dispose();
  }
  return { device: device ?? "cpu", dtype: dtype ?? "float32" };
}

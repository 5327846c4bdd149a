/** In what type a trained model computes. */

import { z } from "zod";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import type { Module } from "../nn/index.js";
import type { Plan } from "./events.js";

/** What products and convolutions compute in while the weights stay float32. */
export type AutocastDType = "bfloat16" | "float16";

/**
 * "auto": bfloat16 where the CPU has it. "float16" is for GPUs. An object may say that a type is taken
 * where the CPU has it not, which is exact to the same digits and slow.
 */
export type Autocast =
  | "auto"
  | AutocastDType
  | false
  | { dtype: AutocastDType; emulated?: boolean | undefined };

export const autocastSchema = z.union(
  [
    z.literal(false),
    z.enum(["auto", "bfloat16", "float16"]),
    z.strictObject({
      dtype: z.enum(["bfloat16", "float16"]),
      emulated: z
        .boolean()
        .optional()
        .describe("Also on a CPU that does not have the type, where it is slow; default false."),
    }),
  ],
  {
    error:
      'expected "auto", "bfloat16", "float16", false, or { dtype: "bfloat16", emulated: true }',
  },
);

/**
 * What a model is trained in here; null: in the type of its weights.
 *
 * @throws ERR_CONFIG where a type is asked for that the CPU has not, or the weights are not float32
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
  const { dtype: narrow, emulated = false } = typeof asked === "object" ? asked : { dtype: asked };
  if (dtype !== "float32") {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: autocast: ${narrow} was asked for beside float32 weights, and these are ${dtype}; ` +
        "leave autocast out, or give the model float32 weights",
    );
  }
  if (device === "cpu" && !emulated && !isFast(narrow)) {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: autocast: ${narrow} was asked for and this CPU has no ${narrow} instructions; use ` +
        `autocast "auto", or { dtype: "${narrow}", emulated: true } to take it slowly`,
    );
  }
  return narrow;
}

/**
 * The plan of a run that goes on with what it began with, whatever would be chosen here.
 *
 * @returns a warning where this CPU is slow at it
 */
export function goesOnSlowly({ autocast = null, device }: Plan): string | null {
  if (autocast === null || device !== "cpu" || isFast(autocast)) return null;
  return (
    `the run began with autocast to ${autocast} and goes on with it, though this CPU has no ` +
    `${autocast} instructions and is slow at it`
  );
}

/** Whether products here compute in bfloat16; POTSTILL_BFLOAT16=0 or 1 says it instead of the CPU. */
export function hasBfloat16(): boolean {
  return native.versionInfo().bfloat16;
}

/** On this CPU; libtorch's float16 is made for GPUs. */
function isFast(dtype: AutocastDType): boolean {
  return dtype === "bfloat16" && hasBfloat16();
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

/** Scaling of the loss, so that gradients fit the range of float16. */

import { z } from "zod";
import type { ScalerSpec } from "../native/binding.js";
import type { AutocastDType } from "./autocast.js";

export type { ScalerSpec };

/** torch.amp.GradScaler's, with its defaults. */
export interface ScalerOptions {
  /** What the loss is multiplied by at first; default 65536. */
  initialScale?: number | undefined;
  /** Factor after `growthInterval` updates with finite gradients; default 2. */
  growthFactor?: number | undefined;
  /** Factor after an update that was left out because its gradients were not; default 0.5. */
  backoffFactor?: number | undefined;
  /** Default 2000. */
  growthInterval?: number | undefined;
}

export const scalerSchema = z.union(
  [
    z.literal(false),
    z.strictObject({
      initialScale: z.number().positive().optional().describe("Factor at first; default 65536."),
      growthFactor: z
        .number()
        .gt(1)
        .optional()
        .describe("Factor after growthInterval updates with finite gradients; default 2."),
      backoffFactor: z
        .number()
        .gt(0)
        .lt(1)
        .optional()
        .describe("Factor after an update whose gradients were not finite; default 0.5."),
      growthInterval: z.int().min(1).optional().describe("Updates; default 2000."),
    }),
  ],
  { error: "expected false, or { initialScale, growthFactor, backoffFactor, growthInterval }" },
);

/** What a run scales by: with options in any type, without only in float16; null: it does not. */
export function chosenScaler(
  asked: ScalerOptions | false | undefined,
  autocast: AutocastDType | null,
): ScalerSpec | null {
  if (asked === false || (asked === undefined && autocast !== "float16")) return null;
  const {
    initialScale = 2 ** 16,
    growthFactor = 2,
    backoffFactor = 0.5,
    growthInterval = 2000,
  } = asked ?? {};
  return { initialScale, growthFactor, backoffFactor, growthInterval };
}

/** Which trainings have their steps recorded as CUDA graphs. */

import { z } from "zod";
import type { StepSpec } from "./step.js";

/** true says why where it cannot be, "auto" does not; false: steps are run one by one. */
export type CudaGraph = boolean | "auto";

export const cudaGraphSchema = z.union([z.boolean(), z.literal("auto")], {
  error: 'expected true, false or "auto"',
});

/** Where the models of a step are: "cpu", "cuda:0", … */
export interface StepDevices {
  student: string;
  teachers: readonly string[];
}

/**
 * Why a step cannot be recorded once and replayed: what it does on the host for each batch, or does
 * differently for each. What only a batch shows (its shape, masks, mixup, labels that are left out) is
 * found out step by step.
 *
 * @returns null where nothing speaks against it
 */
export function whyNotRecorded(
  spec: Pick<StepSpec, "terms" | "scaler" | "accumulate" | "gradientCheckpointing">,
  { student, teachers }: StepDevices,
): string | null {
  if (!student.startsWith("cuda"))
    return `CUDA graphs are for GPUs, and the model is on ${student}`;
  const elsewhere = teachers.find((device) => device !== student);
  if (elsewhere !== undefined) return `a teacher is on ${elsewhere}, and the model on ${student}`;
  for (const term of spec.terms) {
    if (term.kind === "custom") {
      return "a loss is a function of JavaScript's, which runs between two halves of the step";
    }
    // The sum of the weights is read, and they are brought to the device each time.
    if (term.kind === "crossEntropy" && listed(term.classWeights)) {
      return "classWeights are added up on the host";
    }
    if (term.kind === "binaryCrossEntropy" && listed(term.positiveWeights)) {
      return "positiveWeights come from the host";
    }
  }
  if (spec.scaler) return "the gradient scaler decides on the host whether an update is left out";
  if (spec.accumulate > 1) return `${spec.accumulate} batches make one update (accumulate)`;
  if (spec.gradientCheckpointing?.length) {
    return "gradientCheckpointing puts the state of random numbers back from the host";
  }
  return null;
}

const listed = (option: unknown) => Array.isArray(option) && option.length > 0;

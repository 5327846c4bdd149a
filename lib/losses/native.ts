/** Losses as the native side takes them. */

import type { TermSpec } from "../native/binding.js";
import type { Loss, LossOf } from "./objective.js";

/**
 * One loss as a native term with a weight, without what belongs to this side: connectors are made by
 * the plan, and a function is called here.
 */
export function nativeTerm(loss: Loss, weight: number): TermSpec {
  switch (loss.kind) {
    case "script": {
      const { name, source, student, teacher, teacherIndex } = loss;
      return { kind: "module", weight, name, source, student, teacher, teacherIndex };
    }
    case "custom": {
      const { name, student, teacher, teacherIndex } = loss;
      return { kind: "custom", weight, name, student, teacher, teacherIndex, needsTeacher: false };
    }
    case "ofd": {
      // What stands for the margins is read by the plan.
      const { connector: _, batchNorm: __, margins, ...options } = loss;
      return { ...options, ...(margins === null ? {} : { margins }), weight };
    }
    default: {
      const { connector: _, ...options } = loss as Exclude<Loss, { kind: "script" | "custom" }> & {
        connector?: unknown;
      };
      return { ...options, weight };
    }
  }
}

/** Whether a loss compares values inside the models, or may do so. */
export function hasPaths(
  loss: Loss,
): loss is Loss & { student: string[]; teacher: string[]; teacherIndex: number } {
  return "student" in loss && "teacher" in loss;
}

/**
 * Whether a loss compares features, in pairs, with connectors in between. A loss of one's own does
 * where it has a connector; else its paths are what it likes.
 */
export function isFeatureLoss(loss: Loss): loss is Loss & FeatureLoss {
  return hasPaths(loss) && "connector" in loss && !(isOwn(loss) && loss.connector === null);
}

/** Whether a loss is a script or a function, which nobody but a training can call. */
export function isOwn(loss: Loss): loss is LossOf<"script"> | LossOf<"custom"> {
  return loss.kind === "script" || loss.kind === "custom";
}

/** What every loss on features has. */
export interface FeatureLoss {
  kind: Loss["kind"];
  student: string[];
  teacher: string[];
  teacherIndex: number;
  connector: unknown;
}

const byLabels: readonly string[] = ["crossEntropy", "binaryCrossEntropy", "mse"];

/** Whether a loss cannot do without labels. */
export function needsLabels(loss: Loss): boolean {
  if (loss.kind === "response") return loss.alpha < 1;
  if (loss.kind === "crd") return loss.otherClasses;
  return byLabels.includes(loss.kind) || (loss.kind as string) === "dkd";
}

/** Whether a loss compares the student's logits with a teacher's, so that classes have to agree. */
export function comparesLogits(loss: Loss): boolean {
  if (loss.kind === "response") return loss.alpha > 0;
  return !byLabels.includes(loss.kind) && !hasPaths(loss);
}

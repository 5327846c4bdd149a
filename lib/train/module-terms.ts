/** Losses with learned parts: modules that are made from the shapes of features. */

import type { Loss, LossOf } from "../losses/index.js";
import type { ModuleDef } from "../nn/index.js";
import { crdModule } from "./learned/crd.js";
import { reviewKdModule } from "./learned/review-kd.js";
import { vidModule } from "./learned/vid.js";

/** What a module is made from. */
export interface ModuleTermShapes {
  /** Of the tapped values, batch first. */
  student: readonly (readonly number[])[];
  teacher: readonly (readonly number[])[];
  /** In the training split; null where nobody knows. */
  samples: number | null;
  classes: number | null;
}

/**
 * By kind of loss; what comes out is a module whose `forward` is the loss, with arguments as
 * native/core/terms/module_term.cpp names them. Its parameters are trained with the student.
 */
export const moduleTerms: Record<string, (loss: Loss, shapes: ModuleTermShapes) => ModuleDef> = {
  vid: (loss, shapes) => vidModule(loss as LossOf<"vid">, shapes),
  reviewKd: (loss, shapes) => reviewKdModule(loss as LossOf<"reviewKd">, shapes),
  crd: (loss, shapes) => crdModule(loss as LossOf<"crd">, shapes),
};

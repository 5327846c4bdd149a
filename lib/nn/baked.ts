/** What tracing leaves behind, and what it means for teachers and students. */

import { PotstillError } from "../native/errors.js";
import type { BakedFlag, Module } from "./module.js";

function describe(flags: readonly BakedFlag[]): string {
  const shown = flags.slice(0, 8).map(({ path, flag, value }) => {
    const where = path === "" ? "the module" : path;
    return flag === "training"
      ? `${where} (traced in ${value === "true" || value === "True" ? "training" : "evaluation"} mode)`
      : `${where} (device ${value})`;
  });
  const more = flags.length > shown.length ? ` and ${flags.length - shown.length} more` : "";
  return shown.join(", ") + more;
}

/**
 * Sentences to warn with about a teacher whose trace holds constants: one where layers were traced
 * in training mode, or on another device than the one they run on; none where it is sound.
 */
export function teacherWarnings(teacher: Module): string[] {
  const flags = teacher.bakedFlags();
  const training = flags.filter(({ flag, value }) => flag === "training" && /^true$/i.test(value));
  const device = flags.filter(({ flag }) => flag === "device");
  const warnings: string[] = [];
  if (training.length > 0) {
    warnings.push(
      `The teacher was traced in training mode; eval() has no effect on ${describe(training)}. ` +
        "Its dropout and batch norm act as in training. Trace it after model.eval() instead.",
    );
  }
  if (device.length > 0) {
    warnings.push(
      `The teacher's trace holds a device; to() has no effect on ${describe(device)}. ` +
        "Trace it on the device it is to run on, or script it.",
    );
  }
  return warnings;
}

/**
 * Refuses a student whose trace holds a constant training flag: `train()` would have no effect, its
 * batch norm would never update and its dropout never drop (or never stop).
 *
 * @param allow Train it all the same.
 * @throws PotstillError `ERR_CONFIG` with the paths and the remedy
 */
export function assertTrainable(student: Module, allow = false): void {
  if (allow) return;
  const flags = student.bakedFlags().filter(({ flag }) => flag === "training");
  if (flags.length === 0) return;
  throw new PotstillError(
    "ERR_CONFIG",
    `The student was traced, and train() has no effect on ${describe(flags)}. Export it with ` +
      "torch.jit.script(model).save(path) instead of torch.jit.trace, build it with nn.*, or pass " +
      "allowBaked: true to train it as it is.",
  );
}

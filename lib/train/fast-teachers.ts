/** Teachers of a run in the fastest way that is exact enough. */

import path from "node:path";
import type { Split } from "../data/index.js";
import { peek } from "../data/peek.js";
import { hasPaths, type Loss } from "../losses/index.js";
import { PotstillError } from "../native/errors.js";
import { applyNormalize } from "../nn/index.js";
import { scope, Tensor } from "../tensor/index.js";
import { deviceOf } from "./device.js";
import type { TeacherEvent } from "./events.js";
import type { CheckedOptions, PlannedTeacher, TrainingOptions } from "./options.js";
import { resized } from "./predictor.js";

export interface FastContext {
  checked: CheckedOptions;
  options: Pick<TrainingOptions, "augment" | "normalize">;
  losses: readonly Loss[];
  train: Split;
  emit: (event: TeacherEvent) => void;
  warn: (message: string) => void;
}

/** A batch that a teacher answers quicker than this is not worth measuring; in milliseconds. */
const worthwhile = 2;

/**
 * The teachers with modules that answer faster where there are any. With a folder for the run, what
 * is chosen is kept there, so that a resumed run takes the same.
 *
 * @returns the teachers, and what frees the modules made here
 */
export async function fastTeachers(
  teachers: readonly PlannedTeacher[],
  { checked, options, losses, train, emit, warn }: FastContext,
): Promise<{ teachers: PlannedTeacher[]; dispose: () => void }> {
  const made: { dispose(): void }[] = [];
  const dispose = () => {
    for (const module of made) module.dispose();
  };
  const dtype = checked.optimizeTeacher;
  // A stream is not read before its time.
  if (dtype === false || train.sampleShape === null) return { teachers: [...teachers], dispose };
  const tapped = losses.filter(hasPaths);
  let sample: Tensor | null | undefined;
  try {
    const result: PlannedTeacher[] = [];
    for (const [index, teacher] of teachers.entries()) {
      result.push(teacher);
      const { module, follow = 0 } = teacher;
      if (follow > 0 || deviceOf(module) !== "cpu") continue;
      // One batch serves all of them.
      if (sample === undefined) sample = await sampleOf(train, checked, options);
      if (sample === null) break;
      const taps = tapped.flatMap((loss) => (loss.teacherIndex === index ? loss.teacher : []));
      try {
        const { out } = checked;
        using own = await asGiven(sample, teacher);
        const found = await module.optimize({
          ...{ sample: own, dtype, least: worthwhile, taps: [...new Set(taps)] },
          ...(out ? { remember: path.join(out, "checkpoints", "teachers.json") } : {}),
        });
        if (found.chosen === "as it is") continue;
        made.push(found.module);
        result[index] = { ...teacher, module: found.module, original: module };
        const { chosen, speedup, difference, agreement } = found;
        emit({
          ...{ type: "teacher", phase: "distilled", teacher: index },
          ...{ chosen, speedup, difference, agreement },
        });
      } catch (error) {
        // A run does not depend on it: a batch that does not fit is refused where shapes are checked.
        if (!(error instanceof PotstillError)) throw error;
        const which = teachers.length > 1 ? `teacher ${index}` : "the teacher";
        warn(`${which} runs as it is, since no faster way was found: ${error.message}`);
      }
    }
    result.push(...teachers.slice(result.length));
    return { teachers: result, dispose };
  } catch (error) {
    dispose();
    throw error;
  } finally {
    sample?.dispose();
  }
}

/** What the module of a teacher is called with, in a tensor of its own. */
function asGiven(sample: Tensor, { module, resize = null }: PlannedTeacher): Promise<Tensor> {
  return scope(async () => {
    const fitting = resize ? ((await resized(sample, resize)) as Tensor) : sample;
    return module.normalize ? applyNormalize(fitting, module.normalize) : fitting.detach();
  });
}

/** The first batch of the training data as the teachers will see it; null where it has several inputs. */
async function sampleOf(
  train: Split,
  { batchSize, seed }: CheckedOptions,
  { augment = null, normalize }: FastContext["options"],
): Promise<Tensor | null> {
  const batch = await peek(train, batchSize, {
    ...{ batchSize, seed },
    augment: augment === null ? null : { ...augment, mixup: 0 },
    ...(normalize === undefined ? {} : { normalize }),
  });
  if (batch?.inputs instanceof Tensor) {
    batch.labels?.dispose();
    batch.ids?.dispose();
    return batch.inputs;
  }
  batch?.dispose();
  return null;
}

/** What the losses of a recipe compare inside the models, with the shapes that two samples give. */

import type { Dataset } from "../data/index.js";
import { hasPaths, type Loss } from "../losses/index.js";
import { applyNormalize, type Module } from "../nn/index.js";
import { scope, Tensor } from "../tensor/index.js";
import type { DistillOptions } from "../train/index.js";

export interface TapShape {
  /** `student`, or a teacher as `teacherRole` calls it. */
  role: string;
  path: string;
  shape: number[];
}

type Teachers = NonNullable<DistillOptions["teachers"]>;

/** `teacher`, or `teacher 2` where there are several. */
export function teacherRole(index: number, count: number): string {
  return count > 1 ? `teacher ${index + 1}` : "teacher";
}

/**
 * In the order in which the losses name them; none for a stream, which is not read before its time.
 *
 * @throws ERR_TAP for a path that is not there
 */
export async function tapShapes(
  data: Dataset,
  student: Module,
  teachers: Teachers,
  losses: readonly Loss[],
): Promise<TapShape[]> {
  const tapping = losses.filter(hasPaths);
  if (tapping.length === 0 || data.train.sampleShape === null) return [];
  const wanted = new Map<string, { module: Module; paths: Set<string> }>();
  const want = (role: string, module: Module, paths: readonly string[]) => {
    const known = wanted.get(role) ?? { module, paths: new Set<string>() };
    // "" is the output itself.
    for (const each of paths) if (each !== "") known.paths.add(each);
    wanted.set(role, known);
  };
  for (const { student: mine, teacher: theirs, teacherIndex } of tapping) {
    want("student", student, mine);
    const teacher = teachers[teacherIndex];
    const role = teacherRole(teacherIndex, teachers.length);
    if (teacher && "module" in teacher) want(role, teacher.module, theirs);
  }
  // Frees the batch and everything that is tapped.
  return await scope(async () => {
    const batches = data.train.batches({ batchSize: 2, seed: 0, prefetch: 0 });
    const { value: batch, done } = await batches.next();
    await batches.return();
    if (done || !(batch.inputs instanceof Tensor)) return [];
    const rows: TapShape[] = [];
    for (const [role, { module, paths }] of wanted) {
      if (paths.size === 0) continue;
      using tapped = module.tap([...paths]);
      const { normalize } = module;
      const inputs = normalize ? applyNormalize(batch.inputs, normalize) : batch.inputs;
      const { taps } = await tapped.forward(inputs);
      for (const path of paths) {
        const value = taps[path]!;
        for (const { shape } of Array.isArray(value) ? value : [value]) {
          rows.push({ role, path, shape: [...shape] });
        }
      }
    }
    return rows;
  });
}

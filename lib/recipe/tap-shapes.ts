/** What the losses of a recipe compare inside the models, with the shapes that two samples give. */

import type { Dataset } from "../data/index.js";
import { peek } from "../data/peek.js";
import { hasPaths, type Loss } from "../losses/index.js";
import { applyNormalize, type Module } from "../nn/index.js";
import { scope, Tensor } from "../tensor/index.js";
import type { DistillOptions } from "../train/index.js";
import { inputsOf, type Size } from "../train/predictor.js";

export interface TapShape {
  /** `student`, or a teacher as `teacherRole` calls it; `student 1` and `student 2` of two. */
  role: string;
  path: string;
  shape: number[];
}

interface Tapped {
  role: string;
  module: Module;
  /** Size that images are brought to for this model. */
  resize?: Size | null | undefined;
}

interface TappedPaths extends Tapped {
  paths: ReadonlySet<string>;
}

type Teachers = NonNullable<DistillOptions["teachers"]>;

/** `teacher`, or `teacher 2` where there are several. */
export function teacherRole(index: number, count: number): string {
  return count > 1 ? `teacher ${index + 1}` : "teacher";
}

/** The student, then the teachers, in the order in which losses name them. */
export function tappedInPairs(
  losses: readonly Loss[],
  student: Omit<Tapped, "role">,
  teachers: Teachers,
): TappedPaths[] {
  const wanted = new Map<string, Tapped & { paths: Set<string> }>();
  const want = (tapped: Tapped, paths: readonly string[]) => {
    const known = wanted.get(tapped.role) ?? { ...tapped, paths: new Set<string>() };
    for (const each of paths) known.paths.add(each);
    wanted.set(tapped.role, known);
  };
  for (const { student: mine, teacher: theirs, teacherIndex } of losses.filter(hasPaths)) {
    want({ ...student, role: "student" }, mine);
    const teacher = teachers[teacherIndex];
    if (!teacher || !("module" in teacher)) continue;
    const { module, resize } = teacher;
    want({ role: teacherRole(teacherIndex, teachers.length), module, resize }, theirs);
  }
  return [...wanted.values()];
}

/** Each is student and teacher at once. */
export function tappedInBoth(losses: readonly Loss[], models: readonly Tapped[]): TappedPaths[] {
  const paths = new Set(
    losses.filter(hasPaths).flatMap(({ student, teacher }) => [...student, ...teacher]),
  );
  return models.map((model) => ({ ...model, paths }));
}

/**
 * Shapes in evaluation mode; none for a stream, which is not read before its time.
 *
 * @throws ERR_TAP for a path that is not there
 */
export async function tapShapes(
  data: Dataset,
  models: readonly TappedPaths[],
): Promise<TapShape[]> {
  // "" is the output itself.
  const tapping = models
    .map((model) => ({ ...model, paths: [...model.paths].filter((each) => each !== "") }))
    .filter(({ paths }) => paths.length > 0);
  if (tapping.length === 0 || data.train.sampleShape === null) return [];
  // Frees the batch and everything that is tapped.
  return await scope(async () => {
    const batch = await peek(data.train, 2, { batchSize: 2 });
    if (!(batch?.inputs instanceof Tensor)) return [];
    const rows: TapShape[] = [];
    for (const { role, module, resize, paths } of tapping) {
      const training = module.training;
      module.eval();
      using tapped = module.tap(paths);
      const given = (await inputsOf({ module, resize }, batch.inputs)) as Tensor;
      const { normalize } = module;
      const { taps } = await tapped.forward(normalize ? applyNormalize(given, normalize) : given);
      module.train(training);
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

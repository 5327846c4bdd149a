/** `cacheTeachers()`: what `distill()` would ask its teachers, asked beforehand. */

import { PotstillError } from "../native/errors.js";
import { ingredientsOf, openCaches, plansOf } from "./distill.js";
import { checkOptions, checkStages, checkTeachers, type DistillOptions } from "./options.js";
import { Run } from "./run.js";
import { Session } from "./session.js";

/** The cache of one teacher, as `cacheTeachers()` leaves it. */
export interface FilledCache {
  folder: string;
  /** Samples, and views of each. */
  samples: number;
  views: number;
  /** Answers that this process computed; the others were there, or came from elsewhere meanwhile. */
  computed: number;
}

/**
 * Fills the teacher caches of a distillation without training: `distill()` with the same options then
 * finds everything there. Several processes may do so at a time and share the work; one that was
 * stopped or killed goes on with what is there.
 *
 * @param options those of `distill()`, with `cache`
 * @returns a run whose events are those of kind "cache" (and warnings), and whose result tells the
 *   caches in the order of the teachers
 * @throws PotstillError as a rejection: `ERR_CONFIG` without `cache`, or as `distill()`;
 *   `ERR_NONFINITE` where a teacher says NaN, `ERR_IO`, `ERR_ABORTED`
 *
 * @example
 * const [cache] = await cacheTeachers({ teacher, student, data, optimizer, epochs: 5, cache: "cache" });
 */
export function cacheTeachers(options: DistillOptions): Run<FilledCache[]> {
  return new Run(async (emit, profiler) => {
    // Nothing is written but the cache.
    const own = { ...options, out: null, resume: false };
    const checked = checkOptions("distill", own);
    const { cache } = checked;
    if (cache == null) {
      throw new PotstillError(
        "ERR_CONFIG",
        'cache: say where to keep what the teachers say, such as cache: "teacher-cache"',
      );
    }
    const stages = checkStages(own);
    const named = checkTeachers(own);
    const session = new Session(checked, emit, profiler);
    return await session.within([], async () => {
      const ingredients = await ingredientsOf(session, own, named, stages);
      const plans = await plansOf(ingredients, stages);
      const cached = await openCaches(cache, session, own, ingredients, plans);
      try {
        const samples = ingredients.context.train.length!;
        return cached.caches.map(({ folder }, index) => ({
          ...{ folder, samples, views: cached.views, computed: cached.computed[index]! },
        }));
      } finally {
        cached.dispose();
      }
    });
  });
}

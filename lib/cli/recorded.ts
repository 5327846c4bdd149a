/** A recipe that is run with everything a run leaves in its folder. */

import path from "node:path";
import { type RecipeResult, type RecipeSource, runFolder, runRecipe } from "../recipe/index.js";
import { RunRecorder } from "../record/index.js";
import type { Profile, TrainEvent } from "../train/index.js";
import { writeRecipe } from "./recipe-file.js";
import { TensorboardWriter } from "./tensorboard.js";

export interface RecordedRun {
  source: RecipeSource;
  out?: string | undefined;
  resume: boolean;
  signal?: AbortSignal | undefined;
  /** Default: as the recipe says. */
  tensorboard?: boolean | undefined;
  /** Gets the profile of some steps; the trace goes into the run's folder. Default: none is taken. */
  profile?: ((profile: Profile) => void) | undefined;
}

/** Runs it; every event goes to `listen` as well. `files` has what the recording wrote, too. */
export async function runRecorded(
  kind: "distill" | "train",
  { source, out, resume, signal, tensorboard, profile }: RecordedRun,
  listen: (event: TrainEvent) => void,
): Promise<RecipeResult> {
  const folder = runFolder(source, out);
  const recorder = new RunRecorder({ folder, resume, begin: () => writeRecipe(folder, source) });
  const wanted = tensorboard ?? (source.value as { tensorboard?: unknown }).tensorboard === true;
  const board = wanted ? new TensorboardWriter(folder) : null;
  const run = runRecipe(kind, source, { signal, out, resume });
  const trace = path.join(folder, "trace.json");
  const profiling = profile && run.profile({ trace });
  // Whoever awaits it below hears of it; a run that fails first has its own say.
  profiling?.catch(() => {});
  try {
    for await (const event of run) {
      listen(event);
      recorder.listen(event);
      board?.listen(event);
    }
  } finally {
    await recorder.close();
    await board?.close();
  }
  const result = await run;
  const files = [...result.files, ...recorder.files];
  if (profile && profiling) {
    try {
      profile(await profiling);
      files.push(trace);
    } catch (error) {
      // The run itself is done.
      listen({ type: "warning", phase: null, message: (error as Error).message });
    }
  }
  return { ...result, files };
}

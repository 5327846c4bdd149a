/** A recipe that is run with everything a run leaves in its folder. */

import { type RecipeResult, type RecipeSource, runFolder, runRecipe } from "../recipe/index.js";
import { RunRecorder } from "../record/index.js";
import type { TrainEvent } from "../train/index.js";
import { writeRecipe } from "./recipe-file.js";
import { TensorboardWriter } from "./tensorboard.js";

export interface RecordedRun {
  source: RecipeSource;
  out?: string | undefined;
  resume: boolean;
  signal?: AbortSignal | undefined;
  /** Default: as the recipe says. */
  tensorboard?: boolean | undefined;
}

/** Runs it; every event goes to `listen` as well. `files` has what the recording wrote, too. */
export async function runRecorded(
  kind: "distill" | "train",
  { source, out, resume, signal, tensorboard }: RecordedRun,
  listen: (event: TrainEvent) => void,
): Promise<RecipeResult> {
  const folder = runFolder(source, out);
  const recorder = new RunRecorder({ folder, resume, begin: () => writeRecipe(folder, source) });
  const wanted = tensorboard ?? (source.value as { tensorboard?: unknown }).tensorboard === true;
  const board = wanted ? new TensorboardWriter(folder) : null;
  const run = runRecipe(kind, source, { signal, out, resume });
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
  return { ...result, files: [...result.files, ...recorder.files] };
}

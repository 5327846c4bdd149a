/** `potstill distill` and `potstill train`. */

import { readRecipe, runRecipe } from "../../recipe/index.js";
import { jsonlReporter } from "../../report/jsonl.js";
import { progressReporter } from "../../report/progress.js";
import { summaryTable } from "../../report/summary.js";
import { UsageError } from "../errors.js";
import type { RunFlags } from "../program.js";
import { RunRecorder } from "../recorder.js";
import { stoppable } from "../signals.js";
import { TensorboardWriter } from "../tensorboard.js";

export async function runCommand(
  kind: "distill" | "train",
  file: string,
  flags: RunFlags,
): Promise<void> {
  const recipe = await readRecipe(file, flags.set).catch((error: unknown) => {
    // A recipe that is not there is a wrong argument, not a failed run.
    if ((error as { code?: unknown }).code === "ERR_IO")
      throw new UsageError((error as Error).message);
    throw error;
  });
  const listen = flags.json ? jsonlReporter(process.stdout) : progressReporter(process.stderr);
  const resume = flags.resume === true;
  const recorder = new RunRecorder({ source: recipe, out: flags.out, resume });
  const wanted = flags.tensorboard ?? (recipe.value as { tensorboard?: unknown }).tensorboard;
  const tensorboard = wanted === true ? new TensorboardWriter(recorder.folder) : null;
  await stoppable(async (signal) => {
    const run = runRecipe(kind, recipe, { signal, out: flags.out, resume });
    try {
      for await (const event of run) {
        listen(event);
        recorder.listen(event);
        tensorboard?.listen(event);
      }
    } finally {
      await recorder.close();
      await tensorboard?.close();
    }
    const { report, files } = await run;
    if (flags.json) return;
    process.stdout.write(`\n${summaryTable(report)}\n\n`);
    for (const written of [...files, ...recorder.files]) process.stdout.write(`wrote ${written}\n`);
  });
}

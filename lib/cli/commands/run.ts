/** `potstill distill` and `potstill train`. */

import { readRecipe } from "../../recipe/index.js";
import { jsonlReporter } from "../../report/jsonl.js";
import { progressReporter } from "../../report/progress.js";
import { summaryTable } from "../../report/summary.js";
import { UsageError } from "../errors.js";
import type { RunFlags } from "../program.js";
import { runRecorded } from "../recorded.js";
import { stoppable } from "../signals.js";

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
  await stoppable(async (signal) => {
    const { report, files } = await runRecorded(
      kind,
      {
        source: recipe,
        out: flags.out,
        resume: flags.resume === true,
        signal,
        tensorboard: flags.tensorboard,
      },
      listen,
    );
    if (flags.json) return;
    process.stdout.write(`\n${summaryTable(report)}\n\n`);
    for (const written of files) process.stdout.write(`wrote ${written}\n`);
  });
}

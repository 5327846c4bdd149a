/** `potstill distill` and `potstill train`. */

import { jsonlReporter } from "../../report/jsonl.js";
import { profileTable } from "../../report/profile.js";
import { progressReporter } from "../../report/progress.js";
import { summaryTable } from "../../report/summary.js";
import type { Profile, TrainEvent } from "../../train/index.js";
import { readGivenRecipe } from "../given-recipe.js";
import { overrides } from "../parse.js";
import type { RunFlags } from "../program.js";
import { runRecorded } from "../recorded.js";
import { stoppable } from "../signals.js";
import { watched } from "../watched.js";

export async function runCommand(
  kind: "distill" | "train",
  file: string,
  flags: RunFlags,
): Promise<void> {
  const recipe = await readGivenRecipe(file, overrides(flags));
  const tell = flags.json ? jsonlReporter(process.stdout) : progressReporter(process.stderr);
  const { out, tensorboard } = flags;
  const resume = flags.resume === true;
  const profiles: Profile[] = [];
  const profile = flags.profile ? (found: Profile) => void profiles.push(found) : undefined;
  const { report, files } = await stoppable(async (signal, stop) => {
    const run = (listen: (event: TrainEvent) => void) =>
      runRecorded(kind, { source: recipe, out, resume, signal, tensorboard, profile }, listen);
    if (!flags.ui && flags.uiPort === undefined) return await run(tell);
    return await watched({ source: recipe, out, resume, port: flags.uiPort, stop }, (show) =>
      run((event) => {
        tell(event);
        show(event);
      }),
    );
  });
  if (flags.json) {
    for (const each of profiles)
      process.stdout.write(`${JSON.stringify({ type: "profile", ...each })}\n`);
    return;
  }
  for (const each of profiles) process.stdout.write(`\n${profileTable(each)}\n`);
  process.stdout.write(`\n${summaryTable(report)}\n\n`);
  for (const written of files) process.stdout.write(`wrote ${written}\n`);
}

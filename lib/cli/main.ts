#!/usr/bin/env node

/**
 * `potstill`: argv in, exit code out. Commands are imported when they are run, so that `setup` and
 * `doctor` work where the addon does not load.
 */

import { exitCodeOf, report } from "./errors.js";
import { program } from "./program.js";

// A reader that has seen enough (`| head`) closes the pipe; that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeOf(error);
  report(error, process.argv.includes("--json"));
}

/** `potstill doctor` and `potstill setup`: they have to work where the addon does not load. */

import { formatDoctor, runDoctor } from "../../install/doctor.js";
import { runSetup } from "../../install/setup.js";
import { jsonLine } from "../../report/jsonl.js";
import { exitCodes } from "../errors.js";

export async function doctorCommand(flags: { json?: boolean }): Promise<void> {
  const report = await runDoctor();
  process.stdout.write(
    flags.json ? jsonLine({ type: "doctor", ...report }) : `${formatDoctor(report).trimEnd()}\n`,
  );
  if (!report.ok) process.exitCode = exitCodes.failed;
}

export async function setupCommand(): Promise<void> {
  const built = await runSetup();
  process.stdout.write(built ? "the addon is built\n" : "the addon was up to date\n");
}

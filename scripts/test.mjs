// `npm test`: builds what is missing, runs vitest with the arguments given, and ends with one line
// of counts taken from its report.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensure } from "./ensure.mjs";
import { asProgram, InstallError, isMain, packageRoot, run } from "./tools.mjs";

/**
 * Counts of vitest's JSON report, as the last line of `npm test` shows them. A file that could not
 * be loaded has no tests of its own and counts as one failure.
 * @returns {{ passed: number, failed: number, skipped: number, line: string }}
 */
export function countsOf(report) {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const failed = report.numFailedTests + unloaded.length;
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  const passed = report.numPassedTests;
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return { passed, failed, skipped, line };
}

async function main() {
  await ensure();
  const folder = await mkdtemp(join(tmpdir(), "potstill-test-"));
  const file = join(folder, "report.json");
  try {
    const code = await run(
      process.execPath,
      [
        join(packageRoot, "node_modules", "vitest", "vitest.mjs"),
        ...["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
        ...process.argv.slice(2),
      ],
      { cwd: packageRoot, stdio: ["ignore", 1, 2] },
    );
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null)
      throw new InstallError(`vitest ended with code ${code} and wrote no report.`);
    const { passed, failed, line } = countsOf(JSON.parse(text));
    if (code !== 0 || failed > 0 || passed === 0) process.exitCode = code || 1;
    process.stdout.write(`${line}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await asProgram(main);

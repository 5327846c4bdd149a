/** The page of a run that is done. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { ioError, writeAtomically } from "../files/index.js";
import { reportPage } from "../report/index.js";
import type { Details } from "../train/index.js";
import { readEvents } from "./read-events.js";

/**
 * Makes `report.html` of what is in a run's folder; returns its path.
 *
 * @throws ERR_IO where there is no report, or the page cannot be written
 */
export async function writePage(folder: string, given: Details | null = null): Promise<string> {
  const report = JSON.parse(await contentOf(path.join(folder, "report.json")));
  const stored = path.join(folder, "details.json");
  const details =
    given ??
    (await readFile(stored, "utf8").then(
      (text) => JSON.parse(text) as Details,
      () => null,
    ));
  const page = reportPage({
    title: path.basename(path.resolve(folder)),
    report,
    details,
    events: await readEvents(path.join(folder, "events.jsonl")),
  });
  const file = path.join(folder, "report.html");
  await writeAtomically(file, [page]);
  return file;
}

async function contentOf(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((error: unknown) => {
    throw ioError("read", file, error);
  });
}

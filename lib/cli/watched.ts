/** A run with its live page. */

import path from "node:path";
import { type RecipeSource, runFolder } from "../recipe/index.js";
import { readEvents } from "../record/index.js";
import { LiveServer } from "../report/live/server.js";
import type { TrainEvent } from "../train/index.js";
import { UsageError } from "./errors.js";

export interface WatchOptions {
  source: RecipeSource;
  out?: string | undefined;
  /** The page begins with what the run did before. */
  resume: boolean;
  /** Default: one that is free. */
  port?: number | undefined;
  /** Called when somebody presses the button. */
  stop: () => void;
}

/**
 * Runs `job` and serves its events; the address goes to stderr. The page is told how it ended.
 *
 * @throws UsageError where the port is taken or not allowed
 */
export async function watched<T>(
  { source, out, resume, port, stop }: WatchOptions,
  job: (listen: (event: TrainEvent) => void) => Promise<T>,
): Promise<T> {
  const folder = runFolder(source, out);
  const server = new LiveServer({ title: path.basename(folder), port, stop });
  if (resume) {
    for (const event of await readEvents(path.join(folder, "events.jsonl"))) {
      server.listen(event, (event as { time?: string }).time);
    }
  }
  const address = await server.open().catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      error.code === "EADDRINUSE"
        ? `--ui-port ${port}: something else listens there; choose another, or leave it out`
        : `--ui: ${error.message}`,
    );
  });
  process.stderr.write(`live page: ${address}\n`);
  try {
    const result = await job((event) => server.listen(event));
    await server.close("done", `the report is ${path.join(folder, "report.html")}`);
    return result;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const stopped = (error as { code?: unknown } | null)?.code === "ERR_ABORTED";
    await server.close(stopped ? "stopped" : "failed", message);
    throw error;
  }
}

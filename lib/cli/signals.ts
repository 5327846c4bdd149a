/** Ctrl-C and SIGTERM: the first asks the job to stop and save, the second ends it at once. */

import { exitCodes, StoppedBySignal } from "./errors.js";

/**
 * Runs a job under a signal that fires on SIGINT and SIGTERM, and where `stop` is called, which is
 * then as if it had been Ctrl-C.
 *
 * @throws StoppedBySignal where the job ended because of one
 */
export async function stoppable<T>(
  job: (signal: AbortSignal, stop: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let caught: "SIGINT" | "SIGTERM" | null = null;
  const stop = (name: "SIGINT" | "SIGTERM") => {
    if (caught) process.exit(exitCodes[name]);
    caught = name;
    process.stderr.write("\nstopping after the current step; once more to end at once\n");
    controller.abort(name);
  };
  const interrupt = () => stop("SIGINT");
  const terminate = () => stop("SIGTERM");
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  try {
    return await job(controller.signal, () => {
      if (!caught) interrupt();
    });
  } catch (error) {
    if (caught && (error as { code?: unknown } | null)?.code === "ERR_ABORTED") {
      throw new StoppedBySignal(caught, error);
    }
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", terminate);
  }
}

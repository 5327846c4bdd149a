/** The events that a run has left in its folder. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { TrainEvent } from "../train/index.js";

/** Events of `events.jsonl`; lines that are no events are left out, and so is a file that is not there. */
export async function readEvents(file: string): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  const lines = createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity });
  try {
    for await (const line of lines) {
      // Images are of no use here, and long.
      if (line.includes('"type":"details"')) continue;
      try {
        const event = JSON.parse(line) as TrainEvent;
        if (typeof event?.type === "string") events.push(event);
      } catch {
        // Half a line of a process that was killed.
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return events;
}

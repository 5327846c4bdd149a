/** Events as JSON lines, for machines. */

import type { TrainEvent } from "../train/events.js";

/**
 * One event as one line, newline included. Numbers that JSON has no form for (NaN, infinities)
 * become null.
 */
export function jsonLine(event: object): string {
  return `${JSON.stringify(event)}\n`;
}

/** Somewhere a line can be written: a stream, or anything with its `write`. */
export interface LineSink {
  write(text: string): unknown;
}

/** A consumer of events that writes each of them to `sink` as one JSON line. */
export function jsonlReporter(sink: LineSink): (event: TrainEvent) => void {
  return (event) => {
    sink.write(jsonLine(event));
  };
}

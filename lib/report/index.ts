/** What consumes events and reports: for terminals, files, and machines. */

export { jsonLine, jsonlReporter, type LineSink } from "./jsonl.js";
export { type ProgressStream, progressReporter } from "./progress.js";
export { summaryTable } from "./summary.js";

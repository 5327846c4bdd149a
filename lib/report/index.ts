/** What consumes events and reports: for terminals, files, and machines. */

export { CurveCollector, type Curves } from "./curves.js";
export { jsonLine, jsonlReporter, type LineSink } from "./jsonl.js";
export { type LiveOptions, LiveServer } from "./live/server.js";
export { type PageInput, reportPage } from "./page/page.js";
export { profileTable } from "./profile.js";
export { type ProgressStream, progressReporter } from "./progress.js";
export { summaryTable } from "./summary.js";

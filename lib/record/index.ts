/** Runs that leave their events and their page in their folder. */

export { writePage } from "./page.js";
export { readEvents } from "./read-events.js";
export { RunRecorder } from "./recorder.js";
export { distill, mutual, train } from "./runs.js";

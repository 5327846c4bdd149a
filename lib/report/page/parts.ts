/** What the sections of the page have in common. */

import type { Phase } from "../../train/events.js";
import type { Html } from "./html.js";

/** The models of a report in the order of the page, with what they are called. */
export const phases: readonly (readonly [Phase, string])[] = [
  ["teacher", "teacher"],
  ["alone", "student alone"],
  ["distilled", "distilled"],
  ["peer", "second student"],
  ["trained", "model"],
];

/** A section of the page: nothing is shown of one without a body. */
export interface PageSection {
  id: string;
  title: string;
  body: Html | null;
}

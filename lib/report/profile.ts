/** Where the time of a step went, for people. */

import type { Profile, ProfilePart } from "../train/profile.js";
import { figure, percent, table } from "./format.js";

const titles: Record<ProfilePart, string> = {
  data: "waiting for data",
  teacher: "teacher",
  student: "student forward",
  loss: "loss",
  backward: "backward",
  optimizer: "optimizer",
  other: "between those",
  idle: "idle",
};

/** The parts of a step, and the matrix products that were chosen. */
export function profileTable({ steps, milliseconds, parts, products }: Profile): string {
  const lines = Object.entries(parts).map(([part, value]) => [
    titles[part as ProfilePart],
    `${figure(value)} ms`,
    percent(milliseconds > 0 ? value / milliseconds : 0),
  ]);
  const header = [`of ${steps} steps`, `${figure(milliseconds)} ms each`, "share"];
  const times = table(header, lines);
  if (products.length === 0) return times;
  const chosen = products.map(({ product, rows, k, n, threads, candidate }) => [
    product,
    `up to ${rows}`,
    String(k),
    String(n),
    String(threads),
    candidate,
  ]);
  return `${times}\n\n${table(["product", "rows", "k", "n", "threads", "computed by"], chosen)}`;
}

/** Where the time of training steps goes: what `run.profile()` gives, and its Chrome trace. */

import { ops } from "../tensor/index.js";

/** What a step spends its time on, in the order of a step. */
export const profileParts = [
  "data",
  "teacher",
  "student",
  "loss",
  "backward",
  "optimizer",
  "other",
  "idle",
] as const;

/**
 * `data`: the native thread had nothing to do because the loop waited for a batch; `teacher` and
 * `student`: their forwards; `loss` with its gradient by the outputs where it is fused; `backward`;
 * `optimizer`: clipping, update and averages; `other`: within a step, between those; `idle`: the
 * native thread waited for something else than data.
 */
export type ProfilePart = (typeof profileParts)[number];

export interface ProfileOptions {
  /** Steps (micro-batches) to measure; default 50. */
  steps?: number | undefined;
  /** Steps before those, in which caches and choices settle; default 10. */
  after?: number | undefined;
  /** File to write a Chrome trace to, for chrome://tracing or Perfetto; default none. */
  trace?: string | null | undefined;
}

/** How one matrix product is computed, as it was chosen by measuring. */
export interface ProductChoice {
  product: string;
  /** The choice holds up to so many rows. */
  rows: number;
  k: number;
  n: number;
  threads: number;
  /** Such as "mkl" or "onednn". */
  candidate: string;
}

export interface Profile {
  /** Steps measured. */
  steps: number;
  /** Of one step, by the clock, in milliseconds; the parts add up to it. */
  milliseconds: number;
  /** Of one step, in milliseconds. */
  parts: Record<ProfilePart, number>;
  /** Of this process so far. */
  products: ProductChoice[];
  /** The trace that was written. */
  trace: string | null;
}

/** Something that took from `began` to `ended`, in milliseconds of the monotonic clock. */
export interface Span {
  part: ProfilePart;
  began: number;
  ended: number;
}

const stages: readonly ProfilePart[] = ["teacher", "student", "loss", "backward", "optimizer"];

/** The spans of a step as they come over the boundary: stage, beginning, end, and again. */
export function spansOf(flat: readonly number[]): Span[] {
  const spans: Span[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    spans.push({ part: stages[flat[i]!]!, began: flat[i + 1]!, ended: flat[i + 2]! });
  }
  return spans;
}

/** The monotonic clock of the native side, in milliseconds. */
export function clock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A forward that no other one of the same step precedes begins a step. */
function beginsStep(spans: readonly Span[], index: number): boolean {
  const { part } = spans[index]!;
  if (part === "teacher") return true;
  return part === "student" && spans[index - 1]?.part !== "teacher";
}

/** How much of [from, to] the waits cover. */
function covered(waits: readonly Span[], from: number, to: number): number {
  let sum = 0;
  for (const { began, ended } of waits) {
    sum += Math.max(0, Math.min(ended, to) - Math.max(began, from));
  }
  return Math.min(sum, to - from);
}

/**
 * Adds up spans of the native thread, in their order, and the loop's waits for batches.
 *
 * @returns steps, and milliseconds of all of them by part; steps is 0 where there are no spans
 */
export function addUp(
  spans: readonly Span[],
  waits: readonly Span[],
): { steps: number; parts: Record<ProfilePart, number> } {
  const parts = Object.fromEntries(profileParts.map((part) => [part, 0])) as Record<
    ProfilePart,
    number
  >;
  let steps = 0;
  let last = spans[0]?.began ?? 0;
  for (const [index, { part, began, ended }] of spans.entries()) {
    const gap = Math.max(0, began - last);
    if (beginsStep(spans, index)) {
      steps += 1;
      const data = covered(waits, last, began);
      parts.data += data;
      parts.idle += gap - data;
    } else parts.other += gap;
    parts[part] += ended - began;
    last = Math.max(last, ended);
  }
  return { steps, parts };
}

/** Events as Chrome and Perfetto read them. */
export function traceOf(spans: readonly Span[], waits: readonly Span[]): object {
  const threads = ["training thread", "loop: waiting for data"];
  const first = Math.min(...[...spans, ...waits].map(({ began }) => began));
  const event = (thread: number, { part, began, ended }: Span) => ({
    ...{ name: part, cat: "step", ph: "X", pid: process.pid, tid: thread },
    ...{ ts: (began - first) * 1000, dur: (ended - began) * 1000 },
  });
  return {
    displayTimeUnit: "ms",
    traceEvents: [
      ...threads.map((name, tid) => ({
        ...{ name: "thread_name", ph: "M", pid: process.pid, tid },
        args: { name },
      })),
      ...spans.map((span) => event(0, span)),
      ...waits.map((span) => event(1, span)),
    ],
  };
}

/** The products that were chosen by measuring in this process. */
export function productChoices(): ProductChoice[] {
  const table = ops.potstill.product_choices() as string;
  return table.split("\n").flatMap((line) => {
    const [product, rows, k, n, threads, ...candidate] = line.trim().split(/\s+/);
    if (candidate.length === 0) return [];
    const numbers = { rows: Number(rows), k: Number(k), n: Number(n), threads: Number(threads) };
    return [{ product: product!, ...numbers, candidate: candidate.join(" ") }];
  });
}

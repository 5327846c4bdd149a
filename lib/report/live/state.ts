/** What the live page shows of a run: where it is, its curves, and what happened. */

import type { Phase, Stage, TrainEvent } from "../../train/events.js";
import { type CurveChanges, CurveCollector, type CurveMark } from "../curves.js";
import { progressReporter } from "../progress.js";

/** How a run stands. */
export type RunState = "running" | "stopping" | "done" | "stopped" | "failed";

/** The figures at the top of the page; null where they are not known (yet). */
export interface LiveStatus {
  state: RunState;
  /** Why it ended, or what is being waited for. */
  message: string | null;
  phase: Phase | null;
  stage: Stage | null;
  step: number | null;
  steps: number | null;
  epoch: number | null;
  epochs: number | null;
  lr: number | null;
  loss: number | null;
  samplesPerSecond: number | null;
  /** In seconds. */
  eta: number | null;
}

/** A line of the log. */
export interface LogLine {
  /** ISO 8601. */
  time: string;
  text: string;
}

/** What goes over the wire: what a page lacks. */
export interface LiveUpdate {
  /** The page starts from nothing: whatever it has is replaced. */
  fresh: boolean;
  status: LiveStatus;
  /** Lines from number `from` on; older ones than `first` are no longer kept. */
  log: { first: number; from: number; lines: LogLine[] };
  curves: CurveChanges;
}

/** What a page has. */
export interface LiveMark {
  revision: number;
  lines: number;
  curves: CurveMark;
}

/** Lines of the log that are kept. */
const mostLines = 500;

const nothing: LiveStatus = {
  state: "running",
  message: null,
  phase: null,
  stage: null,
  step: null,
  steps: null,
  epoch: null,
  epochs: null,
  lr: null,
  loss: null,
  samplesPerSecond: null,
  eta: null,
};

export class LiveState {
  #status: LiveStatus = nothing;
  readonly #curves = new CurveCollector();
  #log: LogLine[] = [];
  #dropped = 0;
  #revision = 0;
  #time: string | null = null;
  /** The log says what a terminal's lines say. */
  readonly #tell = progressReporter({ write: (text) => this.note(text.trim()) });

  /** Goes up with every change. */
  get revision(): number {
    return this.#revision;
  }

  get status(): LiveStatus {
    return this.#status;
  }

  /** @param time when it happened, ISO 8601; default: now */
  listen(event: TrainEvent, time: string | null = null): void {
    this.#time = time;
    this.#revision += 1;
    this.#curves.add(event);
    this.#tell(event);
    switch (event.type) {
      case "start": {
        const { phase, stage = null, plan, resumed } = event;
        const { steps, epochs } = plan;
        const { state, message } = this.#status;
        const step = resumed?.step ?? 0;
        this.#status = { ...nothing, ...{ state, message, phase, stage, steps, epochs, step } };
        break;
      }
      case "step": {
        const { phase, stage = null, step, steps, epoch, epochs, lr, loss } = event;
        const { samplesPerSecond, eta } = event;
        const told = { phase, stage, step, steps, epoch, epochs, lr, loss, samplesPerSecond, eta };
        this.#status = { ...this.#status, ...told };
        break;
      }
      case "epoch": {
        const { phase, stage = null, step, epoch, epochs } = event;
        const { lr, loss, samplesPerSecond } = event.metrics;
        const told = { phase, stage, step, epoch, epochs, lr, loss, samplesPerSecond };
        this.#status = { ...this.#status, ...told };
        break;
      }
      default:
        break;
    }
    this.#time = null;
  }

  /** Adds a line to the log. */
  note(text: string): void {
    this.#revision += 1;
    this.#log.push({ time: this.#time ?? new Date().toISOString(), text });
    if (this.#log.length < 2 * mostLines) return;
    this.#dropped += this.#log.length - mostLines;
    this.#log = this.#log.slice(-mostLines);
  }

  /** Says how the run stands. */
  turn(state: RunState, message: string | null): void {
    this.#revision += 1;
    this.#status = { ...this.#status, state, message, ...(state === "done" ? { eta: 0 } : {}) };
  }

  /** What a page lacks that has everything up to `mark`; null: it has nothing yet. */
  update(mark: LiveMark | null): { update: LiveUpdate; mark: LiveMark } {
    const { changes, mark: curves } = this.#curves.changes(mark?.curves ?? null);
    const first = this.#dropped;
    const from = Math.max(first, mark?.lines ?? 0);
    const update = {
      fresh: mark === null,
      status: this.#status,
      log: { first, from, lines: this.#log.slice(from - first) },
      curves: changes,
    };
    return {
      update,
      mark: { revision: this.#revision, lines: first + this.#log.length, curves },
    };
  }
}

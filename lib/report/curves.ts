/** Events as the columns of charts. */

import type { EpochEvent, Phase, StepEvent, TrainEvent } from "../train/events.js";

/** Columns of equal length: the updates done, and values at them (null where there is none). */
export interface Columns {
  step: number[];
  values: Record<string, (number | null)[]>;
}

/** One phase. Keys of `steps`: loss, lr, samplesPerSecond, accuracy, and `term:<name>`. */
export interface PhaseCurves {
  steps: Columns;
  /** loss, accuracy, lr, gradNorm, samplesPerSecond, validation*, agreement, and `term:<name>`. */
  epochs: Columns;
}

export type Curves = Partial<Record<Phase, PhaseCurves>>;

/** Points of a curve that are kept; a screen has fewer. */
const most = 2000;

/**
 * Collects what charts show, of any number of events: of long runs every second, fourth, … reading
 * is kept. A resumed phase goes on where its checkpoint was; what had been told beyond it is
 * dropped, and so is a phase that starts over.
 */
export class CurveCollector {
  readonly #phases = new Map<Phase, PhaseRecord>();

  add(event: TrainEvent): void {
    switch (event.type) {
      case "start": {
        const before = this.#phases.get(event.phase);
        if (event.resumed && before) before.cutAfter(event.resumed.step);
        else this.#phases.set(event.phase, new PhaseRecord());
        break;
      }
      case "step":
        this.#phase(event.phase).addStep(event);
        break;
      case "epoch":
        this.#phase(event.phase).addEpoch(event);
        break;
      default:
        break;
    }
  }

  get curves(): Curves {
    return Object.fromEntries([...this.#phases].map(([phase, record]) => [phase, record.curves]));
  }

  #phase(phase: Phase): PhaseRecord {
    const found = this.#phases.get(phase) ?? new PhaseRecord();
    this.#phases.set(phase, found);
    return found;
  }
}

type Row = { step: number; values: Record<string, number | null> };

class PhaseRecord {
  #steps: Row[] = [];
  #epochs: Row[] = [];
  /** Readings per kept one, and those since the last kept one. */
  #every = 1;
  #since = 0;

  addStep(event: StepEvent): void {
    if (event.loss === null) return;
    this.#since += 1;
    if (this.#since < this.#every) return;
    this.#since = 0;
    const { loss, lr, samplesPerSecond, accuracy, terms } = event;
    const values = { loss, lr, samplesPerSecond, accuracy, ...named(terms) };
    this.#steps.push({ step: event.step, values });
    if (this.#steps.length < 2 * most) return;
    this.#steps = this.#steps.filter((_, at) => at % 2 === 0);
    this.#every *= 2;
  }

  addEpoch({ step, metrics }: EpochEvent): void {
    const { loss, lr, samplesPerSecond, accuracy, gradNorm, terms, validation } = metrics;
    const values: Row["values"] = {
      loss,
      accuracy,
      lr,
      gradNorm,
      samplesPerSecond,
      validationLoss: validation?.loss ?? null,
      validationAccuracy: validation?.accuracy ?? null,
      agreement: validation?.agreement ?? null,
      ...named(terms),
    };
    this.#epochs.push({ step, values });
  }

  cutAfter(step: number): void {
    this.#steps = this.#steps.filter((row) => row.step <= step);
    this.#epochs = this.#epochs.filter((row) => row.step <= step);
  }

  get curves(): PhaseCurves {
    const epochs = columns(this.#epochs);
    // Short runs pass without a reading between epochs.
    return { steps: this.#steps.length > 1 ? columns(this.#steps) : epochs, epochs };
  }
}

function named(terms: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [`term:${name}`, value]));
}

function columns(rows: readonly Row[]): Columns {
  const keys = new Set(rows.flatMap((row) => Object.keys(row.values)));
  const finite = (value: number | null | undefined) =>
    typeof value === "number" && Number.isFinite(value) ? value : null;
  const values: Columns["values"] = {};
  for (const key of keys) {
    const column = rows.map((row) => finite(row.values[key]));
    if (column.some((value) => value !== null)) values[key] = column;
  }
  return { step: rows.map((row) => row.step), values };
}

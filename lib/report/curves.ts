/** Events as the columns of charts. */

import type { EpochEvent, Phase, StartEvent, StepEvent, TrainEvent } from "../train/events.js";

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

/** Columns from the row `from` on: what a receiver has beyond it is replaced. */
export interface ColumnChanges extends Columns {
  from: number;
}

/** What is new of the curves since a mark. */
export type CurveChanges = Partial<Record<Phase, { steps: ColumnChanges; epochs: ColumnChanges }>>;

/** How much of the curves a receiver has. */
export type CurveMark = ReadonlyMap<Phase, { generation: number; steps: number; epochs: number }>;

/** At least so many readings are kept of a curve that has them, and less than twice as many. */
const most = 1000;

/**
 * Collects what charts show, of any number of events. Of long runs the two readings with the lowest
 * and the highest loss are kept of every 4, 8, … in a row, so that no spike is lost. A resumed phase
 * goes on where its checkpoint was; what had been told beyond it is dropped, and so is a phase that
 * starts over. Stages of a training lie one behind the other.
 */
export class CurveCollector {
  readonly #phases = new Map<Phase, PhaseRecord>();

  add(event: TrainEvent): void {
    switch (event.type) {
      case "start": {
        const before = this.#phases.get(event.phase);
        const first = event.stage === undefined || event.stage.index === 1;
        if (before && (event.resumed || !first)) before.goOn(event);
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

  /** What a receiver lacks that has everything up to `mark`, and the mark it is at then. */
  changes(mark: CurveMark | null): { changes: CurveChanges; mark: CurveMark } {
    const changes: CurveChanges = {};
    const now = new Map<Phase, { generation: number; steps: number; epochs: number }>();
    for (const [phase, record] of this.#phases) {
      const known = mark?.get(phase);
      const from = known?.generation === record.generation ? known : { steps: 0, epochs: 0 };
      changes[phase] = record.changes(from.steps, from.epochs);
      now.set(phase, record.mark);
    }
    return { changes, mark: now };
  }

  #phase(phase: Phase): PhaseRecord {
    const found = this.#phases.get(phase) ?? new PhaseRecord();
    this.#phases.set(phase, found);
    return found;
  }
}

type Row = { step: number; values: Record<string, number | null> };

let generations = 0;

class PhaseRecord {
  /** Another one wherever rows that were told before are no longer there. */
  generation = generations++;
  #steps: Row[] = [];
  #epochs: Row[] = [];
  /** Two of so many readings are kept; those that do not make a group yet. */
  #group = 2;
  #open: Row[] = [];
  /** Updates before each stage, by its number. */
  readonly #before = new Map<number, number>();
  #offset = 0;

  addStep(event: StepEvent): void {
    if (event.loss === null) return;
    const { loss, lr, samplesPerSecond, accuracy, terms } = event;
    const values = { loss, lr, samplesPerSecond, accuracy, ...named(terms) };
    this.#open.push({ step: this.#offset + event.step, values });
    if (this.#open.length < this.#group) return;
    this.#steps.push(...extremes(this.#open));
    this.#open = [];
    if (this.#steps.length < 2 * most) return;
    this.#steps = this.#steps.flatMap((_, at, all) =>
      at % 4 === 0 ? extremes(all.slice(at, at + 4)) : [],
    );
    this.#group *= 2;
    this.generation = generations++;
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
    this.#epochs.push({ step: this.#offset + step, values });
  }

  /** The next stage, or the same one again from a checkpoint or from its beginning. */
  goOn({ stage, resumed }: StartEvent): void {
    const index = stage?.index ?? 1;
    const last = Math.max(this.#rows.at(-1)?.step ?? 0, this.#epochs.at(-1)?.step ?? 0);
    const offset = index === 1 ? 0 : (this.#before.get(index) ?? last);
    this.#before.set(index, offset);
    this.#offset = offset;
    const keep = offset + (resumed?.step ?? 0);
    if (keep >= last) return;
    this.#steps = this.#rows.filter((row) => row.step <= keep);
    this.#open = [];
    this.#epochs = this.#epochs.filter((row) => row.step <= keep);
    this.generation = generations++;
  }

  /** All that is known of the steps, the group that is open and its latest reading included. */
  get #rows(): Row[] {
    const ends = extremes(this.#open);
    const latest = this.#open.slice(-1).filter((row) => !ends.includes(row));
    return [...this.#steps, ...ends, ...latest];
  }

  get mark(): { generation: number; steps: number; epochs: number } {
    // The open group will be told again.
    const { generation } = this;
    return { generation, steps: this.#steps.length, epochs: this.#epochs.length };
  }

  changes(steps: number, epochs: number): { steps: ColumnChanges; epochs: ColumnChanges } {
    return {
      steps: { from: steps, ...columns(this.#rows.slice(steps)) },
      epochs: { from: epochs, ...columns(this.#epochs.slice(epochs)) },
    };
  }

  get curves(): PhaseCurves {
    const epochs = columns(this.#epochs);
    const steps = this.#rows;
    // Short runs pass without a reading between epochs.
    return { steps: steps.length > 1 ? columns(steps) : epochs, epochs };
  }
}

/** The rows with the lowest and the highest loss, in their order. */
function extremes(rows: readonly Row[]): Row[] {
  if (rows.length <= 2) return [...rows];
  let low = 0;
  let high = 0;
  const lossOf = (at: number) => rows[at]!.values.loss ?? Number.NaN;
  for (let at = 1; at < rows.length; at++) {
    // A comparison with what is no number is false: the first number replaces it.
    if (!(lossOf(at) >= lossOf(low)) && !Number.isNaN(lossOf(at))) low = at;
    if (!(lossOf(at) <= lossOf(high)) && !Number.isNaN(lossOf(at))) high = at;
  }
  // All the same: the ends.
  if (low === high) return [rows[0]!, rows.at(-1)!];
  return [rows[Math.min(low, high)]!, rows[Math.max(low, high)]!];
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

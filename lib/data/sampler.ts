/** Which samples come in which batch, and where in the epoch a reader is. */

import { PotstillError } from "../native/errors.js";
import { Random } from "./random.js";
import type { IteratorState } from "./source.js";

export interface SamplerOptions {
  length: number;
  batchSize: number;
  shuffle: boolean;
  seed: number;
  epoch: number;
  dropLast: boolean;
  startBatch: number;
}

/**
 * The batches of one epoch as positions in `[0, length)`. The order is a function of (seed, epoch,
 * length) alone: batch size and starting point only decide where it is cut.
 */
export class Sampler {
  readonly options: Readonly<SamplerOptions>;
  readonly count: number;
  #batch: number;
  #order: Int32Array | null = null;

  /** @throws ERR_CONFIG for options out of range, or a batch larger than the data with `dropLast` */
  constructor(options: SamplerOptions) {
    const { length, batchSize, dropLast, startBatch } = options;
    checkWhole("batchSize", batchSize, 1);
    checkWhole("epoch", options.epoch, 0, 0xffffffff);
    checkWhole("seed", options.seed, 0);
    checkWhole("startBatch", startBatch, 0);
    this.count = batchCount(length, batchSize, dropLast);
    if (this.count === 0 && length > 0) {
      throw new PotstillError(
        "ERR_CONFIG",
        `batchSize ${batchSize} is larger than the ${length} samples there are, and dropLast ` +
          "leaves the only batch out; use a smaller batchSize or dropLast: false",
      );
    }
    this.options = { ...options };
    this.#batch = startBatch;
  }

  /** Continues where `state` was taken; see `resumeOptions` for the checks. */
  static restore(state: IteratorState, length: number): Sampler {
    const { seed, epoch, batch, batchSize, shuffle, dropLast } = state;
    if (batchSize === null) {
      throw new PotstillError("ERR_CHECKPOINT", "the saved place is one in a stream of batches");
    }
    const options = { length, batchSize, shuffle, dropLast, seed, epoch, startBatch: batch };
    resumeOptions(state, options);
    return new Sampler(options);
  }

  /** Positions of the next batch, or null at the end of the epoch. The array is the caller's. */
  next(): Int32Array | null {
    if (this.#batch >= this.count) return null;
    const { length, batchSize, shuffle, seed, epoch } = this.options;
    const begin = this.#batch * batchSize;
    const end = Math.min(begin + batchSize, length);
    this.#batch += 1;
    if (shuffle) {
      this.#order ??= Random.for("shuffle", seed, epoch).permutation(length);
      return this.#order.slice(begin, end);
    }
    return Int32Array.from({ length: end - begin }, (_, i) => begin + i);
  }

  /** The place after the batch that `next` returned last. */
  state(): IteratorState {
    return stateAt(this.options, this.#batch);
  }
}

/** Batches in an epoch of `length` samples. */
export function batchCount(length: number, batchSize: number, dropLast: boolean): number {
  checkWhole("batchSize", batchSize, 1);
  return dropLast ? Math.floor(length / batchSize) : Math.ceil(length / batchSize);
}

/** The state of a reader that has handed out `batch` batches. */
export function stateAt(options: SamplerOptions, batch: number): IteratorState {
  const { seed, epoch, batchSize, shuffle, dropLast, length } = options;
  return { seed, epoch, batch, batchSize, shuffle, dropLast, length };
}

/**
 * Holds a saved state against what is being read now, and returns where to go on.
 *
 * @throws ERR_CHECKPOINT when going on would not give the batches that the saved run would have had
 */
export function resumeOptions(
  state: IteratorState,
  now: {
    length: number | null;
    batchSize: number | null;
    shuffle: boolean;
    dropLast: boolean;
  },
): { seed: number; epoch: number; startBatch: number } {
  for (const key of ["length", "batchSize", "shuffle", "dropLast"] as const) {
    if (state[key] !== now[key]) {
      throw new PotstillError(
        "ERR_CHECKPOINT",
        `the saved run read its data with ${key} ${String(state[key])}, this one has ` +
          `${String(now[key])}; resume with the same data and options, or start over`,
      );
    }
  }
  return { seed: state.seed, epoch: state.epoch, startBatch: state.batch };
}

/** @throws ERR_CONFIG unless `value` is a whole number in [least, most] */
export function checkWhole(
  name: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or above` : `${least} to ${most}`;
  throw new PotstillError(
    "ERR_CONFIG",
    `${name}: expected a whole number, ${range}, got ${String(value)}`,
  );
}

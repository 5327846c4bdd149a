/** A split whose samples are in memory: rows of tensors, and an order to see them in. */

import { createHash } from "node:crypto";
import { PotstillError } from "../native/errors.js";
import { keep, ops, type Tensor } from "../tensor/index.js";
import {
  channelsOf,
  checkMixable,
  gather,
  gatherImages,
  indexTensor,
  makeBatch,
  mixBatch,
  type Parts,
  type Place,
} from "./assemble.js";
import { allOrDispose, listInputs, mapInputs } from "./inputs.js";
import { checkClasses, type Labels } from "./labels.js";
import { type CheckedOptions, checkChannels, checkOptions, refuseImageOptions } from "./options.js";
import { prefetch } from "./prefetch.js";
import { batchCount, Sampler, stateAt } from "./sampler.js";
import type { Batch, BatchIterator, BatchOptions, Inputs, Normalize, Split } from "./source.js";
import { drawPart } from "./stratify.js";
import { validateRows } from "./validate.js";

/** Samples as they were loaded; shared by a split and everything made from it. */
export interface Store {
  inputs: Inputs;
  /** Rows of each input. */
  length: number;
  /** True where `inputs` is one tensor of images for `potstill::augment_images`. */
  images: boolean;
  labels: Labels | null;
  classes: number | null;
  classNames: readonly string[] | null;
  normalize: Normalize | null;
  /** File names or other origins, for messages. */
  origin: { inputs: string; labels: string };
  /** Hash of the inputs, once somebody has asked for it. */
  fingerprint?: Promise<string>;
  /** Everything to free. */
  owned: Set<Tensor>;
  disposed: boolean;
}

/** SHA-256 of names, dtypes, shapes and bytes, a piece at a time so that the event loop goes on. */
async function hashOf(inputs: Inputs): Promise<string> {
  const hash = createHash("sha256");
  for (const { name, tensor } of listInputs(inputs)) {
    hash.update(JSON.stringify([name, tensor.dtype, tensor.shape]));
    const rows = tensor.shape[0] ?? 0;
    const perPiece = Math.max(1, Math.floor((hashPiece * rows) / Math.max(1, tensor.numel)));
    for (let row = 0; row < rows; row += perPiece) {
      const count = Math.min(perPiece, rows - row);
      const piece = ops.aten.narrow(tensor, 0, row, count) as Tensor;
      try {
        const data = await piece.data();
        hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      } finally {
        piece.dispose();
      }
    }
  }
  return hash.digest("hex");
}

/** Elements, about a millisecond of hashing. */
const hashPiece = 1 << 20;

export class ArraySplit implements Split {
  readonly name: string;
  readonly #store: Store;
  /** Rows of the store in the order of this split; null: all of them as they are. */
  readonly #rows: Int32Array | null;
  readonly #withLabels: boolean;
  #labels: Tensor | null = null;

  constructor(name: string, store: Store, rows: Int32Array | null = null, withLabels = true) {
    this.name = name;
    this.#store = store;
    this.#rows = rows;
    this.#withLabels = withLabels && store.labels !== null;
    if (this.length === 0) {
      throw new PotstillError("ERR_DATA", `${name}: there are no samples (${store.origin.inputs})`);
    }
  }

  get length(): number {
    return this.#rows?.length ?? this.#store.length;
  }

  get classes(): number | null {
    return this.#store.classes;
  }

  get classNames(): readonly string[] | null {
    return this.#store.classNames;
  }

  get normalize(): Normalize | null {
    return this.#store.normalize;
  }

  get labeled(): boolean {
    return this.#withLabels;
  }

  get sampleShape(): readonly number[] | null {
    const list = listInputs(this.#alive().inputs);
    if (list.length !== 1) return null;
    const shape = list[0]?.tensor.shape ?? [];
    return this.#store.images && shape.length === 3 ? [1, ...shape.slice(1)] : shape.slice(1);
  }

  get labels(): Tensor | null {
    const { labels, owned } = this.#alive();
    if (!this.#withLabels || labels === null) return null;
    if (this.#rows === null) return labels.tensor;
    if (this.#labels === null) {
      const rows = indexTensor(this.#rows);
      this.#labels = keep(ops.aten.index_select(labels.tensor, 0, rows)) as Tensor;
      owned.add(this.#labels);
      rows.dispose();
    }
    return this.#labels;
  }

  sampleIds(): Int32Array {
    return this.#rows?.slice() ?? Int32Array.from({ length: this.length }, (_, row) => row);
  }

  batchCount(options: { batchSize: number; dropLast?: boolean }): number {
    return batchCount(this.length, options.batchSize, options.dropLast ?? false);
  }

  batches(options: BatchOptions): BatchIterator {
    const store = this.#alive();
    const checked = checkOptions(this, options);
    const { augment, normalize, startBatch } = checked;
    if (store.images) checkChannels(normalize, channelsOf((store.inputs as Tensor).shape));
    else refuseImageOptions(this.name, augment, normalize);
    if (augment !== null && augment.mixup > 0) checkMixable(store.inputs);

    const sampler = new Sampler({ ...checked, length: this.length });
    let batch = startBatch;
    return prefetch({
      start: () => {
        const positions = sampler.next();
        if (positions === null) return Promise.resolve(null);
        const epoch = checked.view ?? checked.epoch;
        return this.#assemble(positions, checked, { ...checked, epoch, batch: batch++ });
      },
      place: checked.place,
      depth: checked.prefetch,
      signal: checked.signal,
      settle: true,
      state: (handedOut) => stateAt(sampler.options, startBatch + handedOut),
    });
  }

  subset(indices: ArrayLike<number>): ArraySplit {
    const rows = new Int32Array(indices.length);
    for (let i = 0; i < indices.length; i++) {
      const position = indices[i] as number;
      if (!Number.isInteger(position) || position < 0 || position >= this.length) {
        throw new PotstillError(
          "ERR_CONFIG",
          `subset of ${this.name}: index ${position} at position ${i} is out of range for ` +
            `${this.length} samples`,
        );
      }
      rows[i] = this.#row(position);
    }
    return this.#narrow(this.name, rows);
  }

  split(fraction: number, seed = 0): [ArraySplit, ArraySplit] {
    if (!(fraction > 0 && fraction < 1)) {
      throw new PotstillError(
        "ERR_CONFIG",
        `split: expected a fraction in (0, 1), got ${fraction}`,
      );
    }
    const size = Math.round(fraction * this.length);
    if (size === 0 || size === this.length) {
      throw new PotstillError(
        "ERR_DATA",
        `split: ${fraction} of the ${this.length} samples of ${this.name} leaves one part empty`,
      );
    }
    const chosen = drawPart(this.#classes() ?? new Int32Array(this.length), size, seed);
    const parts: [number[], number[]] = [[], []];
    for (let i = 0; i < this.length; i++) parts[chosen[i] ? 1 : 0].push(this.#row(i));
    return [
      this.#narrow(this.name, Int32Array.from(parts[0])),
      this.#narrow("validation", Int32Array.from(parts[1])),
    ];
  }

  withoutClasses(classes: readonly number[]): ArraySplit {
    const own = this.#classes();
    if (own === null) {
      throw new PotstillError("ERR_DATA", `withoutClasses: ${this.name} has no class labels`);
    }
    for (const value of classes) {
      if (Number.isInteger(value) && value >= 0 && value < (this.classes ?? 0)) continue;
      throw new PotstillError(
        "ERR_CONFIG",
        `withoutClasses: ${this.name} has no class ${value}; its classes are 0 to ` +
          `${(this.classes ?? 0) - 1}`,
      );
    }
    const left: number[] = [];
    own.forEach((value, i) => {
      if (!classes.includes(value)) left.push(this.#row(i));
    });
    return this.#narrow(this.name, Int32Array.from(left));
  }

  withoutLabels(): ArraySplit {
    return new ArraySplit(this.name, this.#alive(), this.#rows, false);
  }

  async fingerprint(): Promise<string> {
    const store = this.#alive();
    store.fingerprint ??= hashOf(store.inputs);
    return await store.fingerprint;
  }

  async validate(): Promise<void> {
    const { inputs, labels, origin, classes } = this.#alive();
    const rows = this.#rows;
    for (const { name, tensor } of listInputs(inputs)) {
      await validateRows(tensor, rows, this.length, `${origin.inputs}: ${name}`);
    }
    if (!this.#withLabels || labels === null) return;
    const own = this.#classes();
    if (own !== null) checkClasses(own, classes, origin.labels);
    else await validateRows(labels.tensor, rows, this.length, `${origin.labels}: labels`);
  }

  #narrow(name: string, rows: Int32Array): ArraySplit {
    return new ArraySplit(name, this.#alive(), rows, this.#withLabels);
  }

  #row(position: number): number {
    return this.#rows?.[position] ?? position;
  }

  /** Class of each sample in the order of this split; null where labels are no classes. */
  #classes(): Int32Array | null {
    const host = this.#withLabels ? (this.#alive().labels?.host ?? null) : null;
    if (host === null || this.#rows === null) return host;
    return this.#rows.map((row) => host[row] as number);
  }

  #alive(): Store {
    if (!this.#store.disposed) return this.#store;
    throw new PotstillError(
      "ERR_DISPOSED",
      `${this.name}: the data set was disposed; keep it until the run has ended`,
    );
  }

  async #assemble(positions: Int32Array, options: CheckedOptions, place: Place): Promise<Batch> {
    const { inputs, images, labels } = this.#alive();
    const { normalize, augment } = options;
    const rows = positions.map((position) => this.#row(position));
    const ids = indexTensor(rows);
    let parts: Parts;
    try {
      const [ownLabels = null, ...gathered] = await allOrDispose([
        this.#withLabels && labels !== null ? gather(labels.tensor, ids) : null,
        ...listInputs(inputs).map(({ tensor }) =>
          images ? gatherImages(tensor, ids, null, normalize, augment, place) : gather(tensor, ids),
        ),
      ]);
      parts = {
        inputs: mapInputs(inputs, (_, i) => gathered[i] as Tensor),
        labels: ownLabels,
        mask: null,
        ids,
        size: rows.length,
      };
    } catch (error) {
      ids.dispose();
      throw error;
    }
    return augment !== null && augment.mixup > 0
      ? mixBatch(parts, augment.mixup, place)
      : makeBatch(parts, null, 1);
  }
}

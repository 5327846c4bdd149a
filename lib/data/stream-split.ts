/** A split behind somebody else's iterable of batches. */

import { PotstillError } from "../native/errors.js";
import { keep, Tensor } from "../tensor/index.js";
import {
  channelsOf,
  checkMixable,
  gatherImages,
  indexTensor,
  looksLikeImages,
  makeBatch,
  mixBatch,
  type Parts,
  type Place,
} from "./assemble.js";
import { countSamples, listInputs, mapInputs } from "./inputs.js";
import { checkClasses, takeLabels } from "./labels.js";
import { type CheckedOptions, checkChannels, checkOptions, refuseImageOptions } from "./options.js";
import { abortable, prefetch } from "./prefetch.js";
import { stateAt } from "./sampler.js";
import type {
  Batch,
  BatchIterator,
  BatchOptions,
  BatchSource,
  Normalize,
  Split,
  UserBatch,
} from "./source.js";

export interface StreamOptions {
  /** Number of classes; labels are then checked against it. */
  classes?: number | undefined;
  classNames?: readonly string[] | undefined;
  /** Samples in an epoch, where it is known. */
  length?: number | undefined;
  /** Batches in an epoch, where it is known; schedules over a whole run need it. */
  batches?: number | undefined;
  /** False when the batches carry no labels; default true. */
  labeled?: boolean | undefined;
  /**
   * Whether `inputs` is one tensor of images, uint8 or float32, to be normalized and augmented.
   * Default: uint8 tensors `[B, H, W]` and `[B, C, H, W]` are, others are not.
   */
  images?: boolean | undefined;
  normalize?: Normalize | undefined;
}

/**
 * Batches as they come: `batchSize`, `shuffle` and `dropLast` are passed to a batch-making function
 * and otherwise without effect. The tensors that the iterable yields stay its own; a `Batch` holds
 * aliases. What needs random access (`subset`, `split`, `withoutClasses`) is refused.
 */
export class StreamSplit implements Split {
  readonly name: string;
  readonly labels = null;
  readonly sampleShape = null;
  readonly #source: BatchSource;
  readonly #options: StreamOptions;
  #used = false;
  /** What `peek` began to read, and as what. */
  #begun: { reading: Reading; options: CheckedOptions } | null = null;

  constructor(name: string, source: BatchSource, options: StreamOptions = {}) {
    this.name = name;
    this.#source = source;
    this.#options = options;
  }

  get length(): number | null {
    return this.#options.length ?? null;
  }

  get classes(): number | null {
    return this.#options.classes ?? null;
  }

  get classNames(): readonly string[] | null {
    return this.#options.classNames ?? null;
  }

  get normalize(): Normalize | null {
    return this.#options.normalize ?? null;
  }

  get labeled(): boolean {
    return this.#options.labeled ?? true;
  }

  /** Nobody knows what a stream will bring. */
  fingerprint(): Promise<null> {
    return Promise.resolve(null);
  }

  sampleIds(): null {
    return null;
  }

  batchCount(): number | null {
    return this.#options.batches ?? null;
  }

  batches(options: BatchOptions): BatchIterator {
    const checked = checkOptions(this, options);
    if (this.#options.images === false) {
      refuseImageOptions(this.name, checked.augment, checked.normalize);
    }
    const { startBatch } = checked;
    const reader = new StreamReader(this, this.#options, checked, () => this.#open(checked));
    return prefetch({
      start: () => reader.next(),
      place: checked.place,
      depth: checked.prefetch,
      signal: checked.signal,
      settle: false,
      state: (handedOut) => ({
        ...stateAt({ ...checked, length: 0 }, startBatch + handedOut),
        length: this.length,
      }),
      finish: () => reader.close(),
    });
  }

  /** The batch that `batches` will begin with; null where there is none. */
  async peek(options: BatchOptions): Promise<Batch | null> {
    const checked = checkOptions(this, options);
    this.#begun ??= { reading: this.#read(checked), options: checked };
    const first = await abortable(this.#begun.reading.peek(), checked.signal);
    const again = { next: async () => first, close: async () => {} };
    const reader = new StreamReader(this, this.#options, checked, () => again);
    return await reader.next();
  }

  /** Closes what `peek` began and no `batches` went on with. */
  async unpeek(): Promise<void> {
    const begun = this.#begun;
    this.#begun = null;
    await begun?.reading.close();
  }

  subset(): Split {
    throw this.#unsupported("subset");
  }

  split(): [Split, Split] {
    throw this.#unsupported("split");
  }

  withoutClasses(): Split {
    throw this.#unsupported("withoutClasses");
  }

  withoutLabels(): Split {
    return new StreamSplit(this.name, this.#source, { ...this.#options, labeled: false });
  }

  /** Nothing to look at before the batches come; their labels are checked as they do. */
  async validate(): Promise<void> {}

  /** What `peek` began, where that is the same epoch; else from the beginning. */
  #open(options: CheckedOptions): Reading {
    const begun = this.#begun;
    this.#begun = null;
    if (begun === null) return this.#read(options);
    if (typeof this.#source !== "function" || sameEpoch(begun.options, options)) {
      return begun.reading;
    }
    begun.reading.close().catch(() => {});
    return this.#read(options);
  }

  #read(options: CheckedOptions): Reading {
    const source = this.#source;
    if (typeof source === "function") {
      const { epoch, seed, shuffle, batchSize, signal } = options;
      const made = source({ epoch, seed, shuffle, batchSize, signal });
      return new Reading(iterate(made, this.name));
    }
    const iterator = iterate(source, this.name);
    const once = (iterator as unknown) === source;
    if (once && this.#used) {
      throw new PotstillError(
        "ERR_DATA",
        `${this.name}: this iterable can be read once, and it has been; ` +
          "give a function that makes a new one for every epoch",
      );
    }
    this.#used = true;
    return new Reading(iterator);
  }

  #unsupported(what: string): PotstillError {
    return new PotstillError(
      "ERR_DATA",
      `${this.name}: ${what} needs samples that can be picked, and this is a stream of batches; ` +
        "use datasets.tensors, or filter in the iterable",
    );
  }
}

function iterate(source: unknown, name: string): AsyncIterator<UserBatch> | Iterator<UserBatch> {
  const from = source as Partial<AsyncIterable<UserBatch> & Iterable<UserBatch>> | null | undefined;
  const asynchronous = from?.[Symbol.asyncIterator];
  if (typeof asynchronous === "function") return asynchronous.call(from);
  const synchronous = from?.[Symbol.iterator];
  if (typeof synchronous === "function") return synchronous.call(from);
  throw new PotstillError(
    "ERR_DATA",
    `${name}: expected an iterable of batches, or a function that makes one, got ${typeof source}`,
  );
}

/** Whether a function is told the same for both. */
function sameEpoch(a: CheckedOptions, b: CheckedOptions): boolean {
  return (["epoch", "seed", "shuffle", "batchSize"] as const).every((key) => a[key] === b[key]);
}

/** What a source gives, the first of which can be looked at before it is taken. */
class Reading {
  readonly #source: AsyncIterator<UserBatch> | Iterator<UserBatch>;
  #first: Promise<IteratorResult<UserBatch>> | null = null;
  #waiting = false;

  constructor(source: AsyncIterator<UserBatch> | Iterator<UserBatch>) {
    this.#source = source;
  }

  peek(): Promise<IteratorResult<UserBatch>> {
    this.#first ??= this.#next();
    return this.#first;
  }

  next(): Promise<IteratorResult<UserBatch>> {
    const first = this.#first;
    this.#first = null;
    return first ?? this.#next();
  }

  async close(): Promise<void> {
    const closed = Promise.resolve(this.#source.return?.());
    // A source that is stuck in `next` cannot end before it wakes up: do not wait for it.
    if (this.#waiting) closed.catch(() => {});
    else await closed;
  }

  async #next(): Promise<IteratorResult<UserBatch>> {
    this.#waiting = true;
    try {
      return await this.#source.next();
    } finally {
      this.#waiting = false;
    }
  }
}

/** Pulls one epoch, one batch at a time, however many are asked for at once. */
class StreamReader {
  readonly #split: StreamSplit;
  readonly #options: StreamOptions;
  readonly #checked: CheckedOptions;
  readonly #open: () => Pick<Reading, "next" | "close">;
  #reading: Pick<Reading, "next" | "close"> | null = null;
  #pulls: Promise<unknown> = Promise.resolve();
  #ended = false;
  #batch = 0;
  #samples = 0;

  constructor(
    split: StreamSplit,
    options: StreamOptions,
    checked: CheckedOptions,
    open: () => Pick<Reading, "next" | "close">,
  ) {
    this.#split = split;
    this.#options = options;
    this.#checked = checked;
    this.#open = open;
  }

  next(): Promise<Batch | null> {
    const pull = this.#pulls.then(() => this.#pull());
    this.#pulls = pull.catch(() => {
      this.#ended = true;
    });
    return pull.then((found) => found && this.#finish(found.given, found.index, found.first));
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#reading?.close();
  }

  async #pull(): Promise<{ given: UserBatch; index: number; first: number } | null> {
    for (;;) {
      if (this.#ended) return null;
      this.#reading ??= this.#open();
      const result = await this.#reading.next();
      if (result.done) {
        this.#ended = true;
        return null;
      }
      const index = this.#batch++;
      const first = this.#samples;
      this.#samples += this.#check(result.value, index);
      if (index >= this.#checked.startBatch) return { given: result.value, index, first };
    }
  }

  #where(index: number): string {
    return `${this.#split.name}, batch ${index}`;
  }

  /** Shape of what came; returns its number of samples. */
  #check(given: UserBatch, index: number): number {
    const where = this.#where(index);
    if (typeof given !== "object" || given === null || !("inputs" in given) || !given.inputs) {
      throw new PotstillError("ERR_DATA", `${where}: expected { inputs, labels?, mask?, ids? }`);
    }
    const size = countSamples(given.inputs, where);
    for (const key of ["labels", "mask", "ids"] as const) {
      const tensor = given[key] ?? null;
      if (tensor === null) continue;
      if (!(tensor instanceof Tensor) || tensor.shape[0] !== size) {
        const got = tensor instanceof Tensor ? `shape [${tensor.shape.join(", ")}]` : typeof tensor;
        throw new PotstillError(
          "ERR_DATA",
          `${where}: ${key} must be a tensor with a row for each of the ${size} samples, got ${got}`,
        );
      }
    }
    if (given.ids && (given.ids.dtype !== "int64" || given.ids.shape.length !== 1)) {
      throw new PotstillError("ERR_DATA", `${where}: ids must be int64 [B]`);
    }
    return size;
  }

  async #finish(given: UserBatch, index: number, first: number): Promise<Batch> {
    const { seed, epoch, augment } = this.#checked;
    const place: Place = { seed, epoch, batch: index };
    const parts = this.#alias(given, index);
    try {
      const images = this.#imagesOf(given);
      if (augment !== null && augment.mixup > 0 && images === null) checkMixable(given.inputs);
      if (images !== null) {
        const ready = await this.#prepareImages(images, parts, first, place);
        (parts.inputs as Tensor).dispose();
        parts.inputs = ready;
      }
    } catch (error) {
      makeBatch(parts, null, 1).dispose();
      throw error;
    }
    return augment !== null && augment.mixup > 0
      ? mixBatch(parts, augment.mixup, place)
      : makeBatch(parts, null, 1);
  }

  #alias(given: UserBatch, index: number): Parts {
    const alias = (tensor: Tensor) => keep(tensor.detach());
    let labels: Tensor | null = null;
    if (this.#split.labeled && given.labels) {
      const taken = takeLabels(given.labels);
      labels = taken.tensor;
      if (taken.host !== null) {
        try {
          checkClasses(taken.host, this.#split.classes, this.#where(index));
        } catch (error) {
          labels.dispose();
          throw error;
        }
      }
    }
    return {
      inputs: mapInputs(given.inputs, alias),
      labels,
      mask: given.mask ? alias(given.mask) : null,
      ids: given.ids ? alias(given.ids) : null,
      size: listInputs(given.inputs)[0]?.tensor.shape[0] as number,
    };
  }

  #imagesOf({ inputs }: UserBatch): Tensor | null {
    const { images } = this.#options;
    if (inputs instanceof Tensor && (images ?? looksLikeImages(inputs))) return inputs;
    refuseImageOptions(this.#split.name, this.#checked.augment, this.#checked.normalize);
    return null;
  }

  async #prepareImages(images: Tensor, parts: Parts, first: number, place: Place): Promise<Tensor> {
    const { normalize, augment } = this.#checked;
    checkChannels(normalize, channelsOf(images.shape));
    const rows = indexTensor(Array.from({ length: parts.size }, (_, i) => i));
    // Without ids the place in the epoch names the sample.
    const names = parts.ids ?? indexTensor(Array.from({ length: parts.size }, (_, i) => first + i));
    try {
      return await gatherImages(images, rows, names, normalize, augment, place);
    } finally {
      rows.dispose();
      if (names !== parts.ids) names.dispose();
    }
  }
}

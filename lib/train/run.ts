/** A job that can be awaited for its result and iterated for its events, both, either, or neither. */

import type { TrainEvent } from "./events.js";
import type { Profile, ProfileOptions } from "./profile.js";
import { Profiler } from "./profiler.js";

type Emit = (event: TrainEvent) => void;

/**
 * What `distill()` and `train()` return.
 *
 * - `await run` gives the result or throws the error.
 * - `for await (const event of run)` gives the events; leaving the loop stops listening, not the
 *   run. It ends with the run, and throws the run's error if there is one.
 * - Events from before the first listener are kept for it, except that of several `step` events
 *   only the latest is. Further listeners get what happens from then on.
 * - A listener that is slower than the run never holds it up: its pending `step` events collapse
 *   into the latest, all others wait for it.
 */
export class Run<Result> implements Promise<Result>, AsyncIterable<TrainEvent> {
  readonly [Symbol.toStringTag] = "Run";
  readonly #result: Promise<Result>;
  readonly #listeners = new Set<Listener>();
  readonly #profiler = new Profiler();
  /** What happened before anybody listened; null once somebody does. */
  #early: Listener | null = new Listener();
  #ended: { error: unknown } | { error?: never } | null = null;

  /** Starts `job` in the next microtask, so that its first events find a listener. */
  constructor(job: (emit: Emit, profiler: Profiler) => Promise<Result>) {
    this.#result = Promise.resolve()
      .then(() => job((event) => this.#emit(event), this.#profiler))
      .then(
        (result) => {
          this.#end({});
          return result;
        },
        (error: unknown) => {
          this.#end({ error });
          throw error;
        },
      );
  }

  // biome-ignore lint/suspicious/noThenProperty: a run is awaited for its result
  then<A = Result, B = never>(
    fulfilled?: ((value: Result) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(fulfilled, rejected);
  }

  catch<B = never>(
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<Result | B> {
    return this.#result.catch(rejected);
  }

  finally(callback?: (() => void) | null): Promise<Result> {
    return this.#result.finally(callback);
  }

  /**
   * Where the time of the next training steps goes. Resolves once they are done, while the run goes
   * on, or at its end with what was measured until then; a teacher that is trained first and the
   * student on its own are left out.
   *
   * @param options `steps` to measure (50) after the next `after` (10); `trace`: file for a Chrome trace
   * @throws PotstillError as a rejection: `ERR_CONFIG` for options, where one is under way, or where
   *   the run ended before; `ERR_IO` for the trace
   *
   * @example
   * const run = distill({ … });
   * const { milliseconds, parts } = await run.profile({ trace: "trace.json" });
   */
  profile(options: ProfileOptions = {}): Promise<Profile> {
    return this.#profiler.profile(options);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<TrainEvent> {
    const listener = this.#early ?? new Listener();
    this.#early = null;
    if (this.#ended) listener.end(this.#ended);
    else this.#listeners.add(listener);
    // The error reaches this listener, so it is not unhandled when nobody awaits the result.
    this.#result.catch(() => {});
    const iterator: AsyncIterableIterator<TrainEvent> = {
      next: () => listener.next(),
      return: async () => {
        this.#listeners.delete(listener);
        listener.close();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  #emit(event: TrainEvent): void {
    this.#early?.push(event);
    for (const listener of this.#listeners) listener.push(event);
  }

  #end(outcome: { error?: unknown }): void {
    this.#ended = outcome;
    this.#profiler.end();
    for (const listener of this.#listeners) listener.end(outcome);
    this.#listeners.clear();
  }
}

/** A queue of events with at most one `step` event at its end. */
class Listener {
  #queue: TrainEvent[] = [];
  #waiting: {
    resolve: (result: IteratorResult<TrainEvent>) => void;
    reject: (error: unknown) => void;
  }[] = [];
  #outcome: { error?: unknown } | null = null;

  push(event: TrainEvent): void {
    const waiting = this.#waiting.shift();
    if (waiting) {
      waiting.resolve({ done: false, value: event });
      return;
    }
    if (event.type === "step" && this.#queue.at(-1)?.type === "step") this.#queue.pop();
    this.#queue.push(event);
  }

  end(outcome: { error?: unknown }): void {
    this.#outcome = outcome;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [index, { resolve, reject }] of waiting.entries()) {
      if (index === 0 && "error" in outcome) reject(this.#takeError());
      else resolve({ done: true, value: undefined });
    }
  }

  close(): void {
    this.#queue = [];
    this.end({});
  }

  next(): Promise<IteratorResult<TrainEvent>> {
    const event = this.#queue.shift();
    if (event) return Promise.resolve({ done: false, value: event });
    if (this.#outcome) {
      if ("error" in this.#outcome) return Promise.reject(this.#takeError());
      return Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** An error is thrown once; after it the iterator is simply done, as a generator would be. */
  #takeError(): unknown {
    const error = this.#outcome?.error;
    this.#outcome = {};
    return error;
  }
}

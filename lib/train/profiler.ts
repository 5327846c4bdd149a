/** Profiles a run on request: turns the native clocks on for some steps, and adds up what they say. */

import { z } from "zod";
import type { Batch, BatchIterator } from "../data/index.js";
import { writeJson } from "../files/index.js";
import { PotstillError } from "../native/errors.js";
import { parseOptions } from "../tensor/options.js";
import type { Flight } from "./flight.js";
import {
  addUp,
  clock,
  type Profile,
  type ProfileOptions,
  productChoices,
  type Span,
  spansOf,
  traceOf,
} from "./profile.js";
import type { TrainingStep } from "./step.js";

const schema = z.strictObject({
  steps: z.int().min(1).max(100_000).default(50),
  after: z.int().min(0).default(10),
  trace: z.string().min(1).nullish(),
});

interface Request {
  options: z.output<typeof schema>;
  resolve: (profile: Profile) => void;
  reject: (error: unknown) => void;
  /** Steps since it was asked for, and since the clocks run. */
  seen: number;
  measured: number | null;
}

/** What can be asked for a profile. */
interface Profiled {
  profile(options?: ProfileOptions): Promise<Profile>;
}

export class Profiler implements Profiled {
  #request: Request | null = null;
  #inner: Profiled | null = null;
  #ended = false;
  #waits: Span[] = [];

  /** @throws ERR_CONFIG as a rejection: for options, while another is under way, after the run */
  async profile(options: ProfileOptions = {}): Promise<Profile> {
    const checked = parseOptions("profile", schema, options) as Request["options"];
    if (this.#request) throw refused("one is under way already");
    if (this.#ended) throw refused("the run is over");
    return new Promise((resolve, reject) => {
      this.#request = { options: checked, resolve, reject, seen: 0, measured: null };
      if (this.#inner) this.#ask(this.#inner);
    });
  }

  /** Lets another run answer, which this one is made of. */
  passTo(inner: Profiled): void {
    this.#inner = inner;
    if (this.#request) this.#ask(inner);
  }

  #ask(inner: Profiled): void {
    const { options, resolve, reject } = this.#request!;
    inner.profile(options).then(
      (profile) => {
        this.#request = null;
        resolve(profile);
      },
      (error: unknown) => {
        this.#request = null;
        reject(error);
      },
    );
  }

  /** The batches, with the time that was waited for each. */
  watch(batches: BatchIterator): AsyncIterableIterator<Batch> {
    const iterator: AsyncIterableIterator<Batch> = {
      next: async () => {
        const began = clock();
        const result = await batches.next();
        if (this.#request?.measured != null) {
          this.#waits.push({ part: "data", began, ended: clock() });
        }
        return result;
      },
      return: async () => {
        await batches.return();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** After a step of each of these was submitted. */
  stepped(steps: readonly TrainingStep[], flight: Flight): void {
    const request = this.#request;
    if (request === null || this.#inner !== null) return;
    if (request.measured === null) {
      if (++request.seen < request.options.after) return;
      request.measured = 0;
      this.#waits = [];
      flight.watch(Promise.all(steps.map((step) => step.profile(true))));
    } else if (++request.measured === request.options.steps) {
      flight.watch(this.#collect(request, steps));
    }
  }

  /** At the end of a training: what was measured until then has to do. */
  async finish(steps: readonly TrainingStep[]): Promise<void> {
    const request = this.#request;
    if (request?.measured != null && request.measured < request.options.steps) {
      await this.#collect(request, steps);
    }
  }

  /** At the end of the run. */
  end(): void {
    this.#ended = true;
    const request = this.#request;
    if (request === null || this.#inner !== null) return;
    this.#request = null;
    request.reject(
      refused(
        `the run ended before step ${request.options.after + 1} of its training was measured; ask ` +
          "for it with a smaller `after`, or train longer",
      ),
    );
  }

  /** Never fails itself: what goes wrong is for whoever asked. */
  async #collect(request: Request, steps: readonly TrainingStep[]): Promise<void> {
    try {
      const parts = await Promise.all(steps.map((step) => step.profile(false)));
      const spans = parts.flatMap(spansOf).sort((a, b) => a.began - b.began);
      const sums = addUp(spans, this.#waits);
      // The clocks start behind the steps in flight, so that what was measured may be none.
      if (sums.steps === 0) return;
      const { trace = null } = request.options;
      if (trace !== null) await writeJson(trace, traceOf(spans, this.#waits));
      const each = (value: number) => value / sums.steps;
      const perStep = Object.fromEntries(
        Object.entries(sums.parts).map(([part, value]) => [part, each(value)]),
      ) as Profile["parts"];
      this.#request = null;
      request.resolve({
        steps: sums.steps,
        milliseconds: Object.values(perStep).reduce((total, value) => total + value, 0),
        parts: perStep,
        products: productChoices(),
        trace,
      });
    } catch (error) {
      this.#request = null;
      request.reject(error);
    }
  }
}

function refused(reason: string): PotstillError {
  return new PotstillError("ERR_CONFIG", `profile: ${reason}`);
}

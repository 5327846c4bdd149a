/** Steps that have been submitted and are not done yet. */

/** Enough that the executor never waits for the event loop, few enough to stop soon. */
const stepsInFlight = 4;

/** Promises of jobs under way: never more than a few, and none that fails unseen. */
export class Flight {
  #steps: Promise<unknown>[] = [];
  #watched = new Set<Promise<unknown>>();
  #failed: { error: unknown } | null = null;

  /** Takes a job on; resolves when there is room for another. */
  async add(job: Promise<unknown>): Promise<void> {
    this.#steps.push(this.#guard(job));
    if (this.#steps.length >= stepsInFlight) await this.#steps.shift();
    this.check();
  }

  /** Takes on something that runs beside the steps. */
  watch(job: Promise<unknown>): void {
    const guarded = this.#guard(job);
    this.#watched.add(guarded);
    guarded.then(() => this.#watched.delete(guarded));
  }

  /** Throws if something has failed by now. */
  check(): void {
    if (this.#failed) throw this.#failed.error;
  }

  /** Resolves when everything is done, throws if something failed. */
  async land(): Promise<void> {
    await this.settle();
    this.check();
  }

  async settle(): Promise<void> {
    await Promise.all([...this.#steps, ...this.#watched]);
    this.#steps = [];
  }

  #guard(job: Promise<unknown>): Promise<unknown> {
    return job.catch((error: unknown) => {
      this.#failed ??= { error };
    });
  }
}

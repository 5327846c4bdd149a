/**
 * Gathers what is asked while a batch is computed, and answers it with the next one: a request that
 * comes alone is computed at once, many at the same time share a forward.
 */
export class Batcher {
  #waiting = [];
  #running = false;
  #compute;
  #most;
  /** Samples and batches so far. */
  counts = { samples: 0, batches: 0 };

  /**
   * @param compute takes samples, resolves to as many answers
   * @param most samples of one batch
   */
  constructor(compute, { most = 64 } = {}) {
    this.#compute = compute;
    this.#most = most;
  }

  /** Resolves to the sample's answer; rejects as its batch does. */
  ask(sample) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ sample, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run() {
    this.#running = true;
    // Requests that arrived in the same turn of the event loop go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#most);
      this.counts.samples += batch.length;
      this.counts.batches += 1;
      try {
        const answers = await this.#compute(batch.map(({ sample }) => sample));
        for (const [at, { resolve }] of batch.entries()) resolve(answers[at]);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = false;
  }
}

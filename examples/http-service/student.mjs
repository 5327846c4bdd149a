import { scope, tensor } from "potstill";
import { Batcher } from "./batcher.mjs";

/** The student that answers now, and how it is replaced while requests are under way. */
export class ServedStudent {
  #module;
  #batcher;
  /** What `GET /model` shows. */
  about;

  /**
   * @param module in evaluation mode; this object frees it
   * @param input what it was trained on: `{ shape: [channels, height, width], normalize }`
   */
  constructor(module, about, input, options) {
    this.#module = module;
    this.about = { version: 1, ...about };
    this.#batcher = new Batcher((images) => this.#classify(images, input), options);
  }

  get counts() {
    return this.#batcher.counts;
  }

  /** @param pixels one sample's bytes; resolves to its class, the probability, the version */
  ask(pixels) {
    return this.#batcher.ask(pixels);
  }

  /** Later requests get the new one; those under way end with the old, whose jobs hold it. */
  swap(module, about) {
    const before = this.#module;
    this.#module = module;
    this.about = { version: this.about.version + 1, ...about };
    before.dispose();
  }

  dispose() {
    this.#module.dispose();
  }

  async #classify(images, { shape, normalize }) {
    const { version } = this.about;
    const size = shape.reduce((a, b) => a * b, 1);
    const inputs = new Float32Array(images.length * size);
    const [mean, std] = [normalize?.mean ?? [0], normalize?.std ?? [1]];
    const plane = size / shape[0];
    for (const [at, pixels] of images.entries()) {
      for (let i = 0; i < size; i++) {
        const channel = Math.floor(i / plane) % mean.length;
        inputs[at * size + i] = (pixels[i] / 255 - mean[channel]) / std[channel];
      }
    }
    // Every tensor in here is freed at its end.
    return await scope(async () => {
      const batch = tensor(inputs, { shape: [images.length, ...shape] });
      // One job of the native thread, behind the steps in flight; what is left is small.
      const logits = await this.#module.logits(batch, { grad: false });
      const { values, indices } = logits.softmax(1).max(1);
      const [probabilities, classes] = [values.dataSync(), indices.dataSync()];
      return images.map((_, at) => ({
        class: Number(classes[at]),
        probability: probabilities[at],
        version,
      }));
    });
  }
}

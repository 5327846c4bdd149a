/**
 * Random numbers for sampling: the same on every platform, and a function of named words, so that
 * an epoch's order can be made again without replaying what came before it.
 */

import { PotstillError } from "../native/errors.js";

/** What a stream of numbers is for; part of its seed, so that no two uses share one. */
export type Purpose = "shuffle" | "mixup" | "split" | "draws";

const purposeWord: Record<Purpose, number> = { shuffle: 1, mixup: 2, split: 3, draws: 4 };

/** xoshiro128** (Blackman and Vigna 2018), its state filled by a hash of the seed's words. */
export class Random {
  #s0: number;
  #s1: number;
  #s2: number;
  #s3: number;
  #spare: number | null = null;

  private constructor(words: readonly number[]) {
    let hash = 0x9e3779b9;
    for (const word of words) hash = mix((Math.imul(hash, 31) + word) | 0);
    const next = () => {
      hash = (hash + 0x9e3779b9) | 0;
      return mix(hash);
    };
    this.#s0 = next();
    this.#s1 = next();
    this.#s2 = next();
    // All zeros is the one state that never moves.
    this.#s3 = next() | 1;
  }

  /**
   * The stream for one use.
   *
   * @param seed any safe integer
   * @param place further whole numbers, such as the epoch
   * @throws ERR_CONFIG when a number is no safe integer
   */
  static for(purpose: Purpose, seed: number, ...place: number[]): Random {
    const words = [purposeWord[purpose]];
    for (const value of [seed, ...place]) {
      if (!Number.isSafeInteger(value)) {
        throw new PotstillError("ERR_CONFIG", `seed: expected a safe integer, got ${value}`);
      }
      words.push(value | 0, Math.floor(value / 0x100000000) | 0);
    }
    return new Random(words);
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const product = Math.imul(this.#s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#s1 << 9;
    this.#s2 ^= this.#s0;
    this.#s3 ^= this.#s1;
    this.#s1 ^= this.#s2;
    this.#s0 ^= this.#s3;
    this.#s2 ^= shifted;
    this.#s3 = (this.#s3 << 11) | (this.#s3 >>> 21);
    return result;
  }

  /** A whole number in [0, bound), without bias; 1 ≤ bound ≤ 2^32. */
  below(bound: number): number {
    const limit = 0x100000000 - (0x100000000 % bound);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % bound;
  }

  /** A double in the open interval (0, 1), 52 random bits. */
  uniform(): number {
    const high = this.uint32() >>> 6;
    const low = this.uint32() >>> 6;
    return (high * 0x4000000 + low + 0.5) / 0x10000000000000;
  }

  /** Standard normal, by the polar method. */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  /** A draw from Beta(alpha, beta), both above 0. Never NaN, however small they are. */
  beta(alpha: number, beta: number): number {
    return 1 / (1 + Math.exp(this.#logGamma(beta) - this.#logGamma(alpha)));
  }

  /**
   * The logarithm of a draw from Gamma(shape, 1): Marsaglia and Tsang (2000), with their boost for
   * shapes below 1, kept in logarithms because the draw itself may underflow there.
   */
  #logGamma(shape: number): number {
    if (shape < 1) return this.#logGamma(shape + 1) + Math.log(this.uniform()) / shape;
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root ** 3;
      const bound = 0.5 * x * x + d - d * v + d * Math.log(v);
      if (Math.log(this.uniform()) < bound) return Math.log(d * v);
    }
  }

  /** Fisher–Yates, in place. */
  shuffle<T extends { length: number; [index: number]: number }>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const value = values[i] as number;
      values[i] = values[j] as number;
      values[j] = value;
    }
    return values;
  }

  /** The numbers 0 … length − 1 in random order. */
  permutation(length: number): Int32Array {
    const values = new Int32Array(length);
    for (let i = 0; i < length; i++) values[i] = i;
    return this.shuffle(values);
  }
}

/** The finalizer of MurmurHash3: every bit of the input moves about half of the output. */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../lib/data/random.js";

describe("Random", () => {
  it("gives the same numbers on every platform", () => {
    const random = Random.for("shuffle", 1, 0);
    const words = Array.from({ length: 6 }, () => random.uint32());
    // Recorded once; a change would reorder every seeded run.
    expect(words).toMatchInlineSnapshot(`
      [
        3024235267,
        2467986286,
        3984221064,
        4029754966,
        3548414575,
        3403434417,
      ]
    `);
    expect([...Random.for("shuffle", 7, 3).permutation(10)]).toMatchInlineSnapshot(`
      [
        2,
        4,
        5,
        3,
        7,
        0,
        1,
        6,
        8,
        9,
      ]
    `);
  });

  it("is another stream for every seed, place and purpose", () => {
    const first = (random: Random) => [random.uint32(), random.uint32()].join();
    const streams = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      for (let epoch = 0; epoch < 40; epoch++)
        streams.add(first(Random.for("shuffle", seed, epoch)));
    }
    expect(streams.size).toBe(1600);
    expect(first(Random.for("mixup", 1, 0))).not.toBe(first(Random.for("shuffle", 1, 0)));
    expect(first(Random.for("shuffle", 2 ** 32 + 1))).not.toBe(first(Random.for("shuffle", 1)));
    expect(first(Random.for("shuffle", 2 ** 40))).not.toBe(first(Random.for("shuffle", 2 ** 41)));
  });

  it("refuses seeds that are no safe integers", () => {
    for (const seed of [0.5, Number.NaN, 2 ** 53, "1" as unknown as number]) {
      expect(() => Random.for("shuffle", seed)).toThrow(
        expect.objectContaining({ code: "ERR_CONFIG" }),
      );
    }
  });

  it("permutes: every number once", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.maxSafeNat(), (length, seed) => {
        const order = Random.for("shuffle", seed).permutation(length);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
      }),
    );
  });

  it("reaches every order of three about equally often", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const key = Random.for("shuffle", seed).permutation(3).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Binomial(6000, 1/6): deviation 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("draws below a bound without leaving it", () => {
    const random = Random.for("split", 3);
    const seen = new Set<number>();
    for (let i = 0; i < 2000; i++) {
      const value = random.below(7);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(7);
      seen.add(value);
    }
    expect(seen.size).toBe(7);
    expect(random.below(1)).toBe(0);
    expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it("has the moments of the normal and the beta distribution", () => {
    const random = Random.for("mixup", 11);
    const n = 40000;
    const moments = (draw: () => number) => {
      const values = Array.from({ length: n }, draw);
      const mean = values.reduce((a, b) => a + b) / n;
      return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / n };
    };
    const normal = moments(() => random.normal());
    expect(normal.mean).toBeCloseTo(0, 1);
    expect(Math.abs(normal.variance - 1)).toBeLessThan(0.04);
    for (const [a, b] of [
      [0.2, 0.2],
      [1, 1],
      [4, 2],
    ] as const) {
      const beta = moments(() => random.beta(a, b));
      expect(Math.abs(beta.mean - a / (a + b))).toBeLessThan(0.01);
      const variance = (a * b) / ((a + b) ** 2 * (a + b + 1));
      expect(Math.abs(beta.variance / variance - 1)).toBeLessThan(0.05);
    }
  });

  it("draws a usable weight even for tiny alpha", () => {
    const random = Random.for("mixup", 5);
    for (let i = 0; i < 500; i++) {
      const weight = random.beta(1e-4, 1e-4);
      expect(weight).toBeGreaterThanOrEqual(0);
      expect(weight).toBeLessThanOrEqual(1);
    }
  });
});

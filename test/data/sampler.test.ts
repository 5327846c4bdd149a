import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Sampler, type SamplerOptions } from "../../lib/data/sampler.js";

const defaults: SamplerOptions = {
  length: 10,
  batchSize: 4,
  shuffle: false,
  seed: 0,
  epoch: 0,
  dropLast: false,
  startBatch: 0,
};

function read(options: Partial<SamplerOptions>): number[][] {
  const sampler = new Sampler({ ...defaults, ...options });
  return drain(sampler);
}

function drain(sampler: Sampler): number[][] {
  const batches: number[][] = [];
  for (let batch = sampler.next(); batch !== null; batch = sampler.next()) batches.push([...batch]);
  return batches;
}

const sizes = {
  length: fc.integer({ min: 1, max: 200 }),
  batchSize: fc.integer({ min: 1, max: 64 }),
};

describe("Sampler", () => {
  it("cuts the order into batches", () => {
    expect(read({})).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(read({ dropLast: true })).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    expect(read({ startBatch: 2 })).toEqual([[8, 9]]);
    expect(read({ startBatch: 3 })).toEqual([]);
  });

  it("shows every sample once, whatever the options", () => {
    fc.assert(
      fc.property(
        fc.record({ ...sizes, seed: fc.maxSafeNat(), epoch: fc.nat(1000) }),
        (options) => {
          const seen = read({ ...options, shuffle: true }).flat();
          expect(seen.sort((a, b) => a - b)).toEqual(
            Array.from({ length: options.length }, (_, i) => i),
          );
        },
      ),
    );
  });

  it("has one order per seed and epoch, however it is cut", () => {
    fc.assert(
      fc.property(fc.record({ ...sizes, seed: fc.maxSafeNat() }), ({ length, batchSize, seed }) => {
        const options = { length, seed, shuffle: true };
        expect(read({ ...options, batchSize }).flat()).toEqual(
          read({ ...options, batchSize: length }).flat(),
        );
      }),
    );
    const order = (seed: number, epoch: number) => read({ length: 50, shuffle: true, seed, epoch });
    expect(order(1, 0)).toEqual(order(1, 0));
    expect(order(1, 0)).not.toEqual(order(1, 1));
    expect(order(1, 0)).not.toEqual(order(2, 0));
  });

  it("goes on from a saved state as if nothing had happened", () => {
    fc.assert(
      fc.property(
        fc.record({ ...sizes, seed: fc.maxSafeNat(), shuffle: fc.boolean() }),
        fc.nat(20),
        (options, stop) => {
          const whole = read(options);
          const sampler = new Sampler({ ...defaults, ...options });
          const begun: number[][] = [];
          for (let i = 0; i < stop; i++) {
            const batch = sampler.next();
            if (batch !== null) begun.push([...batch]);
          }
          const state = JSON.parse(JSON.stringify(sampler.state()));
          expect(begun.concat(drain(Sampler.restore(state, options.length)))).toEqual(whole);
        },
      ),
    );
  });

  it("refuses a state taken on other data", () => {
    const { length: _, ...rest } = new Sampler(defaults).state();
    expect(() => Sampler.restore({ ...rest, length: 11 }, 10)).toThrow(
      expect.objectContaining({
        code: "ERR_CHECKPOINT",
        message: expect.stringContaining("length"),
      }),
    );
  });

  it.each([
    ["batchSize", { batchSize: 0 }],
    ["batchSize", { batchSize: 1.5 }],
    ["epoch", { epoch: -1 }],
    ["seed", { seed: -1 }],
    ["startBatch", { startBatch: Number.NaN }],
    ["dropLast", { dropLast: true, batchSize: 11 }],
  ])("names a bad option: %s", (name, options) => {
    expect(() => read(options)).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringContaining(name) }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawPart } from "../../lib/data/stratify.js";

describe("drawPart", () => {
  it("draws exactly as many as asked, each class within one of its share", () => {
    const cases = fc.array(fc.nat(5), { minLength: 2, maxLength: 120 }).chain((classes) =>
      fc.record({
        classes: fc.constant(Int32Array.from(classes)),
        size: fc.integer({ min: 1, max: classes.length - 1 }),
        seed: fc.maxSafeNat(),
      }),
    );
    fc.assert(
      fc.property(cases, ({ classes, size, seed }) => {
        const chosen = drawPart(classes, size, seed);
        expect(chosen.reduce((a, b) => a + b, 0)).toBe(size);
        for (const value of new Set(classes)) {
          const members = classes.filter((other) => other === value).length;
          const drawn = classes.filter((other, i) => other === value && chosen[i] === 1).length;
          expect(Math.abs(drawn - (members * size) / classes.length)).toBeLessThan(1 + 1e-9);
        }
      }),
    );
  });

  it("depends on the seed only", () => {
    const classes = Int32Array.from({ length: 60 }, (_, i) => i % 3);
    expect(drawPart(classes, 20, 1)).toEqual(drawPart(classes, 20, 1));
    expect(drawPart(classes, 20, 1)).not.toEqual(drawPart(classes, 20, 2));
  });
});

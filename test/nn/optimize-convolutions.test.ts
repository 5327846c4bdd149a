/** `Module.optimize`: convolutions by oneDNN, by Winograd and by our own products give what they gave. */

import { describe, expect, test } from "vitest";
import { randn } from "../../lib/tensor/index.js";
import { networks, optimizedAs, pairs, relativeDifference, settled, values } from "./optimize.js";

describe("packed convolutions", () => {
  const cases = [
    ...Object.entries(networks).flatMap(([name, definition]) =>
      ["frozen, packed", "frozen, Winograd"].map((way) => [way, name, definition] as const),
    ),
    ...pairs(1).map(([name, definition]) => ["frozen, own products", name, definition] as const),
  ];
  for (const [way, name, definition] of cases) {
    test(`give what the module gives: ${way}, ${name}`, async () => {
      const module = await settled(definition);
      const sample = randn([8, 3, 8, 8]);
      const found = await optimizedAs(way, module, { sample, dtype: "float32" });
      for (const batch of [8, 2, 8]) {
        const input = randn([batch, 3, 8, 8]);
        const copy = input.clone();
        const [own, fast] = [await module.predict(input), await found.module.predict(input)];
        expect(relativeDifference(own, fast)).toBeLessThan(1e-5);
        expect(values(input)).toEqual(values(copy));
      }
    });
  }
});

// One small operator from JavaScript.

import { setImmediate as turn } from "node:timers/promises";
import { fromTypedArray, ops } from "../../dist/index.js";
import { begin } from "./potstill.mjs";

export async function start(config) {
  const info = begin(config);
  const a = fromTypedArray(new Float32Array(8).fill(1));
  const b = fromTypedArray(new Float32Array(8).fill(2));
  const { add } = ops.aten;

  return {
    info,

    check() {
      return { losses: Array.from(add(a, b).dataSync()) };
    },

    /** Results are disposed of at once, or left to the collector, which works between turns. */
    async block({ steps, dispose }) {
      const began = performance.now();
      if (dispose) {
        for (let i = 0; i < steps; i++) add(a, b).dispose();
      } else {
        for (let i = 0; i < steps; ) {
          for (const end = Math.min(steps, i + 1000); i < end; i++) add(a, b);
          await turn();
        }
      }
      return { seconds: (performance.now() - began) / 1000 };
    },
  };
}

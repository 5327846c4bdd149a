// Epochs of a workload by `distill()` or `train()`, as `mode` says; and filling a teacher cache.

import { rmSync } from "node:fs";
import { cacheTeachers, distill, train } from "../../dist/index.js";
import { begin } from "./potstill.mjs";
import { distillOptions, loadStudent, trainingOptions } from "./workload.mjs";

async function optionsOf(config) {
  const { cache, ...options } = await distillOptions(config);
  return cache ? { ...options, cache: { dir: cache, dtype: config.cacheDtype } } : options;
}

export async function start(config) {
  const info = begin(config);
  const { cache } = await optionsOf(config);
  if (cache) process.on("exit", () => rmSync(cache.dir, { recursive: true, force: true }));

  return {
    info,

    /** Epochs in the place of steps; or caches that are filled from nothing. */
    async block({ steps, fill = false }) {
      let seconds = 0;
      for (let i = 0; fill && i < steps; i++) {
        rmSync(cache.dir, { recursive: true, force: true });
        const options = await optionsOf(config);
        const began = performance.now();
        await cacheTeachers({ ...options, epochs: 1 });
        seconds += (performance.now() - began) / 1000;
      }
      if (fill) return { seconds };
      // In the first epoch choices are made and caches settle.
      const epochs = steps + 1;
      const run =
        config.mode === "student"
          ? train({ ...trainingOptions(config), model: await loadStudent(config), epochs })
          : distill({ ...(await optionsOf(config)), epochs });
      for await (const event of run) {
        if (event.type === "epoch" && event.epoch > 1) seconds += event.metrics.seconds;
      }
      await run;
      return { seconds };
    },
  };
}

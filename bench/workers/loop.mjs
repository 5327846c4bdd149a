// Delay of the event loop, while `distill()` trains W1 or while nothing happens.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const percentiles = [50, 99, 100];

export async function start(config) {
  let info = {};
  let train = null;
  if (config.train) {
    const [{ distill }, { begin, w1Options }] = await Promise.all([
      import("../../dist/index.js"),
      import("./potstill.mjs"),
    ]);
    info = begin(config);
    const options = await w1Options(config.folder);
    train = (signal) => distill({ ...options, steps: 1_000_000, signal });
  }

  return {
    info,

    async delays({ seconds }) {
      const histogram = monitorEventLoopDelay({ resolution: 1 });
      const stop = new AbortController();
      const run = train?.(stop.signal);
      let steps = 0;
      const watched = run && watch(run, (step) => (steps = step));
      // The start of a run is no steady state.
      await sleep(300);
      histogram.enable();
      await sleep(seconds * 1000);
      histogram.disable();
      stop.abort();
      await watched;
      const delays = Object.fromEntries(
        percentiles.map((p) => [`p${p}`, histogram.percentile(p) / 1e9]),
      );
      return { delays, steps };
    },
  };
}

async function watch(run, seen) {
  try {
    for await (const event of run) if (event.type === "step") seen(event.step);
  } catch (error) {
    if (error.code !== "ERR_ABORTED") throw error;
  }
}

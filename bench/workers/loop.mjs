// A process with an HTTP server whose event loop is watched, while `distill()` trains a workload or
// while nothing happens.

import { createServer } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const percentiles = [50, 99, 100];

async function serve() {
  const server = createServer((_, response) => response.end("there\n"));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  server.unref();
  return server.address().port;
}

export async function start(config) {
  let info = {};
  let distill = null;
  if (config.train) {
    const [potstill, { begin }, { distillOptions }] = await Promise.all([
      import("../../dist/index.js"),
      import("./potstill.mjs"),
      import("./workload.mjs"),
    ]);
    info = begin(config);
    const options = await distillOptions({ ...config, mode: "float32" });
    distill = (signal) => potstill.distill({ ...options, steps: 1_000_000, signal });
  }
  const port = await serve();
  let stop = null;
  let ended = null;

  return {
    info: { ...info, port },

    /** Answers when steps go by: the start of a run is no steady state. */
    async begin() {
      if (!distill) return {};
      stop = new AbortController();
      await new Promise((resolve, reject) => {
        ended = watch(distill(stop.signal), resolve);
        ended.catch(reject);
      });
      return {};
    },

    async delays({ seconds }) {
      const histogram = monitorEventLoopDelay({ resolution: 1 });
      histogram.enable();
      await sleep(seconds * 1000);
      histogram.disable();
      return {
        delays: Object.fromEntries(
          percentiles.map((p) => [`p${p}`, histogram.percentile(p) / 1e9]),
        ),
      };
    },

    async end() {
      stop?.abort();
      await ended;
      return {};
    },
  };
}

async function watch(run, stepped) {
  try {
    for await (const event of run) if (event.type === "step") stepped();
  } catch (error) {
    if (error.code !== "ERR_ABORTED") throw error;
  }
}

// What checkpoints of a student of about 100 MB cost: seconds from the end of an epoch until the file
// is on the disk, and the delay of the event loop meanwhile.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { datasets, nn, optim, randint, randn, train } from "../../dist/index.js";
import { begin } from "./potstill.mjs";

/** 24 million parameters, most of them in one matrix. */
const sizes = [784, 4096, 5000, 10];

export async function start(config) {
  const info = begin(config);
  const data = datasets.tensors({
    inputs: randn([64, sizes[0]]),
    labels: randint(0, 10, [64], { dtype: "int64" }),
    classes: 10,
  });
  const out = join(config.folder, "run");
  let parameters = 0;

  return {
    info,

    async saves({ epochs }) {
      const run = train({
        ...{ model: nn.mlp(sizes), data, epochs, batchSize: 64, test: null, out },
        optimizer: optim.sgd({ lr: 1e-4, momentum: 0.9 }),
      });
      const saves = [];
      let histogram = null;
      let began = 0;
      for await (const event of run) {
        if (event.type === "start") parameters = event.parameters;
        if (event.type === "epoch") {
          histogram = monitorEventLoopDelay({ resolution: 1 });
          histogram.enable();
          began = performance.now();
        }
        if (event.type === "checkpoint" && event.reason === "epoch") {
          histogram.disable();
          const seconds = (performance.now() - began) / 1000;
          saves.push({ seconds, delay: histogram.max / 1e9 });
        }
      }
      rmSync(out, { recursive: true, force: true });
      return { saves, bytes: 4 * parameters };
    },
  };
}

// What checkpoints of a student of about 100 MB cost: epochs with and without them, seconds from the
// end of an epoch until the file is on the disk, and the delay of the event loop meanwhile.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { datasets, nn, optim, randint, randn, train } from "../../dist/index.js";
import { begin } from "./potstill.mjs";

/** 24 million parameters, most of them in one matrix. */
const sizes = [784, 4096, 5000, 10];
const batchSize = 64;
/** Longer than it takes to write a checkpoint without hurry, as an epoch of a minute is. */
const stepsPerEpoch = 80;

export async function start(config) {
  const info = begin(config);
  const count = batchSize * stepsPerEpoch;
  const data = datasets.tensors({
    inputs: randn([count, sizes[0]]),
    labels: randint(0, 10, [count], { dtype: "int64" }),
    classes: 10,
  });
  const out = join(config.folder, "run");
  let parameters = 0;

  return {
    info,

    /** Every epoch but the first, with a checkpoint at its beginning or without. */
    async epochs({ epochs, saves }) {
      const run = train({
        ...{ model: nn.mlp(sizes), data, epochs, batchSize, test: null, out },
        optimizer: optim.sgd({ lr: 1e-4, momentum: 0.9 }),
        checkpointEvery: saves ? 1 : epochs,
        autocast: false,
      });
      const seconds = [];
      const onDisk = [];
      const delays = [];
      let histogram = null;
      let began = 0;
      const taken = () => (performance.now() - began) / 1000;
      for await (const event of run) {
        if (event.type === "start") parameters = event.parameters;
        if (event.type === "checkpoint" && event.reason === "epoch") onDisk.push(taken());
        if (event.type !== "epoch") continue;
        histogram?.disable();
        if (histogram) {
          seconds.push(taken());
          delays.push(histogram.max / 1e9);
        }
        histogram = monitorEventLoopDelay({ resolution: 1 });
        histogram.enable();
        began = performance.now();
      }
      histogram.disable();
      rmSync(out, { recursive: true, force: true });
      return { seconds, onDisk, delays, bytes: 4 * parameters };
    },
  };
}

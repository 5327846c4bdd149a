// Resident memory over many steps of a small student, from `distill()` with everything around it.

import {
  build,
  datasets,
  distill,
  losses,
  memory,
  nn,
  optim,
  randint,
  randn,
} from "../../dist/index.js";
import { begin } from "./potstill.mjs";

export async function start(config) {
  const info = begin(config);

  return {
    info,

    /** Figures at about every tenth of the steps. */
    async run({ steps }) {
      const run = distill({
        teacher: await build(nn.mlp([64, 96, 10])),
        student: nn.mlp([64, 32, 10]),
        data: datasets.tensors({ inputs: randn([4096, 64]), labels: randint(0, 10, [4096]) }),
        objective: losses.response({ alpha: 0.9, temperature: 4 }),
        optimizer: optim.sgd({ lr: 0.01, momentum: 0.9 }),
        batchSize: 16,
        autocast: false,
        steps,
      });
      const points = [];
      const take = (step) => {
        const { tensors, storages, allocated, cached } = memory();
        points.push({ step, rss: process.memoryUsage.rss(), tensors, storages, allocated, cached });
      };
      for await (const event of run) {
        // Every epoch says where it is; step events come by the clock, too rarely for quick steps.
        if (event.type !== "step" && event.type !== "epoch") continue;
        if (event.step >= ((points.length + 1) * steps) / 10) take(event.step);
      }
      if (points.length < 10) take(steps);
      return { points };
    },
  };
}

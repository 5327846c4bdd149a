// The first step of a process, by `distill()` as a user calls it.

import { distill } from "../../dist/index.js";
import { begin } from "./potstill.mjs";
import { distillOptions } from "./workload.mjs";

export async function start(config) {
  const info = begin(config);
  return {
    info,
    async block({ steps }) {
      const run = distill({ ...(await distillOptions({ ...config, mode: "auto" })), steps });
      let dtype = "float32";
      for await (const event of run)
        if (event.type === "start") dtype = event.plan.autocast ?? dtype;
      await run;
      return { dtype };
    },
  };
}

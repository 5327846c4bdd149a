// The forward of a teacher with potstill: as it was loaded, or as `Module.optimize` makes it.

import { join } from "node:path";
import { loadModule } from "../../dist/index.js";
import { begin } from "./potstill.mjs";
import { samplesOf } from "./workload.mjs";

export async function start(config) {
  const { folder, workload, dtype } = config;
  const info = begin(config);
  const { inputs } = samplesOf(folder, workload);
  let module = (await loadModule(join(folder, "teacher.pt"))).eval();
  let way = "as it is";
  let computed = "float32";
  if (dtype !== null) {
    const found = await module.optimize({ sample: inputs, dtype, remember: false });
    module = found.module;
    const largest = found.difference.toExponential(1);
    way = `${found.chosen}, within ${largest} of the largest logit`;
    [computed] = /^(bfloat16|int16)/.exec(found.chosen) ?? [computed];
  }
  return {
    info: { ...info, way, dtype: computed },
    /** Mean magnitudes of the logits of each sample, of the order of 1. */
    async check() {
      const output = await module.predict(inputs);
      return { losses: Array.from(await output.abs().mean(1).data()) };
    },
    async block({ steps }) {
      const began = performance.now();
      for (let i = 0; i < steps; i++) (await module.predict(inputs)).dispose();
      return { seconds: (performance.now() - began) / 1000 };
    },
  };
}

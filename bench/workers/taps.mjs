// The forward of a ResNet-18 with potstill: with taps, without, and with taps and then frozen.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, fromTypedArray, loadModule, manualSeed, models } from "../../dist/index.js";
import { uniform } from "../lib/data.mjs";
import { begin } from "./potstill.mjs";

export async function start(config) {
  const { folder, wTaps } = config;
  const info = begin(config);
  manualSeed(1);
  const file = join(folder, "resnet18.pt");
  await (await build(models.resnet18())).eval().save(file);
  const teacher = await loadModule(file);
  const size = wTaps.shape.reduce((a, b) => a * b, 1);
  const draw = uniform(1);
  const images = Float32Array.from({ length: size }, draw);
  writeFileSync(join(folder, "images"), images);
  const x = fromTypedArray(images, wTaps.shape);
  const tapped = teacher.tap(wTaps.taps);
  const frozen = await tapped.freeze();

  async function tapsOf(module) {
    const { output, taps } = await module.predict(x);
    return [output, ...Object.values(taps)];
  }
  const ways = {
    tapped: () => tapsOf(tapped),
    frozen: () => tapsOf(frozen),
    untapped: async () => [await teacher.predict(x)],
  };

  return {
    info,

    /** The mean magnitude of the output and of every tap. */
    async check({ variant }) {
      // Without taps there is the output alone, and the taps of the others stand in.
      const tensors = await ways[variant]();
      const all =
        variant === "untapped" ? [...tensors, ...(await ways.tapped()).slice(1)] : tensors;
      return { losses: all.map((tensor) => tensor.abs().mean().item()) };
    },

    /**
     * Seconds of single forwards, one of each kind in turns, by the clock and of the processors: what
     * the machine does meanwhile hits all alike.
     */
    async turns({ count }) {
      const clock = {};
      const processors = {};
      for (const name of Object.keys(ways)) {
        clock[name] = [];
        processors[name] = [];
      }
      for (let i = 0; i < count; i++) {
        for (const [name, run] of Object.entries(ways)) {
          const before = process.cpuUsage();
          const began = performance.now();
          for (const tensor of await run()) tensor.dispose();
          clock[name].push((performance.now() - began) / 1000);
          const { user, system } = process.cpuUsage(before);
          processors[name].push((user + system) / 1e6);
        }
      }
      return { clock, processors };
    },

    async block({ variant, steps }) {
      const run = ways[variant];
      const began = performance.now();
      for (let i = 0; i < steps; i++) for (const tensor of await run()) tensor.dispose();
      return { seconds: (performance.now() - began) / 1000 };
    },
  };
}

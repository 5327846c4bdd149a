// Soft targets of two linear heads from hidden states, forward and backward: in chunks of rows
// (`fused`), from the logits of all rows (`plain`), or the matrix products of it alone (`products`).

import { readFileSync, writeFileSync } from "node:fs";
import { manualSeed, noGrad, ops, randint, randn, trimMemory } from "../../dist/index.js";
import { begin } from "./potstill.mjs";

const { potstill, aten } = ops;

/** Memory of the process now, or its largest since the last reset, in bytes (Linux). */
function resident(key) {
  const [, kibibytes] = new RegExp(`${key}:\\s+(\\d+)`).exec(
    readFileSync("/proc/self/status", "utf8"),
  );
  return Number(kibibytes) * 1024;
}

const ways = {
  fused: ({ h, w, g, u, labels }) =>
    potstill.fused_linear_soft_targets(h, w, null, g, u, null, labels, 0.9, 4),
  plain: ({ h, w, g, u, labels }) =>
    potstill.soft_target_ce(aten.linear(h, w), aten.linear(g, u), labels, 0.9, 4),
};

export async function start(config) {
  const info = begin(config);
  manualSeed(1);
  const { rows, classes, hidden } = config.shape;
  const inputs = {
    h: randn([rows, hidden], { requiresGrad: true }),
    w: randn([classes, hidden]).mul(0.05).detach().requiresGrad_(),
    g: randn([rows, hidden]),
    u: randn([classes, hidden]).mul(0.05).detach(),
    labels: randint(0, classes, [rows]),
  };

  function products({ h, w, g, u }) {
    noGrad(() => {
      const z = aten.linear(h, w);
      const v = aten.linear(g, u);
      const parts = [aten.mm(z, w), aten.mm(z.t(), h)];
      for (const each of [z, v, ...parts]) each.dispose();
    });
  }

  function once() {
    if (config.way === "products") return products(inputs);
    const loss = ways[config.way](inputs);
    loss.backward();
    loss.dispose();
    for (const leaf of [inputs.h, inputs.w]) leaf.grad = null;
  }

  return {
    info,

    /** The loss, and the sums of its gradients' magnitudes. */
    check() {
      const loss = ways[config.way](inputs);
      loss.backward();
      const sums = [inputs.h, inputs.w].map((leaf) => leaf.grad.abs().sum().item());
      for (const leaf of [inputs.h, inputs.w]) leaf.grad = null;
      return { losses: [loss.item(), ...sums] };
    },

    /** Bytes that one first step takes beside its inputs and the gradients that it leaves. */
    extra() {
      // What making the inputs left for reuse would hide what the step takes.
      trimMemory();
      writeFileSync("/proc/self/clear_refs", "5");
      const before = resident("VmRSS");
      once();
      const gradients = 4 * hidden * (rows + classes);
      return { bytes: resident("VmHWM") - before - gradients };
    },

    block({ steps }) {
      const began = performance.now();
      for (let i = 0; i < steps; i++) once();
      return { seconds: (performance.now() - began) / 1000 };
    },
  };
}

// The fused losses with potstill, forward and backward through the public operators.

import { fromTypedArray, ops } from "../../dist/index.js";
import { read } from "../lib/data.mjs";
import { cases } from "../lib/losses.mjs";
import { workloads } from "../lib/workloads.mjs";
import { begin } from "./potstill.mjs";

const { potstill } = ops;
const { w1 } = workloads;

/** With the options that torch_losses.py has. */
const calls = {
  soft_target_ce: (s, t, labels) => potstill.soft_target_ce(s, t, labels, w1.alpha, w1.temperature),
  reverse_kl: (s, t) => potstill.reverse_kl(s, t, 4),
  jsd: (s, t) => potstill.jsd(s, t, 0.5, 1),
  skew_kl: (s, t) => potstill.skew_kl(s, t, 0.1, 1),
  skew_reverse_kl: (s, t) => potstill.skew_reverse_kl(s, t, 0.1, 1),
  dkd: (s, t, labels) => potstill.dkd(s, t, labels, 1, 8, 4),
  dist: (s, t) => potstill.dist(s, t, 1, 1, 1),
  logit_standardization: (s, t) => potstill.logit_standardization(s, t, 2),
  logit_mse: (s, t) => potstill.logit_mse(s, t),
  hint_mse: (s, t) => potstill.hint_mse(s, t),
  attention_transfer: (s, t) => potstill.attention_transfer(s, t),
  similarity: (s, t) => potstill.similarity(s, t),
  rkd: (s, t) => potstill.rkd(s, t, 25, 50),
  pkt: (s, t) => potstill.pkt(s, t),
  nst: (s, t) => potstill.nst(s, t),
};

export async function start(config) {
  const { folder } = config;
  const info = begin(config);
  let loaded = null;

  function load({ loss, shape }) {
    const name = shape.join("x");
    if (loaded?.name !== name) {
      loaded = {
        name,
        student: fromTypedArray(read(folder, `${name}.student`), shape, { requiresGrad: true }),
        teacher: fromTypedArray(read(folder, `${name}.teacher`), shape),
        labels:
          cases[loss].kind === "logits"
            ? fromTypedArray(read(folder, `${name}.labels`), [shape[0]])
            : null,
      };
    }
    return loaded;
  }

  function once(loss, { student, teacher, labels }) {
    const value = calls[loss](student, teacher, labels);
    value.backward();
    return value;
  }

  return {
    info,

    /** The loss, and the sum of its gradient's magnitudes. */
    check({ loss, shape }) {
      const inputs = load({ loss, shape });
      inputs.student.grad = null;
      const value = once(loss, inputs);
      const values = [value.item(), inputs.student.grad.abs().sum().item()];
      inputs.student.grad = null;
      return { losses: values };
    },

    block({ loss, shape, steps }) {
      const inputs = load({ loss, shape });
      const began = performance.now();
      for (let i = 0; i < steps; i++) {
        once(loss, inputs).dispose();
        inputs.student.grad = null;
      }
      return { seconds: (performance.now() - began) / 1000 };
    },
  };
}

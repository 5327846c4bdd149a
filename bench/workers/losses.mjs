// soft_target_ce with potstill, forward and backward through the public operators.

import { fromTypedArray, ops } from "../../dist/index.js";
import { read, w1 } from "../lib/data.mjs";
import { begin } from "./potstill.mjs";

export async function start(config) {
  const { folder } = config;
  const info = begin(config);
  const cases = new Map();

  function load(rows, columns) {
    const name = `${rows}x${columns}`;
    if (!cases.has(name)) {
      const shape = [rows, columns];
      cases.clear();
      cases.set(name, {
        student: fromTypedArray(read(folder, `${name}.student`), shape, { requiresGrad: true }),
        teacher: fromTypedArray(read(folder, `${name}.teacher`), shape),
        labels: fromTypedArray(read(folder, `${name}.labels`), [rows]),
      });
    }
    return cases.get(name);
  }

  function once({ student, teacher, labels }) {
    const loss = ops.potstill.soft_target_ce(student, teacher, labels, w1.alpha, w1.temperature);
    loss.backward();
    return loss;
  }

  return {
    info,

    /** The loss, and the sum of its gradient's magnitudes. */
    check({ rows, columns }) {
      const inputs = load(rows, columns);
      inputs.student.grad = null;
      const loss = once(inputs);
      const gradient = inputs.student.grad;
      const values = [loss.item(), gradient.abs().sum().item()];
      inputs.student.grad = null;
      return { losses: values };
    },

    block({ rows, columns, steps }) {
      const inputs = load(rows, columns);
      const began = performance.now();
      for (let i = 0; i < steps; i++) {
        once(inputs).dispose();
        inputs.student.grad = null;
      }
      return { seconds: (performance.now() - began) / 1000 };
    },
  };
}

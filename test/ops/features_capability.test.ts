/** The kernels of the losses on features, of every instruction set, in processes of their own. */

import { expect } from "vitest";
import { compareInstructionSets } from "./child.js";
import { size } from "./features.js";
import { distance } from "./inputs.js";

const script = `
const list = (t) => Array.from(t.contiguous().dataSync(), Number);
const feature = (shape, seed, dtype) =>
  tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      3 * Math.sin(seed + 1.7 * i) * Math.cos(0.37 * i * i)),
    { shape, dtype },
  );
const { hint_mse, attention_transfer, similarity, rkd, pkt, nst } = potstill;
const paper = (s, t) => attention_transfer(s, t, true);
const everything = { hint_mse, attention_transfer, paper, similarity, rkd, pkt, nst };
const results = {};
for (const threads of [1, 2]) {
  setThreads(threads);
  for (const [student, teacher] of [
    ["float32", "float32"], ["float64", "float64"], ["bfloat16", "bfloat16"],
    ["float16", "float16"], ["float32", "bfloat16"], ["bfloat16", "float64"],
  ])
    for (const [name, loss] of Object.entries(everything))
      for (const shape of [[7, 37, 5, 3], [3, 5, 7, 9], [13, 70, 5, 5]]) {
        const s = feature(shape, 0.3, student).requiresGrad_();
        const t = feature(shape, 2.1, teacher);
        const value = loss(s, t);
        value.backward();
        results[[threads, student, teacher, name, shape].join(" ")] =
          [value.item(), ...list(s.grad)];
      }
}
print(results);
`;

compareInstructionSets(script, /^1 /, 126, (name, [its, ...others], [value, ...gradient]) => {
  const [, student, teacher] = name.split(" ");
  const wide = student === "float64" || teacher === "float64";
  // Of what the losses are made of; nst and pkt are differences of terms of about this size.
  expect(Math.abs(its! - value!)).toBeLessThan((wide ? 1e-11 : 1e-5) * Math.max(value!, 1e-3));
  const tolerance = student === "float64" ? 1e-10 : student!.endsWith("16") ? 2 ** -7 : 1e-4;
  expect(distance(others, gradient) / size(gradient)).toBeLessThan(tolerance);
});

/** Margins of `losses.ofd`, from the batch norms of a teacher. */

import type { LossOf } from "../losses/index.js";
import { PotstillError } from "../native/errors.js";
import type { Module } from "../nn/index.js";

/**
 * E[x | x < 0] for x normal: with mean b and deviation |w|, φ and Φ the standard normal's density and
 * distribution, b − |w|·φ(b/|w|)/Φ(−b/|w|). Where hardly anything is negative, −3|w|, as the authors'
 * code has it (arXiv:1904.01866).
 */
export function negativeMean(w: number, b: number): number {
  const s = Math.abs(w);
  if (s === 0) return Math.min(b, 0);
  const below = normalBelow(-b / s);
  if (below <= 0.001) return -3 * s;
  return b - (s * Math.exp((-b * b) / (2 * s * s))) / Math.sqrt(2 * Math.PI) / below;
}

/**
 * Margins for each pair of a loss.
 *
 * @throws ERR_CONFIG where there is no batch norm at a path
 */
export function teacherMargins(loss: LossOf<"ofd">, teacher: Module): number[][] {
  const named = loss.batchNorm.length > 0;
  const paths = named ? loss.batchNorm : loss.teacher;
  if (paths.length !== loss.teacher.length) {
    throw new PotstillError(
      "ERR_CONFIG",
      `batchNorm: expected one path for each of ${loss.teacher.length} pairs, got ${paths.length}`,
    );
  }
  const parameters = teacher.parameters();
  const numbers = (path: string, name: string): number[] => {
    const found = parameters.get(`${path}.${name}`);
    if (found?.shape.length === 1) return Array.from(found.to("float64").dataSync(), Number);
    throw new PotstillError(
      "ERR_CONFIG",
      `margins come from a batch norm of the teacher's, and there is none with a scale and a shift ` +
        `at "${path}"; ${named ? "" : "name it with batchNorm: "}` +
        `${named ? "set" : "<path>, or set"} margins, one number per channel`,
    );
  };
  return paths.map((path) => {
    const plain = path.replace(/[:#].*$/, "");
    const [scales, shifts] = [numbers(plain, "weight"), numbers(plain, "bias")];
    return scales.map((scale, channel) => Math.min(0, negativeMean(scale, shifts[channel]!)));
  });
}

/** Φ(x), to about 1e-15 of its size, by its series and, far out, its continued fraction. */
function normalBelow(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) < 3) {
    let [term, sum] = [x, x];
    for (let k = 1; Math.abs(term) > 1e-17; k++) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
  const far = Math.abs(x);
  let fraction = far;
  for (let k = 60; k >= 1; k--) fraction = far + k / fraction;
  return x < 0 ? density / fraction : 1 - density / fraction;
}

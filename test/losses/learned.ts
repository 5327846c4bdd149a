/** Modules of losses with learned parts, for their tests. */

import { expect } from "vitest";
import type { LossOf } from "../../lib/losses/index.js";
import { build, type Module, moduleHandle } from "../../lib/nn/index.js";
import { type DType, type Tensor, tensor } from "../../lib/tensor/index.js";
import { computeTerm } from "../../lib/tensor/term.js";
import { moduleTerms } from "../../lib/train/module-terms.js";

export const numbers = (x: Tensor) => Array.from(x.dataSync() as ArrayLike<number>, Number);

/** The module of a loss for features of these shapes. */
export async function moduleOf(
  loss: LossOf<"vid"> | LossOf<"reviewKd"> | LossOf<"crd">,
  student: number[][],
  teacher: number[][],
  dtype: DType,
  samples = 10,
): Promise<Module> {
  const def = moduleTerms[loss.kind]!(loss, { student, teacher, samples, classes: null });
  return (await build(def)).to({ dtype });
}

/** Its value. */
export function evaluate(
  module: Module,
  student: Tensor[],
  teacher: Tensor[],
  ids: Tensor | null = null,
  labels: Tensor | null = null,
): Tensor {
  const term = { kind: "module", weight: 1, name: "learned", module: moduleHandle(module) };
  return computeTerm(term, { student, teacher, labels, mask: null, ids });
}

/** As test/losses/learned.py has it. */
export function fill(module: Module, dtype: DType): void {
  const values: Record<string, Tensor> = {};
  for (const [name, { shape, numel }] of module.parameters()) {
    // Weights of one dimension are those of batch norms.
    const offset = name.endsWith("weight") && shape.length === 1 ? 1 : 0;
    const data = Array.from({ length: numel }, (_, i) => offset + 0.1 * Math.cos(i));
    values[name] = tensor(data, { shape, dtype });
  }
  module.loadStateDict(values, { strict: false });
}

/** Within this share of the largest expected number. */
export function near(actual: number[], expected: number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  const worst = Math.max(...actual.map((each, i) => Math.abs(each - expected[i]!)));
  expect(worst, `off by ${worst} of ${scale}`).toBeLessThanOrEqual(tolerance * scale);
}

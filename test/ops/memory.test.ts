/** What a fused loss takes of the allocator beside its inputs: the gradient, and little more. */

import { expect, test } from "vitest";
import { memory, ops, randint, randn, type Tensor } from "../../lib/tensor/index.js";

const p = ops.potstill;
type Loss = (student: Tensor, teacher: Tensor) => Tensor;

const rows = 256;
const labels = randint(0, 1000, [rows]).to({ dtype: "int64" });
const onLogits: Record<string, Loss> = {
  soft_target_ce: (z, v) => p.soft_target_ce(z, v, labels, 0.9, 4, 0, -100),
  reverse_kl: p.reverse_kl,
  jsd: p.jsd,
  skew_kl: p.skew_kl,
  skew_reverse_kl: p.skew_reverse_kl,
  logit_standardization: p.logit_standardization,
  logit_mse: p.logit_mse,
  dkd: (z, v) => p.dkd(z, v, labels),
  dist: p.dist,
};
const onFeatures: Record<string, Loss> = {
  hint_mse: p.hint_mse,
  attention_transfer: p.attention_transfer,
  similarity: p.similarity,
  rkd: p.rkd,
  pkt: p.pkt,
  nst: p.nst,
};

// The peak of the process only grows: the bound holds for the first, and no other may pass it.
test.each([
  ...Object.entries(onLogits).map(([name, loss]) => [name, loss, [rows, 4000]] as const),
  ...Object.entries(onFeatures).map(([name, loss]) => [name, loss, [64, 64, 16, 16]] as const),
])("%s", (_, loss, shape) => {
  using student = randn([...shape]).requiresGrad_();
  using teacher = randn([...shape]);
  const before = memory().allocated;
  using value = loss(student, teacher);
  value.backward();
  const gradient = 4 * shape.reduce((a, b) => a * b, 1);
  expect(memory().peak - before).toBeLessThan(1.1 * gradient);
});

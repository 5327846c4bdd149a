// The losses that are timed, and on which shapes. What each peer does for one is in
// workers/losses.mjs and workers/torch_losses.py, under the same name.

const logits = [
  [128, 10],
  [512, 100],
  [256, 1000],
  [512, 32000],
];
const features = [
  [64, 256, 14, 14],
  [128, 64, 8, 8],
];

/** By name: the shapes of student and teacher, and whether they are logits. */
export const cases = Object.fromEntries([
  ["soft_target_ce", { kind: "logits", shapes: [...logits.slice(0, 3), [1024, 1000], logits[3]] }],
  ...[
    "reverse_kl",
    "jsd",
    "skew_kl",
    "skew_reverse_kl",
    "dkd",
    "dist",
    "logit_standardization",
    "logit_mse",
  ].map((name) => [name, { kind: "logits", shapes: logits }]),
  ...["hint_mse", "attention_transfer", "similarity", "rkd", "pkt", "nst"].map((name) => [
    name,
    { kind: "features", shapes: features },
  ]),
]);

// The whole steps of distillation, as plain data that every peer reads. The networks are written out
// in workers/networks.mjs and workers/torch_networks.py.

/** Steps whose losses have to agree before anything is timed. */
const checked = 5;

export const workloads = {
  /** An MLP taught by a larger one, as in the paper that began it (arXiv:1503.02531). */
  w1: {
    title: "W1 MLP step",
    network: "mlp",
    teacher: { sizes: [784, 1200, 1200, 10] },
    student: { sizes: [784, 800, 800, 10] },
    // So that the teacher's logits differ as those of a real one do.
    kaiming: true,
    sample: [784],
    classes: 10,
    batch: 128,
    batches: 16,
    alpha: 0.9,
    temperature: 4,
    optimizer: { kind: "sgd", lr: 0.05, momentum: 0.9 },
    checked: 20,
  },
  w2: {
    title: "W2 CNN step",
    network: "cnn",
    images: true,
    teacher: { channels: [32, 64, 128] },
    student: { channels: [16, 32, 64] },
    sample: [1, 28, 28],
    classes: 10,
    batch: 128,
    batches: 8,
    alpha: 0.9,
    temperature: 4,
    optimizer: { kind: "sgd", lr: 0.05, momentum: 0.9 },
    checked,
  },
  w3: {
    title: "W3 ResNet-50 to ResNet-18, 32×3×64×64",
    network: "resnet",
    images: true,
    teacher: { depth: 50 },
    student: { depth: 18 },
    sample: [3, 64, 64],
    classes: 200,
    batch: 32,
    batches: 4,
    alpha: 0.9,
    temperature: 4,
    // Batch norms over few pixels let rounding grow from step to step.
    optimizer: { kind: "sgd", lr: 1e-3, momentum: 0.9 },
    checked,
  },
  w4: {
    title: "W4 ResNet-56 to ResNet-20, 64×3×32×32",
    network: "resnetCifar",
    images: true,
    teacher: { depth: 56 },
    student: { depth: 20 },
    sample: [3, 32, 32],
    classes: 10,
    batch: 64,
    batches: 4,
    alpha: 0.9,
    temperature: 4,
    optimizer: { kind: "sgd", lr: 1e-3, momentum: 0.9 },
    checked,
  },
  w5: {
    title: "W5 transformer of 6×384 to 2×128, 16×128 tokens",
    network: "encoder",
    teacher: { layers: 6, dim: 384, heads: 12 },
    // Until it knows the samples, as teachers do: one that was never trained is undecided between
    // classes, and rounding changes what it says.
    taught: { epochs: 8, lr: 3e-4 },
    student: { layers: 2, dim: 128, heads: 2 },
    sample: [128],
    vocabulary: 1000,
    classes: 10,
    batch: 16,
    batches: 4,
    alpha: 0.9,
    temperature: 4,
    // Each of the student's layers learns from the teacher's at the same share of the depth.
    hidden: {
      student: ["encoder.layers.0", "encoder.layers.1"],
      teacher: ["encoder.layers.2", "encoder.layers.5"],
    },
    optimizer: { kind: "adamw", lr: 1e-4, weightDecay: 0.01 },
    checked,
  },
};

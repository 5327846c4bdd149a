/** The text of a recipe to begin with. */

export interface Shape {
  channels: number;
  height: number;
  width: number;
  classes: number;
}

export interface Answers {
  data: "mnist" | "fashionMnist" | "idx";
  /** Of `idx`; empty where there is none. */
  files: { images: string; labels: string; testImages: string; testLabels: string } | null;
  shape: Shape;
  /** A file; null: train one. */
  teacher: string | null;
  hidden: number[];
  alpha: number;
  temperature: number;
  epochs: number;
}

/** A commented recipe for `potstill distill`. */
export function recipeText(answers: Answers): string {
  const { shape, hidden, alpha, temperature, epochs } = answers;
  const sizes = [shape.channels * shape.height * shape.width, ...hidden, shape.classes];
  return `# A recipe for potstill distill. Keys are the options of distill(); \`potstill schema\` prints
# the JSON Schema for editors, \`potstill explain\` shows what this comes to.

seed: 1

${dataText(answers)}
${teacherText(answers)}
# What learns. Names are those of the API: nn.*, models.*, or the path of a TorchScript file.
student:
  nn.mlp: [${sizes.join(", ")}]

# The same student without the teacher, to compare with; costs its training time.
alone: true

# alpha · T² · KL(teacher ‖ student) + (1 − alpha) · cross-entropy (arXiv:1503.02531).
objective:
  response: { alpha: ${alpha}, temperature: ${temperature} }

optimizer:
  sgd: { lr: 0.05, momentum: 0.9, nesterov: true }
schedule:
  oneCycle: { maxLr: 0.05 }
epochs: ${epochs}
batchSize: 128

# A share of the training data to pick the best epoch by.
validation: 0.1
`;
}

function dataText({ data, files, shape }: Answers): string {
  if (data !== "idx" || files === null) return `data: ${data}\n`;
  const lines = Object.entries(files)
    .filter(([, file]) => file !== "")
    .map(([key, file]) => `    ${key}: ${JSON.stringify(file)}`);
  return `# Files in MNIST's format; paths start at this file.\ndata:\n  idx:\n${lines.join("\n")}\n    classes: ${shape.classes}\n`;
}

function teacherText({ teacher, shape }: Answers): string {
  if (teacher !== null) {
    return `# A TorchScript file: torch.jit.script(model.eval()).save("teacher.pt") in Python.\nteacher: ${JSON.stringify(teacher)}\n`;
  }
  const flat = 64 * Math.floor(shape.height / 4) * Math.floor(shape.width / 4);
  return `# Trained first, kept as teacher.pt in the folder of the run, and used again from there. A path to a
# TorchScript file (torch.jit.script(model.eval()).save("teacher.pt")) goes here as well.
teacher:
  train:
    model:
      nn.sequential:
        - nn.conv2d: [${shape.channels}, 32, 3, { padding: 1 }]
        - nn.batchNorm2d: 32
        - nn.relu
        - nn.maxPool2d: 2
        - nn.conv2d: [32, 64, 3, { padding: 1 }]
        - nn.batchNorm2d: 64
        - nn.relu
        - nn.maxPool2d: 2
        - nn.flatten
        - nn.linear: [${flat}, 256]
        - nn.relu
        - nn.dropout: 0.5
        - nn.linear: [256, ${shape.classes}]
    optimizer:
      sgd: { lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.0005 }
    schedule:
      oneCycle: { maxLr: 0.05 }
    epochs: 5
    batchSize: 128
`;
}

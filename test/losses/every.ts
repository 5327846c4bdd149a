/** Every loss once, on values inside a small network, and its value by itself. */

import { type Loss, losses, needsLabels } from "../../lib/losses/index.js";
import { build, type Module, moduleHandle, nn } from "../../lib/nn/index.js";
import { type DType, manualSeed, type Tensor, tensor } from "../../lib/tensor/index.js";
import { computeTerm } from "../../lib/tensor/term.js";
import { moduleTerms } from "../../lib/train/module-terms.js";
import { feature } from "../ops/features.js";
import { divergences } from "./on-logits.js";

export const classes = 4;

/** Of one sample, by the paths in `network`; "" is the output. */
export const shapes: Record<string, readonly number[]> = {
  a: [6, 4, 4],
  b: [6, 4, 4],
  tokens: [6, 16],
  "": [classes],
};

/** Images [B, 2, 4, 4] to logits. */
export const network = () =>
  nn.sequential({
    a: nn.conv2d(2, 6, 3, { padding: 1 }),
    act: nn.tanh(),
    b: nn.conv2d(6, 6, 3, { padding: 1 }),
    tokens: nn.flatten(2),
    flat: nn.flatten(),
    head: nn.linear(96, classes),
  });

const at = (...paths: string[]) => ({ student: paths, teacher: paths });
const plain = { connector: null };

const single: Loss[] = [
  losses.response({ alpha: 0.7, labelSmoothing: 0.1 }),
  losses.crossEntropy(),
  losses.crossEntropy({ classWeights: [1, 2, 0.5, 3] }),
  losses.binaryCrossEntropy(),
  losses.binaryCrossEntropy({ positiveWeights: [1, 2, 3, 1] }),
  losses.mse(),
  losses.softTargets(),
  ...divergences.filter(({ kind }) => kind !== "dist"),
  losses.hint({ ...at("a"), ...plain }),
  losses.hiddenState({ ...at("tokens"), ...plain }),
  losses.cosine({ ...at("a"), ...plain }),
  losses.attention(at("a")),
  losses.attention({ ...at("a"), paper: true }),
  losses.nst(at("a")),
  losses.fsp(at("a", "b")),
  losses.ab({ ...at("a"), ...plain }),
  losses.ofd({ ...at("a"), ...plain, margins: [[-1, -0.5, 0, -1, -0.25, -2]] }),
  losses.miniLm({ ...at("tokens", "tokens", "tokens"), heads: 4 }),
  losses.vid(at("a")),
];
/** Those that relate the samples of a batch to one another. */
const relating: Loss[] = [
  ...divergences.filter(({ kind }) => kind === "dist"),
  losses.similarity(at("b")),
  losses.rkd(at("b")),
  losses.pkt(at("b")),
  // By its batch norms.
  losses.reviewKd({ ...at("a", "b"), weight: 1 }),
  losses.crd({ ...at("b"), negatives: 3 }),
];
const named = (list: Loss[], relates: boolean) =>
  list.map((loss) => ({ name: `${loss.kind} ${JSON.stringify(loss)}`, loss, relates }));

export const every = [...named(single, false), ...named(relating, true)];

const samples = 12;
export const isLearned = ({ kind }: Loss): boolean => Object.hasOwn(moduleTerms, kind);

/** The module of a loss with learned parts, with the same weights every time. */
export async function learned(loss: Loss, dtype: DType): Promise<Module> {
  const { student, teacher } = loss as { student: string[]; teacher: string[] };
  const of = (paths: string[]) => paths.map((path) => [2, ...shapes[path]!]);
  const def = moduleTerms[loss.kind]!(loss, {
    ...{ student: of(student), teacher: of(teacher), samples, classes },
  });
  manualSeed(5);
  return (await build(def)).to({ dtype: dtype === "float64" ? dtype : "float32" });
}

/** What a loss compares: one tensor for each of its paths, or logits. */
export interface Given {
  student: Tensor[];
  teacher: Tensor[];
  labels: Tensor | null;
  ids: Tensor;
}

/** Inputs of so many samples; `scale` times values up to 3. */
export function given(loss: Loss, rows: number, dtype: DType, scale = 1): Given {
  const paths = "student" in loss && loss.student.length > 0 ? loss.student : [""];
  const side = (seed: number) =>
    paths.map((path, index) =>
      feature([rows, ...shapes[path]!], seed + index, "float64")
        .mul(scale)
        .to(dtype),
    );
  return {
    ...{ student: side(0.3), teacher: side(2.1), labels: labelsFor(loss, rows, dtype) },
    ids: tensor(
      Array.from({ length: rows }, (_, row) => row),
      { shape: [rows], dtype: "int64" },
    ),
  };
}

export function labelsFor(loss: Loss, rows: number, dtype: DType): Tensor | null {
  if (!needsLabels(loss)) return null;
  if (loss.kind === "mse" || loss.kind === "binaryCrossEntropy") {
    return feature([rows, classes], 1.2, "float64").sigmoid().to(dtype);
  }
  const values = Array.from({ length: rows }, (_, row) => (3 * row + 1) % classes);
  return tensor(values, { shape: [rows], dtype: "int64" });
}

/** Value and gradients by what the student gives; random draws are the same every time. */
export async function evaluated(loss: Loss, { student, teacher, labels, ids }: Given) {
  const leaves = student.map((each) => each.detach().requiresGrad_());
  let value: Tensor;
  if (isLearned(loss)) {
    using module = await learned(loss, student[0]!.dtype);
    const term = { kind: "module", weight: 1, module: moduleHandle(module), masked: true };
    manualSeed(6);
    value = computeTerm(term, { student: leaves, teacher, labels, mask: null, ids });
  } else value = losses.compute(loss, { student: leaves, teacher, labels, ids });
  value.backward();
  return {
    dtype: value.dtype,
    value: value.item<number>(),
    // Of nothing there may be no gradient at all.
    gradients: leaves.map((leaf) =>
      Array.from((leaf.grad ?? leaf.detach().mul(0)).to("float64").dataSync(), Number),
    ),
  };
}

/** `losses.*`: what can be trained for. */

import { PotstillError } from "../native/errors.js";
import { shown } from "../tensor/options.js";
import { Tensor } from "../tensor/tensor.js";
import { computeTerm } from "../tensor/term.js";
import { composedLosses } from "./composed.js";
import type { CustomLoss } from "./custom.js";
import { divergences } from "./divergences.js";
import { feature } from "./feature.js";
import { featureLosses } from "./features.js";
import { isLearned, learnedLosses } from "./learned.js";
import { nativeTerm } from "./native.js";
import { checkLoss, type Loss, type LossOf, makeLoss } from "./objective.js";
import type {
  BinaryCrossEntropyOptions,
  CrossEntropyOptions,
  ResponseOptions,
  SoftTargetsOptions,
  WeightOptions,
} from "./schemas.js";
import type { OwnLossOptions } from "./script.js";

/** What a loss is computed from. */
export interface LossInputs {
  /**
   * Logits [B, C], or [B, …, C] for tokens: classes last. For losses on features the student's, one
   * tensor or one for each pair.
   */
  student: Tensor | readonly Tensor[];
  /** The teacher's side; a constant, also where it requires a gradient. */
  teacher?: Tensor | readonly Tensor[] | null | undefined;
  /** int64 class indices [B] (or [B, …]); for `mse` and `binaryCrossEntropy` targets like `student`. */
  labels?: Tensor | null | undefined;
  /** bool, the leading dimensions of the features or logits: samples or tokens that count. */
  mask?: Tensor | null | undefined;
  /** int64 [B], the samples' numbers in the data set, for losses that remember samples. */
  ids?: Tensor | null | undefined;
}

/**
 * Distillation after Hinton, Vinyals and Dean (arXiv:1503.02531), as one fused operator: with
 * teacher logits v, student logits z, labels y, p = softmax(v/T) and q = softmax(z/T)
 *
 *     α·T²·KL(p‖q) + (1 − α)·CE(z, y), mean over the samples whose label is not ignored.
 *
 * Without labels α has to be 1; without a teacher 0.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function response(options: ResponseOptions = {}): LossOf<"response"> {
  return makeLoss("response", options);
}

/**
 * Cross-entropy of logits and class indices, mean over the samples whose label is not ignored; as
 * `torch.nn.functional.cross_entropy`, with class weights the mean by their sum.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function crossEntropy(options: CrossEntropyOptions = {}): LossOf<"crossEntropy"> {
  return makeLoss("crossEntropy", options);
}

/**
 * Binary cross-entropy of logits and targets from 0 to 1 of the same shape, mean over all elements;
 * as `torch.nn.functional.binary_cross_entropy_with_logits`.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function binaryCrossEntropy(options: BinaryCrossEntropyOptions = {}): LossOf<"binaryCrossEntropy"> {
  return makeLoss("binaryCrossEntropy", options);
}

/**
 * Squared difference of outputs and targets of the same shape, mean over all elements.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function mse(options: WeightOptions = {}): LossOf<"mse"> {
  return makeLoss("mse", options);
}

/**
 * T²·KL(p‖q) alone: sum over classes, mean over samples (arXiv:1503.02531). Needs no labels and
 * ignores none.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 */
function softTargets(options: SoftTargetsOptions = {}): LossOf<"softTargets"> {
  return makeLoss("softTargets", options);
}

/**
 * A loss in TorchScript, the subset of Python that PyTorch compiles, run where the other losses run:
 *
 *     def loss(student: Tensor, teacher: Tensor, labels: Tensor) -> Tensor:
 *         ...
 *
 * The function is called `loss`, or is the only one; others beside it may help. It takes any of
 * these by name: `student` and `teacher` (what the paths tap, or the logits; `List[Tensor]` for
 * several paths), `logits`, `teacher_logits`, `labels`, `mask`, `ids` (each Tensor or
 * Optional[Tensor]), and returns the mean over the samples, a tensor of shape []. A plan compiles
 * it before it trains; what does not compile is an `ERR_CONFIG` with the line.
 *
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 *
 * @example
 * losses.script(`
 *   def loss(student: Tensor, teacher: Tensor) -> Tensor:
 *       return (student.softmax(1) - teacher.softmax(1)).abs().sum(1).mean()
 * `);
 */
function script(source: string, options: OwnLossOptions = {}): LossOf<"script"> {
  return makeLoss("script", { ...options, source });
}

/**
 * A loss as a function of JavaScript's. It runs on the JavaScript thread, between two halves of each
 * step, so steps no longer overlap and training is slower; where it can be TorchScript, prefer
 * `losses.script`. No part of recipes.
 *
 * @param compute gets the values of both models and returns the mean over the samples, a tensor of
 *   shape [] that depends on the student
 * @throws PotstillError `ERR_CONFIG` for an unknown option or a value out of range
 *
 * @example
 * losses.custom(({ logits, teacherLogits }) => logits.sub(teacherLogits!).abs().mean(), {
 *   name: "l1",
 * });
 */
function custom(compute: CustomLoss, options: OwnLossOptions = {}): LossOf<"custom"> {
  return makeLoss("custom", { ...options, compute });
}

/**
 * Value of one loss, without its weight: a scalar, differentiable by `student`.
 *
 * @param loss what one of `losses.*` returned
 * @throws PotstillError `ERR_CONFIG` for what is no loss and without a teacher that it needs,
 *   `ERR_DATA` without labels that it needs or with one out of range, `ERR_SHAPE` and `ERR_DTYPE`
 *   where tensors do not fit together
 *
 * @example
 * const loss = losses.compute(losses.softTargets({ temperature: 4 }), { student, teacher });
 * loss.backward(); // student.grad
 */
function compute(loss: Loss, inputs: LossInputs): Tensor {
  const tensors = (name: "student" | "teacher"): readonly Tensor[] => {
    const value = inputs[name] ?? [];
    const list = Array.isArray(value) ? value : [value];
    if (list.every((each) => each instanceof Tensor) && (name === "teacher" || list.length > 0)) {
      return list;
    }
    throw refused(name, "a tensor, or an array of tensors");
  };
  const tensor = (name: "labels" | "mask" | "ids"): Tensor | null => {
    const value = inputs[name] ?? null;
    if (value === null || value instanceof Tensor) return value;
    throw refused(name, "a tensor");
  };
  const refused = (name: keyof LossInputs, expected: string) =>
    new PotstillError(
      "ERR_CONFIG",
      `losses.compute: ${name}: expected ${expected}, got ${shown(inputs[name])}`,
    );
  const checked = checkLoss("losses.compute", loss);
  if (isLearned(checked.kind)) {
    throw new PotstillError(
      "ERR_CONFIG",
      `losses.compute: ${checked.kind} has learned parts, which are made from the shapes of the ` +
        "features and trained with a student; use it in distill()",
    );
  }
  const [students, teachers] = [tensors("student"), tensors("teacher")];
  const rest = { labels: tensor("labels"), mask: tensor("mask"), ids: tensor("ids") };
  if ("connector" in checked) refuseConnector(checked.kind, checked.connector);
  if (checked.kind !== "custom") {
    return computeTerm(nativeTerm(checked, 1), { student: students, teacher: teachers, ...rest });
  }
  const student = students[0]!;
  const constants = teachers.map((each) => each.detach());
  const teacher = constants[0] ?? null;
  return checked.compute({
    ...{ student, teacher, students, teachers: constants },
    ...{ logits: student, teacherLogits: teacher, ...rest },
  });
}

/** Connectors are made by a run, from shapes, and trained there. */
function refuseConnector(kind: string, connector: unknown): void {
  const learned = (each: unknown) => {
    const { kind: name } = Object(each) as { kind?: unknown };
    return name !== undefined && name !== "auto" && name !== "identity";
  };
  if (!(Array.isArray(connector) ? connector.some(learned) : learned(connector))) return;
  throw new PotstillError(
    "ERR_CONFIG",
    `losses.compute: ${kind}: a connector is made when a run is planned; give compute features of ` +
      "one shape, and connector: null",
  );
}

/** What can be trained for, as plain data, and `compute` for their values. */
export const losses = {
  response,
  crossEntropy,
  binaryCrossEntropy,
  mse,
  softTargets,
  ...featureLosses,
  ...learnedLosses,
  ...divergences,
  ...composedLosses,
  feature,
  script,
  custom,
  compute,
};

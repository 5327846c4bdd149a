/**
 * Terms of an objective as the native step takes them. What depends on the shapes inside the models,
 * connectors above all, is made from the values that a small batch gives there.
 */

import type { Batch, Normalize, Split } from "../data/index.js";
import { peek } from "../data/peek.js";
import {
  type Connector,
  type FeatureLoss,
  hasPaths,
  isFeatureLoss,
  isOwn,
  type Loss,
  nativeTerm,
  needsLabels,
  weightAt,
} from "../losses/index.js";
import type { ModuleHandle, StepSpec, TermSpec } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { native } from "../native/index.js";
import { build, type Module, type ModuleDef, moduleHandle } from "../nn/index.js";
import { getRngState, manualSeed, noGrad, setRngState, type Tensor } from "../tensor/index.js";
import { computeTerm } from "../tensor/term.js";
import { advice, connectorDefs } from "./connectors.js";
import { onDevice } from "./device.js";
import { teacherMargins } from "./margins.js";
import { moduleTerms } from "./module-terms.js";
import { nativeBatch } from "./step.js";

const withoutPaths = { student: [], teacher: [], teacherIndex: 0 };

export interface TermContext {
  /** The plan so far. */
  spec: Omit<StepSpec, "terms">;
  model: Module;
  /** With their submodules and weights. */
  teachers: readonly Module[];
  device: string;
  train: Split;
  batchSize: number;
  normalize: Normalize | null | undefined;
  /** Of the initial weights of connectors, and of the training. */
  seed: number;
  signal: AbortSignal | undefined;
}

/**
 * Native terms for losses, with their connectors built.
 *
 * @throws ERR_TAP for paths that are not there, ERR_CONFIG and ERR_SHAPE where features do not go
 * together, saying which connector would do
 */
export async function nativeTerms(
  losses: readonly Loss[],
  context: TermContext,
): Promise<TermSpec[]> {
  losses.forEach((loss, index) => {
    checkPaths(loss, whereOf(losses, index), context.spec.teachers.length);
  });
  const plain = losses.map((loss) => nativeTerm(loss, weightAt(loss.weight, 0)));
  const wanting = losses.some((loss) => hasPaths(loss) && loss.student.length > 0);
  const learned = losses.some((loss) => Object.hasOwn(moduleTerms, loss.kind));
  if (!wanting && !learned) return plain;
  const probe = await Probe.of(losses, context);
  try {
    // Connectors are drawn in the order of the losses, whatever was drawn before.
    manualSeed(context.seed + 1);
    const terms: TermSpec[] = [];
    for (const [index, loss] of losses.entries()) {
      const where = whereOf(losses, index);
      const term = withMargins(loss, plain[index]!, context, where);
      if (Object.hasOwn(moduleTerms, loss.kind)) {
        terms.push(await moduleTerm(loss, term, probe, context, where));
      } else if (isFeatureLoss(loss)) {
        terms.push(await featureTerm(loss, term, probe, where));
      } else terms.push(term);
    }
    return terms;
  } finally {
    probe.dispose();
  }
}

/** Margins that the loss leaves to the teacher's batch norms. */
function withMargins(loss: Loss, term: TermSpec, context: TermContext, where: string): TermSpec {
  if (loss.kind !== "ofd" || loss.margins !== null) return term;
  try {
    return {
      ...term,
      margins: teacherMargins(loss, context.teachers[loss.teacherIndex]!),
    };
  } catch (error) {
    throw prefixed(error, `${where}: `);
  }
}

function whereOf(losses: readonly Loss[], index: number): string {
  return `${losses.length === 1 ? "objective" : `objective[${index}]`}: ${losses[index]!.kind}`;
}

function checkPaths(loss: Loss, where: string, teachers: number): void {
  if (!hasPaths(loss)) return;
  const { student, teacher, teacherIndex } = loss;
  if (teacher.length > 0 && teacherIndex >= teachers) {
    const there = teachers === 1 ? "there is one teacher" : `there are ${teachers} teachers`;
    throw new PotstillError(
      "ERR_CONFIG",
      teachers === 0
        ? `${where} compares with a teacher, and there is none`
        : `${where}: teacherIndex ${teacherIndex}: ${there}, counted from 0`,
    );
  }
  if (!isFeatureLoss(loss)) return;
  if (student.length === 0 || teacher.length === 0) {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where} compares features: say which, with student: "<path>" and teacher: "<path>" ("" is ` +
        "the model's output)",
    );
  }
  if (student.length !== teacher.length && !Object.hasOwn(moduleTerms, loss.kind)) {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where} compares pairs of features, and got ${student.length} of the student and ` +
        `${teacher.length} of the teacher; give as many of both`,
    );
  }
  const { connector } = loss;
  if (Array.isArray(connector) && connector.length !== student.length) {
    throw new PotstillError(
      "ERR_CONFIG",
      `${where}: connector: expected one for each of ${student.length} pairs, got ${connector.length}`,
    );
  }
}

async function featureTerm(
  loss: Loss & FeatureLoss,
  term: TermSpec,
  probe: Probe,
  where: string,
): Promise<TermSpec> {
  const given = loss.student.map((_, pair) => connectorOf(loss, pair));
  if (given.every((connector) => connector === null || connector.kind === "identity")) {
    tryOut(term, loss, probe, where);
    return term;
  }
  const connectors: (ModuleHandle | null)[] = [];
  const teacherConnectors: (ModuleHandle | null)[] = [];
  const made: Module[] = [];
  const builtFor = async (def: ModuleDef | null, like: Tensor) => {
    if (def === null) return null;
    const module = await built(def, like);
    made.push(module);
    return moduleHandle(module);
  };
  const features = probe.of(loss);
  for (const [pair, connector] of given.entries()) {
    const [student, teacher] = [features.student[pair]!, features.teacher[pair]!];
    try {
      const defs = connectorDefs(connector, student.shape, teacher.shape);
      connectors.push(await builtFor(defs.student, student));
      teacherConnectors.push(await builtFor(defs.teacher, teacher));
    } catch (error) {
      throw prefixed(error, `${where} (${loss.student[pair]}, ${loss.teacher[pair]}): `);
    }
  }
  const whole = { ...term, connectors, teacherConnectors };
  // Running statistics are left alone.
  for (const module of made) module.eval();
  tryOut(whole, loss, probe, where);
  for (const module of made) module.train();
  return whole;
}

function connectorOf(loss: FeatureLoss, pair: number): Connector | null {
  const { connector } = loss;
  return (Array.isArray(connector) ? connector[pair] : connector) as Connector | null;
}

async function built(def: ModuleDef, like: Tensor): Promise<Module> {
  const module = await build(def);
  return module.to({ device: like.device, dtype: like.dtype });
}

/** One value of the term, so that what does not fit is said before hours are spent. */
function tryOut(term: TermSpec, loss: Loss & FeatureLoss, probe: Probe, where: string): void {
  if (needsLabels(loss) || isOwn(loss)) return;
  const { student, teacher } = probe.of(loss);
  try {
    const { labels, mask, ids } = probe.batch;
    computeTerm({ ...term, weight: 1 }, { student, teacher, labels, mask, ids }).dispose();
  } catch (error) {
    if (!(error instanceof PotstillError) || error.code !== "ERR_SHAPE") throw error;
    const pair = student.findIndex((each, index) => misfits(each.shape, teacher[index]!.shape));
    const help = pair < 0 ? "" : advice(student[pair]!.shape, teacher[pair]!.shape);
    const without = pair >= 0 && connectorOf(loss, pair) === null;
    throw new PotstillError(
      "ERR_SHAPE",
      `${where}: ${error.message}${without && help !== "" ? `; ${help}` : ""}`,
      { cause: error },
    );
  }
}

function misfits(student: readonly number[], teacher: readonly number[]): boolean {
  return student.join() !== teacher.join();
}

async function moduleTerm(
  loss: Loss,
  term: TermSpec,
  probe: Probe,
  context: TermContext,
  where: string,
): Promise<TermSpec> {
  const paths = hasPaths(loss) ? loss : withoutPaths;
  const { student, teacher } = probe.of(loss);
  const like = student[0] ?? probe.logits;
  try {
    const def = moduleTerms[loss.kind]!(loss, {
      student: student.map(({ shape }) => shape),
      teacher: teacher.map(({ shape }) => shape),
      samples: context.train.length,
      classes: context.train.classes,
    });
    const dtype = like.dtype === "float64" ? like.dtype : "float32";
    const module = await (await build(def)).to({ device: like.device, dtype });
    const whole = {
      kind: "module",
      weight: term.weight,
      name: loss.kind,
      module: moduleHandle(module),
      ...{ student: paths.student, teacher: paths.teacher, teacherIndex: paths.teacherIndex },
      masked: true,
    };
    if (!needsLabels(loss)) tryModule(module, whole, { student, teacher }, probe.batch);
    return whole;
  } catch (error) {
    throw prefixed(error, `${where}: `);
  }
}

/** As what a shape that does not fit comes out of TorchScript. */
const shapeFaults: readonly string[] = ["ERR_SHAPE", "ERR_NATIVE"];

/** The same for a module, which is as it was afterwards: it may remember what it saw. */
function tryModule(
  module: Module,
  term: TermSpec,
  { student, teacher }: { student: Tensor[]; teacher: Tensor[] },
  { labels, mask, ids }: Batch,
): void {
  const state = Object.fromEntries(
    Object.entries(module.stateDict()).map(([name, value]) => [name, value.clone()]),
  );
  const random = getRngState();
  module.eval();
  try {
    noGrad(() =>
      computeTerm({ ...term, weight: 1 }, { student, teacher, labels, mask, ids }).dispose(),
    );
  } catch (error) {
    if (!(error instanceof PotstillError && shapeFaults.includes(error.code))) throw error;
    const shapes = (side: Tensor[]) => side.map(({ shape }) => `[${shape.join(", ")}]`).join(", ");
    throw new PotstillError(
      "ERR_SHAPE",
      `it cannot take the student's ${shapes(student)} with the teacher's ${shapes(teacher)}: ` +
        `${error.message}`,
      { cause: error },
    );
  } finally {
    module.loadStateDict(state);
    module.train();
    setRngState(random);
  }
}

function prefixed(error: unknown, where: string): unknown {
  if (!(error instanceof PotstillError)) return error;
  return new PotstillError(error.code, `${where}${error.message}`, { cause: error });
}

/** Values that a loss compares, in the order of its paths. */
interface Features {
  student: Tensor[];
  teacher: Tensor[];
}

/** What two samples, or the first batch of a stream, give inside the models, in evaluation mode. */
class Probe {
  private constructor(
    readonly batch: Batch,
    readonly logits: Tensor,
    readonly features: ReadonlyMap<Loss, Features>,
  ) {}

  /** @throws ERR_DATA for a stream without batches */
  static async of(losses: readonly Loss[], context: TermContext): Promise<Probe> {
    const { train, model, spec, batchSize, normalize, seed, signal } = context;
    const terms: TermSpec[] = losses.map((loss) => {
      const { student, teacher, teacherIndex } = hasPaths(loss) ? loss : withoutPaths;
      return { kind: "custom", weight: 1, student, teacher, teacherIndex, needsTeacher: false };
    });
    const training = model.training;
    const step = native.createStep({ ...spec, terms });
    try {
      model.eval();
      // As the loop reads the first epoch.
      const found = await peek(train, 2, {
        ...{ batchSize, seed, epoch: 0, shuffle: true },
        ...(normalize === undefined ? {} : { normalize }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (found === null) {
        throw new PotstillError(
          "ERR_DATA",
          `"${train.name}" ended before its first batch, which gives the shapes of the features ` +
            "that the objective compares",
        );
      }
      const batch = onDevice(found, context.device);
      const { student, features } = await native.stepBegin(step, nativeBatch(batch, null));
      const of = new Map(losses.map((loss, index) => [loss, features[index] as Features]));
      return new Probe(batch, student as Tensor, of);
    } finally {
      model.train(training);
      native.stepDispose(step);
    }
  }

  of(loss: Loss): Features {
    return this.features.get(loss)!;
  }

  dispose(): void {
    this.batch.dispose();
    this.logits.dispose();
    for (const { student, teacher } of this.features.values()) {
      for (const tensor of [...student, ...teacher]) tensor.dispose();
    }
  }
}

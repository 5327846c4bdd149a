/** `channelsLast: "auto"`: in which order in memory a training is faster, found out once on a machine. */

import { createHash } from "node:crypto";
import { keepKnown, knownFile, readKnown } from "../files/known.js";
import type { TermOption } from "../native/binding.js";
import { PotstillError } from "../native/errors.js";
import { type Module, wrapModule } from "../nn/index.js";
import { scope } from "../tensor/index.js";
import { convolutionWeights } from "./channels-last.js";
import type { LearnerPlan } from "./learner.js";
import type { TrainingPlan } from "./loop.js";
import { addonBuild, machine } from "./machine.js";
import { fastestWay, isMeasurable } from "./measured.js";

/**
 * Elements of convolutions' weights, of all models that are trained together: with fewer, a step is
 * mostly calls, which no order makes quicker, and the training seldom longer than the measuring.
 */
const leastWeights = 2 ** 14;

/**
 * Whether the steps of this plan come faster channels-last. What is found is kept in `layouts.json` of
 * `POTSTILL_CACHE_DIR`: a later process takes it without measuring, and so gives the same bits.
 *
 * @returns false where nothing is measured, or nothing can be
 */
export async function measuredLayout(plan: TrainingPlan): Promise<boolean> {
  const weights = plan.learners.reduce((sum, { model }) => sum + convolutionWeights(model), 0);
  if (weights < leastWeights || !isMeasurable(plan)) return false;
  const file = knownFile("layouts.json");
  const key = await keyOf(plan);
  const known = (await readKnown(file))[key];
  if (typeof known === "boolean") return known;
  try {
    const channelsLast = await fastestWay(plan, [false, true], inLayout);
    // Once it is stopped, nothing is measured any more.
    if (!plan.signal?.aborted) await keepKnown(file, key, channelsLast);
    return channelsLast;
  } catch (error) {
    // The training says by itself what is wrong with it, and may be over before that.
    if (error instanceof PotstillError) return false;
    throw error;
  }
}

/** The plan with its models channels-last, or not. */
export function inLayout(plan: TrainingPlan, channelsLast: boolean): TrainingPlan {
  return { ...plan, record: { ...plan.record, channelsLast } };
}

/** Of all that decides which order is faster, and whether both can be. */
async function keyOf({ learners, record, batchSize, train }: TrainingPlan): Promise<string> {
  const parts = {
    machine: machine(),
    build: await addonBuild(),
    products: process.env.POTSTILL_PRODUCTS ?? null,
    threads: record.threads,
    autocast: record.autocast,
    batch: [batchSize, ...(train.sampleShape ?? [])],
    learners: learners.map(partsOf),
  };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Code beside the shapes: strides and views, also those of a user's own losses, decide what can be. */
function partsOf({ model, frozen, spec }: LearnerPlan) {
  return {
    parameters: scope(() =>
      [...model.parameters()].map(([path, { dtype, shape }]) => [path, dtype, shape]),
    ),
    code: codeOf(model),
    frozen,
    resize: spec.studentResize ?? null,
    terms: spec.terms.flatMap((term) => [term.source, ...Object.values(term).flatMap(codesIn)]),
  };
}

function codeOf(model: Module): string[] {
  return model.modules().map(({ path }) => model.code(path));
}

/** Of connectors and learned parts. */
function codesIn(option: TermOption): string[] {
  if (typeof option !== "object" || option === null) return [];
  return isList(option) ? option.flatMap(codesIn) : codeOf(wrapModule(option, {}));
}

function isList(option: object): option is readonly TermOption[] {
  return Array.isArray(option);
}

// A workload with potstill: planned as `distill()` plans it, and stepped as its loop does, four steps
// in flight; and `distill()` itself, data set and events included. `mode` says what becomes of the
// teacher: "float32" and "auto" optimise it, "cached" reads what it said from disk, "student" leaves it
// out, and "plain" takes it as it is. Autocast is what a user gets, and so for "auto" alone.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { datasets, distill, fromTypedArray, loadModule, losses, optim } from "../../dist/index.js";
import { prepareCaches } from "../../dist/train/cache/prepare.js";
import { fastTeachers } from "../../dist/train/fast-teachers.js";
import { measuredLayout } from "../../dist/train/layouts.js";
import { Learner } from "../../dist/train/learner.js";
import { checkOptions } from "../../dist/train/options.js";
import { planPhase } from "../../dist/train/plan.js";
import { read } from "../lib/data.mjs";
import { peakBytes } from "../lib/machine.mjs";
import { begin } from "./potstill.mjs";

/** As many as `distill()` keeps. */
const inFlight = 4;

function objectiveOf({ alpha, temperature, hidden }, mode) {
  if (mode === "student") return losses.crossEntropy();
  const response = losses.response({ alpha, temperature });
  return hidden ? [response, losses.hiddenState(hidden)] : response;
}

/** A workload's samples as tensors. */
export function samplesOf(folder, { sample, batch, batches, vocabulary }) {
  const count = batch * batches;
  return {
    inputs: fromTypedArray(read(folder, "inputs", vocabulary !== undefined), [count, ...sample]),
    labels: fromTypedArray(read(folder, "labels"), [count]),
  };
}

/** What `train()` and `distill()` are given alike. */
export function trainingOptions({ folder, workload, mode }) {
  const { kind, ...settings } = workload.optimizer;
  return {
    data: datasets.tensors({ ...samplesOf(folder, workload), name: "bench" }),
    objective: objectiveOf(workload, mode),
    optimizer: optim[kind](settings),
    batchSize: workload.batch,
    dropLast: true,
    autocast: mode === "auto" ? "auto" : false,
  };
}

export const loadStudent = ({ folder }) => loadModule(join(folder, "student.pt"));

/** Options of `distill()` but for its length. */
export async function distillOptions(config) {
  const { folder, mode } = config;
  return {
    ...trainingOptions(config),
    teacher: await loadModule(join(folder, "teacher.pt")),
    student: await loadStudent(config),
    optimizeTeacher: mode === "float32" || mode === "auto" ? mode : false,
    ...(mode === "cached" ? { cache: cacheOf(config) } : {}),
  };
}

const cacheOf = ({ folder }) => join(folder, `cache-${process.pid}`);

/**
 * A run's learner up to its first step, in the layout that `distill()` takes, with its teacher or the
 * cache of what it said.
 */
export async function planned(config) {
  const { mode } = config;
  const options = { ...(await distillOptions(config)), steps: 1 };
  const { student, objective } = options;
  const checked = checkOptions("distill", options);
  const { train } = checked.dataset;
  const teachers = mode === "student" ? [] : [{ module: options.teacher.eval() }];
  const said = [];
  const fast = await fastTeachers(teachers, {
    ...{ checked, options, train, losses: [objective].flat() },
    emit: ({ chosen, speedup }) => said.push(`${chosen} (${speedup?.toFixed(2) ?? "as known"})`),
    warn: (message) => said.push(message),
  });
  const context = { checked, options, train, validation: null, judge: null };
  const phase = await planPhase(context, "distilled", student, objective, fast.teachers);
  // Beside a teacher as it is, no layout would matter much.
  const channelsLast = mode !== "plain" && (await measuredLayout(phase.plan));
  if (channelsLast) await student.to({ memoryFormat: "channels_last" });
  const learner = new Learner(phase.plan.learners[0], phase.plan);
  student.train();
  const cached =
    mode === "cached" &&
    (await prepareCaches(checked.cache, {
      ...{ checked, options, teachers, train, emit: () => {} },
      terms: learner.plan.spec.terms,
    }));
  return {
    ...{ step: learner.step, learner, train, cached },
    way: `${said.join("; ") || "as it is"}${channelsLast ? "; student channels-last" : ""}`,
    dtype: phase.plan.record.autocast ?? "float32",
  };
}

async function batchesOf(train, { batch }) {
  const list = [];
  const iterator = train.batches({ batchSize: batch, dropLast: true, prefetch: 0 });
  for await (const each of iterator) list.push(each);
  return list;
}

export async function start(config) {
  const { workload } = config;
  const info = begin(config);
  const { learner, train, cached, way, dtype } = await planned(config);
  const batches = await batchesOf(train, workload);
  const { lr } = workload.optimizer;
  let next = 0;
  if (cached) {
    process.on("exit", () => rmSync(cacheOf(config), { recursive: true, force: true }));
  }

  async function submit(on, index) {
    const batch = batches[index % batches.length];
    const said = cached && (await cached.said(0, batch.ids));
    // The batch is kept; what was said of it is used up.
    const running = on.run(batch, lr, 0, index, said || null);
    for (const { logits, taps } of said || []) {
      for (const each of [logits, ...Object.values(taps)]) each.dispose();
    }
    return { running };
  }

  return {
    info: { ...info, teacher: way, dtype },

    /** Losses of the first steps from the initial weights. */
    async check({ steps }) {
      const { learner: fresh } = await planned(config);
      const values = [];
      for (let i = 0; i < steps; i++) {
        await (await submit(fresh, i)).running;
        values.push((await fresh.step.metrics()).loss);
      }
      fresh.dispose();
      return { losses: values };
    },

    async block({ steps, whole = false }) {
      if (whole) {
        const options = await distillOptions(config);
        const began = performance.now();
        await distill({ ...options, steps });
        return { seconds: (performance.now() - began) / 1000 };
      }
      const flight = [];
      const began = performance.now();
      for (let i = 0; i < steps; i++) {
        flight.push((await submit(learner, next++)).running);
        if (flight.length >= inFlight) await flight.shift();
      }
      await Promise.all(flight);
      const seconds = (performance.now() - began) / 1000;
      await learner.step.metrics();
      return { seconds };
    },

    memory: async () => ({ bytes: peakBytes() }),
  };
}

/** `distill()`, `train()` and `mutual()` as the package has them: what has a folder is recorded. */

import * as plain from "../train/index.js";
import {
  type DistillOptions,
  type DistillResult,
  type MutualOptions,
  type MutualResult,
  Run,
  type TrainOptions,
  type TrainResult,
} from "../train/index.js";
import { RunRecorder } from "./recorder.js";

/**
 * Distils a teacher into a student.
 *
 * The run starts at once; it can be awaited for its result and iterated for its events (see `Run`).
 * Training happens on a native thread with a few steps in flight, so the event loop stays free. The
 * same seed, options, threads and machine give the same bits. The test set is read once, at the end.
 *
 * With `out`, the folder gets `student.pt`, `student.safetensors`, `report.json`, `report.html` with
 * curves and figures, every event in `events.jsonl`, the environment, and checkpoints, from which
 * `resume: true` goes on exactly; after an abort too.
 *
 * @throws PotstillError as a rejection: `ERR_CONFIG` for options, `ERR_DATA` for empty or broken
 * data, `ERR_SHAPE` where samples, models or labels do not fit together, `ERR_NONFINITE` when the
 * loss is no longer a number, `ERR_CHECKPOINT`, `ERR_LOCKED` and `ERR_IO` for the folder,
 * `ERR_ABORTED` when `signal` fired
 *
 * @example
 * const run = distill({
 *   teacher: await loadModule("teacher.pt"),
 *   student: nn.mlp([784, 800, 800, 10]),
 *   data: await datasets.mnist(),
 *   objective: losses.response({ alpha: 0.9, temperature: 4 }),
 *   optimizer: optim.sgd({ lr: 0.05, momentum: 0.9 }),
 *   epochs: 10,
 * });
 * for await (const event of run) if (event.type === "epoch") console.log(event.metrics);
 * const { student, report } = await run;
 */
export function distill(options: DistillOptions): Run<DistillResult> {
  return recorded(options, () => plain.distill(options));
}

/**
 * Trains a model on labels. Everything that `distill()` says of runs, seeds, folders and errors
 * holds here too; the folder gets `model.pt` and `model.safetensors`.
 *
 * @example
 * const { model } = await train({
 *   model: models.lenet(),
 *   data: await datasets.mnist(),
 *   optimizer: optim.adam({ lr: 1e-3 }),
 *   epochs: 5,
 * });
 * await model.save("teacher.pt");
 */
export function train(options: TrainOptions): Run<TrainResult> {
  return recorded(options, () => plain.train(options));
}

/**
 * Deep mutual learning (arXiv:1706.00384): two students learn the labels and from what the other
 * says, on the same batches. For each batch the first is updated, then the second by what the first
 * says now. Each asks the other in evaluation mode.
 *
 * Everything that `distill()` says of runs, seeds, folders and errors holds here too. Events and
 * sections of the report are called `distilled` for the first and `peer` for the second; the folder
 * gets `student.pt` and `peer.pt`.
 *
 * @example
 * const { students, report } = await mutual({
 *   students: [nn.mlp([784, 100, 10]), nn.mlp([784, 300, 10])],
 *   data: await datasets.mnist(),
 *   optimizer: optim.adam({ lr: 1e-3 }),
 *   epochs: 5,
 * });
 */
export function mutual(options: MutualOptions): Run<MutualResult> {
  return recorded(options, () => plain.mutual(options));
}

/** Starts a run; where it has a folder its events go there too, and at the end its page. */
function recorded<Result extends { files: string[] }>(
  options: { out?: unknown; resume?: unknown } | null | undefined,
  start: () => Run<Result>,
): Run<Result> {
  const { out, resume } = options ?? {};
  // Anything else is for the run to refuse.
  if (typeof out !== "string" || out === "") return start();
  return new Run(async (emit) => {
    const recorder = new RunRecorder({ folder: out, resume: resume === true });
    const run = start();
    try {
      for await (const event of run) {
        recorder.listen(event);
        emit(event);
      }
    } finally {
      await recorder.close();
    }
    const result = await run;
    return { ...result, files: [...result.files, ...recorder.files] };
  });
}

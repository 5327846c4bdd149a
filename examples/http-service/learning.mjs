import { distill, evaluate, losses, optim, schedules } from "potstill";

/**
 * Distils on and on, and hands over a copy of the student after each epoch that made it better on
 * held-out samples.
 *
 * @param options.student a module, trained in place
 * @param options.epochs of the whole
 * @param options.better called with a module of its own and its figures
 */
export async function learn({
  teacher,
  student,
  train,
  heldOut,
  epochs,
  served,
  better,
  signal,
  log,
}) {
  let least = served;
  const run = distill({
    teacher,
    student,
    data: train,
    test: null,
    objective: losses.response({ alpha: 0.9, temperature: 4 }),
    optimizer: optim.sgd({ lr: 0.05, momentum: 0.9, nesterov: true }),
    schedule: schedules.cosine(),
    epochs,
    signal,
  });
  try {
    for await (const event of run) {
      if (event.type !== "epoch") continue;
      // A copy of its own: training goes on meanwhile, so it is measured before it may answer.
      const copy = (await student.clone()).eval();
      const { errors, samples } = await evaluate(copy, heldOut, { signal });
      log(`epoch ${event.epoch} of ${epochs}: ${errors} errors of ${samples}`);
      if (errors < least) {
        least = errors;
        better(copy, { epoch: event.epoch, errors, samples });
      } else copy.dispose();
    }
  } catch (error) {
    if (error.code !== "ERR_ABORTED") throw error;
  }
}

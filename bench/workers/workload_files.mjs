// Writes the models of a workload, once for all peers: teacher.pt, student.pt, and the connectors
// that an objective on hidden states adds.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, fromTypedArray, losses, manualSeed, optim, train } from "../../dist/index.js";
import { read } from "../lib/data.mjs";
import { network } from "./networks.mjs";
import { begin } from "./potstill.mjs";
import { planned, trainingOptions } from "./workload.mjs";

/** Forwards that give the teacher's batch norms the statistics of the data. */
const warmth = 10;

export async function start(config) {
  const { folder, workload } = config;
  const info = begin(config);
  for (const name of ["teacher", "student"].filter((each) => each in workload)) {
    manualSeed(name === "teacher" ? 1 : 2);
    const model = await build(network(workload, name));
    if (workload.kaiming) {
      for (const weight of model.parameters().values()) {
        if (weight.ndim > 1) weight.detach().normal_(0, Math.sqrt(2 / weight.shape[1]));
      }
    }
    if (name === "teacher" && workload.images) {
      const shape = [workload.batch * workload.batches, ...workload.sample];
      const samples = fromTypedArray(read(folder, "inputs"), shape);
      const inputs = samples.narrow(0, 0, workload.batch);
      model.train();
      for (let i = 0; i < warmth; i++) (await model.predict(inputs)).dispose();
    }
    if (name === "teacher" && workload.taught) {
      const { epochs, lr } = workload.taught;
      await train({
        ...trainingOptions(config),
        ...{ model, epochs, optimizer: optim.adamw({ lr }), objective: losses.crossEntropy() },
      });
    }
    await model.eval().save(join(folder, `${name}.pt`));
    // Some peers cannot read TorchScript.
    for (const [path, tensor] of model.parameters())
      writeFileSync(join(folder, `${name}.${path}`), await tensor.data());
  }
  if (!workload.student) return { info };
  const { step } = await planned({ ...config, mode: "plain" });
  const { tensors } = await step.state();
  for (const [name, tensor] of Object.entries(tensors)) {
    if (name.startsWith("terms.")) writeFileSync(join(folder, name), await tensor.data());
  }
  return { info };
}

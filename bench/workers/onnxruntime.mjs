// ONNX Runtime as a peer: the forward of a teacher that PyTorch exported.

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { read } from "../lib/data.mjs";

export async function start({ folder, workload, threads, peers }) {
  const require = createRequire(pathToFileURL(`${peers}/package.json`));
  const ort = require("onnxruntime-node");
  const session = await ort.InferenceSession.create(join(folder, "teacher.onnx"), {
    ...{ intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: "all" },
  });
  const { batch, sample } = workload;
  const x = new ort.Tensor("float32", read(folder, "inputs"), [batch, ...sample]);
  const forward = () => session.run({ [session.inputNames[0]]: x });
  const { version } = require("onnxruntime-node/package.json");
  return {
    info: { versions: { "onnxruntime-node": version } },
    async check() {
      const { data, dims } = (await forward())[session.outputNames[0]];
      const [rows, columns] = dims;
      const losses = Array.from({ length: rows }, (_, row) => {
        let sum = 0;
        for (let i = 0; i < columns; i++) sum += Math.abs(data[row * columns + i]);
        return sum / columns;
      });
      return { losses };
    },
    async block({ steps }) {
      const began = performance.now();
      for (let i = 0; i < steps; i++) await forward();
      return { seconds: (performance.now() - began) / 1000 };
    },
  };
}

/** `potstill inspect <model.pt>`. */

import { loadModule, type Module } from "../../nn/index.js";
import { count, table } from "../../report/format.js";
import { jsonLine } from "../../report/jsonl.js";
import { scope, zeros } from "../../tensor/index.js";
import { UsageError } from "../errors.js";
import { parseShape } from "../parse.js";
import type { InspectFlags } from "../program.js";

export async function inspectCommand(file: string, flags: InspectFlags): Promise<void> {
  const shapes = flags.input.map(parseShape);
  if (flags.taps && shapes.length === 0) {
    throw new UsageError("--taps: give a sample batch too, such as --input 1x3x224x224");
  }
  using model = await loadModule(file);
  if (flags.taps) {
    await listTaps(file, model, shapes, flags.json ?? false);
    return;
  }
  const summary = await scope(() => model.summary(...shapes.map((shape) => zeros(shape))));
  const baked = model.bakedFlags();
  if (flags.json) {
    const { rows, parameters, trainable, buffers } = summary;
    const forward = model.schema();
    process.stdout.write(
      jsonLine({
        type: "model",
        file,
        forward,
        parameters,
        trainable,
        buffers,
        modules: rows,
        baked,
      }),
    );
    return;
  }
  const rows = summary.rows.map((row) => [
    row.path || "(the model)",
    row.className,
    row.outputShape === null ? "" : `[${row.outputShape.join(", ")}]`,
    row.parameters === 0 ? "" : count(row.parameters),
  ]);
  process.stdout.write(`${table(["path", "class", "output", "parameters"], rows, "lllr")}\n\n`);
  process.stdout.write(
    `${count(summary.parameters)} parameters, ${count(summary.trainable)} trainable; ` +
      `${count(summary.buffers)} values in buffers\n${model.schema()}\n` +
      "Paths of modules that forward calls can be tapped (feature hooks): --taps lists them.\n",
  );
  if (shapes.length === 0) {
    process.stdout.write("For output shapes give a sample batch, such as --input 1x1x28x28.\n");
  }
  for (const { path, flag, value } of baked) {
    process.stdout.write(`note: the trace fixes ${flag} to ${value} in ${path || "the model"}\n`);
  }
}

/** Every tap point with what was there for a batch of zeros, in the order of the calls. */
async function listTaps(file: string, model: Module, shapes: number[][], json: boolean) {
  const taps = await scope(() => model.tapPoints(...shapes.map((shape) => zeros(shape))));
  if (json) {
    process.stdout.write(jsonLine({ type: "taps", file, taps }));
    return;
  }
  const rows = taps.map(({ path, className, shape, dtype, calls }) => [
    path || '"" (the output)',
    className,
    `[${shape.join(", ")}]`,
    dtype,
    calls === 1 ? "" : `${calls}`,
  ]);
  process.stdout.write(
    `${table(["path", "class", "shape", "dtype", "calls"], rows, "llllr")}\n\n` +
      "Shapes are of the last call's output; path#0 is the first call, path#* all of them, and\n" +
      "path:input what the module was called with.\n",
  );
}

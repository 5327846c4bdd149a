/** `potstill evaluate <model>`. */

import { parse } from "yaml";
import { loadModule } from "../../nn/index.js";
import { makeData } from "../../recipe/index.js";
import { count, figure, percent, table } from "../../report/format.js";
import { jsonLine } from "../../report/jsonl.js";
import { type Evaluation, evaluate } from "../../train/index.js";
import { UsageError } from "../errors.js";
import { onDevice, selector } from "../parse.js";
import type { EvaluateFlags } from "../program.js";
import { stoppable } from "../signals.js";

export async function evaluateCommand(file: string, flags: EvaluateFlags): Promise<void> {
  const { split: wanted, output } = flags;
  const device = onDevice(flags.device);
  if (wanted !== undefined && wanted !== "train" && wanted !== "test") {
    throw new UsageError(`--split ${wanted}: expected train or test`);
  }
  const data = await makeData(parse(flags.data), { folder: process.cwd() });
  const split = wanted === "train" ? data.train : (data.test ?? (wanted ? null : data.train));
  if (!split) throw new UsageError(`--split test: ${data.name} has no test split`);
  using model = await loadModule(file, {
    ...device,
    ...(output === undefined ? {} : { output: selector(output) }),
  });
  const teacher = flags.teacher === undefined ? null : await loadModule(flags.teacher, device);
  const result = await stoppable((signal) =>
    evaluate(model, split, {
      teacher,
      signal,
      ...(flags.top.length > 0 ? { topK: flags.top } : {}),
      ...(flags.batchSize === undefined ? {} : { batchSize: flags.batchSize }),
    }),
  );
  teacher?.dispose();
  if (flags.json) {
    const { confusion, predictions: _, ...rest } = result;
    const shown = flags.confusion ? { ...rest, confusion } : rest;
    process.stdout.write(
      jsonLine({ type: "evaluation", model: file, split: split.name, ...shown }),
    );
    return;
  }
  print(result, split.name, flags.confusion === true);
}

function print(result: Evaluation, split: string, confusion: boolean): void {
  const lines: [string, string][] = [["samples", `${count(result.samples)} (${split})`]];
  const add = (name: string, value: number | null, format: (value: number) => string) => {
    if (value !== null) lines.push([name, format(value)]);
  };
  add("errors", result.errors, count);
  add("accuracy", result.accuracy, percent);
  for (const [k, value] of Object.entries(result.topK)) {
    if (k !== "1") add(`top-${k} accuracy`, value, percent);
  }
  add("loss", result.loss, figure);
  add("calibration error", result.calibrationError, percent);
  add("agreement with the teacher", result.agreement, percent);
  add("samples/s", result.samplesPerSecond, count);
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, value] of lines) process.stdout.write(`${name.padEnd(width)}  ${value}\n`);
  if (result.perClass.length === 0) return;
  const share = (value: number | null) => (value === null ? "–" : percent(value));
  const rows = result.perClass.map((row) => [
    row.name ?? String(row.class),
    count(row.samples),
    count(row.errors),
    share(row.accuracy),
    share(row.precision),
  ]);
  const header = ["class", "samples", "errors", "accuracy", "precision"];
  process.stdout.write(`\n${table(header, rows)}\n`);
  if (!confusion || result.confusion === null) return;
  const names = result.perClass.map((row) => row.name ?? String(row.class));
  const matrix = result.confusion.map((row, at) => [names[at]!, ...row.map(String)]);
  process.stdout.write(
    `\nrows: true class, columns: prediction\n${table(["", ...names], matrix)}\n`,
  );
}

/** `potstill predict <model> [files…]`: classes and probabilities. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { ioError } from "../../files/index.js";
import { loadModule, type Module } from "../../nn/index.js";
import { jsonLine } from "../../report/jsonl.js";
import { ops, scope, tensor } from "../../tensor/index.js";
import { type Artifact, findArtifact } from "../artifact.js";
import { UsageError } from "../errors.js";
import { onDevice, parseShape, selector } from "../parse.js";
import { idxSamples, imageSample, kindOf, lineSample, type Sample } from "../samples.js";

export interface PredictFlags {
  input?: string;
  output?: string;
  normalize: boolean;
  classes?: string;
  top: number;
  batchSize: number;
  device?: string;
  json?: boolean;
}

export async function predictCommand(
  given: string,
  files: readonly string[],
  flags: PredictFlags,
): Promise<void> {
  const device = onDevice(flags.device);
  const artifact = described(await findArtifact(given), flags);
  if (files.length === 0 && process.stdin.isTTY) {
    throw new UsageError("predict: name files, or pipe JSON lines to stdin");
  }
  const { output, input } = artifact;
  using model = await loadModule(artifact.model, {
    ...device,
    output,
    normalize: flags.normalize ? input.normalize : null,
  });
  for (const file of files.length === 0 ? ["-"] : files) {
    for await (const batch of batches(samplesOf(file, artifact), flags.batchSize)) {
      await predict(model, batch, artifact, flags);
    }
  }
}

/** What the flags say goes before what lies beside the model. */
function described(artifact: Artifact, flags: PredictFlags): Artifact {
  const { input, output, classNames } = artifact;
  return {
    ...artifact,
    input: {
      ...input,
      shape: flags.input === undefined ? input.shape : parseShape(flags.input).slice(1),
    },
    output: flags.output === undefined ? output : selector(flags.output),
    classNames: flags.classes === undefined ? classNames : flags.classes.split(","),
  };
}

async function* samplesOf(file: string, { input }: Artifact): AsyncGenerator<Sample> {
  if (file === "-") {
    yield* lines(process.stdin, "stdin", { input });
    return;
  }
  const kind = kindOf(file);
  if (kind === "image") yield await imageSample(file, input);
  else if (kind === "idx") yield* idxSamples(file, input);
  else {
    const stream = createReadStream(file, "utf8");
    try {
      yield* lines(stream, file, { input });
    } catch (error) {
      throw ioError("read", file, error);
    }
  }
}

async function* lines(
  stream: Readable,
  source: string,
  { input }: Pick<Artifact, "input">,
): AsyncGenerator<Sample> {
  let index = 0;
  for await (const line of createInterface({
    input: stream,
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line.trim() !== "") yield lineSample(line, source, index, input);
    index += 1;
  }
}

/** Samples of one shape together; what has come is not held back while a slow source has no more. */
async function* batches(source: AsyncGenerator<Sample>, size: number): AsyncGenerator<Sample[]> {
  let batch: Sample[] = [];
  let next = source.next();
  for (;;) {
    let result: IteratorResult<Sample>;
    try {
      const waited = await Promise.race([next, idle()]);
      if (waited === null && batch.length > 0) {
        yield batch;
        batch = [];
      }
      result = await next;
    } catch (error) {
      // What came before the bad one is told first.
      if (batch.length > 0) yield batch;
      throw error;
    }
    if (result.done) break;
    const first = batch[0];
    if (first && (batch.length >= size || first.shape.join() !== result.value.shape.join())) {
      yield batch;
      batch = [];
    }
    batch.push(result.value);
    next = source.next();
    next.catch(() => {});
  }
  if (batch.length > 0) yield batch;
}

function idle(): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, 20, null));
}

async function predict(
  model: Module,
  samples: readonly Sample[],
  artifact: Artifact,
  flags: PredictFlags,
): Promise<void> {
  const first = samples[0]!;
  const values = new Float32Array(samples.length * first.values.length);
  for (const [at, sample] of samples.entries()) values.set(sample.values, at * first.values.length);
  const rows = await scope(async () => {
    const shape = [samples.length, ...first.shape];
    const inputs = tensor(values, { shape, ...onDevice(flags.device) });
    const logits = await model.logits(inputs, { grad: false });
    const shares = await ops.aten.softmax.int.async(logits, -1);
    const flat = Array.from(await shares.data(), Number);
    const classes = flat.length / samples.length;
    return samples.map((_, at) => flat.slice(at * classes, (at + 1) * classes));
  });
  for (const [at, sample] of samples.entries()) tell(sample, rows[at]!, artifact, flags);
}

function tell(
  { source, index }: Sample,
  shares: readonly number[],
  { classNames }: Artifact,
  { top, json }: PredictFlags,
): void {
  const best = shares
    .map((probability, label) => ({ class: label, name: classNames?.[label] ?? null, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
  if (json) {
    const [first] = best;
    process.stdout.write(jsonLine({ type: "prediction", source, index, ...first, top: best }));
    return;
  }
  const place = index === 0 && kindOf(source) === "image" ? source : `${source}[${index}]`;
  const said = best.map(
    ({ class: label, name, probability }) => `${name ?? label} ${(100 * probability).toFixed(1)} %`,
  );
  process.stdout.write(`${place}  ${said.join("  ")}\n`);
}

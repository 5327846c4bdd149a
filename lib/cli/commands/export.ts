/** `potstill export <run or model>`: a model to hand over, with a card and a check. */

import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ioError, writeAtomically, writeJson } from "../../files/index.js";
import { PotstillError } from "../../native/errors.js";
import {
  loadModule,
  loadSafetensors,
  type Module,
  moduleHandle,
  saveSafetensors,
  wrapModule,
} from "../../nn/index.js";
import { modelCard } from "../../report/card.js";
import { jsonLine } from "../../report/jsonl.js";
import { ops, scope, type Tensor, tensor, zeros } from "../../tensor/index.js";
import { findArtifact, type Manifest } from "../artifact.js";
import { UsageError } from "../errors.js";
import { parseShape } from "../parse.js";

export interface ExportFlags {
  out?: string;
  inference?: boolean;
  frozen?: boolean;
  input?: string;
  json?: boolean;
}

/** Outputs of what was written may differ from the model's by this much of their largest value. */
const tolerance = 1e-5;

export async function exportCommand(given: string, flags: ExportFlags): Promise<void> {
  const artifact = await findArtifact(given);
  const shape = flags.input === undefined ? artifact.input.shape : parseShape(flags.input).slice(1);
  const out = path.resolve(flags.out ?? `${artifact.name}-export`);
  const files = {
    script: path.join(out, "model.pt"),
    tensors: path.join(out, "model.safetensors"),
  };
  if (path.resolve(artifact.model) === files.script) {
    throw new UsageError(`--out ${out}: this is the folder of the model itself; choose another`);
  }
  using model = await loadModule(artifact.model);
  if (flags.inference) model.requiresGrad_(false);
  await mkdir(out, { recursive: true }).catch((error: unknown) => {
    throw ioError("write", out, error);
  });
  if (flags.frozen) {
    using frozen = await model.eval().freeze();
    await frozen.save(files.script);
  } else {
    await model.save(files.script);
  }
  await scope(() => saveSafetensors(files.tensors, model.stateDict()));
  const difference = await check(model, files, shape, {
    output: artifact.output,
    // A frozen module has no weights that could be read back: those of the file go into the model's.
    around: flags.frozen ? artifact.model : files.script,
  });

  const sha256 = {
    "model.pt": await hashOf(files.script),
    "model.safetensors": await hashOf(files.tensors),
  };
  const { name, classNames, output, report } = artifact;
  const input = { ...artifact.input, shape };
  const manifest: Manifest = { version: 1, name, input, classNames, output, sha256 };
  await writeJson(path.join(out, "potstill.json"), manifest);
  const card = modelCard({
    name,
    report,
    input,
    classNames,
    output,
    sha256,
    weights: flags.frozen ? "frozen" : flags.inference ? "inference" : "trainable",
    parameters: parametersOf(model),
  });
  await writeAtomically(path.join(out, "README.md"), [card]);
  const written = ["model.pt", "model.safetensors", "potstill.json", "README.md"];
  if (flags.json) {
    process.stdout.write(jsonLine({ type: "export", out, files: written, sha256, difference }));
    return;
  }
  for (const file of written) process.stdout.write(`wrote ${path.join(out, file)}\n`);
  process.stdout.write(
    difference === null
      ? "weights compared; outputs were not, as the shape of a sample is unknown (--input 1x1x28x28)\n"
      : `outputs of what was written differ from the model's by at most ${difference} of the largest\n`,
  );
}

/**
 * Loads what was written and compares: the outputs on random inputs, for the safetensors after every
 * weight of the TorchScript was made zero first.
 *
 * @returns the largest difference over the largest output; null without a shape
 * @throws ERR_NONFINITE or ERR_IO where it does not come back as it was
 */
async function check(
  model: Module,
  files: { script: string; tensors: string },
  shape: readonly number[] | null,
  { output, around }: { output: string | number | null; around: string },
): Promise<number | null> {
  using script = await loadModule(files.script, { output });
  using bare = await loadModule(around, { output });
  return await scope(async () => {
    const state = await loadSafetensors(files.tensors);
    const empty = Object.fromEntries(
      Object.entries(bare.stateDict()).map(([name, each]) => [
        name,
        zeros(each.shape, { dtype: each.dtype }),
      ]),
    );
    bare.loadStateDict(empty);
    bare.loadStateDict(state);
    if (shape === null) return null;
    const sample = randomInputs([4, ...shape]);
    using original = wrapModule(moduleHandle(await model.clone()), { output });
    const expected = await original.logits(sample, { grad: false });
    let largest = 0;
    for (const each of [script, bare]) {
      const got = await each.logits(sample, { grad: false });
      largest = Math.max(largest, await relative(expected, got));
    }
    if (!(largest <= tolerance)) {
      throw new PotstillError(
        "ERR_IO",
        `export: what was written gives other outputs than the model, by ${largest} of the largest; ` +
          "look at the file system, and at modules that keep state outside of parameters and buffers",
      );
    }
    return largest;
  });
}

async function relative(expected: Tensor, got: Tensor): Promise<number> {
  const difference = ops.aten.max.default(ops.aten.abs.default(ops.aten.sub.Tensor(got, expected)));
  const size = ops.aten.max.default(ops.aten.abs.default(expected));
  const [a, b] = [Number(difference.item()), Number(size.item())];
  return b === 0 ? a : a / b;
}

/** The same each time; in the range that normalized inputs have. */
function randomInputs(shape: readonly number[]): Tensor {
  let state = 1;
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return tensor(values, { shape: [...shape] });
}

function parametersOf(model: Module): number {
  let sum = 0;
  for (const each of model.parameters().values()) {
    sum += each.numel;
    each.dispose();
  }
  return sum;
}

async function hashOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

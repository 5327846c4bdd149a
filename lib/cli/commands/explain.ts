/** `potstill explain recipe.yaml`. */

import { type Explanation, explainRecipe } from "../../recipe/explain.js";
import { readRecipe } from "../../recipe/index.js";
import { compact, count, duration, table } from "../../report/format.js";
import { jsonLine } from "../../report/jsonl.js";
import { overrides } from "../parse.js";
import { stoppable } from "../signals.js";

export interface ExplainFlags {
  out?: string;
  device?: string;
  set: string[];
  autocast?: string;
  json?: boolean;
}

export async function explainCommand(file: string, flags: ExplainFlags): Promise<void> {
  const source = await readRecipe(file, overrides(flags));
  const explanation = await stoppable((signal) =>
    explainRecipe(source, { out: flags.out, signal }),
  );
  if (flags.json) {
    process.stdout.write(jsonLine({ type: "explanation", ...explanation }));
    return;
  }
  print(explanation);
}

function print({ data, models, terms, taps, optimizer, phases, memory }: Explanation): void {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const number = (value: number | null) => (value === null ? "?" : count(value));
  const time = (value: number | null) => (value === null ? "?" : duration(value));
  const shape = data.sample ? `, samples [${data.sample.join(", ")}]` : "";
  say(
    `data: ${data.name}, ${number(data.train)} to train on, ${data.test === null ? "no test set" : `${count(data.test)} to test`}, ` +
      `${number(data.classes)} classes${shape}\n`,
  );
  const modelRows = models.map(({ role, parameters, from }) => [role, count(parameters), from]);
  say(`${table(["model", "parameters", "from"], modelRows, "lrl")}\n`);
  const staged = terms.some(({ stage }) => stage !== null);
  const termRows = terms.map(({ kind, weight, options, stage }) => [
    ...(staged ? [stage ?? ""] : []),
    kind,
    typeof weight === "number" ? String(weight) : JSON.stringify(weight),
    Object.entries(options)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
      .join(", "),
  ]);
  const termHead = [...(staged ? ["stage"] : []), "term", "weight", "options"];
  say(`${table(termHead, termRows, staged ? "llrl" : "lrl")}\n`);
  if (taps.length > 0) {
    const tapRows = taps.map(({ role, path, shape }) => [role, path, `[${shape.join(", ")}]`]);
    say(`${table(["tap of", "path", "shape for two samples"], tapRows, "lll")}\n`);
  }
  say(`optimizer: ${JSON.stringify(optimizer)}\n`);
  const rows = phases.map((phase) => [
    phase.stage === null ? phase.phase : `${phase.phase}, ${phase.stage}`,
    number(phase.batchSize),
    number(phase.stepsPerEpoch),
    number(phase.epochs),
    number(phase.steps),
    `${(1000 * phase.secondsPerStep).toPrecision(3)} ms`,
    time(phase.secondsPerEpoch),
    time(phase.seconds),
  ]);
  const head = ["training", "batch", "steps/epoch", "epochs", "steps", "step", "epoch", "all"];
  say(table(head, rows));
  const narrow = phases.filter(({ autocast }) => autocast !== null);
  for (const { phase, stage, autocast } of narrow) {
    const name = stage === null ? phase : `${phase}, ${stage}`;
    say(`\n${name}: products and convolutions in ${autocast} (autocast), weights in float32`);
  }
  say(
    `\ntimes are of three steps measured here, without validation; weights take ` +
      `${compact(memory.weights)}B, tensors at most ${compact(memory.peak)}B meanwhile`,
  );
}

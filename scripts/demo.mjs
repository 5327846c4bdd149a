// `npm run demo`: distils MNIST, from a fresh clone if need be. The recipe is
// examples/mnist/recipe.yaml; everything goes to runs/demo.
//
// Options: --seeds <n> for several students, --out <dir>, --resume after an interrupted run.

import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensure } from "./ensure.mjs";
import { asProgram, packageRoot, say } from "./tools.mjs";

const usage = `npm run demo -- [options]

  --seeds <n>   train n students, each with a seed of its own, and show mean and spread
  --out <dir>   where everything goes (default runs/demo)
  --resume      go on where an interrupted demo stopped
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "1" },
      out: { type: "string", default: join(packageRoot, "runs", "demo") },
      resume: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 1)
    throw new Error(`--seeds ${values.seeds}: expected 1 or more`);
  return { ...values, seeds, out: resolve(values.out) };
}

/** One student alone and one distilled; the first seed trains the teacher, the others use it. */
async function runSeed(potstill, seed, { out, resume }, signal) {
  const file = join(packageRoot, "examples", "mnist", "recipe.yaml");
  const recipe = await potstill.readRecipe(file, [`seed=${seed}`]);
  const first = seed === 1;
  if (!first) recipe.value.teacher = join(out, "teacher.pt");
  const folder = first ? out : join(out, `seed-${seed}`);
  const show = potstill.progressReporter(process.stderr);
  const { runRecorded } = await import("../dist/cli/recorded.js");
  const run = { source: recipe, out: folder, resume, signal };
  const { report, model } = await runRecorded("distill", run, show);
  model.dispose();
  return report;
}

/** Errors of the students over all seeds. */
function summarize(reports, meanAndSpread) {
  const over = (key) => ({
    errors: reports.map((report) => report[key].errors),
    ...meanAndSpread(reports.map((report) => report[key].errors)),
  });
  return {
    seeds: reports.map((_, index) => index + 1),
    alone: over("alone"),
    distilled: over("distilled"),
  };
}

function spreadTable(summary, table) {
  const row = (title, { errors, mean, spread }) => [
    title,
    mean.toFixed(1),
    spread === null ? "–" : `± ${spread.toFixed(1)}`,
    errors.join(", "),
  ];
  return table(
    ["", "mean errors", "spread", "each"],
    [row("student alone", summary.alone), row("student distilled", summary.distilled)],
  );
}

await asProgram(async () => {
  const options = readArguments();
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  await ensure();
  const potstill = await import("../dist/index.js");
  const { meanAndSpread, table } = await import("../dist/report/format.js");

  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) {
    process.once(name, () => {
      process.exitCode = name === "SIGINT" ? 130 : 143;
      say("stopping after the current step");
      controller.abort(name);
    });
  }
  const reports = [];
  try {
    for (let seed = 1; seed <= options.seeds; seed++) {
      if (options.seeds > 1) say(`seed ${seed} of ${options.seeds}`);
      reports.push(await runSeed(potstill, seed, options, controller.signal));
    }
  } catch (error) {
    if (!controller.signal.aborted || error.code !== "ERR_ABORTED") throw error;
    say(`${error.message} (npm run demo -- --resume)`);
    return;
  }

  process.stdout.write(`\n${potstill.summaryTable(reports[0])}\n`);
  if (options.seeds > 1) {
    const summary = summarize(reports, meanAndSpread);
    process.stdout.write(`\n${spreadTable(summary, table)}\n`);
    const file = join(options.out, "report.json");
    await writeFile(file, `${JSON.stringify({ ...reports[0], seeds: summary }, null, 2)}\n`);
  }
  const { alone, distilled } = reports[0];
  const fewer = alone.errors - distilled.errors;
  process.stdout.write(
    `\nDistilled, the student makes ${Math.abs(fewer)} errors ${fewer >= 0 ? "fewer" : "more"} than ` +
      `alone (${distilled.errors} and ${alone.errors}).\n` +
      `Wrote ${relative(process.cwd(), options.out) || "."}/: report.json, student.pt, ` +
      "report.html, student.safetensors, teacher.pt\n",
  );
});

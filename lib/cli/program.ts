/** The commands and their options. */

import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import type { ExplainFlags } from "./commands/explain.js";
import type { ExportFlags } from "./commands/export.js";
import type { InitFlags } from "./commands/init.js";
import type { PredictFlags } from "./commands/predict.js";
import type { SweepFlags } from "./commands/sweep.js";

const exits = `
Exit codes: 0 done, 1 failed, 2 wrong usage or recipe, 130 or 143 stopped by a signal after saving.`;

const deviceHelp = "cpu, cuda, or one such as cuda:1; default cpu, or as the recipe says";

/** The command line; errors are thrown, not exited with. */
export function program(): Command {
  const potstill = new Command("potstill")
    .description("Distil neural networks from Node.js.")
    .version(packageVersion())
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError();

  addTraining(potstill, "distill", "train a student against its teacher, as a recipe says");
  addTraining(potstill, "train", "train a model on labels, as a recipe says");

  potstill
    .command("evaluate")
    .description("measure a model on a data set")
    .argument("<model>", "TorchScript file")
    .requiredOption(
      "--data <data>",
      "data set as in a recipe: mnist, '{idx: {images: …, labels: …}}'",
    )
    .option("--split <name>", "train or test; default test where there is one")
    .option("--teacher <file>", "TorchScript file to compare with")
    .option("--top <k>", "accuracy within the best k; repeatable", collectNumbers, [])
    .option("--batch-size <n>", "samples per batch", wholeNumber)
    .option("--device <name>", deviceHelp)
    .option("--output <key>", "key or index of the model's output that holds the logits")
    .option("--confusion", "show the confusion matrix")
    .option("--json", "one JSON object on stdout, messages on stderr")
    .addHelpText("after", exits)
    .action(async (model: string, options: EvaluateFlags) => {
      const { evaluateCommand } = await import("./commands/evaluate.js");
      await evaluateCommand(model, options);
    });

  potstill
    .command("inspect")
    .description("show what is in a TorchScript file, with the paths that can be tapped")
    .argument("<model>", "TorchScript file")
    .option(
      "--input <shape>",
      "shape of a sample batch, such as 1x1x28x28; repeatable",
      collect,
      [],
    )
    .option("--taps", "list every place whose output can be tapped; needs --input")
    .option("--json", "one JSON object on stdout, messages on stderr")
    .addHelpText("after", exits)
    .action(async (model: string, options: InspectFlags) => {
      const { inspectCommand } = await import("./commands/inspect.js");
      await inspectCommand(model, options);
    });

  potstill
    .command("init")
    .description("write a commented recipe: asks a few questions on a terminal, or takes flags")
    .argument("[file]", "the recipe", "recipe.yaml")
    .option("--data <name>", "mnist, fashionMnist, or idx with the files below")
    .option("--images <file>", "IDX file with the training images")
    .option("--labels <file>", "IDX file with their labels")
    .option("--test-images <file>", "IDX file with the test images")
    .option("--test-labels <file>", "IDX file with their labels")
    .option("--teacher <file>", "TorchScript file, or train; default train")
    .option("--hidden <sizes>", "units of the student's hidden layers, with commas; default 100")
    .option("--alpha <share>", "weight of the teacher against the labels; default 0.9")
    .option("--temperature <t>", "of the soft targets; default 4")
    .option("--epochs <n>", "default 5")
    .option("--yes", "ask nothing: what is not given has its default")
    .option("--force", "write over a file that is there")
    .addHelpText("after", exits)
    .action(async (file: string, options: InitFlags) => {
      const { initCommand } = await import("./commands/init.js");
      await initCommand(file, options);
    });

  potstill
    .command("explain")
    .description("show what a recipe comes to: models, terms, steps, time measured on three steps")
    .argument("<recipe>", "YAML or JSON file for distill")
    .option("--out <dir>", "folder of the run, where a teacher may be")
    .option("--device <name>", deviceHelp)
    .option("--set <key=value>", "override a key of the recipe; repeatable", collect, [])
    .option("--autocast <type>", "what the student computes in: auto, bfloat16, float16 or false")
    .option("--json", "one JSON object on stdout, messages on stderr")
    .addHelpText("after", exits)
    .action(async (recipe: string, options: ExplainFlags) => {
      const { explainCommand } = await import("./commands/explain.js");
      await explainCommand(recipe, options);
    });

  potstill
    .command("sweep")
    .description("run a recipe with every combination of some values; goes on where it was stopped")
    .argument("<recipe>", "YAML or JSON file for distill")
    .option(
      "--grid <key=values>",
      "key and its values, such as temperature=2,4,8; repeatable",
      collect,
      [],
    )
    .option(
      "--variants <file>",
      "YAML: keys of the recipe to replace, under a name for each variant",
    )
    .option("--out <dir>", "folder of the runs; default runs/<recipe>-sweep")
    .option("--device <name>", deviceHelp)
    .option("--set <key=value>", "override a key of the recipe; repeatable", collect, [])
    .option("--json", "one JSON object per line on stdout, messages on stderr")
    .addHelpText("after", exits)
    .action(async (recipe: string, options: SweepFlags) => {
      const { sweepCommand } = await import("./commands/sweep.js");
      await sweepCommand(recipe, options);
    });

  potstill
    .command("export")
    .description(
      "write a student for others: TorchScript, safetensors, a model card; and check them",
    )
    .argument("<run or model>", "folder of a run, or a TorchScript file")
    .option("--out <dir>", "folder to write to; default <name>-export")
    .option("--inference", "weights that take no gradients; default: trainable")
    .option("--frozen", "TorchScript with weights as constants and batch norms folded")
    .option("--input <shape>", "shape of a batch for the check, such as 1x1x28x28")
    .option("--json", "one JSON object on stdout, messages on stderr")
    .addHelpText("after", exits)
    .action(async (given: string, options: ExportFlags) => {
      const { exportCommand } = await import("./commands/export.js");
      await exportCommand(given, options);
    });

  potstill
    .command("predict")
    .description("run a saved student on images, IDX files, or JSON lines from files or stdin")
    .argument("<model>", "TorchScript file, or folder of a run or an export")
    .argument("[files...]", "images, IDX files, .jsonl files; -, or none: JSON lines on stdin")
    .option("--top <k>", "classes to show for each sample", wholeNumber, 1)
    .option("--input <shape>", "shape of a batch, such as 1x1x28x28; default: as trained")
    .option("--output <key>", "key or index of the model's output that holds the logits")
    .option("--classes <names>", "names of the classes, with commas")
    .option("--no-normalize", "take values as they are, without the constants of the training data")
    .option("--batch-size <n>", "samples per batch", wholeNumber, 64)
    .option("--device <name>", deviceHelp)
    .option("--json", "one JSON object per sample on stdout, messages on stderr")
    .addHelpText("after", exits)
    .action(async (model: string, files: string[], options: PredictFlags) => {
      const { predictCommand } = await import("./commands/predict.js");
      await predictCommand(model, files, options);
    });

  potstill
    .command("runs")
    .description("list runs and compare them: what they reached, and where their recipes differ")
    .argument("[dirs...]", "folders of runs, or folders with such folders; default runs")
    .option("--json", "one JSON object per run on stdout, messages on stderr")
    .addHelpText("after", exits)
    .action(async (folders: string[], options: { json?: boolean }) => {
      const { runsCommand } = await import("./commands/runs.js");
      await runsCommand(folders, options);
    });

  potstill
    .command("report")
    .description("make report.html again, of what is in a run's folder")
    .argument("<dir>", "folder of a run")
    .action(async (folder: string) => {
      const { reportCommand } = await import("./commands/runs.js");
      await reportCommand(folder);
    });

  potstill
    .command("schema")
    .description("print the JSON Schema of recipes, for editors")
    .argument("[command]", "distill or train", "distill")
    .action(async (command: string) => {
      const { schemaCommand } = await import("./commands/schema.js");
      schemaCommand(command);
    });

  const cache = potstill
    .command("cache")
    .description("ask the teachers of a recipe beforehand, and keep what they say")
    .argument("<recipe>", "YAML or JSON file for distill, with cache")
    .option("--out <dir>", "folder of the run, where a teacher may be")
    .option("--device <name>", deviceHelp)
    .option("--set <key=value>", "override a key of the recipe; repeatable", collect, [])
    .option("--json", "one JSON object per line on stdout, messages on stderr")
    .addHelpText("after", exits)
    .action(async (recipe: string, options: FillFlags) => {
      const { fillCacheCommand } = await import("./commands/cache.js");
      await fillCacheCommand(recipe, options);
    });
  cache
    .command("verify")
    .description("compare every file of the teacher caches in a folder with its checksum")
    .argument("<dir>", "the folder that cache: names in a recipe")
    .option("--repair", "set damaged files aside, so that the next run computes them again")
    .option("--json", "one JSON object per cache on stdout, messages on stderr")
    .action(async (dir: string, _: CacheFlags, command: Command) => {
      const { verifyCacheCommand } = await import("./commands/cache.js");
      // `--json` is an option of the command around it too, which takes it.
      await verifyCacheCommand(dir, command.optsWithGlobals());
    });

  potstill
    .command("doctor")
    .description("check libtorch, the addon and the machine; fails if something is broken")
    .option("--json", "one JSON object on stdout, messages on stderr")
    .action(async (options: { json?: boolean }) => {
      const { doctorCommand } = await import("./commands/install.js");
      await doctorCommand(options);
    });

  potstill
    .command("setup")
    .description("find or fetch libtorch and build the addon")
    .action(async () => {
      const { setupCommand } = await import("./commands/install.js");
      await setupCommand();
    });

  return potstill;
}

/** `distill` and `train` differ in what their recipe is the options of. */
function addTraining(potstill: Command, name: "distill" | "train", description: string): void {
  potstill
    .command(name)
    .description(description)
    .argument("<recipe>", `YAML or JSON file; its keys are the options of ${name}()`)
    .option(
      "--out <dir>",
      `folder for the report, the ${name === "train" ? "model" : "student"} and checkpoints`,
    )
    .option("--resume", "go on from the last checkpoint in that folder")
    .option("--device <name>", deviceHelp)
    .option("--set <key=value>", "override a key of the recipe; repeatable", collect, [])
    .option("--autocast <type>", "what the student computes in: auto, bfloat16, float16 or false")
    .option("--threads <n>", "of one operator; auto: the best of several, by measuring")
    .option("--tensorboard", "write TensorBoard's event files into the folder as well")
    .option("--ui", "serve a live page with curves, log and a stop button, to this machine only")
    .option("--ui-port <n>", "port of that page; default: one that is free", portNumber)
    .option("--profile", "say where the time of 50 steps goes, and write trace.json for Chrome")
    .option("--json", "one JSON object per line on stdout, messages on stderr")
    .addHelpText("after", exits)
    .action(async (recipe: string, options: RunFlags) => {
      const { runCommand } = await import("./commands/run.js");
      await runCommand(name, recipe, options);
    });
}

export interface RunFlags {
  out?: string;
  resume?: boolean;
  device?: string;
  set: string[];
  autocast?: string;
  threads?: string;
  tensorboard?: boolean;
  ui?: boolean;
  uiPort?: number;
  profile?: boolean;
  json?: boolean;
}

export interface EvaluateFlags {
  data: string;
  split?: string;
  teacher?: string;
  top: number[];
  batchSize?: number;
  device?: string;
  output?: string;
  confusion?: boolean;
  json?: boolean;
}

export interface FillFlags {
  out?: string;
  device?: string;
  set: string[];
  json?: boolean;
}

export interface CacheFlags {
  repair?: boolean;
  json?: boolean;
}

export interface InspectFlags {
  input: string[];
  taps?: boolean;
  json?: boolean;
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function collectNumbers(value: string, before: number[]): number[] {
  return [...before, wholeNumber(value)];
}

function wholeNumber(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) {
    throw new InvalidArgumentError("Expected a whole number of at least 1.");
  }
  return Number(value);
}

function portNumber(value: string): number {
  const port = wholeNumber(value);
  if (port > 65535) throw new InvalidArgumentError("Expected a port, 1 to 65535.");
  return port;
}

/** Of the package this file lies in: two folders up, in `lib/` as in `dist/`. */
function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

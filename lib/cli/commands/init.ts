/** `potstill init`: a recipe to begin with, from a few answers or flags. */

import { stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { readIdx } from "../../data/index.js";
import { writeAtomically } from "../../files/index.js";
import { recipeFromText } from "../../recipe/index.js";
import { makeObjective } from "../../recipe/learning.js";
import { parseDistill } from "../../recipe/parse.js";
import { UsageError } from "../errors.js";
import { type Answers, recipeText, type Shape } from "../starter.js";

export interface InitFlags {
  data?: string;
  images?: string;
  labels?: string;
  testImages?: string;
  testLabels?: string;
  teacher?: string;
  hidden?: string;
  alpha?: string;
  temperature?: string;
  epochs?: string;
  yes?: boolean;
  force?: boolean;
}

const dataSets = ["mnist", "fashionMnist", "idx"] as const;

export async function initCommand(file: string, flags: InitFlags): Promise<void> {
  if (!flags.force && (await stat(file).catch(() => null))) {
    throw new UsageError(`init: ${file} is there already; --force writes over it`);
  }
  const asking = !flags.yes && process.stdin.isTTY === true;
  const terminal = asking
    ? createInterface({ input: process.stdin, output: process.stderr })
    : null;
  try {
    const ask = async (given: string | undefined, question: string, standard: string) => {
      if (given !== undefined) return given;
      const said = terminal ? await terminal.question(`${question} [${standard}] `) : "";
      return said.trim() || standard;
    };
    const text = recipeText(await answers(file, flags, ask));
    // What is written is a recipe: anything else would be a mistake of ours or of an answer.
    const { objective } = parseDistill(recipeFromText(text, file));
    makeObjective(objective, ["objective"]);
    await writeAtomically(file, [text]);
  } finally {
    terminal?.close();
  }
  process.stdout.write(`wrote ${file}\n`);
  process.stderr.write(`next: npx potstill explain ${file}, then npx potstill distill ${file}\n`);
}

type Ask = (given: string | undefined, question: string, standard: string) => Promise<string>;

async function answers(file: string, flags: InitFlags, ask: Ask): Promise<Answers> {
  const own = flags.data ?? (flags.images === undefined ? undefined : "idx");
  const data = await ask(own, `data: ${dataSets.join(", ")}?`, "mnist");
  if (!(dataSets as readonly string[]).includes(data)) {
    throw new UsageError(`--data ${data}: expected ${dataSets.join(", ")}`);
  }
  let files: Answers["files"] = null;
  let shape: Shape = { channels: 1, height: 28, width: 28, classes: 10 };
  if (data === "idx") {
    const images = await ask(flags.images, "IDX file with the training images?", "train-images");
    const labels = await ask(flags.labels, "IDX file with their labels?", "train-labels");
    const testImages = await ask(flags.testImages, "test images (empty: none)?", "");
    const testLabels =
      testImages === "" ? "" : await ask(flags.testLabels, "test labels?", "test-labels");
    files = { images, labels, testImages, testLabels };
    shape = await shapeOf(images, labels);
    // A recipe's paths start at its own folder.
    const from = path.dirname(path.resolve(file));
    for (const key of Object.keys(files) as (keyof typeof files)[]) {
      if (files[key] !== "") files[key] = path.relative(from, path.resolve(files[key]));
    }
  }
  const teacher = await ask(flags.teacher, "teacher: a TorchScript file, or train?", "train");
  const hidden = await ask(flags.hidden, "units of the student's hidden layers?", "100");
  const alpha = await ask(flags.alpha, "weight of the teacher against the labels, 0 to 1?", "0.9");
  const temperature = await ask(flags.temperature, "temperature?", "4");
  const epochs = await ask(flags.epochs, "epochs?", "5");
  return {
    data: data as Answers["data"],
    files,
    shape,
    teacher:
      teacher === "train"
        ? null
        : path.relative(path.dirname(path.resolve(file)), path.resolve(teacher)),
    hidden: hidden.split(/[ ,]+/).map((each) => number("hidden", each, 1)),
    alpha: number("alpha", alpha, 0),
    temperature: number("temperature", temperature, 0),
    epochs: number("epochs", epochs, 1),
  };
}

function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= least && text.trim() !== "") return value;
  throw new UsageError(`--${name} ${text}: expected a number of at least ${least}`);
}

async function shapeOf(images: string, labels: string): Promise<Shape> {
  const { shape } = await readIdx(images);
  const { data } = await readIdx(labels);
  const [, ...rest] = shape;
  if (rest.length !== 2 && rest.length !== 3) {
    throw new UsageError(
      `--images ${images}: expected images [count, height, width] or [count, channels, height, width], got [${shape.join(", ")}]`,
    );
  }
  const [channels, height, width] = (rest.length === 2 ? [1, ...rest] : rest) as [
    number,
    number,
    number,
  ];
  let classes = 0;
  for (const label of data) classes = Math.max(classes, label + 1);
  return { channels, height, width, classes };
}

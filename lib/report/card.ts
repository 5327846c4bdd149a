/** The model card of an exported student: where it comes from and how good it is, as Markdown. */

import { stringify } from "yaml";
import type { InputDetails, Json, Report, Section } from "../train/report.js";
import { compact, count, figure, percent } from "./format.js";

export interface CardInput {
  name: string;
  report: Report | null;
  input: InputDetails;
  classNames: readonly string[] | null;
  output: string | number | null;
  /** By file name. */
  sha256: Readonly<Record<string, string>>;
  /** Whether weights may be trained, take no gradients, or are constants of the code. */
  weights: keyof typeof weights;
  parameters: number;
}

const weights = {
  trainable: "trainable",
  inference: "for inference: the weights take no gradients",
  frozen: "for inference: frozen, the weights are constants of the code",
};

/** The card as the text of a README. */
export function modelCard(card: CardInput): string {
  const { name, report } = card;
  const student = report?.distilled ?? report?.trained ?? null;
  const front = {
    library_name: "potstill",
    tags: report?.distilled ? ["knowledge-distillation", "torchscript"] : ["torchscript"],
    ...(student?.accuracy === null || !student
      ? {}
      : { metrics: [{ type: "accuracy", value: student.accuracy }] }),
  };
  const parts = [
    `---\n${stringify(front)}---\n`,
    `# ${name}\n`,
    `${count(card.parameters)} parameters (${compact(card.parameters)}); ` +
      `${weights[card.weights]}.\n`,
  ];
  if (student) parts.push(`## Metrics\n`, metrics(report as Report));
  parts.push(`## Input and output\n`, usage(card));
  if (report) {
    parts.push(
      "## Data\n",
      fenced("yaml", stringify({ data: recipeKey(report.recipe, "data") })),
      "## Recipe\n",
      fenced("yaml", stringify(report.recipe)),
      "## Versions\n",
      list(report.environment as unknown as Record<string, Json>),
    );
  }
  const rows = Object.entries(card.sha256).map(([file, hash]) => `| ${file} | \`${hash}\` |`);
  parts.push("## Files\n", ["| file | SHA-256 |", "| --- | --- |", ...rows].join("\n"), "");
  return `${parts.join("\n")}`;
}

function recipeKey(recipe: Json, key: string): Json {
  if (typeof recipe !== "object" || recipe === null || Array.isArray(recipe)) return null;
  return recipe[key] ?? null;
}

function metrics(report: Report): string {
  const rows = (
    [
      ["teacher", report.teacher],
      ["student alone", report.alone],
      ["this model", report.distilled ?? report.trained],
    ] as const
  ).flatMap(([title, section]) => (section ? [metricRow(title, section)] : []));
  const head =
    "| | errors | samples | accuracy | loss | agreement | calibration error | parameters |";
  return [head, "| --- | --- | --- | --- | --- | --- | --- | --- |", ...rows, ""].join("\n");
}

function metricRow(title: string, section: Section): string {
  const shown = (value: number | null, format: (value: number) => string) =>
    value === null ? "–" : format(value);
  const cells = [
    title,
    shown(section.errors, count),
    count(section.samples),
    shown(section.accuracy, percent),
    shown(section.loss, figure),
    shown(section.agreement, percent),
    shown(section.calibrationError, percent),
    count(section.parameters),
  ];
  return `| ${cells.join(" | ")} |`;
}

function usage({ input, classNames, output }: CardInput): string {
  const shape = input.shape ? `[batch, ${input.shape.join(", ")}]` : "as the data had them";
  const scale =
    input.normalize === null
      ? ""
      : ` Images: pixels / 255, then (x − ${JSON.stringify(input.normalize.mean)}) / ${JSON.stringify(input.normalize.std)} per channel.`;
  const picked = output === null ? "the model's output" : `\`${output}\` of the model's output`;
  const classes = classNames ? ` Classes: ${classNames.join(", ")}.` : "";
  return (
    `Inputs: ${shape}, float32.${scale} Logits: ${picked}.${classes}\n\n` +
    `${fenced("sh", "npx potstill predict model.pt image.png")}\n` +
    `${fenced("python", 'import torch\nmodel = torch.jit.load("model.pt").eval()')}`
  );
}

function list(values: Record<string, Json>): string {
  return `${Object.entries(values)
    .map(([key, value]) => `- ${key}: ${String(value)}`)
    .join("\n")}\n`;
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
}

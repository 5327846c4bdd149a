/** A model with what is known about it: in the folder of a run, exported, or a bare file. */

import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { PotstillError } from "../native/errors.js";
import type { Details, InputDetails, Json, Report } from "../train/index.js";
import { UsageError } from "./errors.js";

/** `potstill.json` beside an exported model. */
export const manifestSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  input: z.object({
    shape: z.array(z.int().min(1)).nullable(),
    normalize: z.object({ mean: z.array(z.number()), std: z.array(z.number()) }).nullable(),
  }),
  classNames: z.array(z.string()).nullable(),
  output: z.union([z.string(), z.int()]).nullable(),
  sha256: z.record(z.string(), z.string()),
});

export type Manifest = z.infer<typeof manifestSchema>;

export interface Artifact {
  /** The TorchScript file. */
  model: string;
  name: string;
  input: InputDetails;
  classNames: string[] | null;
  output: string | number | null;
  /** Of the run, where the model lies in its folder. */
  report: Report | null;
}

/** What a folder's model is called, the first that is there. */
const names = ["student.pt", "model.pt"];

/**
 * Finds the model of a folder, or takes the file, and what lies beside it: `potstill.json` of an
 * export, or `report.json` and `details.json` of a run.
 *
 * @throws UsageError where there is nothing, ERR_DATA for a `potstill.json` that is none
 */
export async function findArtifact(given: string): Promise<Artifact> {
  const model = await modelFile(given);
  const folder = path.dirname(path.resolve(model));
  const base = { model, name: path.basename(model).replace(/\.[^.]+$/, "") };
  const manifest = await readManifest(path.join(folder, "potstill.json"));
  if (manifest) {
    const { name, input, classNames, output } = manifest;
    return { ...base, name, input, classNames, output, report: null };
  }
  const report = await readJson<Report>(path.join(folder, "report.json"));
  const details = await readJson<Details>(path.join(folder, "details.json"));
  return {
    ...base,
    name: report ? `${path.basename(folder)}` : base.name,
    input: details?.input ?? { shape: null, normalize: null },
    classNames: details?.classNames ?? null,
    output: report ? outputOf(report.recipe) : null,
    report,
  };
}

async function modelFile(given: string): Promise<string> {
  const found = await stat(given).catch(() => null);
  if (found?.isFile()) return given;
  if (!found?.isDirectory()) throw new UsageError(`${given}: there is no such file or folder`);
  for (const name of names) {
    const file = path.join(given, name);
    if (await stat(file).catch(() => null)) return file;
  }
  throw new UsageError(`${given}: there is no ${names.join(" or ")} in this folder`);
}

async function readManifest(file: string): Promise<Manifest | null> {
  const value = await readJson<unknown>(file);
  if (value === null) return null;
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PotstillError(
    "ERR_DATA",
    `${file} was not written by this version of potstill export: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}

async function readJson<T>(file: string): Promise<T | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new PotstillError("ERR_DATA", `${file} holds no JSON`, { cause });
  }
}

function outputOf(recipe: Json): string | number | null {
  if (typeof recipe !== "object" || recipe === null || Array.isArray(recipe)) return null;
  const { output } = recipe;
  return typeof output === "string" || typeof output === "number" ? output : null;
}

/** What is in the folders of runs, finished or not. */

import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import { readEvents } from "../record/index.js";
import { isLocked, type Json, type Phase, type Report, type Section } from "../train/index.js";

/** A run as `potstill runs` shows it. */
export interface RunSummary {
  folder: string;
  /** `running` where a process holds the folder, `stopped` where it may be resumed. */
  state: "done" | "running" | "stopped";
  /** Of the last change, ISO 8601. */
  date: string;
  /** SHA-256 of the recipe's content, the same however it is written; null where it is unknown. */
  recipeHash: string | null;
  recipe: Json;
  /** How far it is, where it is not done. */
  progress: { phase: Phase; epoch: number; epochs: number | null; step: number } | null;
  /** Seconds of training, all phases. */
  seconds: number | null;
  teacher: Section | null;
  alone: Section | null;
  distilled: Section | null;
  trained: Section | null;
}

/** Folders below this depth are not looked into. */
const depth = 3;

/** Runs in these folders, the folders themselves included, by name. */
export async function findRuns(folders: readonly string[]): Promise<RunSummary[]> {
  const found = new Map<string, RunSummary>();
  for (const folder of folders) {
    for (const each of await runsBelow(path.resolve(folder), depth)) {
      const summary = await readRun(each);
      if (summary) found.set(each, summary);
    }
  }
  return [...found.values()];
}

async function runsBelow(folder: string, levels: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = new Set(entries.map(({ name }) => name));
  const own = names.has("report.json") || names.has("events.jsonl") ? [folder] : [];
  if (levels === 0) return own;
  const below = entries
    .filter((entry) => entry.isDirectory() && entry.name !== "checkpoints")
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const nested = [];
  for (const name of below) nested.push(...(await runsBelow(path.join(folder, name), levels - 1)));
  return [...own, ...nested];
}

/** Null where the folder has nothing of a run that can be read. */
export async function readRun(folder: string): Promise<RunSummary | null> {
  const report = await readJson<Report>(path.join(folder, "report.json"));
  const eventsFile = path.join(folder, "events.jsonl");
  const progress = report ? null : await lastProgress(eventsFile);
  const written = await readFile(path.join(folder, "recipe.yaml"), "utf8").catch(() => null);
  const recipe = recipeOf(written) ?? report?.recipe ?? null;
  if (report === null && written === null && progress === null) return null;
  const newest = await Promise.all(
    ["report.json", "events.jsonl", "recipe.yaml"].map((name) =>
      stat(path.join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  const running = await isLocked(folder);
  const sections = report ? Object.values(report.history) : [];
  const seconds = sections
    .flatMap(({ metrics }) => metrics as { seconds?: number }[])
    .reduce((sum, epoch) => sum + (epoch.seconds ?? 0), 0);
  return {
    folder,
    state: running ? "running" : report ? "done" : "stopped",
    date: new Date(Math.max(...newest)).toISOString(),
    recipeHash:
      recipe === null ? null : createHash("sha256").update(stringify(recipe)).digest("hex"),
    recipe,
    progress,
    seconds: report ? seconds : null,
    teacher: report?.teacher ?? null,
    alone: report?.alone ?? null,
    distilled: report?.distilled ?? null,
    trained: report?.trained ?? null,
  };
}

function recipeOf(text: string | null): Json {
  if (text === null) return null;
  try {
    return parse(text) as Json;
  } catch {
    return null;
  }
}

async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch {
    return null;
  }
}

async function lastProgress(file: string): Promise<RunSummary["progress"]> {
  let last: RunSummary["progress"] = null;
  for (const event of await readEvents(file)) {
    if (event.type !== "step" && event.type !== "epoch") continue;
    const { phase, epoch, epochs, step } = event;
    last = { phase, epoch, epochs, step };
  }
  return last;
}

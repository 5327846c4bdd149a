/**
 * Runs that are killed at random moments and taken up again, compared with one that was left alone.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { type FSWatcher, mkdirSync, watch } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { main } from "../cli/cli.js";
import { side, writeBars } from "../cli/idx.js";

export interface Campaign {
  /** Runs that are killed, each at least once and then taken up to its end. */
  kills: number;
  seed: number;
  /** Scratch. */
  folder: string;
  /** Told after each end. */
  progress?: (line: string) => void;
}

export interface CampaignResult {
  /** Kills in all, and the runs that ended with the bits of the one that was left alone. */
  kills: number;
  ends: number;
  identical: number;
  /** Kills that left a half-written file behind. */
  whileWriting: number;
  /** By what the run had last said when it was killed. */
  moments: Record<string, number>;
  /** What resumed runs warned of, beside that there was nothing to resume yet. */
  warnings: string[];
}

/** Everything that has a state: momentum, schedule, dropout, average, accumulation, selection. */
const training = {
  optimizer: { sgd: { lr: 0.05, momentum: 0.9, nesterov: true } },
  schedule: { cosine: {} },
  batchSize: 32,
  accumulate: 2,
  ema: 0.9,
  validation: 0.2,
};

async function writeRecipe(folder: string): Promise<string> {
  const file = path.join(folder, "recipe.json");
  const wide = [side * side, 512, 512, 4];
  await writeFile(
    file,
    JSON.stringify({
      seed: 3,
      data: await writeBars(folder),
      threads: 1,
      teacher: { train: { model: { "nn.mlp": [side * side, 64, 4] }, ...training, epochs: 4 } },
      // Large enough that a good part of the time goes into writing.
      student: { "nn.mlp": [wide, { dropout: 0.2 }] },
      ...training,
      epochs: 12,
    }),
  );
  return file;
}

/** Random numbers in [0, 1) that a seed repeats (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When a run is killed. */
type Moment =
  /** So many milliseconds after it has begun to train. */
  | { after: number }
  /** So many milliseconds after something half-written has been seen for the nth time. */
  | { write: number; after: number };

interface Leg {
  signal: NodeJS.Signals | null;
  code: number | null;
  stderr: string;
  last: string;
  warnings: string[];
}

/** One process of a run, killed at a moment, or left alone. */
async function leg(recipe: string, out: string, moment: Moment | null): Promise<Leg> {
  const args = [main, "distill", recipe, "--out", out, "--resume", "--json"];
  const child: ChildProcess = spawn(process.execPath, args, {
    // Both runs take the same products: bits are promised for the same plan.
    env: { ...process.env, POTSTILL_PRODUCTS: "mkl" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const done = new AbortController();
  const kill = (after: number) =>
    void setTimeout(after, null, { signal: done.signal }).then(
      () => child.kill("SIGKILL"),
      () => {},
    );
  const watchers: FSWatcher[] = [];
  let writes = 0;
  if (moment && "write" in moment) {
    for (const folder of [out, path.join(out, "checkpoints")]) {
      mkdirSync(folder, { recursive: true });
      watchers.push(
        watch(folder, (_, name) => {
          if (!name?.endsWith(".tmp") || name.startsWith(".lock")) return;
          writes += 1;
          if (writes === moment.write) kill(moment.after);
        }),
      );
    }
  }
  let text = "";
  let stderr = "";
  let begun = false;
  child.stdout!.setEncoding("utf8").on("data", (more: string) => {
    text += more;
    if (begun) return;
    begun = true;
    if (moment && !("write" in moment)) kill(moment.after);
  });
  child.stderr!.setEncoding("utf8").on("data", (more: string) => {
    stderr += more;
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
    (resolve, reject) => {
      child.on("error", reject);
      child.on("close", (...end) => resolve(end));
    },
  );
  done.abort();
  for (const each of watchers) each.close();
  const events = text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { type: string; message?: string; phase?: string });
  const last = events.at(-1);
  return {
    ...{ signal, code, stderr },
    last: last ? `${last.phase ?? ""} ${last.type}`.trim() : "nothing",
    warnings: events.flatMap(({ type, message }) => (type === "warning" ? (message ?? "") : [])),
  };
}

/** What a run comes to: its weights to the bit, and its figures without times. */
async function endOf(out: string): Promise<Record<string, string>> {
  const digest = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");
  const ends: Record<string, string> = {};
  for (const name of ["teacher.pt", "student.pt", "student.safetensors"]) {
    ends[name] = digest(await readFile(path.join(out, name)));
  }
  const report = JSON.parse(await readFile(path.join(out, "report.json"), "utf8"));
  const timeless = JSON.stringify(report, (key, value) =>
    ["seconds", "samplesPerSecond", "date"].includes(key) ? undefined : value,
  );
  ends.report = digest(timeless);
  return ends;
}

async function leftovers(out: string): Promise<string[]> {
  const names = await readdir(out, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith(".tmp"));
}

/** @throws Error where a resumed run fails */
export async function campaign({
  kills,
  seed,
  folder,
  progress,
}: Campaign): Promise<CampaignResult> {
  const random = randomOf(seed);
  await mkdir(folder, { recursive: true });
  const recipe = await writeRecipe(folder);
  const whole = path.join(folder, "whole");
  const began = performance.now();
  await finished(await leg(recipe, whole, null));
  const length = performance.now() - began;
  const expected = await endOf(whole);
  const result: CampaignResult = {
    ...{ kills: 0, ends: 0, identical: 0, whileWriting: 0, moments: {}, warnings: [] },
  };
  while (result.ends < kills) {
    const out = path.join(folder, `killed-${result.ends}`);
    let killed = 0;
    for (;;) {
      // Once for sure; then again now and then.
      const again = killed === 0 || (killed < 4 && random() < 0.3);
      const moment: Moment | null = !again
        ? null
        : random() < 0.5
          ? { after: random() * 0.7 * length }
          : { write: 1 + Math.floor(random() * 140), after: random() * 4 };
      const found = await leg(recipe, out, moment);
      result.warnings.push(...found.warnings.filter((text) => !text.includes("starting over")));
      if (found.signal !== "SIGKILL") {
        await finished(found);
        // Over before its moment came: from the beginning, until one does come.
        if (killed > 0) break;
        await rm(out, { recursive: true });
        continue;
      }
      killed += 1;
      result.kills += 1;
      result.moments[found.last] = (result.moments[found.last] ?? 0) + 1;
      if ((await leftovers(out)).length > 0) result.whileWriting += 1;
    }
    result.ends += 1;
    const same = JSON.stringify(await endOf(out)) === JSON.stringify(expected);
    if (same && (await leftovers(out)).length === 0) result.identical += 1;
    progress?.(`${result.ends}: ${killed} kills, ${same ? "identical" : "DIFFERENT"}`);
    if (same) await rm(out, { recursive: true });
  }
  return result;
}

async function finished({ code, stderr }: Leg): Promise<void> {
  if (code !== 0) throw new Error(`the run failed with ${code}: ${stderr}`);
}

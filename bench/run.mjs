// `npm run bench -- [step | w2 | w3 | w4 | w5 | cache | start | teacher | losses | taps | calls | loop | memory | page | checkpoint | heads]… [--json FILE] [--rounds n]`
//
// Every peer is a process of its own that lives through the whole run; in each round every one of
// them runs one block. Tables go to stdout, progress to stderr.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { describe, isBusy, machine } from "./lib/machine.mjs";
import { say } from "./lib/rounds.mjs";
import { table } from "./lib/table.mjs";

/** What is measured, and the file that measures it where it is named otherwise. */
const files = Object.fromEntries(["step", "w2", "w3", "w4", "w5"].map((n) => [n, "workload"]));
const suites = [
  ...Object.keys(files),
  ...["cache", "start", "teacher", "losses", "taps", "calls", "loop", "memory", "page"],
  ...["checkpoint", "heads"],
];
const usage = `usage: npm run bench -- [${suites.join(" | ")}]… [--json FILE] [--rounds n] [--seconds s]
                    [--threads n] [--steps n] [--only a,b]

  --json FILE   write the results as JSON; with several suites, {name} in FILE is replaced
  --rounds n    rounds of interleaved blocks, at least 5 (default 9)
  --seconds s   length of a block (default 1)
  --threads n   threads of every peer (default 2)
  --steps n     steps of "memory" (default 100000)
  --only a,b    of "losses" these, such as dkd,rkd; of whole steps these peers beside potstill`;

class Usage extends Error {}

function whole(values, name, fallback, minimum) {
  const value = Number(values[name] ?? fallback);
  if (!Number.isInteger(value) || value < minimum) {
    throw new Usage(`--${name} must be a whole number, at least ${minimum}`);
  }
  return value;
}

function read(argv) {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: Object.fromEntries([
        ...["json", "rounds", "seconds", "threads", "steps", "only"].map((name) => [
          name,
          { type: "string" },
        ]),
        ["help", { type: "boolean" }],
      ]),
    });
  } catch (error) {
    throw new Usage(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) return null;
  const unknown = positionals.find((name) => !suites.includes(name));
  if (unknown !== undefined) throw new Usage(`there is no benchmark ${unknown}`);
  const seconds = Number(values.seconds ?? 1);
  if (!(seconds > 0)) throw new Usage("--seconds must be a number above 0");
  return {
    names: positionals.length > 0 ? positionals : suites,
    json: values.json,
    rounds: whole(values, "rounds", 9, 5),
    threads: whole(values, "threads", 2, 1),
    steps: whole(values, "steps", 100_000, 10),
    seconds,
    only: values.only?.split(","),
  };
}

function writeJson(file, name, result) {
  const path = resolve(file.replaceAll("{name}", name));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  say(`wrote ${path}`);
}

async function main() {
  const options = read(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (!existsSync(new URL("../dist/index.js", import.meta.url))) {
    throw new Error("potstill is not built: run `npm run build` first.");
  }
  const { names, json, ...settings } = options;
  const all = { meta: null, rows: [] };
  const several = names.length > 1;
  for (const name of names) {
    const meta = { ...machine(settings.threads), rounds: settings.rounds };
    if (isBusy(meta)) say(`the machine is busy (load ${meta.loadBefore}): figures will be off`);
    const { run } = await import(`./suites/${files[name] ?? name}.mjs`);
    const note = (peers, extra) => describe(meta, peers, extra);
    const { cores, missing } = meta;
    const rows = await run({ ...settings, name, cores, missing, note });
    process.stdout.write(`\n${name}: ${meta.cpu}, ${meta.threads} threads\n${table(rows)}\n`);
    process.stdout.write(`${versions(meta)}\n`);
    if (json?.includes("{name}") || (json && !several)) writeJson(json, name, { meta, rows });
    all.meta ??= meta;
    all.rows.push(...rows);
    Object.assign(all.meta.versions, meta.versions);
  }
  if (json && several && !json.includes("{name}")) writeJson(json, "all", all);
}

function versions({ versions, cpuCapability }) {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [...list, ...(cpuCapability ? [cpuCapability] : [])].join(", ");
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  if (error instanceof Usage) process.stderr.write(`${usage}\n`);
  process.exitCode = error instanceof Usage ? 2 : 1;
}

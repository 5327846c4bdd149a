// `node bench/report.mjs [--check]`: writes the tables of docs/benchmarks.md from bench/results, so
// that no figure there is typed by hand. With --check it only says whether they are current.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chart } from "./lib/chart.mjs";
import { isBusy } from "./lib/machine.mjs";
import { markdown, rowName } from "./lib/table.mjs";

const page = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));
const picture = fileURLToPath(new URL("../docs/benchmarks.svg", import.meta.url));
const workloads = ["step", "w2", "w3", "w4", "w5"];
const suites = [
  ...workloads,
  "cache",
  "start",
  "teacher",
  "losses",
  "heads",
  "taps",
  "calls",
  "loop",
  "memory",
  "checkpoint",
  "page",
];

function results(name) {
  const file = new URL(`results/${name}.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

const short = (value, digits = 3) =>
  value == null ? "" : String(Number(value.toPrecision(digits)));
const spread = (low, high) => (low == null ? "" : ` (${short(low)} to ${short(high)})`);
const time = (row) => `${short(row.median)} ${row.unit}${spread(row.p10, row.p90)}`;
const ratio = (row) =>
  row.ratio == null || row.peer === "potstill"
    ? "–"
    : `${short(row.ratio)}${spread(row.ratioP10, row.ratioP90)}`;

const peerColumn = ["peer", (row) => row.peer];
const ratioColumn = ["its time over potstill's (p10 to p90)", ratio];
const timeColumn = ["time (p10 to p90)", time];
const workloadColumns = [
  ["row", rowName],
  ["metric", (row) => row.metric],
  peerColumn,
  ratioColumn,
  ["measured (p10 to p90)", time],
];

/** Columns of each suite's table. */
const tables = {
  ...Object.fromEntries(workloads.map((name) => [name, workloadColumns])),
  cache: [["workload", (row) => row.workload], ...workloadColumns.slice(1)],
  start: [peerColumn, ratioColumn, timeColumn],
  teacher: [workloadColumns[0], peerColumn, ratioColumn, timeColumn],
  losses: [["loss", (row) => row.workload], peerColumn, ratioColumn, timeColumn],
  heads: [
    ["heads", (row) => row.workload],
    ["metric", (row) => row.metric],
    peerColumn,
    ["over potstill's (p10 to p90)", ratio],
    ["measured (p10 to p90)", time],
  ],
  taps: [["metric", (row) => row.metric], peerColumn, ratioColumn, timeColumn],
  calls: [["metric", (row) => row.metric], peerColumn, ratioColumn, timeColumn],
  loop: [
    ["workload", (row) => row.workload],
    ["metric", (row) => row.metric],
    ["process", (row) => (row.peer === "idle" ? "idle" : "training")],
    ["measured (p10 to p90)", time],
    ["beside idle", besideIdle],
  ],
  memory: [
    ["step", (row) => String(row.step)],
    ["resident", (row) => `${short(row.median, 4)} MiB`],
    ["allocated by tensors", (row) => `${short(row.allocatedMiB)} MiB`],
    ["kept for reuse", (row) => `${short(row.cachedMiB)} MiB`],
    ["tensors held by JavaScript", (row) => String(row.tensors)],
  ],
  checkpoint: [
    ["metric", (row) => row.metric],
    ["measured (p10 to p90)", time],
  ],
  page: [
    ["metric", (row) => row.metric],
    ["measured (p10 to p90)", time],
  ],
};

/** Every way to run PyTorch that a step is compared with, and the others that do a whole step. */
const pytorch = ["pytorch-eager", "pytorch-eager-malloc", "pytorch-compile", "pytorch-tuned"];
const rivals = [...pytorch, "keras", "tfjs-node", "tfjs-wasm", "tfjs-cpu"];

const against = (rows, peer) => rows.filter((row) => row.peer === peer && row.ratio != null);
const lowest = (rows, peers) => {
  const found = peers.flatMap((peer) => against(rows, peer).map((row) => row.ratio));
  return found.length > 0 ? Math.min(...found) : null;
};

/** What whole steps were to reach beside what all of them were: ratios to peers by mode. */
const asked = {
  step: {
    ...{ ahead: 1.1, limit: 1.1, auto: { "tfjs-node": 2, "tfjs-cpu": 100 } },
    ...{ autoNeeds: "bfloat16", cached: 1.5 },
  },
  w2: { ahead: 1.15, limit: 1.3, auto: { "tfjs-node": 3, "tfjs-cpu": 100 } },
  w3: { cached: 3 },
};

/** The targets of one workload. */
function stepTargets(suite) {
  const title = suite === "step" ? "W1" : suite.toUpperCase();
  const { ahead, limit = 1.3, auto = {}, autoNeeds, cached } = asked[suite] ?? {};
  const times = (value) => `${short(value)} times`;
  const closest = (value) => `${times(value)}, the closest`;
  return [
    {
      name: `${title}, float32: ahead of every peer${ahead ? `, by ${ahead} or more` : ""}`,
      of: (rows) => lowest(ofMode(rows, "float32"), rivals),
      met: (value) => (ahead ? value >= ahead : value > 1),
      shown: closest,
    },
    {
      name: `${title}, float32: at most ${limit} times its bare products and convolutions`,
      of: (rows) => inverse(lowest(ofMode(rows, "float32"), ["limit"])),
      met: (value) => value <= limit,
      shown: times,
    },
    {
      name: `${title}, auto: PyTorch eager as installed takes at least 2 times as long${autoNeeds ? `, where the CPU has ${autoNeeds}` : ""}`,
      of: (rows) => {
        const [own, ...others] = ofMode(rows, "auto");
        if (autoNeeds && own?.dtype !== autoNeeds) return null;
        return lowest(
          others.filter(({ dtype }) => dtype === "float32"),
          ["pytorch-eager"],
        );
      },
      met: (value) => value >= 2,
      shown: times,
    },
    ...Object.entries(auto).map(([peer, factor]) => ({
      name: `${title}, auto: ${peer} takes at least ${factor} times as long`,
      of: (rows) => lowest(ofMode(rows, "auto"), [peer]),
      met: (value) => value >= factor,
      shown: times,
    })),
    {
      name: `${title}, cached: within 5 % of training without a teacher`,
      of: (rows) => inverse(lowest(ofMode(rows, "cached"), ["potstill-student"])),
      met: (value) => value <= 1.05,
      shown: times,
    },
    ...(cached
      ? [
          {
            name: `${title}, cached: the best PyTorch setting takes at least ${cached} times as long`,
            of: (rows) => lowest(ofMode(rows, "cached"), pytorch),
            met: (value) => value >= cached,
            shown: times,
          },
        ]
      : []),
  ].map((target) => ({ suite, ...target }));
}

/**
 * What was to be reached: the figure, and whether it is; null where no row tells.
 * A limit is one-sided: ratios are peers' times over potstill's.
 */
const targets = [
  ...workloads.flatMap(stepTargets),
  {
    suite: "cache",
    name: "epochs from the cache: at most 1.05 times those of training without a teacher",
    of: (rows) =>
      inverse(
        lowest(
          rows.filter(({ metric }) => metric.startsWith("epoch")),
          ["potstill-student"],
        ),
      ),
    met: (value) => value <= 1.05,
    shown: (value) => `${short(value)} times, the most`,
  },
  {
    suite: "start",
    name: "W1: less than 2 s from the start of a process to its first step",
    of: (rows) => rows.find(({ peer }) => peer === "potstill")?.median,
    met: (value) => value < 2,
    shown: (value) => `${short(value)} s`,
  },
  {
    suite: "teacher",
    name: "ResNet-50's forward, float32: PyTorch eager takes at least 3 times as long",
    of: (rows) => lowest(forwards(rows, "float32"), ["pytorch-eager"]),
    met: (value) => value >= 3,
    shown: (value) => `${short(value)} times`,
  },
  {
    suite: "teacher",
    name: "the same: at least level with ONNX Runtime and every PyTorch setting in its dtype",
    of: (rows) => lowest(forwards(rows, "float32"), ["onnxruntime-node", ...pytorch]),
    met: (value) => value >= 1,
    shown: (value) => `${short(value)} times, the closest`,
  },
  {
    suite: "teacher",
    name: "the same in bfloat16, where the CPU has it: PyTorch eager in float32 takes at least 5 times as long",
    of: (rows) => {
      const [own, ...others] = forwards(rows, "auto");
      if (own?.dtype !== "bfloat16") return null;
      return lowest(
        others.filter(({ dtype }) => dtype === "float32"),
        ["pytorch-eager"],
      );
    },
    met: (value) => value >= 5,
    shown: (value) => `${short(value)} times`,
  },
  ...[
    ["pytorch-eager", 8],
    ["pytorch-eager-malloc", 3],
    ["pytorch-compile", 3],
  ].map(([peer, factor]) => ({
    suite: "losses",
    name: `soft_target_ce: ${peer} takes at least ${factor} times as long, at (512,100) and above`,
    of: (rows) =>
      lowest(
        rows.filter(
          ({ workload }) =>
            workload.startsWith("soft_target_ce ") && !workload.includes("(128,10)"),
        ),
        [peer],
      ),
    met: (value) => value >= factor,
    shown: (value) => `${short(value)} times, the closest`,
  })),
  ...[
    ["pytorch-eager", 5],
    ["pytorch-eager-malloc", 3],
    ["pytorch-compile", 2],
  ].map(([peer, factor]) => ({
    suite: "losses",
    name: `every fused loss, at (512,100) and above: ${peer} takes at least ${factor} times as long, or the loss at most 1.25 times its limit`,
    of: (rows) => shortOf(rows, peer, factor),
    met: (missed) => missed.length === 0,
    shown: (missed) => (missed.length === 0 ? "all" : `not ${missed.join(", ")}`),
  })),
  {
    suite: "heads",
    name: "fused_linear_soft_targets at (2048,32000): below a tenth of the memory of all logits",
    of: (rows) => lowest(largeHeads(rows, "extra memory"), ["potstill-plain"]),
    met: (value) => value > 10,
    shown: (value) => `1/${short(value)} of it`,
  },
  {
    suite: "heads",
    name: "the same: at most 1.3 times the time from all logits",
    of: (rows) => inverse(lowest(largeHeads(rows, "forward+backward"), ["potstill-plain"])),
    met: (value) => value <= 1.3,
    shown: (value) => `${short(value)} times`,
  },
  {
    suite: "taps",
    name: "four taps cost at most 2 % of a teacher's forward (processor time)",
    of: (rows) => {
      const turns = rows.filter(({ metric }) => metric.includes("processor time"));
      const untapped = lowest(turns, ["potstill-untapped"]);
      return untapped === null ? null : (1 / untapped - 1) * 100;
    },
    met: (value) => value <= 2,
    shown: (value) => `${value >= 0 ? "+" : ""}${value.toFixed(2)} %`,
  },
  ...["result disposed of", "result left to the collector"].map((kind) => ({
    suite: "calls",
    name: `add of two 8-element tensors, ${kind}: at most 1.5 times the call in Python`,
    of: (rows) =>
      inverse(
        lowest(
          rows.filter(({ metric }) => metric.includes(kind)),
          ["python"],
        ),
      ),
    met: (value) => value <= 1.5,
    shown: (value) => `${short(value)} times`,
  })),
  {
    suite: "loop",
    name: "event loop: p99 at most 8 ms above idle in W1 to W5",
    of: (rows) => {
      const found = rows.filter((row) => row.metric === "delay p99" && row.aboveIdle != null);
      return found.length > 0 ? Math.max(...found.map(({ aboveIdle }) => aboveIdle)) : null;
    },
    met: (value) => value <= 8,
    shown: (value) => `${short(value)} ms, the most`,
  },
  {
    suite: "loop",
    name: "an HTTP server beside W1: at least 80 % of its idle requests per second and free core",
    of: (rows) => rows.find(({ share }) => share != null)?.share,
    met: (value) => value >= 0.8,
    shown: (value) => `${short(value * 100)} %`,
  },
  {
    suite: "memory",
    name: "memory: resident size flat (from the third reading to the last at most 2 % more)",
    of: (rows) => (rows.length > 3 ? (rows.at(-1).median / rows[2].median - 1) * 100 : null),
    met: (value) => value <= 2,
    shown: (value) => `${value >= 0 ? "+" : ""}${value.toFixed(2)} %`,
  },
  {
    suite: "checkpoint",
    name: "a checkpoint of a student of 100 MB adds at most 2 % to an epoch of 60 s",
    of: (rows) => rows.find(({ metric }) => metric.startsWith("share of an epoch"))?.median,
    met: (value) => value <= 2,
    shown: (value) => `${short(value)} %`,
  },
  {
    suite: "checkpoint",
    name: "the event loop waits at most 10 ms in an epoch with one",
    of: (rows) => rows.find(({ metric }) => metric.startsWith("longest delay"))?.median,
    met: (value) => value <= 10,
    shown: (value) => `${short(value)} ms`,
  },
  {
    suite: "page",
    name: "the live page and the report: no task over 50 ms with 100,000 readings",
    of: (rows) => Math.max(...rows.filter(longest).map(({ median }) => median)),
    met: (value) => value <= 50,
    shown: (value) => `${short(value)} ms`,
  },
];

function longest({ metric }) {
  return metric.endsWith("longest of them");
}

function ofMode(rows, mode) {
  return rows.filter((row) => row.mode === mode && row.metric === "step");
}

/** Of a teacher; potstill's own first. */
function forwards(rows, mode) {
  return rows.filter((row) => row.mode === mode && row.metric === "forward");
}

/** What training costs an event loop. */
function besideIdle({ aboveIdle, share, freeCores }) {
  if (aboveIdle != null) return `${short(aboveIdle)} ms more`;
  if (share != null)
    return `${short(share * 100)} % of it for each free core, of which it has ${freeCores}`;
  return freeCores ? `${freeCores} free cores` : "";
}

function largeHeads(rows, metric) {
  return rows.filter((row) => row.workload.includes("(2048,32000)") && row.metric === metric);
}

/** The losses that are neither so many times as fast as the peer nor close to their limit. */
function shortOf(rows, peer, factor) {
  const ratio = (workload, name) =>
    rows.find((row) => row.workload === workload && row.peer === name)?.ratio ?? null;
  const workloads = [...new Set(rows.map(({ workload }) => workload))];
  return workloads.flatMap((workload) => {
    const [reached, limit] = [ratio(workload, peer), ratio(workload, "limit")];
    if (workload.includes("(128,10)") || reached === null) return [];
    const near = limit !== null && limit >= 1 / 1.25;
    return reached >= factor || near ? [] : [`${workload} ${short(reached)}`];
  });
}

function inverse(value) {
  return value == null ? null : 1 / value;
}

function targetRows() {
  return targets.map(({ suite, name, of, met, shown }) => {
    const found = results(suite);
    const value = found ? (of(found.rows) ?? null) : null;
    return {
      name,
      reached: value === null ? "not measured" : shown(value),
      met: value === null ? "–" : met(value) ? "yes" : "**no**",
    };
  });
}

function machineLine({ meta }) {
  const { cpu, cpuCapability, cores, threads, versions, date, rounds, missing, loadBefore } = meta;
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const parts = [
    `${cpu}${cpuCapability ? ` (${cpuCapability})` : ""}, ${cores} cores, ${threads} threads`,
    list.join(", "),
    rounds ? `${rounds} rounds` : null,
    date.slice(0, 10),
  ].filter(Boolean);
  const lines = [`${parts.join("; ")}.`];
  if (isBusy(meta)) {
    lines.push(
      `The machine was busy with other work (load ${loadBefore} before the run): take the ratios ` +
        "as a hint and the times as nothing.",
    );
  }
  for (const [peer, way] of Object.entries(meta.ways ?? {})) lines.push(`- ${peer}: ${way}`);
  for (const { peer, reason } of missing) lines.push(`Without ${peer}: ${reason}`);
  return lines.join("\n");
}

/** Which backend each product of the limit was taken from. */
function productsTable({ rows }) {
  const limit = rows.find((row) => row.products);
  if (!limit) return "";
  const lines = Object.entries(limit.products).map(([product, { backend, ms }]) => ({
    product,
    backend,
    ms: Object.entries(ms)
      .map(([name, value]) => `${name} ${short(value)}`)
      .join(", "),
  }));
  const columns = [
    ["product", (row) => row.product],
    ["fastest", (row) => row.backend],
    ["best times (ms)", (row) => row.ms],
  ];
  return `\n\nThe limit is made of:\n\n${markdown(lines, columns)}`;
}

function section(name) {
  if (name === "targets") {
    return markdown(targetRows(), [
      ["target", (row) => row.name],
      ["measured", (row) => row.reached],
      ["met", (row) => row.met],
    ]);
  }
  const found = results(name);
  if (!found) return `There is no run yet: \`npm run bench -- ${name}\`.`;
  const extra = name === "step" ? productsTable(found) : "";
  return `${machineLine(found)}\n\n${markdown(found.rows, tables[name])}${extra}`;
}

const before = readFileSync(page, "utf8");
const after = ["targets", ...suites].reduce((text, name) => {
  const marks = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = marks.map((mark) => text.indexOf(mark));
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for ${name}`);
  return `${text.slice(0, from + marks[0].length)}\n${section(name)}\n${text.slice(to)}`;
}, before);

const drawn = chart(
  workloads.flatMap((name) => {
    const found = results(name);
    return found ? [{ name: name === "step" ? "w1" : name, rows: found.rows }] : [];
  }),
);
const drawnBefore = existsSync(picture) ? readFileSync(picture, "utf8") : "";

if (process.argv.includes("--check")) {
  if (after !== before || drawn !== drawnBefore) {
    process.stderr.write("docs/benchmarks.md is not current: run `node bench/report.mjs`.\n");
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, after);
  writeFileSync(picture, drawn);
}

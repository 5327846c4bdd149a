// W2 to W5: a whole step of distillation as potstill and as PyTorch do it, in three rows: the same
// arithmetic (`float32`), what a user gets (`auto`), and the teacher from its cache (`cached`).

import { temporaryFolder, writeSamples } from "../lib/data.mjs";
import { closeAll, leaveOut, slow, startPeer, startPeers, wanted } from "../lib/peers.mjs";
import { checkLosses, interleave, rowsOf, say } from "../lib/rounds.mjs";
import { figure } from "../lib/stats.mjs";
import { workloads } from "../lib/workloads.mjs";

/** potstill's processes by the mode that they run. */
const own = {
  potstill: "float32",
  "potstill-auto": "auto",
  "potstill-cached": "cached",
  "potstill-student": "student",
};
const others = [
  "pytorch-eager",
  "pytorch-eager-malloc",
  "pytorch-compile",
  "pytorch-tuned",
  "limit",
];

/** These have no definitions of the other networks, and tfjs-wasm no gradient of a convolution. */
const ofW2 = ["keras", "tfjs-node", "tfjs-cpu"];

function othersOf(name) {
  return name === "w2" ? [...others.slice(0, -1), ...ofW2, "limit"] : others;
}

/** What a peer computes in; potstill's say so. */
const dtypeOf = ({ info }) => info?.dtype ?? "float32";

/** One process of the limit as two peers: with the teacher's products and without. */
function parts(limit) {
  return [
    limit,
    {
      name: "limit-cached",
      request: (message) =>
        limit.request(message.command === "block" ? { ...message, cached: true } : message),
    },
  ];
}

async function startAll({ only, ...config }, missing) {
  const maker = await startPeer("potstill", { ...config, task: "workload_files" });
  await maker.close();
  const peers = [];
  try {
    for (const [name, mode] of Object.entries(own)) {
      const peer = await startPeer("potstill", { ...config, task: "workload", mode });
      peer.name = name;
      peers.push(peer);
      if (peer.info.teacher) say(`${config.name}: ${name}: teacher ${peer.info.teacher}`);
    }
    peers.push(
      ...(await startPeers(
        wanted(othersOf(config.name), only),
        { ...config, task: "workload" },
        missing,
      )),
    );
    for (const { name, info } of peers) if (info.way) say(`${config.name}: ${name}: ${info.way}`);
    return peers;
  } catch (error) {
    await closeAll(peers);
    throw error;
  }
}

/** @returns the peers that agree with potstill, and how far apart the furthest is */
async function checked(peers, workload, missing) {
  const losses = new Map();
  const fit = [];
  for (const peer of peers) {
    const compared = peer.name !== "limit" && peer.name !== "potstill-student";
    try {
      if (compared) {
        const answer = await peer.request({
          command: "check",
          steps: Math.min(workload.checked, slow[peer.name] ?? workload.checked),
        });
        losses.set(peer.name, answer.losses);
      }
      fit.push(peer);
    } catch (error) {
      if (peer.name.startsWith("potstill")) throw error;
      leaveOut(missing, peer.name, error);
      await peer.close();
    }
  }
  const narrow = fit.filter((peer) => dtypeOf(peer) === "bfloat16").map(({ name }) => name);
  return { fit, worst: checkLosses(workload.title, losses, narrow) };
}

/** What one mode is compared with: itself first, then the peers. */
function modeRows(times, { mode, self, limit, workload, peers }) {
  const chosen = [["potstill", times.get(self)]];
  if (mode === "cached") chosen.push(["potstill-student", times.get("potstill-student")]);
  for (const name of [...others.slice(0, -1), ...ofW2]) chosen.push([name, times.get(name)]);
  chosen.push(["limit", times.get(limit)]);
  const known = new Map(chosen.filter(([, values]) => values));
  const rows = rowsOf(known, { workload: workload.title, metric: "step", unit: "ms", scale: 1e3 });
  return rows.map((row) => {
    const process = row.peer === "potstill" ? self : row.peer;
    const dtype = dtypeOf(peers.find(({ name }) => name === process));
    return { ...row, mode, dtype };
  });
}

async function memoryRows(peers, workload) {
  const rows = [];
  for (const peer of peers) {
    if (peer.name === "limit") continue;
    const value = figure((await peer.request({ command: "memory" })).bytes / 2 ** 20);
    const spread = { median: value, p10: value, p90: value, unit: "MiB", ratio: null };
    const mode = own[peer.name] ?? "float32";
    const shown = { workload: workload.title, mode, dtype: dtypeOf(peer), peer: peer.name };
    rows.push({ ...shown, metric: "peak resident size", ...spread });
  }
  return rows;
}

export async function run({ name, threads, rounds, seconds, only, missing, note }) {
  const workload = workloads[name];
  const folder = temporaryFolder();
  writeSamples(folder, workload);
  say(`${name}: starting the peers`);
  let peers = await startAll({ name, threads, folder, workload, only }, missing);
  try {
    const { fit, worst } = await checked(peers, workload, missing);
    peers = fit;
    say(`${name}: ${workload.checked} losses agree within ${worst.toExponential(1)}`);
    const ways = Object.fromEntries(
      peers.flatMap(({ name, info }) => {
        const way = info.way ?? info.teacher;
        return way ? [[name, way]] : [];
      }),
    );
    note(peers, { lossesAgreeWithin: worst, ways });
    const timed = peers.flatMap((peer) => (peer.name === "limit" ? parts(peer) : [peer]));
    const times = await interleave(timed, { rounds, seconds, start: 1 });
    const modes = [
      { mode: "float32", self: "potstill", limit: "limit" },
      { mode: "auto", self: "potstill-auto", limit: "limit" },
      { mode: "cached", self: "potstill-cached", limit: "limit-cached" },
    ];
    return [
      ...modes.flatMap((each) => modeRows(times, { ...each, workload, peers })),
      ...(await memoryRows(peers, workload)),
    ];
  } finally {
    await closeAll(peers);
  }
}

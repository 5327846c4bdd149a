// W1 to W5: a whole step of distillation as potstill and as its peers do it, in three rows: the same
// arithmetic (`float32`), what a user gets (`auto`), and the teacher from its cache (`cached`).

import {
  closeAll,
  leaveOut,
  slow,
  startPeer,
  startPeers,
  wanted,
  withFiles,
} from "../lib/peers.mjs";
import {
  checkLosses,
  dtypeOf,
  inBfloat16,
  interleave,
  modeRows,
  say,
  usualName,
} from "../lib/rounds.mjs";
import { figure, summary } from "../lib/stats.mjs";
import { workloads } from "../lib/workloads.mjs";

/** potstill's processes by the mode that they run. */
const own = {
  potstill: "float32",
  "potstill-auto": "auto",
  "potstill-cached": "cached",
  "potstill-student": "student",
};
const pytorch = ["pytorch-eager", "pytorch-eager-malloc", "pytorch-compile", "pytorch-tuned"];

/** These have no definitions of the other networks, and tfjs-wasm no gradient of a convolution. */
const more = {
  w1: ["keras", "tfjs-node", "tfjs-wasm", "tfjs-cpu"],
  w2: ["keras", "tfjs-node", "tfjs-cpu"],
};

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

async function startAll({ only, ...settings }, others, missing) {
  const config = await withFiles(settings);
  const peers = [];
  const start = async (names, dtype) => {
    const found = await startPeers(
      wanted(names, only),
      { ...config, task: "workload", dtype },
      missing,
    );
    peers.push(...found);
    return found;
  };
  try {
    for (const [name, mode] of Object.entries(own)) {
      const peer = await startPeer("potstill", { ...config, task: "workload", mode });
      peer.name = name;
      peers.push(peer);
    }
    await start(others);
    if (peers.some((peer) => dtypeOf(peer) === "bfloat16")) {
      for (const peer of await start([...pytorch, "limit"], "bfloat16")) {
        peer.info.dtype = "bfloat16";
        peer.name = inBfloat16(peer.name);
      }
    }
    return peers;
  } catch (error) {
    await closeAll(peers);
    throw error;
  }
}

const isLimit = ({ name }) => name.startsWith("limit");

/** @returns the peers that agree with potstill, and how far apart the furthest is */
async function checked(peers, workload, missing) {
  const losses = new Map();
  const fit = [];
  for (const peer of peers) {
    try {
      if (!isLimit(peer) && peer.name !== "potstill-student") {
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
  const narrow = fit
    .filter((peer) => dtypeOf(peer) === "bfloat16" || /int16|bfloat16/.test(peer.info.teacher))
    .map(({ name }) => name);
  return { fit, worst: checkLosses(workload.title, losses, narrow) };
}

async function memoryRows(peers, workload) {
  const rows = [];
  for (const peer of peers) {
    if (isLimit(peer)) continue;
    const value = figure((await peer.request({ command: "memory" })).bytes / 2 ** 20);
    const spread = { median: value, p10: value, p90: value, unit: "MiB", ratio: null };
    const dtype = dtypeOf(peer);
    const mode = own[peer.name] ?? (dtype === "bfloat16" ? "auto" : "float32");
    const shown = { workload: workload.title, mode, dtype, peer: usualName(peer.name) };
    rows.push({ ...shown, metric: "peak resident size", ...spread });
  }
  return rows;
}

/** `distill()` itself: validation of its data, batches from the data set, events, metrics. */
async function wholeRow(potstill, workload, { rounds, seconds }) {
  const request = { whole: true };
  const times = await interleave([potstill], { rounds, seconds, request, start: 30 });
  return {
    ...{ workload: workload.title, mode: "float32", dtype: "float32", peer: "potstill" },
    ...{ metric: "step of distill()", unit: "ms", ratio: null },
    ...summary(times.get("potstill"), 1e3),
  };
}

export async function run({ name, threads, rounds, seconds, only, missing, note }) {
  const key = name === "step" ? "w1" : name;
  const workload = workloads[key];
  const others = [...pytorch, ...(more[key] ?? []), "limit"];
  say(`${name}: starting the peers`);
  let peers = await startAll({ name, threads, workload, only }, others, missing);
  for (const { name: peer, info } of peers) {
    const way = info.way ?? info.teacher;
    if (way) say(`${name}: ${peer}: ${way}`);
  }
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
    const labels = {
      workload: workload.title,
      metric: "step",
      unit: "ms",
      scale: 1e3,
      peers: timed,
    };
    const cached = others.map((each) => (each === "limit" ? "limit-cached" : each));
    const rows = [
      ...modeRows(times, { ...labels, mode: "float32", self: "potstill", others }),
      ...modeRows(times, { ...labels, mode: "auto", self: "potstill-auto", others }),
      ...modeRows(times, {
        ...{ ...labels, mode: "cached", self: "potstill-cached" },
        others: ["potstill-student", ...cached],
      }).map((row) => ({ ...row, peer: row.peer.replace("limit-cached", "limit") })),
    ];
    const limit = peers.find((peer) => peer.name === "limit");
    if (limit?.info.products) {
      const { products, sum } = limit.info;
      Object.assign(
        rows.find(({ peer }) => peer === "limit"),
        { products, sum: figure(sum * 1e3) },
      );
    }
    if (key === "w1") rows.push(await wholeRow(peers[0], workload, { rounds, seconds }));
    return [...rows, ...(await memoryRows(peers, workload))];
  } finally {
    await closeAll(peers);
  }
}

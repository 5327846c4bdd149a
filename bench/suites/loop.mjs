// The event loop of a process that trains beside that of one that does nothing: its delay with every
// workload, and the requests that an HTTP server in the process answers.

import { closeAll, startPeer, withFiles } from "../lib/peers.mjs";
import { say } from "../lib/rounds.mjs";
import { figure, median, summary } from "../lib/stats.mjs";
import { workloads } from "../lib/workloads.mjs";

const percentiles = ["p50", "p99", "p100"];

/**
 * What `measure` says of a process that trains and of one that is idle, in turns.
 * @returns lists by the name of the process
 */
async function inTurns([training, idle], { rounds, measure }) {
  const found = { potstill: [], idle: [] };
  for (let round = 0; round < rounds; round++) {
    await training.request({ command: "begin" });
    found.potstill.push(await measure(training));
    await training.request({ command: "end" });
    found.idle.push(await measure(idle));
  }
  return found;
}

/** Both processes for a while. */
async function within(config, job) {
  const given = await withFiles(config);
  const peers = [];
  try {
    peers.push(await startPeer("potstill", { ...given, task: "loop", train: true }));
    peers.push(await startPeer("idle", { ...given, task: "loop" }));
    return await job(peers);
  } finally {
    await closeAll(peers);
  }
}

function delayRows(title, found) {
  return percentiles.flatMap((percentile) => {
    const of = (name) => found[name].map((delays) => delays[percentile]);
    const above = median(of("potstill")) - median(of("idle"));
    return ["potstill", "idle"].map((peer) => ({
      ...{ workload: title, mode: "float32", dtype: "float32", peer },
      metric: `delay ${percentile === "p100" ? "max" : percentile}`,
      ...summary(of(peer), 1e3),
      unit: "ms",
      ratio: figure(median(of(peer)) / median(of("potstill"))),
      ...(peer === "potstill" ? { aboveIdle: figure(above * 1e3) } : {}),
    }));
  });
}

/** Requests per second; `share`: for each core that is free beside the training, of those when idle. */
function requestRows(title, found, { cores, threads }) {
  const free = cores - threads;
  const share = median(found.potstill) / free / (median(found.idle) / cores);
  return ["potstill", "idle"].map((peer) => ({
    ...{ workload: title, mode: "float32", dtype: "float32", peer, metric: "HTTP requests" },
    ...summary(found[peer]),
    ...{ unit: "per second", ratio: null, freeCores: peer === "idle" ? cores : free },
    ...(peer === "potstill" ? { share: figure(share) } : {}),
  }));
}

export async function run({ threads, rounds, seconds, cores, note }) {
  const rows = [];
  const length = Math.max(2, 2 * seconds);
  for (const workload of Object.values(workloads)) {
    say(`loop: ${workload.title}: an idle process and one that trains`);
    const found = await within({ threads, workload }, (peers) => {
      note(peers);
      return inTurns(peers, {
        rounds,
        measure: async (peer) =>
          (await peer.request({ command: "delays", seconds: length })).delays,
      });
    });
    rows.push(...delayRows(workload.title, found));
  }
  if (cores < 2) return rows;
  say("loop: HTTP requests");
  const workload = workloads.w1;
  const client = await startPeer("idle", { task: "clients", threads });
  try {
    const left = cores - 1;
    const found = await within({ threads: left, workload }, (peers) =>
      inTurns(peers, {
        rounds,
        measure: async ({ info }) =>
          (await client.request({ command: "ask", port: info.port, seconds: length })).perSecond,
      }),
    );
    rows.push(...requestRows(workload.title, found, { cores, threads: left }));
  } finally {
    await client.close();
  }
  return rows;
}

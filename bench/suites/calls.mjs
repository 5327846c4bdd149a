// What a small operator costs from JavaScript, beside the same call from Python.

import { closeAll, startPeers } from "../lib/peers.mjs";
import { checkLosses, interleave, rowsOf, say } from "../lib/rounds.mjs";

const workload = "add of two 8-element tensors";

export async function run({ threads, rounds, seconds, missing, note }) {
  say("calls: starting the peers");
  const peers = await startPeers(["potstill", "python"], { task: "calls", threads }, missing);
  try {
    note(peers);
    const results = new Map();
    for (const peer of peers) {
      results.set(peer.name, (await peer.request({ command: "check" })).losses);
    }
    checkLosses(workload, results);
    const rows = [];
    for (const [dispose, metric] of [
      [true, "call, result disposed of"],
      [false, "call, result left to the collector"],
    ]) {
      const times = await interleave(peers, { rounds, seconds, request: { dispose }, start: 1000 });
      rows.push(...rowsOf(times, { workload, metric, unit: "µs", scale: 1e6 }));
    }
    return rows;
  } finally {
    await closeAll(peers);
  }
}

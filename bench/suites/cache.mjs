// Epochs from the cache of what a teacher said, beside those without a teacher and those that ask it,
// through `distill()` and `train()`; and filling the cache.

import { closeAll, startPeer, withFiles } from "../lib/peers.mjs";
import { interleave, rowsOf, say } from "../lib/rounds.mjs";
import { workloads } from "../lib/workloads.mjs";

const names = ["w1", "w2"];
/** Of an epoch. */
const batches = 32;

/** Processes of potstill: the mode, and what the cache keeps values in. */
const ways = {
  "potstill-cached": { mode: "cached" },
  "potstill-cached-float16": { mode: "cached", cacheDtype: "float16" },
  "potstill-student": { mode: "student" },
  potstill: { mode: "float32" },
};

export async function run({ threads, rounds, seconds, note }) {
  const rows = [];
  for (const name of names) {
    const workload = { ...workloads[name], batches };
    say(`cache: ${workload.title}: starting the processes`);
    const config = await withFiles({ threads, workload });
    const peers = [];
    try {
      for (const [name, way] of Object.entries(ways)) {
        const peer = await startPeer("potstill", { ...config, ...way, task: "cache" });
        peer.name = name;
        peers.push(peer);
      }
      note(peers);
      const labels = { workload: workload.title, unit: "ms", scale: 1e3, self: "potstill-cached" };
      const epochs = await interleave(peers, { rounds, seconds, start: 1 });
      rows.push(...rowsOf(epochs, { ...labels, metric: `epoch of ${batches} batches` }));
      const filling = peers.filter((peer) => ways[peer.name].mode === "cached");
      const request = { fill: true };
      const fills = await interleave(filling, { rounds, seconds: 0, request, start: 1 });
      rows.push(...rowsOf(fills, { ...labels, metric: "filling the cache" }));
    } finally {
      await closeAll(peers);
    }
  }
  return rows.map((row) => ({ ...row, mode: "cached" }));
}

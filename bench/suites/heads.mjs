// Soft targets of two linear heads with many classes: in chunks of rows against all logits at once.

import { closeAll, startPeer } from "../lib/peers.mjs";
import { checkLosses, interleave, rowsOf, say } from "../lib/rounds.mjs";
import { figure } from "../lib/stats.mjs";

const shapes = [
  { rows: 64, classes: 32000, hidden: 512 },
  { rows: 2048, classes: 32000, hidden: 512 },
];
/** Names in the results, and what the worker does under them. */
const ways = { potstill: "fused", "potstill-plain": "plain", limit: "products" };

export async function run({ threads, rounds, seconds, note }) {
  const rows = [];
  for (const shape of shapes) {
    const workload = `heads (${shape.rows},${shape.classes}), hidden ${shape.hidden}`;
    say(`${workload}: starting the peers`);
    const peers = [];
    try {
      for (const [name, way] of Object.entries(ways)) {
        const peer = await startPeer("potstill", { task: "heads", threads, shape, way });
        peer.name = name;
        peers.push(peer);
      }
      note(peers);
      const extra = [];
      for (const peer of peers.filter(({ name }) => name !== "limit")) {
        // Before anything else has run there, so that no memory is kept for reuse yet.
        extra.push([peer.name, (await peer.request({ command: "extra" })).bytes / 2 ** 20]);
      }
      const losses = new Map();
      for (const peer of peers.filter(({ name }) => name !== "limit")) {
        losses.set(peer.name, (await peer.request({ command: "check" })).losses);
      }
      checkLosses(workload, losses);
      const own = extra[0][1];
      for (const [peer, value] of extra) {
        rows.push({
          ...{ workload, mode: "float32", dtype: "float32", peer, metric: "extra memory" },
          ...{ median: figure(value), p10: figure(value), p90: figure(value), unit: "MiB" },
          ratio: figure(value / own),
        });
      }
      const times = await interleave(peers, { rounds, seconds, start: 1 });
      rows.push(...rowsOf(times, { workload, metric: "forward+backward", unit: "ms", scale: 1e3 }));
    } finally {
      await closeAll(peers);
    }
  }
  return rows;
}

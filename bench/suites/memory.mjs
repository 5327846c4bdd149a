// Resident memory while many steps go by.

import { closeAll, startPeer } from "../lib/peers.mjs";
import { say } from "../lib/rounds.mjs";
import { figure } from "../lib/stats.mjs";

export async function run({ threads, steps, note }) {
  say(`memory: ${steps} steps`);
  const peer = await startPeer("potstill", { task: "memory", threads });
  try {
    note([peer]);
    const { points } = await peer.request({ command: "run", steps }, 3_600_000);
    return points.map(({ step, rss, allocated, cached, tensors, storages }) => ({
      workload: `memory, ${steps} steps`,
      mode: "float32",
      dtype: "float32",
      peer: "potstill",
      metric: `RSS at step ${step}`,
      median: figure(rss / 2 ** 20),
      p10: figure(rss / 2 ** 20),
      p90: figure(rss / 2 ** 20),
      unit: "MiB",
      ratio: null,
      ...{ step, tensors, storages },
      ...{ allocatedMiB: figure(allocated / 2 ** 20), cachedMiB: figure(cached / 2 ** 20) },
    }));
  } finally {
    await closeAll([peer]);
  }
}

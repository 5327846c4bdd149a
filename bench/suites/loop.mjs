// Delay of the event loop: a process that trains beside one that does nothing.

import { temporaryFolder, w1, writeW1 } from "../lib/data.mjs";
import { closeAll, startPeer } from "../lib/peers.mjs";
import { say } from "../lib/rounds.mjs";
import { figure, median, summary } from "../lib/stats.mjs";

const workload = "W1 event loop";
const percentiles = ["p50", "p99", "p100"];

export async function run({ threads, rounds, seconds, note }) {
  const folder = temporaryFolder();
  writeW1(folder);
  say("loop: an idle process and one that trains");
  const config = { task: "loop", threads, folder, w1 };
  const peers = [];
  try {
    peers.push(await startPeer("potstill", { ...config, train: true }));
    peers.push(await startPeer("idle", config));
    note(peers);
    const delays = new Map(peers.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const peer of peers) {
        const answer = await peer.request({ command: "delays", seconds: Math.max(2, 2 * seconds) });
        delays.get(peer.name).push(answer.delays);
      }
    }
    return percentiles.flatMap((percentile) => {
      const of = (name) => delays.get(name).map((delay) => delay[percentile]);
      const above = median(of("potstill")) - median(of("idle"));
      return ["potstill", "idle"].map((peer) => ({
        workload,
        mode: "float32",
        dtype: "float32",
        peer,
        metric: `delay ${percentile === "p100" ? "max" : percentile}`,
        ...summary(of(peer), 1e3),
        unit: "ms",
        ratio: figure(median(of(peer)) / median(of("potstill"))),
        ...(peer === "potstill" ? { aboveIdle: figure(above * 1e3) } : {}),
      }));
    });
  } finally {
    await closeAll(peers);
  }
}

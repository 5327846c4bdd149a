// The fused loss, forward and backward.

import { temporaryFolder, w1, writeLogits } from "../lib/data.mjs";
import { closeAll, leaveOut, startPeers } from "../lib/peers.mjs";
import { checkLosses, interleave, rowsOf, say } from "../lib/rounds.mjs";

const names = ["potstill", "pytorch-eager", "pytorch-eager-malloc", "pytorch-compile", "limit"];
const shapes = [
  [128, 10],
  [512, 100],
  [256, 1000],
  [1024, 1000],
  [512, 32000],
];

export async function run({ threads, rounds, seconds, missing, note }) {
  const folder = temporaryFolder();
  say("losses: starting the peers");
  const started = await startPeers(names, { task: "losses", threads, folder, w1 }, missing);
  let peers = started;
  note(peers);
  const rows = [];
  try {
    for (const [rowCount, columns] of shapes) {
      const workload = `soft_target_ce (${rowCount},${columns})`;
      writeLogits(folder, rowCount, columns);
      const request = { rows: rowCount, columns };
      const losses = new Map();
      for (const peer of [...peers]) {
        if (peer.name === "limit") continue;
        try {
          losses.set(peer.name, (await peer.request({ command: "check", ...request })).losses);
        } catch (error) {
          if (peer.name === "potstill") throw error;
          leaveOut(missing, peer.name, error);
          peers = peers.filter((other) => other !== peer);
        }
      }
      const worst = checkLosses(workload, losses);
      say(`losses: ${workload}: loss and gradient agree within ${worst.toExponential(1)}`);
      const times = await interleave(peers, { rounds, seconds: seconds / 2, request });
      const metric = "forward+backward";
      rows.push(...rowsOf(times, { workload, metric, unit: "ms", scale: 1e3 }));
    }
  } finally {
    await closeAll(started);
  }
  return rows;
}

// The fused losses, forward and backward.

import { temporaryFolder, writeLogits, writePair } from "../lib/data.mjs";
import { cases } from "../lib/losses.mjs";
import { closeAll, leaveOut, startPeers } from "../lib/peers.mjs";
import { checkLosses, interleave, rowsOf, say } from "../lib/rounds.mjs";
import { workloads } from "../lib/workloads.mjs";

const names = ["potstill", "pytorch-eager", "pytorch-eager-malloc", "pytorch-compile", "limit"];

export async function run({ threads, rounds, seconds, missing, note, only }) {
  const folder = temporaryFolder();
  say("losses: starting the peers");
  const { w1 } = workloads;
  const started = await startPeers(names, { task: "losses", threads, folder, w1 }, missing);
  note(started);
  const rows = [];
  try {
    for (const [loss, { kind, shapes }] of Object.entries(cases)) {
      if (only && !only.includes(loss)) continue;
      for (const shape of shapes) {
        if (kind === "logits") writeLogits(folder, ...shape);
        else writePair(folder, shape);
        rows.push(...(await measure(started, { loss, shape }, { rounds, seconds, missing })));
      }
    }
  } finally {
    await closeAll(started);
  }
  return rows;
}

/** Holds the peers' values against each other, then times those that agree. */
async function measure(started, request, { rounds, seconds, missing }) {
  const workload = `${request.loss} (${request.shape.join(",")})`;
  const losses = new Map();
  const peers = [];
  for (const peer of started) {
    try {
      if (peer.name !== "limit") {
        losses.set(peer.name, (await peer.request({ command: "check", ...request })).losses);
      }
      peers.push(peer);
    } catch (error) {
      if (peer.name === "potstill") throw error;
      leaveOut(missing, `${peer.name}, ${workload}`, error);
    }
  }
  const worst = checkLosses(workload, losses);
  say(`losses: ${workload}: loss and gradient agree within ${worst.toExponential(1)}`);
  // The slowest take more than a second a step: one is enough for them.
  const times = await interleave(peers, { rounds, seconds: seconds / 2, request, start: 1 });
  return rowsOf(times, { workload, metric: "forward+backward", unit: "ms", scale: 1e3 });
}

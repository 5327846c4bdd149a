// W1: a whole step of distillation.

import { temporaryFolder, w1, writeW1 } from "../lib/data.mjs";
import { closeAll, leaveOut, slow, startPeers, wanted } from "../lib/peers.mjs";
import { checkLosses, interleave, rowsOf, say } from "../lib/rounds.mjs";
import { figure, summary } from "../lib/stats.mjs";

const workload = "W1 MLP step";
const names = [
  ...["potstill", "pytorch-eager", "pytorch-eager-malloc", "pytorch-compile"],
  ...["keras", "tfjs-node", "tfjs-wasm", "tfjs-cpu", "limit"],
];
const checkedSteps = 20;

export async function run({ threads, rounds, seconds, only, missing, note }) {
  const folder = temporaryFolder();
  writeW1(folder);
  say("step: starting the peers");
  let peers = await startPeers(wanted(names, only), { task: "step", threads, folder, w1 }, missing);
  try {
    const losses = new Map();
    for (const peer of [...peers]) {
      if (peer.name === "limit") continue;
      try {
        const answer = await peer.request({
          command: "check",
          steps: slow[peer.name] ?? checkedSteps,
        });
        losses.set(peer.name, answer.losses);
      } catch (error) {
        if (peer.name === "potstill") throw error;
        leaveOut(missing, peer.name, error);
        await peer.close();
        peers = peers.filter((other) => other !== peer);
      }
    }
    const worst = checkLosses(workload, losses);
    say(`step: ${checkedSteps} losses agree within ${worst.toExponential(1)}`);
    note(peers, { lossesAgreeWithin: worst });

    const times = await interleave(peers, { rounds, seconds });
    const rows = rowsOf(times, { workload, metric: "step", unit: "ms", scale: 1e3 });
    const limit = peers.find(({ name }) => name === "limit");
    if (limit) {
      const own = rows.find(({ peer }) => peer === "limit");
      own.products = limit.info.products;
      own.sum = figure(limit.info.sum * 1e3);
    }
    rows.push(await whole(peers[0], { rounds, seconds }));
    return rows;
  } finally {
    await closeAll(peers);
  }
}

/** `distill()` itself: validation of its data, batches from the data set, events, metrics. */
async function whole(potstill, { rounds, seconds }) {
  const request = { whole: true };
  const times = await interleave([potstill], { rounds, seconds, request, start: 30 });
  return {
    workload,
    mode: "float32",
    dtype: "float32",
    peer: "potstill",
    metric: "step of distill()",
    ...summary(times.get("potstill"), 1e3),
    unit: "ms",
    ratio: null,
  };
}

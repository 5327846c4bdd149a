// A teacher's forward: ResNet-50 as `Module.optimize` makes it, beside other ways to run it.

import { closeAll, leaveOut, startPeer, startPeers, wanted, withFiles } from "../lib/peers.mjs";
import { checkLosses, dtypeOf, inBfloat16, interleave, modeRows, say } from "../lib/rounds.mjs";

const title = "ResNet-50, 32×3×64×64";
const workload = {
  title,
  network: "resnet",
  images: true,
  teacher: { depth: 50 },
  sample: [3, 64, 64],
  classes: 1000,
  batch: 32,
  batches: 1,
};
/** potstill's processes by the dtype that they may compute in; null: the module as it was loaded. */
const own = { potstill: "float32", "potstill-auto": "auto", "potstill-plain": null };
const pytorch = ["pytorch-eager", "pytorch-eager-malloc", "pytorch-compile", "pytorch-tuned"];
const others = [...pytorch, "onnxruntime-node", "limit"];

export async function run({ threads, rounds, seconds, only, missing, note }) {
  say("teacher: starting the peers");
  const config = { ...(await withFiles({ threads, workload })), task: "teacher" };
  let peers = [];
  try {
    for (const [name, asked] of Object.entries(own)) {
      const peer = await startPeer("potstill", { ...config, dtype: asked });
      peer.name = name;
      peers.push(peer);
    }
    peers.push(...(await startPeers(wanted(others, only), config, missing)));
    if (peers.some((peer) => dtypeOf(peer) === "bfloat16")) {
      const narrow = { ...config, dtype: "bfloat16" };
      for (const peer of await startPeers(wanted([...pytorch, "limit"], only), narrow, missing)) {
        peer.info.dtype = "bfloat16";
        peer.name = inBfloat16(peer.name);
        peers.push(peer);
      }
    }
    const values = new Map();
    const fit = [];
    for (const peer of peers) {
      try {
        if (!peer.name.startsWith("limit")) {
          const { losses } = await peer.request({ command: "check" });
          // What is narrower is held to its tolerance by `optimize` itself.
          if (peer.name !== "potstill-auto") values.set(peer.name, losses);
        }
        fit.push(peer);
      } catch (error) {
        if (peer.name.startsWith("potstill")) throw error;
        leaveOut(missing, peer.name, error);
        await peer.close();
      }
    }
    peers = fit;
    const narrow = peers.filter((peer) => dtypeOf(peer) === "bfloat16").map(({ name }) => name);
    const worst = checkLosses(title, values, narrow);
    say(`teacher: outputs agree within ${worst.toExponential(1)}`);
    const ways = Object.fromEntries(
      peers.flatMap(({ name, info }) => (info.way ? [[name, info.way]] : [])),
    );
    note(peers, { outputsAgreeWithin: worst, ways });
    const times = await interleave(peers, { rounds, seconds, start: 1 });
    const labels = { workload: title, metric: "forward", unit: "ms", scale: 1e3, peers };
    const beside = ["potstill-plain", ...others];
    return [
      ...modeRows(times, { ...labels, mode: "float32", self: "potstill", others: beside }),
      ...modeRows(times, { ...labels, mode: "auto", self: "potstill-auto", others: beside }),
    ];
  } finally {
    await closeAll(peers);
  }
}

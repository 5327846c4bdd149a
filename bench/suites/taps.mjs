// Feature hooks: the forward of a teacher with four taps, beside the same without and PyTorch's.

import { temporaryFolder } from "../lib/data.mjs";
import { closeAll, startPeers } from "../lib/peers.mjs";
import { checkLosses, interleave, rowsOf, say } from "../lib/rounds.mjs";

/** Of a ResNet-18, the four places that feature distillation taps. */
export const wTaps = {
  shape: [32, 3, 64, 64],
  taps: ["layer1", "layer2", "layer3", "layer4"],
};

// The first one makes the model file.
const names = ["potstill", "pytorch-eager", "pytorch-eager-malloc", "pytorch-torchscript", "limit"];
const workload = "W-taps ResNet-18, 32×3×64×64";

/**
 * A tap costs less than blocks of a second differ by: here forwards take turns one by one, and the
 * ratios are of neighbours. Processor time counts both threads.
 */
async function takeTurns(potstill, rounds, seconds) {
  const trial = await potstill.request({ command: "turns", count: 5 });
  const together = Object.values(trial.clock).reduce((sum, times) => sum + Math.min(...times), 0);
  const count = Math.max(30, Math.ceil((3 * rounds * seconds) / together));
  const { clock, processors } = await potstill.request({ command: "turns", count });
  const named = (times) =>
    new Map(Object.entries(times).map(([variant, values]) => [nameOf(variant), values]));
  return { clock: named(clock), processors: named(processors) };
}

const nameOf = (variant) => (variant === "tapped" ? "potstill" : `potstill-${variant}`);

/** One process of potstill as several peers, told apart by what they run. */
function variants(peer) {
  const ask = (variant) => ({
    name: nameOf(variant),
    request: (message) => peer.request({ ...message, variant }),
  });
  return ["tapped", "untapped", "frozen"].map(ask);
}

export async function run({ threads, rounds, seconds, missing, note }) {
  say("taps: starting the peers");
  const config = { task: "taps", threads, folder: temporaryFolder(), wTaps };
  const started = await startPeers(names, config, missing);
  note(started);
  try {
    const peers = started.flatMap((peer) => (peer.name === "potstill" ? variants(peer) : [peer]));
    const values = new Map();
    for (const peer of peers) {
      if (peer.name === "limit") continue;
      values.set(peer.name, (await peer.request({ command: "check" })).losses);
    }
    const worst = checkLosses(workload, values);
    say(`taps: outputs and taps agree within ${worst.toExponential(1)}`);
    const times = await interleave(peers, { rounds, seconds, start: 1 });
    const turns = await takeTurns(started[0], rounds, seconds);
    const shown = { workload, unit: "ms", scale: 1e3 };
    return [
      ...rowsOf(times, { ...shown, metric: "forward" }),
      ...rowsOf(turns.clock, { ...shown, metric: "forward, one of each in turns" }),
      ...rowsOf(turns.processors, { ...shown, metric: "forward, processor time, in turns" }),
    ];
  } finally {
    await closeAll(started);
  }
}

// Checkpoints of a student of 100 MB: what each takes, as a share of an epoch of 60 s, and how long the
// event loop waits meanwhile.

import { temporaryFolder } from "../lib/data.mjs";
import { closeAll, startPeer } from "../lib/peers.mjs";
import { say } from "../lib/rounds.mjs";
import { summary } from "../lib/stats.mjs";

const secondsPerEpoch = 60;

export async function run({ threads, rounds, note }) {
  say(`checkpoint: ${rounds} of them`);
  const folder = temporaryFolder();
  const peer = await startPeer("potstill", { task: "checkpoint", threads, folder });
  try {
    note([peer]);
    const { saves, bytes } = await peer.request(
      { command: "saves", epochs: rounds + 1 },
      3_600_000,
    );
    const common = {
      ...{ workload: `checkpoint, student of ${Math.round(bytes / 1e6)} MB`, mode: "float32" },
      ...{ dtype: "float32", peer: "potstill" },
    };
    const row = (metric, unit, values, scale) => ({
      ...{ ...common, metric, ...summary(values, scale), unit, ratio: null },
    });
    const seconds = saves.map((save) => save.seconds);
    const delays = saves.map(({ delay }) => delay);
    return [
      row("time of a checkpoint", "s", seconds, 1),
      row(`share of an epoch of ${secondsPerEpoch} s`, "%", seconds, 100 / secondsPerEpoch),
      row("longest delay of the event loop", "ms", delays, 1000),
      row("longest of all", "ms", [Math.max(...delays)], 1000),
    ];
  } finally {
    await closeAll([peer]);
  }
}

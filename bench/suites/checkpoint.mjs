// Checkpoints of a student of 100 MB: by how much they lengthen an epoch, as a share of one of 60 s, and
// how long the event loop waits meanwhile.

import { temporaryFolder } from "../lib/data.mjs";
import { closeAll, startPeer } from "../lib/peers.mjs";
import { say } from "../lib/rounds.mjs";
import { median, summary } from "../lib/stats.mjs";

const secondsPerEpoch = 60;
/** In each half of a round; the first is not counted. */
const epochs = 3;

export async function run({ threads, rounds, note }) {
  say(`checkpoint: ${rounds} rounds of ${epochs} epochs with them and ${epochs} without`);
  const peer = await startPeer("potstill", {
    ...{ task: "checkpoint", threads, folder: temporaryFolder() },
  });
  try {
    note([peer]);
    const measure = (saves) => peer.request({ command: "epochs", epochs, saves }, 600_000);
    await measure(true);
    const added = [];
    const onDisk = [];
    const delays = { with: [], without: [] };
    let size = 0;
    for (let round = 0; round < rounds; round++) {
      const blocks = {};
      // What the machine does meanwhile falls on both.
      for (const saves of round % 2 === 0 ? [true, false] : [false, true]) {
        blocks[saves] = await measure(saves);
      }
      const { true: kept, false: plain } = blocks;
      added.push(median(kept.seconds) - median(plain.seconds));
      onDisk.push(...kept.onDisk);
      delays.with.push(...kept.delays);
      delays.without.push(...plain.delays);
      size = kept.bytes;
    }
    const common = {
      ...{ workload: `checkpoint, student of ${Math.round(size / 1e6)} MB`, mode: "float32" },
      ...{ dtype: "float32", peer: "potstill" },
    };
    const row = (metric, unit, values, scale) => ({
      ...{ ...common, metric, ...summary(values, scale), unit, ratio: null },
    });
    return [
      row("added to an epoch", "s", added, 1),
      row(`share of an epoch of ${secondsPerEpoch} s`, "%", added, 100 / secondsPerEpoch),
      row("until it is on the disk", "s", onDisk, 1),
      row("longest delay of the event loop in an epoch", "ms", delays.with, 1000),
      row("the same without a checkpoint", "ms", delays.without, 1000),
      row("longest of all with checkpoints", "ms", [Math.max(...delays.with)], 1000),
      row("longest of all without", "ms", [Math.max(...delays.without)], 1000),
    ];
  } finally {
    await closeAll([peer]);
  }
}

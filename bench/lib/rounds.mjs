// Rounds: in each of them every peer runs one block, so that whatever the machine does meanwhile
// falls on all of them alike.

import { ratios, summary } from "./stats.mjs";

/** Progress goes to stderr, so that stdout stays free for the tables. */
export function say(message) {
  process.stderr.write(`bench: ${message}\n`);
}

/**
 * How many steps of this peer fill about `seconds`; the blocks run for it are the warm-up.
 * @param request what a block is asked with, beside its length
 */
async function blockLength(peer, request, seconds, start) {
  let steps = start;
  for (;;) {
    const { seconds: took } = await peer.request({ command: "block", steps, ...request });
    if (took >= seconds / 4 || steps >= 10_000_000) {
      return Math.max(1, Math.round((steps * seconds) / Math.max(took, 1e-9)));
    }
    steps = Math.ceil(steps * Math.min(10, Math.max(2, (0.5 * seconds) / Math.max(took, 1e-9))));
  }
}

/**
 * Runs `rounds` rounds of blocks.
 * @returns a map from a peer's name to its seconds per step, one for each round
 */
export async function interleave(peers, { rounds, seconds, request = {}, start = 3 }) {
  const lengths = new Map();
  for (const peer of peers) {
    lengths.set(peer, await blockLength(peer, request, seconds, start));
  }
  const times = new Map(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Everybody goes first once: what one block leaves in the caches is not always the same one's.
    for (let turn = 0; turn < peers.length; turn++) {
      const peer = peers[(round + turn) % peers.length];
      const steps = lengths.get(peer);
      const { seconds: took } = await peer.request({ command: "block", steps, ...request });
      times.get(peer.name).push(took / steps);
    }
  }
  return times;
}

/** Rows of the results from the times of `interleave`, potstill first. */
export function rowsOf(times, { workload, metric, unit, scale, dtype = "float32" }) {
  const own = times.get("potstill");
  return [...times].map(([peer, values]) => ({
    workload,
    mode: "float32",
    dtype,
    peer,
    metric,
    ...summary(values, scale),
    unit,
    ...ratios(values, own),
  }));
}

/**
 * Holds the losses of every peer against potstill's; slow ones may have given the first few alone.
 * @param narrow peers that compute in bfloat16
 * @throws Error where one is further away than 1e-4 of its size, or 2e-2 in bfloat16
 */
export function checkLosses(workload, losses, narrow = []) {
  const own = losses.get("potstill");
  let worst = 0;
  for (const [peer, values] of losses) {
    if (values.length === 0 || values.length > own.length) {
      throw new Error(
        `${workload}: ${peer} gave ${values.length} losses and potstill ${own.length}`,
      );
    }
    for (const [index, value] of values.entries()) {
      const difference = Math.abs(value - own[index]) / Math.max(1, Math.abs(own[index]));
      worst = Math.max(worst, difference);
      // Written so that NaN fails too.
      if (!(difference <= (narrow.includes(peer) ? 2e-2 : 1e-4))) {
        throw new Error(
          `${workload}: loss ${index} is ${value} with ${peer} and ${own[index]} with potstill`,
        );
      }
    }
  }
  return worst;
}

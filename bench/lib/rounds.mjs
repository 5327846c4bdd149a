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

/** What a peer computes in; those that can do otherwise say so. */
export const dtypeOf = ({ info }) => info?.dtype ?? "float32";

/** The name of the process of a peer that is there in two dtypes. */
export const inBfloat16 = (name) => `${name}${narrowed}`;
export const usualName = (name) => name.replace(narrowed, "");
const narrowed = " in bfloat16";

/**
 * Rows of one mode: potstill's process of that mode first, then the peers in its dtype. Those that
 * are not there in it say what they compute in, and so does PyTorch as it is installed beside them.
 *
 * @param self name of potstill's process
 * @param others names of the peers
 */
export function modeRows(times, { mode, self, others, peers, ...labels }) {
  const process = (name) => peers.find((peer) => peer.name === name);
  const narrow = dtypeOf(process(self)) === "bfloat16";
  const chosen = [self, ...others].flatMap((name) => {
    const own = inBfloat16(name);
    if (!narrow || !times.has(own)) return [name];
    return name === "pytorch-eager" ? [own, name] : [own];
  });
  const known = chosen.filter((name) => times.has(name));
  const rows = rowsOf(new Map(known.map((name) => [name, times.get(name)])), { ...labels, self });
  return rows.map((row) => ({
    ...row,
    mode,
    dtype: dtypeOf(process(row.peer)),
    peer: row.peer === self ? "potstill" : usualName(row.peer),
  }));
}

/** Rows of the results from the times of `interleave`, potstill first. */
export function rowsOf(
  times,
  { workload, metric, unit, scale, dtype = "float32", self = "potstill" },
) {
  const own = times.get(self);
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
 * @param narrow peers of which something computes in bfloat16 or int16
 * @returns how far apart the furthest of the others is
 * @throws Error where one is further away than 1e-4 of its size, or 2e-2 where it is narrow
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
    const exact = !narrow.includes(peer);
    for (const [index, value] of values.entries()) {
      const difference = Math.abs(value - own[index]) / Math.max(1, Math.abs(own[index]));
      if (exact) worst = Math.max(worst, difference);
      // Written so that NaN fails too.
      if (!(difference <= (exact ? 1e-4 : 2e-2))) {
        throw new Error(
          `${workload}: loss ${index} is ${value} with ${peer} and ${own[index]} with potstill`,
        );
      }
    }
  }
  return worst;
}

// From the start of a process to the end of its first step of W1: what is loaded, read, compiled and
// chosen before anything is trained.

import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { leaveOut, startPeer, wanted, withFiles } from "../lib/peers.mjs";
import { rowsOf, say } from "../lib/rounds.mjs";
import { workloads } from "../lib/workloads.mjs";

const workload = workloads.w1;
const others = ["pytorch-eager", "keras", "tfjs-node"];

/** Seconds until a process that is started now has done a step. */
async function first(name, config) {
  const began = performance.now();
  const peer = await startPeer(name, config);
  try {
    const { dtype = "float32" } = await peer.request({ command: "block", steps: 1 });
    return { seconds: (performance.now() - began) / 1000, info: peer.info, dtype };
  } finally {
    await peer.close();
  }
}

export async function run({ threads, rounds, only, missing, note }) {
  const config = await withFiles({ threads, workload });
  const { folder } = config;
  const own = { ...config, task: "first" };
  const ways = {
    /** As for the first time on this machine: how to run the teacher is measured too. */
    potstill: () =>
      first("potstill", { ...own, cacheFolder: mkdtempSync(join(folder, "choices-")) }),
    "potstill-again": () => first("potstill", own),
    ...Object.fromEntries(
      wanted(others, only).map((name) => [
        name,
        () => first(name, { ...config, task: "workload" }),
      ]),
    ),
  };
  const times = new Map();
  const dtypes = {};
  for (const [name, way] of Object.entries(ways)) {
    say(`start: ${name}`);
    try {
      // What is read from the disk is in the system's cache from now on, for everybody.
      const found = await way();
      note([found]);
      dtypes[name] = found.dtype;
      times.set(name, []);
    } catch (error) {
      if (name.startsWith("potstill")) throw error;
      leaveOut(missing, name, error);
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, list] of times) list.push((await ways[name]()).seconds);
  }
  const labels = { workload: workload.title, metric: "to the first step", unit: "s", scale: 1 };
  return rowsOf(times, labels).map((row) => ({
    ...row,
    mode: "auto",
    dtype: dtypes[row.peer],
  }));
}

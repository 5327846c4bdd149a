// What stands beside every figure: date, CPU, threads, versions, and how busy the machine was.

import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";

export function machine(threads) {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    cpuCapability: null,
    threads,
    versions: { node: process.version },
    /** Processes that wanted a processor in the minute before. */
    loadBefore: Number(loadavg()[0].toFixed(2)),
    missing: [],
  };
}

/** Adds what the peers say about themselves. */
export function describe(meta, peers, extra = {}) {
  for (const { info } of peers) {
    Object.assign(meta.versions, info.versions);
    if (info.cpuCapability) meta.cpuCapability = info.cpuCapability;
  }
  Object.assign(meta, extra);
}

/** Whether others were at work: figures from such a run belong into no document. */
export function isBusy(meta) {
  return meta.loadBefore > meta.cores / 2;
}

/** The largest resident size that this process has had. */
export function peakBytes() {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)[1]) * 1024;
}

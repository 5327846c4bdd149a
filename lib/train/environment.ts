/** The machine and the software, for reports. */

import { cpus } from "node:os";
import { native } from "../native/index.js";
import { packageVersion } from "../native/versions.js";
import { getThreads } from "../tensor/index.js";
import type { Environment } from "./report.js";

/** @param device that the models are on */
export function environment(device: string): Environment {
  const { libtorch, cpuCapability } = native.versionInfo();
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    potstill: packageVersion,
    node: process.version,
    libtorch,
    platform: `${process.platform}-${process.arch}`,
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    threads: getThreads(),
    cpuCapability,
    device,
  };
}

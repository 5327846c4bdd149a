/** The machine and the software, for reports. */

import { cpus } from "node:os";
import { native } from "../native/index.js";
import { packageVersion } from "../native/versions.js";
import { getThreads } from "../tensor/index.js";
import type { Plan } from "./events.js";
import type { Environment } from "./report.js";

/** @param plan where the models are, and in what the trained one computed */
export function environment({ device, autocast }: Pick<Plan, "device" | "autocast">): Environment {
  const { libtorch, cpuCapability, bfloat16 } = native.versionInfo();
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
    bfloat16,
    autocast,
    device,
  };
}

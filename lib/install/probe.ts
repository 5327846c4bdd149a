import type { VersionInfo } from "../native/binding.js";
import { toolsScript } from "./scripts.js";

/** What the addon says of itself once it is loaded. */
export interface AddonFacts extends VersionInfo {
  /** Threads that one operator spreads over. */
  threads: number;
  /** Instruction set of potstill's own kernels: "default", "avx2" or "avx512". */
  kernels: string;
  /** File that the addon took libtorch from; null where the system does not tell. */
  libtorchFile: string | null;
}

export type Probe = { facts: AddonFacts; problem: null } | { facts: null; problem: string };

const program = `
const { readFileSync } = require("node:fs");
const addon = require(process.argv[1]);
const kernels = addon.call(addon.resolveOp("potstill::cpu_capability"));
let libtorchFile = null;
try {
  libtorchFile = /\\S*libtorch_cpu\\.so$/m.exec(readFileSync("/proc/self/maps", "utf8"))?.[0] ?? null;
} catch {}
const facts = { ...addon.versionInfo(), threads: addon.getThreads(), kernels, libtorchFile };
process.stdout.write(JSON.stringify(facts));
`;

/**
 * Loads the addon in a process of its own: a library that crashes while it is loaded, for want of
 * an instruction or a symbol, becomes a message here.
 * @param path file of the addon
 */
export async function probeAddon(path: string): Promise<Probe> {
  const { capture } = await toolsScript();
  const { code, signal, stdout, stderr } = await capture(process.execPath, ["-e", program, path]);
  if (code === 0) return { facts: JSON.parse(stdout) as AddonFacts, problem: null };
  if (signal !== null)
    return { facts: null, problem: `loading it ends the process with ${signal}` };
  const line = stderr.split("\n").find((text) => /^\s*(\w*Error|.*: error)\b/.test(text));
  return { facts: null, problem: (line ?? stderr.split("\n")[0] ?? "").trim() };
}

/** What choices by measuring are true of: this machine, and what computes on it. */

import { stat } from "node:fs/promises";
import { cpus } from "node:os";
import { native } from "../native/index.js";
import { addonPath } from "../native/loader.js";

/** The CPU, its instructions and libtorch. */
export function machine(): string {
  const { libtorch, cpuCapability } = native.versionInfo();
  return `${cpus()[0]?.model.trim() ?? ""} | ${cpuCapability} | libtorch ${libtorch}`;
}

/** The build of the addon: another may have other candidates, or others that are faster. */
export async function addonBuild(): Promise<string> {
  const { mtime, size } = await stat(addonPath());
  return `${mtime.toISOString()}, ${size} bytes`;
}

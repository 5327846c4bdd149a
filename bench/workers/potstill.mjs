// What potstill's workers share: its threads and its versions.

import { setThreads } from "../../dist/index.js";
import { native } from "../../dist/native/index.js";
import { packageVersion } from "../../dist/native/versions.js";

/** Sets the threads and says what runs here. */
export function begin({ threads }) {
  setThreads(threads);
  const { libtorch, cpuCapability } = native.versionInfo();
  return { versions: { potstill: packageVersion, libtorch, node: process.version }, cpuCapability };
}

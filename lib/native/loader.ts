import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { Binding } from "./binding.js";
import { PotstillError } from "./errors.js";
import {
  compareMinor,
  isSupportedLibtorch,
  libtorchRange,
  packageRoot,
  packageVersion,
} from "./versions.js";

const require = createRequire(import.meta.url);

/** Where the addon is: `POTSTILL_ADDON`, for builds made by hand, or the package's own build. */
export function addonPath(): string {
  const override = process.env.POTSTILL_ADDON;
  return override ? resolve(override) : join(packageRoot, "build", "Release", "potstill.node");
}

/**
 * Loads the native addon and checks that it belongs to this package and to the libtorch it meets.
 * @throws PotstillError ERR_INSTALL when it is missing, does not load or is of another version
 */
export function loadAddon(path: string = addonPath()): Binding {
  if (!existsSync(path)) {
    throw new PotstillError(
      "ERR_INSTALL",
      `potstill's native addon has not been built (${path} is missing): run \`npx potstill setup\`.`,
    );
  }
  let binding: Binding;
  try {
    binding = withPatience(() => require(path) as Binding);
  } catch (cause) {
    throw new PotstillError(
      "ERR_INSTALL",
      `potstill's native addon does not load (${firstLine(cause)}): run \`npx potstill setup\` to ` +
        "build it again, or `npx potstill doctor` to see what is wrong.",
      { cause },
    );
  }
  checkVersions(binding, path);
  return binding;
}

/**
 * Loads OpenMP so that its threads look about 10,000 times (some 0.3 ms) for the next operator before
 * they sleep, unless the user says otherwise: longer than the pauses within a step, and not libgomp's
 * own 300,000, for which a machine that is busy otherwise pays with a step that takes twice as long.
 * libgomp reads this when it is loaded, from the environment of the process: in a worker thread,
 * whose `process.env` is a copy, it has no effect.
 */
function withPatience<T>(load: () => T): T {
  const { GOMP_SPINCOUNT, OMP_WAIT_POLICY } = process.env;
  if (GOMP_SPINCOUNT !== undefined || OMP_WAIT_POLICY !== undefined) return load();
  process.env.GOMP_SPINCOUNT = "10000";
  try {
    return load();
  } finally {
    // Not for the processes that this one starts.
    delete process.env.GOMP_SPINCOUNT;
  }
}

function checkVersions(binding: Binding, path: string): void {
  const { addon, libtorch, builtWith } = binding.versionInfo();
  if (addon !== packageVersion) {
    throw new PotstillError(
      "ERR_INSTALL",
      `potstill ${packageVersion} found the native addon of version ${addon} in ${path}: run ` +
        "`npx potstill setup` to build it again.",
    );
  }
  if (compareMinor(libtorch, builtWith) !== 0) {
    throw new PotstillError(
      "ERR_INSTALL",
      `potstill's native addon was built with libtorch ${builtWith} and now meets ${libtorch}: run ` +
        "`npx potstill setup` to build it again.",
    );
  }
  if (!isSupportedLibtorch(libtorch)) {
    throw new PotstillError(
      "ERR_INSTALL",
      `libtorch ${libtorch} is not supported (potstill ${packageVersion} needs at least ` +
        `${libtorchRange.minimum} and below ${libtorchRange.below}): run \`npx potstill setup\`.`,
    );
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n")[0] ?? "").trim();
}

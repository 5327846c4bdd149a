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
    binding = require(path) as Binding;
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

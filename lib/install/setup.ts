import { existsSync } from "node:fs";
import { PotstillError } from "../native/errors.js";
import { addonPath } from "../native/loader.js";
import { probeAddon } from "./probe.js";
import { buildScript, toolsScript } from "./scripts.js";

/**
 * Does by hand what npm's install script does: finds or fetches libtorch and builds the addon.
 * Progress goes to stderr. Repairs an interrupted or outdated build; builds anew what is there but
 * does not load.
 *
 * @returns whether anything had to be built
 * @throws PotstillError ERR_INSTALL with one message that says what to install
 */
export async function runSetup(): Promise<boolean> {
  const { InstallError } = await toolsScript();
  const { buildNative } = await buildScript();
  try {
    const built = await buildNative();
    const path = addonPath();
    if (existsSync(path) && (await probeAddon(path)).problem === null) return built;
    await buildNative({ force: true });
    const { problem } = await probeAddon(path);
    if (problem === null) return true;
    throw new PotstillError(
      "ERR_INSTALL",
      `the addon was built but does not load (${problem}); \`npx potstill doctor\` shows more.`,
    );
  } catch (error) {
    if (error instanceof InstallError) {
      throw new PotstillError("ERR_INSTALL", error.message, { cause: error });
    }
    throw error;
  }
}

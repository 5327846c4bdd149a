// npm's install script: builds the addon, in a checkout as in a project that depends on potstill.
// The same as `npx potstill setup`. POTSTILL_SKIP_INSTALL=1 leaves it out.

import { buildNative } from "./build.mjs";
import { asProgram, say } from "./tools.mjs";

await asProgram(async () => {
  if (process.env.POTSTILL_SKIP_INSTALL === "1") {
    say("POTSTILL_SKIP_INSTALL is set: run `npx potstill setup` before the first use");
    return;
  }
  await buildNative();
});

// `npm run example:<name>`: an example from a fresh clone, if need be. Arguments are handed on to
// `potstill sweep`, where the last of an option that is given twice counts, or to the example's own
// main.mjs where it has one.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensure } from "./ensure.mjs";
import { asProgram, InstallError, packageRoot, run } from "./tools.mjs";

const examples = ["compare-losses", "feature-hints", "http-service"];

await asProgram(async () => {
  const [name, ...rest] = process.argv.slice(2);
  if (!examples.includes(name)) {
    throw new InstallError(`there is no example ${name}; there are ${examples.join(", ")}`);
  }
  await ensure();
  const folder = join(packageRoot, "examples", name);
  const own = join(folder, "main.mjs");
  if (existsSync(own)) {
    process.exitCode = await run(process.execPath, [own, ...rest], { stdio: "inherit" });
    return;
  }
  const args = ["sweep", join(folder, "recipe.yaml"), "--variants", join(folder, "variants.yaml")];
  if (!rest.some((each) => each.startsWith("--grid"))) args.push("--grid", "seed=1,2,3");
  if (!rest.some((each) => each.startsWith("--out"))) {
    args.push("--out", join(packageRoot, "runs", name));
  }
  const cli = join(packageRoot, "dist", "cli", "main.js");
  process.exitCode = await run(process.execPath, [cli, ...args, ...rest], { stdio: "inherit" });
});

// A compiler launcher for the installed package of the pack test: takes an object from the checkout's
// own build, whose sources are the packed ones, and compiles what is not there. Its folder comes as
// POTSTILL_TEST_OBJECTS; one unit is always compiled for real.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [compiler, ...args] = process.argv.slice(2);
const after = (flag) => args[args.indexOf(flag) + 1];
const object = after("-o");
const made = join(process.env.POTSTILL_TEST_OBJECTS ?? "", object);
const isReal = object.includes("capability.cpp");

if (args.includes("-c") && !isReal && existsSync(made)) {
  copyFileSync(made, object);
  if (args.includes("-MF")) writeFileSync(after("-MF"), `${object}: ${after("-c")}\n`);
} else {
  process.exitCode = spawnSync(compiler, args, { stdio: "inherit" }).status ?? 1;
}

// `npm run format`: Biome for TypeScript and JSON, clang-format for C++ where it is installed.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { asProgram, capture, InstallError, packageRoot, run, say } from "./tools.mjs";

await asProgram(async () => {
  const options = { cwd: packageRoot };
  const biome = join(packageRoot, "node_modules", "@biomejs", "biome", "bin", "biome");
  if ((await run(process.execPath, [biome, "check", "--write", "."], options)) !== 0) {
    throw new InstallError("Biome found what it cannot fix by itself; see above.");
  }
  if ((await capture("clang-format", ["--version"])).code !== 0) {
    say("clang-format is not installed: native/ was left as it is");
    return;
  }
  const names = await readdir(join(packageRoot, "native"), { recursive: true });
  const sources = names.filter((name) => /\.(cpp|h|cu)$/.test(name));
  await run("clang-format", ["-i", ...sources.map((name) => join("native", name))], options);
});

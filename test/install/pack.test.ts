import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findLibtorch } from "../../scripts/libtorch.mjs";
import { write } from "./fake.js";

// What a user does: an empty project outside this tree, the packed tarball, npm. The addon is built
// there by the install script, with the libtorch and the compiled objects that are here already.

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const launcher = fileURLToPath(new URL("reuse-objects.mjs", import.meta.url));
const minutes = 60_000;

let project = "";
let env: NodeJS.ProcessEnv = {};
let packed: string[] = [];

/** Runs a program in the project; rejects with what it printed. */
async function inProject(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(command, args, { cwd: project, env, maxBuffer: 1 << 26 });
  return stdout;
}

/** The ten steps, as a user would write them; `api` names the package's exports. */
const tenSteps = `
  const { datasets, distill, losses, nn, optim, randn, randint } = api;
  const data = datasets.tensors({
    inputs: randn([80, 8]),
    labels: randint(0, 3, [80], { dtype: "int64" }),
    classes: 3,
  });
  const teacher = await nn.build(nn.mlp([8, 32, 3]));
  const run = distill({
    teacher,
    student: nn.mlp([8, 16, 3]),
    data,
    objective: losses.response({ alpha: 0.9, temperature: 4 }),
    optimizer: optim.sgd({ lr: 0.05, momentum: 0.9 }),
    batchSize: 8,
    steps: 10,
  });
  let steps = 0;
  for await (const event of run) if (event.type === "epoch") steps = event.step;
  const { student, report } = await run;
  const output = await student.forward(randn([2, 8]));
`;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "potstill-project-"));
  const { found } = await findLibtorch();
  if (found === null) throw new Error("the checkout itself has no libtorch");
  env = { ...process.env, POTSTILL_LIBTORCH: found.dir };
  delete env.POTSTILL_ADDON;
  delete env.NODE_OPTIONS;
  env.POTSTILL_TEST_OBJECTS ??= join(root, "build", "cmake");
  env.CMAKE_CXX_COMPILER_LAUNCHER = `${process.execPath};${launcher}`;
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", project], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf("[")));
  packed = files.map(({ path }: { path: string }) => path);
  write(
    join(project, "package.json"),
    JSON.stringify({ name: "user", private: true, allowScripts: { potstill: true } }),
  );
  // Without its script at first, as npm holds such scripts back until they are approved.
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await inProject("npm", "install", ...options, `./${filename}`);
}, 10 * minutes);

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("the packed tarball", () => {
  test("holds everything that the build needs, and nothing of the workshop", () => {
    const tracked = execFileSync("git", ["ls-files", "native", "cmake"], { cwd: root })
      .toString()
      .trim()
      .split("\n");
    expect(
      tracked.filter((file) => existsSync(join(root, file)) && !packed.includes(file)),
    ).toEqual([]);
    for (const file of [
      "CMakeLists.txt",
      "binding.gyp",
      "LICENSE",
      "README.md",
      "dist/index.d.ts",
    ]) {
      expect(packed, file).toContain(file);
    }
    expect(packed.filter((file) => /^(test|bench|build|lib|node_modules|\.)/.test(file))).toEqual(
      [],
    );
  });

  test("every script that a packed script imports is packed", () => {
    const scripts = packed.filter((file) => file.startsWith("scripts/"));
    expect(scripts).toContain("scripts/install.mjs");
    for (const script of scripts.filter((file) => file.endsWith(".mjs"))) {
      const text = readFileSync(join(root, script), "utf8");
      for (const [, name] of text.matchAll(
        /(?:from|import\(|new URL\()\s*"(?:\.\/)?([\w-]+\.\w+)"/g,
      )) {
        expect(scripts, `${script} needs ${name}`).toContain(`scripts/${name}`);
      }
    }
  });
});

describe("an installed package", () => {
  test("without its addon: importing fails with one sentence that names the command", async () => {
    const failure = await inProject(
      process.execPath,
      ...["--input-type=module", "-e", 'await import("potstill")'],
    ).catch((error: { stderr: string }) => error.stderr);
    expect(failure).toContain("PotstillError: potstill's native addon has not been built");
    expect(failure).toContain("run `npx potstill setup`");
    const doctor = inProject("npx", "--no-install", "potstill", "doctor", "--json");
    const printed = await doctor.catch((error: { code: number; stdout: string }) => error);
    expect(printed).toMatchObject({ code: 1 });
    expect(JSON.parse((printed as { stdout: string }).stdout)).toMatchObject({ ok: false });
  });

  test(
    "its install script builds the addon; setup then has nothing to do; doctor is content",
    async () => {
      await inProject("npm", "rebuild", "--foreground-scripts", "potstill");
      const build = join(project, "node_modules", "potstill", "build", "Release");
      expect(readdirSync(build)).toEqual(expect.arrayContaining(["potstill.node"]));
      expect(await inProject("npx", "--no-install", "potstill", "setup")).toContain("up to date");
      const report = JSON.parse(
        await inProject("npx", "--no-install", "potstill", "doctor", "--json"),
      );
      expect(report.ok).toBe(true);
      expect(report.addon.path).toBe(join(build, "potstill.node"));
    },
    20 * minutes,
  );

  test("distils ten steps from an ESM file", async () => {
    write(
      join(project, "esm.mjs"),
      `import * as api from "potstill";${tenSteps}
       console.log(JSON.stringify({ steps, shape: output.shape, version: report.version }));`,
    );
    expect(JSON.parse(await inProject(process.execPath, "esm.mjs"))).toMatchObject({
      steps: 10,
      shape: [2, 3],
    });
  });

  test("distils ten steps from a CommonJS file", async () => {
    write(
      join(project, "common.cjs"),
      `async function main() {
         const api = await import("potstill");${tenSteps}
         console.log(JSON.stringify({ steps, shape: output.shape }));
       }
       main().catch((error) => { console.error(error); process.exitCode = 1; });`,
    );
    expect(JSON.parse(await inProject(process.execPath, "common.cjs"))).toEqual({
      steps: 10,
      shape: [2, 3],
    });
  });

  test("distils ten steps from a TypeScript file that type-checks under strict", async () => {
    write(
      join(project, "typed.mts"),
      `import * as api from "potstill";
       import type { DistillResult, PotstillErrorCode } from "potstill";
       ${tenSteps}
       const result: DistillResult = await run;
       const code: PotstillErrorCode = "ERR_CONFIG";
       const shape: readonly number[] = (output as api.Tensor).shape;
       // @ts-expect-error: a misspelt option is an error of the types as well.
       type Wrong = api.DistillOptions["temprature"];
       console.log(JSON.stringify({ steps, shape, code, same: result.report === report }));`,
    );
    write(
      join(project, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          // The declarations of the package itself are checked along.
          skipLibCheck: false,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          module: "nodenext",
          target: "es2023",
          lib: ["es2023", "esnext.disposable"],
          types: ["node"],
          outDir: "out",
        },
        files: ["typed.mts"],
      }),
    );
    // From here: what Node's own types need to be found beside the project's modules.
    for (const name of ["@types/node", "undici-types"]) {
      const target = join(project, "node_modules", name);
      if (!existsSync(target))
        cpSync(join(root, "node_modules", name), target, { recursive: true });
    }
    const tsc = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");
    await inProject(process.execPath, tsc, "-p", ".").catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });
    expect(JSON.parse(await inProject(process.execPath, "out/typed.mjs"))).toEqual({
      steps: 10,
      shape: [2, 3],
      code: "ERR_CONFIG",
      same: true,
    });
  });
});

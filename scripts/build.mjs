// Builds the addon into build/Release and the TypeScript into dist:
// `node scripts/build.mjs [native | cuda | ts] [--force]`; the first and the last without an
// argument.
//
// The CUDA kernels are built where libtorch was built with CUDA and nvcc is there, unless
// POTSTILL_CUDA is 0; `cuda` fails where they cannot be.
//
// What is up to date is not built again. An interrupted build is simply continued by the next one.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, freemem } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { obtainLibtorch } from "./libtorch.mjs";
import { findNvcc, requireBuildTools } from "./prerequisites.mjs";
import {
  asProgram,
  capture,
  InstallError,
  isMain,
  packageRoot,
  run,
  say,
  withLock,
} from "./tools.mjs";

const require = createRequire(import.meta.url);

/** Digest over the names, sizes and times of every file under `paths`. */
async function digestOf(root, paths, extra) {
  const hash = createHash("sha256").update(JSON.stringify(extra));
  const files = [];
  for (const path of paths) {
    const full = join(root, path);
    if (!existsSync(full)) continue;
    if ((await stat(full)).isFile()) files.push(full);
    else {
      for (const entry of await readdir(full, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) files.push(join(entry.parentPath ?? entry.path, entry.name));
      }
    }
  }
  for (const file of files.sort()) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${relative(root, file).split(sep).join("/")} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** Whether `stamp` says that everything in `outputs` was made from what has this digest. */
async function isCurrent(stamp, digest, outputs) {
  if (!outputs.every((path) => existsSync(path))) return false;
  const text = await readFile(stamp, "utf8").catch(() => "");
  return text.trim() === digest;
}

/**
 * As many compilers at once as there are processors, and no more than memory allows: a unit that
 * includes libtorch takes about a gigabyte and a half.
 */
function jobs(env) {
  const wanted = Number(env.POTSTILL_JOBS ?? env.CMAKE_BUILD_PARALLEL_LEVEL);
  if (wanted >= 1) return Math.floor(wanted);
  return Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / 1.5e9)));
}

/**
 * The nvcc that builds the kernels; null where they are not built.
 * @throws InstallError where they have to be and cannot
 */
async function kernelCompiler(libtorch, env, required) {
  if (!required && (!libtorch.cuda || env.POTSTILL_CUDA === "0")) return null;
  if (!libtorch.cuda) {
    throw new InstallError(
      `the libtorch in ${libtorch.dir} was built without CUDA. Let POTSTILL_LIBTORCH name one that ` +
        "was built with it: the torch folder of a Python environment that has CUDA's torch.",
    );
  }
  const nvcc = await findNvcc(env);
  if (nvcc === null && required) {
    throw new InstallError(
      "to build its CUDA kernels potstill needs nvcc of CUDA 12 or newer. Install NVIDIA's CUDA " +
        "toolkit, or let CUDACXX name its nvcc.",
    );
  }
  if (nvcc === null) {
    say(`libtorch in ${libtorch.dir} has CUDA, but there is no nvcc: built without CUDA kernels`);
  }
  return nvcc;
}

/** Settings of the configuration, as `--CD<name>=<value>` for cmake-js. */
async function definitions(root, libtorch, nvcc, env) {
  const settings = {
    POTSTILL_LIBTORCH_DIR: libtorch.dir,
    POTSTILL_CUDA: nvcc === null ? "OFF" : "ON",
    CMAKE_LIBRARY_OUTPUT_DIRECTORY: join(root, "build", "Release"),
  };
  // CMake itself takes a launcher from CMAKE_CXX_COMPILER_LAUNCHER.
  const launched = env.CMAKE_CXX_COMPILER_LAUNCHER !== undefined;
  if (!launched && (await capture("ccache", ["--version"], { env })).code === 0) {
    settings.CMAKE_CXX_COMPILER_LAUNCHER = "ccache";
    settings.CMAKE_CUDA_COMPILER_LAUNCHER = "ccache";
  }
  if (nvcc !== null) settings.CMAKE_CUDA_COMPILER = nvcc.command;
  return Object.entries(settings).map(([name, value]) => `--CD${name}=${value}`);
}

async function cmakeJs(root, env, args) {
  const manifest = require.resolve("cmake-js/package.json");
  const program = join(dirname(manifest), "bin", "cmake-js");
  // The tree of CMake lies below build/, where a node-gyp that called us keeps files of its own.
  const common = [
    "--directory",
    root,
    "--out",
    join(root, "build", "cmake"),
    "--log-level",
    "warn",
  ];
  const code = await run(process.execPath, [program, ...args, ...common], {
    cwd: root,
    // Paths below the package count as relative for ccache, so that checkouts share its entries.
    env: { CCACHE_BASEDIR: root, ...env },
  });
  if (code !== 0) {
    throw new InstallError(
      `the native addon did not build (cmake-js ${args[0]} ended with code ${code}); the compiler's ` +
        "own message is above. Free memory for it with POTSTILL_JOBS=1 if it was killed.",
    );
  }
}

/**
 * Builds the addon with the libtorch that is found or fetched; with `cuda` its kernels too, or not
 * at all.
 * @returns {Promise<boolean>} whether there was anything to build
 * @throws InstallError with one message that says what to do
 */
export async function buildNative({
  root = packageRoot,
  env = process.env,
  force = false,
  cuda = false,
} = {}) {
  const libtorch = await obtainLibtorch({ env });
  const nvcc = await kernelCompiler(libtorch, env, cuda);
  const output = join(root, "build", "Release");
  await mkdir(output, { recursive: true });
  return await withLock(join(root, "build", "lock"), "building the addon", async () => {
    const configuration = await digestOf(root, ["package.json", "CMakeLists.txt", "cmake"], {
      libtorch: [libtorch.dir, libtorch.version, libtorch.cuda],
      compiler: env.CXX ?? null,
      nvcc,
    });
    const digest = await digestOf(root, ["native"], configuration);
    const stamp = join(output, "built");
    const products = ["potstill.node", "libpotstill_ops.so"].map((name) => join(output, name));
    if (!force && (await isCurrent(stamp, digest, products))) return false;

    await requireBuildTools(env);
    const kernels = nvcc === null ? "" : `, with CUDA kernels by nvcc ${nvcc.version},`;
    say(`building the native addon${kernels} with libtorch ${libtorch.version} in ${libtorch.dir}`);
    const tree = join(root, "build", "cmake");
    const configured = join(tree, "configured");
    await rm(stamp, { force: true });
    if (force) await rm(tree, { recursive: true, force: true });
    if (!(await isCurrent(configured, configuration, [join(tree, "CMakeCache.txt")]))) {
      // Without what another compiler, generator or libtorch has left in the cache.
      await rm(join(tree, "CMakeCache.txt"), { force: true });
      await cmakeJs(root, env, ["configure", ...(await definitions(root, libtorch, nvcc, env))]);
      await writeFile(configured, configuration);
    }
    await cmakeJs(root, env, ["build", "--parallel", String(jobs(env))]);
    await writeFile(stamp, digest);
    return true;
  });
}

/**
 * Compiles lib/ into dist/. Does nothing in an installed package, which comes with its dist.
 * @returns {Promise<boolean>} whether there was anything to compile
 */
export async function buildTypeScript({ root = packageRoot, force = false } = {}) {
  const config = join(root, "tsconfig.json");
  if (!existsSync(config) || !existsSync(join(root, "lib"))) return false;
  const digest = await digestOf(root, ["lib", "tsconfig.json"], {
    version: JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version,
  });
  const dist = join(root, "dist");
  const stamp = join(root, "build", "typescript");
  if (!force && (await isCurrent(stamp, digest, [join(dist, "index.js")]))) return false;
  say("compiling TypeScript");
  const compiler = require.resolve("typescript/bin/tsc", { paths: [root] });
  // Emptied first: a file that was renamed in lib/ must not live on in dist/.
  await rm(dist, { recursive: true, force: true });
  const code = await run(process.execPath, [compiler, "-p", config], { cwd: root });
  if (code !== 0) throw new InstallError("TypeScript found errors; its messages are above.");
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, digest);
  return true;
}

if (isMain(import.meta.url)) {
  await asProgram(async () => {
    const [what] = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
    const force = process.argv.includes("--force");
    if (what !== undefined && !["native", "cuda", "ts"].includes(what)) {
      throw new InstallError(`unknown argument ${what}: it may be native, cuda or ts`);
    }
    if (what !== "ts" && !(await buildNative({ force, cuda: what === "cuda" })))
      say("the native addon is up to date");
    if (what !== "native" && !(await buildTypeScript({ force }))) say("dist is up to date");
  });
}

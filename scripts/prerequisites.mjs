// What has to be on the machine before the addon can be built, and how to get it.

import { existsSync, readFileSync } from "node:fs";
import { capture, InstallError } from "./tools.mjs";

/** Smallest versions: libtorch's headers are C++20; CMakeLists.txt uses what CMake 3.22 has. */
const minimum = { gcc: 11, clang: 15, cmake: [3, 22] };

/** The first of `commands` that runs with `args`; null where none does. */
async function firstThatRuns(commands, args, env) {
  for (const command of commands) {
    const { code, stdout } = await capture(command, args, { env });
    if (code === 0) return { command, output: stdout };
  }
  return null;
}

async function compiler(env) {
  const commands = env.CXX ? [env.CXX] : ["c++", "g++", "clang++"];
  const found = await firstThatRuns(commands, ["-dM", "-E", "-x", "c++", "/dev/null"], env);
  if (found === null) {
    const tried = commands.join(", ");
    return { version: null, problem: `a C++20 compiler (none of ${tried} runs)`, package: "g++" };
  }
  const macro = (name) =>
    Number(new RegExp(`^#define ${name} (\\d+)`, "m").exec(found.output)?.[1]);
  const kind = Number.isNaN(macro("__clang_major__")) ? "gcc" : "clang";
  const major = kind === "gcc" ? macro("__GNUC__") : macro("__clang_major__");
  const version = `${found.command} (${kind} ${major})`;
  if (major >= minimum[kind]) return { version, problem: null };
  const problem = `a C++20 compiler: ${kind} ${minimum[kind]} or newer (${found.command} is ${kind} ${major})`;
  return { version, problem, package: "g++" };
}

async function cmake(env) {
  const wanted = `CMake ${minimum.cmake.join(".")} or newer`;
  const found = await firstThatRuns(["cmake"], ["--version"], env);
  if (found === null)
    return { version: null, problem: `${wanted} (cmake does not run)`, package: "cmake" };
  const version = /\d+\.\d+[.\d]*/.exec(found.output)?.[0] ?? "0.0";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const enough =
    major > minimum.cmake[0] || (major === minimum.cmake[0] && minor >= minimum.cmake[1]);
  return enough
    ? { version, problem: null }
    : { version, problem: `${wanted} (this one is ${version})`, package: "cmake" };
}

async function generator(env) {
  const found = await firstThatRuns(["ninja", "make"], ["--version"], env);
  if (found === null) {
    return { version: null, problem: "Ninja or Make (neither runs)", package: "ninja-build" };
  }
  return {
    version: `${found.command} ${/\d[\d.]*/.exec(found.output)?.[0] ?? ""}`.trim(),
    problem: null,
  };
}

/**
 * The compiler of the CUDA kernels: CUDACXX, nvcc on the path, or that of /usr/local/cuda.
 * @returns {Promise<{ command: string, version: string } | null>}
 */
export async function findNvcc(env = process.env) {
  const commands = env.CUDACXX ? [env.CUDACXX] : ["nvcc", "/usr/local/cuda/bin/nvcc"];
  const found = await firstThatRuns(commands, ["--version"], env);
  if (found === null) return null;
  const version = /release (\d+\.\d+)/.exec(found.output)?.[1] ?? "unknown";
  return { command: found.command, version };
}

/**
 * Looks at the tools that a build needs.
 * @returns {Promise<Record<"compiler" | "cmake" | "generator",
 *   { version: string | null, problem: string | null, package?: string }>>}
 */
export async function buildTools(env = process.env) {
  const [one, two, three] = await Promise.all([compiler(env), cmake(env), generator(env)]);
  return { compiler: one, cmake: two, generator: three };
}

/** How this system installs packages, with the names that it knows them by. */
function installCommand(packages) {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const names = { "g++": "gcc-c++" };
  if (/^ID(_LIKE)?=.*\b(fedora|rhel|centos)\b/m.test(release)) {
    return `sudo dnf install ${packages.map((name) => names[name] ?? name).join(" ")}`;
  }
  return `sudo apt install ${packages.join(" ")}`;
}

/** @throws InstallError that names everything that is missing and the command that installs it */
export async function requireBuildTools(env = process.env) {
  const lacking = Object.values(await buildTools(env)).filter(({ problem }) => problem !== null);
  if (lacking.length === 0) return;
  throw new InstallError(
    `to build its native addon potstill needs ${lacking.map(({ problem }) => problem).join(" and ")}. ` +
      `Install it (${installCommand(lacking.map((tool) => tool.package))}), then run ` +
      "`npx potstill setup`.",
  );
}

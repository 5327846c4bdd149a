// Finds libtorch, or fetches it: `node scripts/libtorch.mjs [--print]`.
//
// In this order: POTSTILL_LIBTORCH; .libtorch/ in the project; the `torch` that the Python on the
// path can import; the wheel that pip downloads, unpacked into .libtorch/ (fetch.mjs).

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fetchLibtorch } from "./fetch.mjs";
import { asProgram, capture, InstallError, isMain, projectRoot, say } from "./tools.mjs";

/** Supported versions: at least `minimum` and below `below` (also in lib/native/versions.ts). */
export const supported = { minimum: "2.13", below: "2.15" };

/** File name of a shared library on this platform. */
export function libraryName(name, platform = process.platform) {
  return platform === "darwin" ? `lib${name}.dylib` : `lib${name}.so`;
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Version of a libtorch or torch package folder, from its headers; null where there is none. */
export function versionOf(folder) {
  const headers = ["torch/headeronly/version.h", "torch/csrc/api/include/torch/version.h"];
  for (const header of headers) {
    const text = readIfThere(join(folder, "include", header));
    const numbers = ["MAJOR", "MINOR", "PATCH"].map(
      (part) => new RegExp(`^#define TORCH_VERSION_${part} (\\d+)`, "m").exec(text)?.[1],
    );
    if (numbers.every((number) => number !== undefined)) return numbers.join(".");
  }
  const text = readIfThere(join(folder, "build-version")) + readIfThere(join(folder, "version.py"));
  return /\d+\.\d+\.\d+/.exec(text)?.[0] ?? null;
}

/** Whether `version` is in the range: by major and minor, as numbers. */
export function isSupported(version, range = supported) {
  const key = (text) => {
    const [major = "0", minor = "0"] = text.split(".");
    return Number(major) * 1000 + Number(minor);
  };
  return key(version) >= key(range.minimum) && key(version) < key(range.below);
}

/**
 * Looks at a folder without loading anything from it.
 * @returns {{ dir: string, version: string | null, cuda: boolean, problem: string | null }}
 *   problem is null where the addon can be built on it
 */
export function inspectLibtorch(dir) {
  const result = { dir, version: null, cuda: false, problem: null };
  if (!existsSync(dir)) return { ...result, problem: "it does not exist" };
  const missing = [
    join("lib", libraryName("c10")),
    join("lib", libraryName("torch_cpu")),
    join("include", "ATen", "ATen.h"),
  ].filter((path) => !existsSync(join(dir, path)));
  if (missing.length > 0) {
    return {
      ...result,
      problem: `it is not a libtorch or torch package folder (${missing.join(", ")} missing)`,
    };
  }
  result.version = versionOf(dir);
  result.cuda = existsSync(join(dir, "lib", libraryName("torch_cuda")));
  if (result.version === null) {
    result.problem = "its version cannot be read from its headers";
  } else if (!isSupported(result.version)) {
    result.problem =
      `its version ${result.version} is not supported ` +
      `(at least ${supported.minimum} and below ${supported.below} is needed)`;
  }
  return result;
}

const askPython = `
import importlib.util, json, os, sys
def found(name):
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
torch = found("torch")
print(json.dumps({
    "executable": sys.executable,
    "version": "%d.%d" % sys.version_info[:2],
    "torch": os.path.dirname(torch.origin) if torch and torch.origin else None,
    "pip": found("pip") is not None,
}))
`;

/**
 * The Python on the path (or `POTSTILL_PYTHON`), asked where its torch is without importing it.
 * @returns {Promise<{ command: string, version: string, torch: string | null, pip: boolean } | null>}
 */
export async function findPython(env = process.env) {
  const commands = env.POTSTILL_PYTHON ? [env.POTSTILL_PYTHON] : ["python3", "python"];
  for (const command of commands) {
    const { code, stdout } = await capture(command, ["-c", askPython], { env });
    if (code !== 0) continue;
    const { executable, version, torch, pip } = JSON.parse(stdout);
    return { command: executable || command, version, torch, pip };
  }
  return null;
}

/** Why this platform is refused, as one sentence; null where potstill runs. */
export function platformProblem(
  platform = process.platform,
  arch = process.arch,
  glibc = glibcVersion(),
) {
  const only = "potstill runs on Linux x64 with glibc 2.28 or newer";
  if (platform !== "linux" || arch !== "x64") {
    return `${only}; on ${platform} ${arch} it has not been tested yet and does not install.`;
  }
  if (glibc === null) return `${only}; this Linux has another C library (musl?).`;
  const [major = 0, minor = 0] = glibc.split(".").map(Number);
  if (major < 2 || (major === 2 && minor < 28)) return `${only}; this machine has glibc ${glibc}.`;
  return null;
}

/** Version of the C library that this Node runs on; null where it is not glibc. */
export function glibcVersion() {
  if (process.platform !== "linux") return null;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime ?? null;
}

/**
 * Goes through the places in order, without fetching anything.
 *
 * @param options.root folder that holds .libtorch/
 * @returns {Promise<{
 *   found: { dir: string, version: string, cuda: boolean, source: string, reason: string } | null,
 *   considered: { place: string, dir: string | null, outcome: string }[],
 *   python: object | null,
 * }>} `considered` tells every place that was looked at and what came of it
 * @throws InstallError where POTSTILL_LIBTORCH names something that cannot be used: what was asked
 *   for by name is not replaced by something else
 */
export async function findLibtorch({ env = process.env, root = projectRoot() } = {}) {
  const considered = [];
  const look = (source, place, dir) => {
    const { problem, version, cuda } = inspectLibtorch(dir);
    considered.push({ place, dir, outcome: problem ?? `libtorch ${version}` });
    if (problem !== null) return { problem };
    return { found: { dir, version, cuda, source, reason: place } };
  };

  const named = env.POTSTILL_LIBTORCH;
  if (named) {
    const { found, problem } = look("environment", "POTSTILL_LIBTORCH", resolve(named));
    if (found) return { found, considered, python: null };
    throw new InstallError(
      `POTSTILL_LIBTORCH is ${named}, which cannot be used: ${problem}. Let it name the folder of a ` +
        "libtorch or of a Python torch package, or unset it to have libtorch found or fetched.",
    );
  }
  considered.push({ place: "POTSTILL_LIBTORCH", dir: null, outcome: "not set" });

  const own = look("project", ".libtorch in the project", join(root, ".libtorch"));
  if (own.found) return { found: own.found, considered, python: null };

  const python = await findPython(env);
  const place = "torch of the Python on the path";
  if (python === null) considered.push({ place, dir: null, outcome: "there is no Python" });
  else if (python.torch === null) {
    considered.push({ place, dir: null, outcome: `${python.command} has no torch` });
  } else {
    const { found } = look("python", `${place} (${python.command})`, python.torch);
    if (found) return { found, considered, python };
  }
  return { found: null, considered, python };
}

/**
 * Finds libtorch, or fetches it into .libtorch/ of the project.
 * @throws InstallError with one message that says what to install
 */
export async function obtainLibtorch({ env = process.env, root = projectRoot() } = {}) {
  const refused = platformProblem();
  if (refused !== null) throw new InstallError(refused);
  const { found, considered, python } = await findLibtorch({ env, root });
  if (found !== null) return found;
  const looked = considered
    .filter(({ outcome }) => outcome !== "not set" && outcome !== "it does not exist")
    .map(({ place, outcome }) => `${place}: ${outcome}`);
  say(`libtorch was not found${looked.length ? ` (${looked.join("; ")})` : ""}; fetching it`);
  const dir = join(root, ".libtorch");
  await fetchLibtorch({ dir, env, python, supported, usable: (path) => inspectLibtorch(path) });
  const { version, cuda } = inspectLibtorch(dir);
  return { dir, version, cuda, source: "fetched", reason: "fetched with pip" };
}

if (isMain(import.meta.url)) {
  await asProgram(async () => {
    const found = await obtainLibtorch();
    if (process.argv.includes("--print")) process.stdout.write(`${found.dir}\n`);
    else say(`libtorch ${found.version} in ${found.dir} (${found.reason})`);
  });
}

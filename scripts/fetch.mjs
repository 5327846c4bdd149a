// Fetches libtorch: pip downloads torch's wheel, and its lib, include and share become .libtorch/.
//
// Everything happens in a folder beside the target, which is renamed at the end: an interrupted
// try leaves no half of a libtorch behind, only a folder that the next try removes.

import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { capture, InstallError, say, withLock } from "./tools.mjs";

const unpackScript = fileURLToPath(new URL("unpack.py", import.meta.url));

/** The wheel that is wanted first: small, and without CUDA's packages. */
const wanted = "torch==2.13.0+cpu";
/** Where PyTorch publishes its wheels for CPUs; other indexes may not carry them. */
const cpuIndex = "https://download.pytorch.org/whl/cpu";
/** Pythons that have wheels; which one does not matter, as only the C++ part is taken. */
const pythons = ["3.12", "3.11", "3.13", "3.10", "3.14"];

/** With retries: a child of an interrupted try may still be writing. */
const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };

const pipOptions = [
  ...["--no-deps", "--only-binary=:all:", "--retries", "1"],
  ...["--disable-pip-version-check", "--no-input", "--progress-bar", "off"],
];

/** pip's options for POTSTILL_TORCH_INDEX: the address of an index, or a folder of wheels. */
function fromIndex(index) {
  if (!index) return [];
  return existsSync(index) ? ["--no-index", "--find-links", index] : ["--index-url", index];
}

/**
 * What pip is asked for, in order, until one is there.
 * @param options.python version of the local Python, "3.11"
 * @param options.index POTSTILL_TORCH_INDEX
 * @returns {{ label: string, args: string[] }[]}
 */
export function attempts({ python, index, supported }) {
  const others = pythons.filter((version) => version !== python);
  const from = fromIndex(index);
  const plain = `torch>=${supported.minimum},<${supported.below}.dev0`;
  const list = [];
  const add = (requirement, where, args) => {
    list.push({ label: `${requirement}${where}`, args: [...args, requirement] });
    for (const version of others) {
      list.push({
        label: `${requirement}${where} for Python ${version}`,
        args: [...args, "--python-version", version, requirement],
      });
    }
  };
  add(wanted, index ? ` from ${index}` : "", from);
  if (!index) add(wanted, " from PyTorch's own index", ["--index-url", cpuIndex]);
  add(plain, index ? ` from ${index}` : "", from);
  return list;
}

/** Runs pip with a sign of life every few seconds; resolves with what `capture` does. */
async function pip(python, args, folder, env) {
  const started = Date.now();
  const timer = setInterval(async () => {
    const megabytes = Math.round((await sizeOf(folder)) / 2 ** 20);
    say(`downloading: ${megabytes} MB after ${Math.round((Date.now() - started) / 1000)} s`);
  }, 10_000);
  try {
    return await capture(
      python.command,
      ["-m", "pip", "download", ...pipOptions, "--dest", folder, ...args],
      // Its temporary files too go where the next try cleans up.
      { env: { ...env, TMPDIR: folder } },
    );
  } finally {
    clearInterval(timer);
  }
}

async function sizeOf(folder) {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true }).catch(() => [])) {
    bytes += (await stat(join(folder, entry)).catch(() => null))?.size ?? 0;
  }
  return bytes;
}

async function wheelIn(folder) {
  const names = await readdir(folder);
  const name = names.find((entry) => entry.endsWith(".whl"));
  return name === undefined ? null : join(folder, name);
}

/** The line of pip's output that says why. */
function reasonOf({ stderr, stdout }) {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith("ERROR:"));
  return (errors.at(-1) ?? lines.filter(Boolean).at(-1) ?? "no reason given").replace(
    "ERROR: ",
    "",
  );
}

async function downloadTorch(python, folder, env, supported) {
  const reasons = new Map();
  for (const { label, args } of attempts({
    python: python.version,
    index: env.POTSTILL_TORCH_INDEX,
    supported,
  })) {
    say(`asking pip for ${label}`);
    const result = await pip(python, args, folder, env);
    const wheel = result.code === 0 ? await wheelIn(folder) : null;
    if (wheel !== null) return wheel;
    if (!reasons.has(reasonOf(result))) reasons.set(reasonOf(result), label);
  }
  const list = [...reasons].map(([reason, label]) => `  ${label}: ${reason}`);
  throw new InstallError(
    `pip could not download libtorch:\n${list.join("\n")}\nCheck the network, let ` +
      "POTSTILL_TORCH_INDEX name an index or a folder with torch's wheels, or let " +
      "POTSTILL_LIBTORCH name the folder of a libtorch that is already there.",
  );
}

async function unpack(python, kind, wheel, target) {
  say(`unpacking ${basename(wheel)}`);
  const { code, stdout, stderr } = await capture(
    python.command,
    [unpackScript, kind, wheel, target],
    { onError: (text) => text.startsWith("potstill: ") && process.stderr.write(text) },
  );
  if (code !== 0) {
    const reason = stderr.trim().split("\n").at(-1) ?? "";
    throw new InstallError(`${basename(wheel)} could not be unpacked into ${target}: ${reason}`);
  }
  return stdout.trim();
}

/**
 * torch built with CUDA links two of CUDA's libraries even into its CPU part. Put beside it, it
 * loads without the gigabytes of the others (and computes on the CPU only).
 */
async function addCudaLibraries(python, cuda, partial, env) {
  for (const name of ["nvidia-cuda-runtime", "nvidia-cuda-cupti"]) {
    const folder = join(partial, name);
    await mkdir(folder);
    const requirement = `${name}==${cuda}.*`;
    say(`asking pip for ${requirement}`);
    const from = fromIndex(env.POTSTILL_TORCH_INDEX);
    let result = await pip(python, [...from, requirement], folder, env);
    // An index of torch alone does not carry them.
    if (result.code !== 0 && from.length > 0) {
      result = await pip(python, [requirement], folder, env);
    }
    const wheel = result.code === 0 ? await wheelIn(folder) : null;
    if (wheel === null) {
      throw new InstallError(
        `the torch that pip found was built with CUDA and needs ${requirement}, which pip could not ` +
          `download: ${reasonOf(result)}`,
      );
    }
    await unpack(python, "libraries", wheel, join(partial, "libtorch"));
  }
}

/** Removes what interrupted tries have left beside `dir`. */
async function sweep(dir) {
  const parent = dirname(dir);
  for (const name of await readdir(parent)) {
    if (name.startsWith(`${basename(dir)}.partial-`) || name.startsWith(`${basename(dir)}.old-`)) {
      await rm(join(parent, name), removal);
    }
  }
}

/**
 * Downloads torch's wheel and unpacks it into `dir`, which is there whole or not at all.
 * Does nothing where another process has just done so.
 *
 * @param options.python what findPython() gave, or null
 * @param options.usable inspects a folder: `{ problem: string | null }`
 * @throws InstallError with what to install or to set
 */
export async function fetchLibtorch({ dir, env, python, supported, usable }) {
  if (python === null || !python.pip) {
    const lacking = python === null ? "no Python was found" : `${python.command} has no pip`;
    throw new InstallError(
      `libtorch has to be fetched with pip, but ${lacking}. Install Python 3 with pip (on Debian or ` +
        "Ubuntu: sudo apt install python3-pip), or let POTSTILL_LIBTORCH name the folder of a " +
        `libtorch ${supported.minimum}.`,
    );
  }
  await withLock(`${dir}.lock`, "fetching libtorch", async () => {
    if (usable(dir).problem === null) return;
    await sweep(dir);
    const partial = `${dir}.partial-${process.pid}`;
    const unpacked = join(partial, "libtorch");
    await mkdir(unpacked, { recursive: true });
    try {
      const wheel = await downloadTorch(python, partial, env, supported);
      const cuda = await unpack(python, "torch", wheel, unpacked);
      if (cuda) await addCudaLibraries(python, cuda, partial, env);
      const { problem } = usable(unpacked);
      if (problem !== null) {
        throw new InstallError(`${basename(wheel)} is not what it should be: ${problem}.`);
      }
      await writeFile(
        join(unpacked, "potstill.json"),
        `${JSON.stringify({ wheel: basename(wheel), fetched: new Date().toISOString() }, null, 2)}\n`,
      );
      if (existsSync(dir)) await rename(dir, `${dir}.old-${process.pid}`);
      await rename(unpacked, dir);
    } finally {
      await rm(partial, removal);
      await sweep(dir);
    }
  });
}

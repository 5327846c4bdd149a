// The peers and how each is started: potstill and PyTorch, every one with its best known settings.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Child } from "./child.mjs";
import { temporaryFolder, writeSamples } from "./data.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The virtual environment that `npm run bench:setup` makes. */
export const venv = here("../.venv");

/** Packages of other peers, made by the same; they are no dependencies of potstill. */
export const peerFolder = here("../peers");
const tensorflow = `${peerFolder}/tensorflow/bin/python`;

/** Keeps freed blocks in the process, where glibc would hand each big one back to the kernel. */
const mallocSettings = {
  MALLOC_MMAP_THRESHOLD_: "4294967296",
  MALLOC_TRIM_THRESHOLD_: "8589934592",
  MALLOC_TOP_PAD_: "268435456",
};

const python = {
  "pytorch-eager": { style: "eager", env: {} },
  "pytorch-eager-malloc": { style: "eager", env: mallocSettings },
  "pytorch-compile": { style: "compile", env: mallocSettings },
  "pytorch-tuned": { style: "tuned", env: mallocSettings },
  "pytorch-torchscript": { style: "torchscript", env: mallocSettings },
  limit: { style: "limit", env: mallocSettings },
  python: { style: "eager", env: {} },
};

/** The Python with PyTorch in it: `POTSTILL_BENCH_PYTHON`, or that of the virtual environment. */
export function pythonCommand(env = process.env) {
  const named = env.POTSTILL_BENCH_PYTHON;
  const own = `${venv}/bin/python`;
  if (named) return named;
  if (existsSync(own)) return own;
  throw new Error(
    "there is no PyTorch to compare with: run `npm run bench:setup`, or let POTSTILL_BENCH_PYTHON " +
      "name a Python that can import torch.",
  );
}

/** Peers in JavaScript: the worker, the style that it gets, and the package that it needs. */
const javascript = {
  "tfjs-cpu": { worker: "tfjs", style: "cpu", needs: "@tensorflow/tfjs" },
  "tfjs-wasm": { worker: "tfjs", style: "wasm", needs: "@tensorflow/tfjs-backend-wasm" },
  "tfjs-node": { worker: "tfjs", style: "node", needs: "@tensorflow/tfjs-node" },
  "onnxruntime-node": { worker: "onnxruntime", style: "node", needs: "onnxruntime-node" },
};

/** All of them, or those that were asked for. */
export function wanted(names, only) {
  return only ? names.filter((name) => name === "potstill" || only.includes(name)) : names;
}

/** A step of these takes seconds, so fewer of them are compared. */
export const slow = { "tfjs-wasm": 3, "tfjs-cpu": 2 };

function notInstalled(what) {
  return new Error(`${what} is not installed: run \`npm run bench:setup\``);
}

/**
 * Starts a peer for one task.
 * @param name "potstill", "keras", or a key of `python` or `javascript`
 * @param config what the task needs, as JSON; `task` names the worker
 */
export function startPeer(name, config) {
  const { threads } = config;
  const env = { ...process.env, OMP_NUM_THREADS: String(threads) };
  // What the surroundings say about malloc counts for nobody.
  for (const key of Object.keys(env)) if (key.startsWith("MALLOC_")) delete env[key];
  // What earlier runs chose counts for nobody either.
  if (config.folder) env.POTSTILL_CACHE_DIR = config.cacheFolder ?? config.folder;
  if (name === "potstill" || name === "idle") {
    return Child.start(
      name,
      process.execPath,
      [here("../workers/main.mjs"), JSON.stringify(config)],
      env,
    );
  }
  if (name === "keras") {
    if (!existsSync(tensorflow)) throw notInstalled("TensorFlow");
    const worker = here("../workers/keras_main.py");
    return Child.start(name, tensorflow, [worker, JSON.stringify(config)], env);
  }
  if (name in javascript) {
    const { worker, style, needs } = javascript[name];
    if (!existsSync(`${peerFolder}/node_modules/${needs}`)) throw notInstalled(needs);
    const own = { ...config, task: worker, style, peers: peerFolder };
    const main = here("../workers/main.mjs");
    return Child.start(name, process.execPath, [main, JSON.stringify(own)], env);
  }
  const { style, env: settings } = python[name];
  return Child.start(
    name,
    pythonCommand(),
    [here("../workers/torch_main.py"), JSON.stringify({ ...config, style })],
    { ...env, ...settings, PYTHONUNBUFFERED: "1" },
  );
}

/**
 * Starts several peers one after another. One that does not start is left out, with the reason in
 * `missing`; potstill has to start.
 */
export async function startPeers(names, config, missing) {
  const peers = [];
  try {
    for (const name of names) {
      process.stderr.write(`bench: ${config.task}: starting ${name}\n`);
      try {
        peers.push(await startPeer(name, config));
      } catch (error) {
        if (name === "potstill") throw error;
        leaveOut(missing, name, error);
      }
    }
  } catch (error) {
    await closeAll(peers);
    throw error;
  }
  return peers;
}

/** Records that a peer does not take part, and says so. */
export function leaveOut(missing, name, error) {
  const [reason] = error.message.split("\n");
  missing.push({ peer: name, reason });
  process.stderr.write(`bench: ${error.message}\nbench: going on without ${name}\n`);
}

export async function closeAll(peers) {
  await Promise.all(peers.map((peer) => peer.close()));
}

/**
 * Writes samples and models of a workload, the same for all its peers.
 * @returns the settings with their folder
 */
export async function withFiles(config) {
  const given = { ...config, folder: temporaryFolder() };
  writeSamples(given.folder, given.workload);
  const maker = await startPeer("potstill", { ...given, task: "workload_files" });
  await maker.close();
  return given;
}

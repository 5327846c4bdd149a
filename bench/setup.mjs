// `npm run bench:setup`: what the benchmarks compare with, for them alone. A virtual environment in
// bench/.venv with PyTorch for CPUs, and in bench/peers TensorFlow, TensorFlow.js and ONNX Runtime,
// each of which may fail: the benchmarks then go on without it. POTSTILL_TORCH_INDEX names another
// index for PyTorch, or a folder of wheels; POTSTILL_BENCH_PYTHON a Python that has it.

import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { capture, run } from "../scripts/tools.mjs";
import { peerFolder, pythonCommand, venv } from "./lib/peers.mjs";
import { say } from "./lib/rounds.mjs";

const cpuIndex = "https://download.pytorch.org/whl/cpu";
const python = process.env.PYTHON ?? "python3";

function sources(index) {
  if (!index) return [[], ["--extra-index-url", cpuIndex]];
  return [existsSync(index) ? ["--no-index", "--find-links", index] : ["--index-url", index]];
}

async function has(program) {
  const script = "import torch, numpy; print(torch.__version__)";
  const { code, stdout } = await capture(program, ["-c", script]);
  return code === 0 ? stdout.trim() : null;
}

async function setup() {
  const own = `${venv}/bin/python`;
  const found = existsSync(own) ? await has(own) : null;
  if (found) {
    say(`bench/.venv has PyTorch ${found}`);
    return;
  }
  rmSync(venv, { recursive: true, force: true });
  say(`making bench/.venv with ${python}`);
  if ((await run(python, ["-m", "venv", venv])) !== 0) {
    rmSync(venv, { recursive: true, force: true });
    throw new Error(
      `${python} could not make a virtual environment; install Python 3 with venv (on Debian or ` +
        "Ubuntu: sudo apt install python3-venv), or let PYTHON name another.",
    );
  }
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"];
  const attempts = ["torch==2.13.0+cpu", "torch==2.13.*"].flatMap((requirement) =>
    sources(process.env.POTSTILL_TORCH_INDEX).map((options) => [...options, requirement, "numpy"]),
  );
  for (const attempt of attempts) {
    say(`asking pip for ${attempt.join(" ")}`);
    if ((await run(own, [...pip, ...attempt])) === 0) {
      say(`bench/.venv has PyTorch ${await has(own)}`);
      return;
    }
  }
  rmSync(venv, { recursive: true, force: true });
  throw new Error(
    "pip could not install PyTorch 2.13; its messages are above. Let POTSTILL_TORCH_INDEX name an " +
      "index or a folder with its wheels, or POTSTILL_BENCH_PYTHON a Python that can import torch.",
  );
}

const pipOptions = ["--disable-pip-version-check", "--progress-bar", "off"];

async function must(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")} ended with code ${code}`);
}

/** Keras with the TensorFlow for CPUs behind it. */
async function tensorflow() {
  const folder = join(peerFolder, "tensorflow");
  const own = join(folder, "bin", "python");
  const script = "import tensorflow; print(tensorflow.__version__)";
  if (existsSync(own) && (await capture(own, ["-c", script])).code === 0) return;
  rmSync(folder, { recursive: true, force: true });
  await must(python, ["-m", "venv", folder]);
  await must(own, ["-m", "pip", "install", ...pipOptions, "tensorflow_cpu==2.21.*"]);
}

async function npm(...packages) {
  const manifest = join(peerFolder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  // Their install scripts fetch binaries from elsewhere, which not everybody can reach.
  const options = ["--prefix", peerFolder, "--ignore-scripts", "--no-audit", "--no-fund"];
  await must("npm", ["install", ...options, ...packages]);
}

/** tfjs-node, built on the libraries of the TensorFlow that Keras came with. */
async function tfjsNode() {
  await npm("@tensorflow/tfjs-node@4.22.0");
  const folder = join(peerFolder, "node_modules", "@tensorflow", "tfjs-node");
  if (existsSync(join(folder, "lib", "napi-v8", "tfjs_binding.node"))) return;
  const own = join(peerFolder, "tensorflow", "bin", "python");
  const script = "import os, tensorflow; print(os.path.dirname(tensorflow.__file__))";
  const { code, stdout } = await capture(own, ["-c", script]);
  if (code !== 0) throw new Error("it is built on TensorFlow's libraries, which are not there");
  const from = stdout.trim().split("\n").at(-1);
  const deps = join(folder, "deps");
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, "lib"), { recursive: true });
  cpSync(join(from, "include"), join(deps, "include"), { recursive: true });
  for (const [name, links] of [
    ["libtensorflow_cc.so.2", ["libtensorflow.so"]],
    ["libtensorflow_framework.so.2", ["libtensorflow_framework.so"]],
  ]) {
    symlinkSync(join(from, name), join(deps, "lib", name));
    for (const link of links) symlinkSync(name, join(deps, "lib", link));
  }
  await must("npx", ["node-pre-gyp", "install", "--build-from-source"], { cwd: folder });
}

/** The module that PyTorch's exporter to ONNX looks for, without touching PyTorch's Python. */
async function onnx() {
  const options = [...pipOptions, "--target", join(peerFolder, "python"), "--upgrade"];
  const packages = ["onnx", "protobuf", "ml_dtypes", "typing_extensions"];
  await must(pythonCommand(), ["-m", "pip", "install", "--no-deps", ...options, ...packages]);
}

/** Peers that may be missing, with what gets them. */
const optional = {
  "Keras and TensorFlow": tensorflow,
  "TensorFlow.js": () => npm("@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0"),
  "tfjs-node": tfjsNode,
  "ONNX Runtime": async () => {
    await npm("onnxruntime-node@1");
    await onnx();
  },
};

async function setupOptional() {
  mkdirSync(peerFolder, { recursive: true });
  for (const [name, get] of Object.entries(optional)) {
    try {
      await get();
      say(`${name} is there`);
    } catch (error) {
      say(`going on without ${name}: ${error.message}`);
    }
  }
}

try {
  if (process.env.POTSTILL_BENCH_PYTHON) say("PyTorch is that of POTSTILL_BENCH_PYTHON");
  else await setup();
  await setupOptional();
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
}

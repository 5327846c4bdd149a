// `npm run bench:setup`: a virtual environment in bench/.venv with PyTorch for CPUs, for the
// benchmarks alone. POTSTILL_TORCH_INDEX names another index, or a folder of wheels.

import { existsSync, rmSync } from "node:fs";
import { capture, run } from "../scripts/tools.mjs";
import { venv } from "./lib/peers.mjs";
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

try {
  await setup();
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
}

/** Folders, wheels and programs that pretend, so that finding and fetching can be tried in no time. */

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own, removed when the test is over. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "potstill-install-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file and the folders above it. */
export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function versionHeader(version: string): string {
  const [major, minor, patch] = version.split(".");
  return (
    `#define TORCH_VERSION_MAJOR ${major}\n\n/// text\n#define TORCH_VERSION_MINOR ${minor}\n` +
    `#define TORCH_VERSION_PATCH ${patch}\n#define TORCH_VERSION "${version}"\n`
  );
}

/** Files that make a folder look like libtorch. */
export function libtorchFiles(version: string): Record<string, string> {
  return {
    "lib/libc10.so": "c10",
    "lib/libtorch_cpu.so": "cpu",
    "include/ATen/ATen.h": "#pragma once\n",
    "include/torch/headeronly/version.h": versionHeader(version),
    "share/cmake/Torch/TorchConfig.cmake": "",
  };
}

export function fakeLibtorch(folder: string, version = "2.13.0"): string {
  for (const [name, text] of Object.entries(libtorchFiles(version))) {
    write(join(folder, name), text);
  }
  return folder;
}

/** A program of the given name that is a shell script; returns the folder to put on the path. */
export function fakeProgram(folder: string, name: string, script: string): string {
  const path = join(folder, name);
  write(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return folder;
}

/** A wheel with these files; the name says what pip takes it for. */
export function fakeWheel(folder: string, name: string, files: Record<string, string>): string {
  mkdirSync(folder, { recursive: true });
  const [project, version] = name.split("-");
  const info = `${project}-${version}.dist-info`;
  const all = {
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${project}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]:
      "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
    [`${info}/RECORD`]: "",
  };
  const program = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for name, text in json.loads(sys.stdin.read()).items():
        archive.writestr(name, text)
`;
  const path = join(folder, name);
  execFileSync("python3", ["-c", program, path], { input: JSON.stringify(all) });
  return path;
}

/** torch's wheel, as small as it can be. */
export function fakeTorchWheel(
  folder: string,
  {
    version = "2.13.0+cpu",
    cuda = null as string | null,
    more = {} as Record<string, string>,
  } = {},
): string {
  const files: Record<string, string> = {
    "torch/version.py": `__version__ = '${version}'\ncuda: Optional[str] = ${cuda ? `'${cuda}'` : "None"}\n`,
    "torch/__init__.py": "",
    "torch/bin/protoc": "",
  };
  for (const [name, text] of Object.entries(libtorchFiles(version.split("+")[0] as string))) {
    files[`torch/${name}`] = text;
  }
  return fakeWheel(folder, `torch-${version}-py3-none-any.whl`, { ...files, ...more });
}

/** Environment in which pip knows only what the test shows it. */
export function quietEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, PIP_CONFIG_FILE: "/dev/null", ...more };
  for (const name of [
    "POTSTILL_LIBTORCH",
    "POTSTILL_PYTHON",
    "PIP_FIND_LINKS",
    "PIP_EXTRA_INDEX_URL",
  ]) {
    if (!(name in more)) delete env[name];
  }
  return env;
}

/** The CUDA kernels, compiled by nvcc, linked and loaded. Nothing here runs one. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { findNvcc } from "../../scripts/prerequisites.mjs";
import { build, root, run } from "./cmake.js";

const sources = join(root, "native", "ops", "cuda");
const folder = join(root, "build", "kernels");
const library = join(folder, "libkernels.so");

const nvcc = await findNvcc();
const suite =
  nvcc === null
    ? "kernels are not compiled: there is no nvcc (CUDACXX may name one)"
    : `kernels compiled by nvcc ${nvcc.version} for sm_90, and not run`;

// Names of tests that pass or are left out are not shown.
console.log(suite);

/** Symbols of the kernels' library that neither it nor what it links has. */
function unresolved(env: Record<string, string> = {}): string[] {
  const { stdout, stderr } = run("ldd", ["-r", library], env);
  return [...(stdout + stderr).matchAll(/undefined symbol: (\w+)/g)].map(([, name]) => name!);
}

/** Operators with a kernel for the CPU that have none for CUDA: docs/cuda.md. */
const onlyOnCpu = [
  "_int16_convolution",
  "_int16_linear",
  "_matrix_product",
  "_pack_int16_weight",
  "_pack_pointwise",
  "_pack_winograd",
  "_pointwise_convolution",
  "_winograd_conv2d",
  "_winograd_convolution",
  "_winograd_input_gradient",
  "_winograd_weight_gradient",
  "augment_images",
];

describe.skipIf(nvcc === null)(suite, () => {
  let messages = "";
  /** What libtorch's CUDA part would define, where there is none. */
  let standIn: Record<string, string> = {};

  beforeAll(() => {
    messages = build(
      "test/native/cuda",
      folder,
      ["CXX", "CUDA"],
      [`-DCMAKE_CUDA_COMPILER=${nvcc!.command}`],
    );
    const names = unresolved().filter((name) => /^_ZN?K?3c104cuda/.test(name));
    const source = join(folder, "stand_in.c");
    writeFileSync(source, names.map((name) => `char ${name}[64];\n`).join(""));
    const object = join(folder, "libstand_in.so");
    run("cc", ["-shared", "-fPIC", source, "-o", object]);
    standIn = { LD_PRELOAD: object };
  }, 1_200_000);

  test("without a warning, and with few registers spilled", () => {
    const warnings = messages.split("\n").filter((line) => /warning/i.test(line));
    const spills = warnings.flatMap((line) => {
      const [, kernel, bytes] = /function '(\w+)', (\d+) bytes spill stores/.exec(line) ?? [];
      return kernel ? [{ kernel, bytes: Number(bytes) }] : [];
    });
    expect(warnings).toHaveLength(spills.length);
    // Of a thread.
    expect(spills.filter(({ bytes }) => bytes > 64)).toEqual([]);
  });

  test("every kernel of the sources is in the library, in all its types", () => {
    const compiled = [...readFileSync(library, "latin1").matchAll(/\.text\.(_ZN8potstill\w+)/g)];
    const instances = [...new Set(compiled.map(([, name]) => name!))];
    const kernels = readdirSync(sources).flatMap((file) =>
      [
        ...readFileSync(join(sources, file), "utf8").matchAll(/__global__ [^{]*?(\w+_kernel)\(/g),
      ].map(([, name]) => name!),
    );
    expect(kernels.length).toBeGreaterThan(20);
    const missing = kernels.filter(
      (kernel) => !instances.some((name) => name.includes(`${kernel.length}${kernel}`)),
    );
    expect(missing).toEqual([]);
    for (const type of ["d", "f", "N3c104HalfE", "N3c108BFloat16E"]) {
      expect(instances.filter((name) => name.includes(`15hint_mse_kernelI${type}`))).not.toEqual(
        [],
      );
    }
  });

  test("the library lacks nothing but libtorch's CUDA part", () => {
    expect(unresolved(standIn)).toEqual([]);
  });

  test("loaded where there is no GPU, it registers a kernel for every operator", () => {
    const { stdout } = run(join(folder, "loaded"), [library], standIn);
    const kernels = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    const on = (device: string) =>
      kernels.flatMap(([name, ...devices]) => (devices.includes(device) ? [name!] : []));
    expect(on("cuda").length).toBeGreaterThan(8);
    const lacking = on("cpu").filter((name) => !on("cuda").includes(name));
    expect(lacking.sort()).toEqual(onlyOnCpu);
  });
});

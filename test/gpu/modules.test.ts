/** Modules and taps on the device against the CPU: outputs, hidden values, gradients, files. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { loadModule, type Module, nn } from "../../lib/nn/index.js";
import { manualSeed, type Tensor, tensor } from "../../lib/tensor/index.js";
import { distance } from "../ops/inputs.js";
import { device, onDevice, there } from "./device.js";

const folder = mkdtempSync(path.join(tmpdir(), "potstill-gpu-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}.pt`, import.meta.url));

async function network(): Promise<Module> {
  manualSeed(3);
  return nn.build(
    nn.sequential(
      nn.conv2d(3, 8, 3, { padding: 1 }),
      nn.batchNorm2d(8),
      nn.relu(),
      nn.flatten(),
      nn.linear(8 * 36, 10),
    ),
  );
}

const images = (seed: number) =>
  tensor(
    Array.from({ length: 4 * 3 * 36 }, (_, i) => Math.sin(seed + 1.7 * i)),
    { shape: [4, 3, 6, 6] },
  );

/** Convolutions on GPUs add in another order. */
const close = 1e-4;

onDevice("modules", () => {
  test("a forward and its gradients", async () => {
    const [here, other] = [await network(), await network()];
    await other.to({ device });
    const outputs: Tensor[] = [];
    for (const [model, input] of [
      [here, images(1).to({ dtype: "float64" })],
      [other, there(images(1)).to({ dtype: "float64" })],
    ] as const) {
      await model.to({ dtype: "float64" });
      const output = (await model.forward(input)) as Tensor;
      await output.pow(2).sum().backward();
      outputs.push(output);
    }
    expect(outputs[1]!.device).toBe((await there(images(1))).device);
    expect(distance(outputs[1]!.to("cpu"), outputs[0]!)).toBeLessThan(1e-10);
    const gradients = other.parameters();
    for (const [name, { grad }] of here.parameters()) {
      const moved = gradients.get(name)!.grad!;
      expect(distance(moved.to("cpu"), grad!), name).toBeLessThan(1e-8);
    }
  });

  test("taps of a module and of a traced file", async () => {
    const [here, other] = [(await network()).eval(), (await network()).eval()];
    await other.to({ device });
    const paths = ["0", "2", "3"];
    const expected = await here.tap(paths).forward(images(2));
    const found = await other.tap(paths).forward(there(images(2)));
    for (const each of paths) {
      const [mine, theirs] = [expected.taps[each] as Tensor, found.taps[each] as Tensor];
      expect(distance(theirs.to("cpu"), mine), each).toBeLessThan(close);
    }
    const traced = await loadModule(fixture("mlp-traced"));
    const moved = await loadModule(fixture("mlp-traced"), { device });
    const [first] = [...traced.parameters().values()];
    const x = tensor(
      Array.from({ length: 2 * first!.shape[1]! }, (_, i) => Math.cos(i)),
      { shape: [2, first!.shape[1]!] },
    );
    const output = (await traced.forward(x)) as Tensor;
    const elsewhere = (await moved.forward(there(x))) as Tensor;
    expect(distance(elsewhere.to("cpu"), output)).toBeLessThan(close);
  });

  test("what is saved from the device loads on the CPU", async () => {
    const model = (await network()).eval();
    const expected = (await model.forward(images(3))) as Tensor;
    await model.to({ device });
    const file = path.join(folder, "model.pt");
    await model.save(file);
    const loaded = await loadModule(file);
    for (const { device: at } of loaded.parameters().values()) expect(at).toBe("cpu");
    expect(distance((await loaded.forward(images(3))) as Tensor, expected)).toBe(0);
  });
});

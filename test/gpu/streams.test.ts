/** Streams, events and copies that do not wait. */

import { expect, test } from "vitest";
import { cuda, randn } from "../../lib/tensor/index.js";
import { distance } from "../ops/inputs.js";
import { device, onlyOnGpu } from "./device.js";

onlyOnGpu("streams", () => {
  test("a stream waits for an event of another", async () => {
    const [one, two] = [new cuda.Stream(device), new cuda.Stream(device)];
    const done = new cuda.Event(device);
    const a = randn([2048, 2048], { device });
    await cuda.synchronize(device);
    let product = a;
    await one.run(() => {
      for (let i = 0; i < 20; i++) product = product.matmul(a).div(64);
      return done.record();
    });
    two.wait(done);
    const sum = two.run(() => product.sum());
    await two.synchronize();
    expect(done.query()).toBe(true);
    await cuda.synchronize(device);
    expect(sum.item()).toBe(product.sum().item());
  });

  test("events tell the time between them", async () => {
    const [from, to] = [0, 1].map(() => new cuda.Event(device, { timing: true }));
    const a = randn([4096, 4096], { device });
    await from!.record();
    a.matmul(a);
    await to!.record();
    await to!.synchronize();
    expect(from!.elapsed(to!)).toBeGreaterThan(0.1);
    expect(from!.elapsed(to!)).toBeLessThan(10_000);
  });

  test("pinned memory is copied without waiting, and whole", async () => {
    const host = randn([1 << 22]).pinMemory();
    expect(host.isPinned()).toBe(true);
    const copy = host.to({ device, nonBlocking: true });
    await cuda.synchronize(device);
    expect(distance(copy.to("cpu"), host)).toBe(0);
  });

  test("a copy into pinned memory on a stream of its own", async () => {
    const stream = new cuda.Stream(device, { priority: -1 });
    const source = randn([1 << 20], { device });
    await cuda.synchronize(device);
    const host = stream.run(() => source.to({ device: "cpu", nonBlocking: true }));
    await stream.synchronize();
    expect(stream.query()).toBe(true);
    expect(distance(host, source.to("cpu"))).toBe(0);
  });
});

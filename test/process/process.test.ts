/** What a process does around a run: it ends by itself, in workers too, and survives bad timing. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { node, type Outcome } from "../cli/cli.js";

const index = new URL("../../dist/index.js", import.meta.url).href;

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-process-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Everything a script needs; `options(more)` are those of a distillation of a few steps. */
const prelude = `
import * as potstill from ${JSON.stringify(index)};
const { distill, datasets, nn, optim, losses, randn, randint } = potstill;
potstill.setThreads(1);
async function options(more = {}) {
  const data = datasets.tensors({
    inputs: randn([256, 16]),
    labels: randint(0, 4, [256], { dtype: "int64" }),
    classes: 4,
  });
  return {
    teacher: await nn.build(nn.mlp([16, 64, 4])),
    student: nn.mlp([16, 32, 4]),
    data,
    optimizer: optim.sgd({ lr: 0.05 }),
    epochs: 2,
    batchSize: 32,
    ...more,
  };
}
`;

/** Runs a module script in a process of its own. */
async function run(body: string, args: readonly string[] = []): Promise<Outcome> {
  const file = path.join(folder, `script-${++count}.mjs`);
  await writeFile(file, prelude + body);
  return node([...args, file]);
}

describe("a process", () => {
  it("ends by itself after a run", async () => {
    const outcome = await run(`
      const { report } = await distill(await options());
      console.log(report.history.distilled.steps);
    `);
    expect(outcome).toMatchObject({ code: 0, signal: null, stdout: "16\n", stderr: "" });
  });

  it("ends by itself when nobody awaits the run", async () => {
    const outcome = await run(`
      const run = distill(await options());
      run.then(({ report }) => console.log(report.history.distilled.steps));
    `);
    expect(outcome).toMatchObject({ code: 0, stdout: "16\n" });
  });

  it("ends at once with process.exit while steps are in flight", async () => {
    const outcome = await run(`
      const run = distill(await options({ epochs: 100000 }));
      for await (const event of run) if (event.type === "epoch") process.exit(7);
    `);
    expect(outcome).toMatchObject({ code: 7, signal: null, stderr: "" });
  });

  it("says what went wrong when a run fails and nobody listens", async () => {
    const outcome = await run(`
      distill(await options({ student: nn.mlp([5, 4]) }));
    `);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("ERR_SHAPE");
    expect(outcome.signal).toBeNull();
  });

  it("keeps its event loop free while it trains", async () => {
    const outcome = await run(`
      const run = distill(await options({
        student: nn.mlp([16, 512, 512, 4]), batchSize: 256, epochs: 30,
      }));
      let ticks = 0;
      const timer = setInterval(() => { ticks += 1; }, 1);
      const began = performance.now();
      await run;
      clearInterval(timer);
      console.log(ticks > 0.02 * (performance.now() - began));
    `);
    expect(outcome).toMatchObject({ code: 0, stdout: "true\n" });
  });
});

describe("steps", () => {
  it("leave nothing behind on JavaScript's heap, nor tensors", async () => {
    const outcome = await run(
      `
      const data = datasets.tensors({
        inputs: randn([4096, 16]),
        labels: randint(0, 4, [4096], { dtype: "int64" }),
        classes: 4,
      });
      const run = distill(await options({ data, batchSize: 4, epochs: 12, test: null }));
      const points = [];
      for await (const event of run) {
        if (event.type !== "epoch") continue;
        // Handles of what was collected are released when the event loop turns.
        for (let i = 0; i < 3; i++) {
          globalThis.gc();
          await new Promise((resolve) => setImmediate(resolve));
        }
        const { tensors, storages } = potstill.memory();
        points.push({ heap: process.memoryUsage().heapUsed, tensors, storages });
      }
      console.log(JSON.stringify(points));
    `,
      ["--expose-gc"],
    );
    expect(outcome.stderr).toBe("");
    const points = JSON.parse(outcome.stdout) as Record<"heap" | "tensors" | "storages", number>[];
    // The code is compiled by then.
    const [before, after] = [points.slice(2, 7), points.slice(7)];
    const least = (some: typeof points) => Math.min(...some.map(({ heap }) => heap));
    // An object with a handle takes five times as much.
    expect((least(after) - least(before)) / (5 * 1024)).toBeLessThan(20);
    for (const kind of ["tensors", "storages"] as const) {
      expect(after.at(-1)![kind]).toBeLessThan(before[0]![kind] + 50);
    }
  });
});

describe.skipIf(process.platform !== "linux")("threads of operators", () => {
  const tasks = `
    const { readdirSync, readFileSync } = await import("node:fs");
    const named = (name) =>
      readdirSync("/proc/self/task").filter((task) => {
        try {
          return readFileSync("/proc/self/task/" + task + "/comm", "utf8").trim() === name;
        } catch {
          return false; // it has just ended
        }
      }).length;
  `;

  it("are one for the thread that assembles batches, however many there are", async () => {
    const outcome = await run(`
      ${tasks}
      potstill.setThreads(3);
      const images = datasets.tensors({
        images: true,
        inputs: randn([2048, 1, 28, 28]),
        labels: randint(0, 4, [2048], { dtype: "int64" }),
        classes: 4,
      });
      await distill(await options({
        teacher: await nn.build(nn.mlp([784, 64, 4])),
        student: nn.mlp([784, 512, 4]),
        data: images,
        augment: { shift: 2 },
        batchSize: 512,
      }));
      console.log(named("potstill-step"), named("potstill-data"));
    `);
    expect(outcome).toMatchObject({ code: 0, stdout: "3 1\n", stderr: "" });
  });

  it("of the JavaScript thread go when a job begins", async () => {
    const outcome = await run(`
      ${tasks}
      const weight = randn([8, 8]);
      const layer = await nn.build(nn.mlp([8, 8]));
      potstill.setThreads(3);
      await layer.forward(weight); // the lane is there from now on
      const before = named("node");
      randn([512, 512]).matmul(randn([512, 512]));
      const during = named("node");
      await layer.forward(weight);
      // The kernel may take a moment to bury them.
      for (let i = 0; i < 200 && named("node") !== before; i++)
        await new Promise((resolve) => setTimeout(resolve, 5));
      console.log(during - before, named("node") - before);
    `);
    expect(outcome).toMatchObject({ code: 0, stdout: "2 0\n", stderr: "" });
  });
});

describe("disposing while a run is at work", () => {
  it.each(["teacher", "student", "data"])(
    "of the %s ends in an error or not at all",
    async (what) => {
      const outcome = await run(`
      const given = await options({ epochs: 200 });
      given.student = await nn.build(given.student);
      const run = distill(given);
      try {
        let disposed = false;
        for await (const event of run) {
          if (event.type !== "epoch" || disposed) continue;
          disposed = true;
          given[${JSON.stringify(what)}].dispose();
        }
        await run;
        console.log("finished");
      } catch (error) {
        console.log(error.code);
      }
      // The process is as good as before.
      const { report } = await distill(await options());
      console.log(report.history.distilled.steps);
    `);
      expect(outcome.signal).toBeNull();
      expect(outcome.code).toBe(0);
      expect(outcome.stdout).toMatch(/^(ERR_DISPOSED|finished)\n16\n$/);
    },
  );
});

describe("worker threads", () => {
  const worker = `
    import { parentPort, Worker, isMainThread, workerData } from "node:worker_threads";
    import { fileURLToPath } from "node:url";
  `;

  it("distil side by side, and end", async () => {
    const outcome = await run(`${worker}
      if (isMainThread) {
        const results = await Promise.all([1, 2].map((seed) => new Promise((resolve, reject) => {
          const thread = new Worker(fileURLToPath(import.meta.url), { workerData: seed });
          thread.on("message", resolve).on("error", reject);
        })));
        console.log(results.join());
      } else {
        const { report } = await distill(await options({ seed: workerData }));
        parentPort.postMessage(report.history.distilled.steps);
      }
    `);
    expect(outcome).toMatchObject({ code: 0, signal: null, stdout: "16,16\n", stderr: "" });
  });

  it("can be terminated while steps are in flight, and the main thread goes on", async () => {
    const outcome = await run(`${worker}
      if (isMainThread) {
        const thread = new Worker(fileURLToPath(import.meta.url));
        await new Promise((resolve) => thread.once("message", resolve));
        await thread.terminate();
        const { report } = await distill(await options());
        console.log(report.history.distilled.steps);
      } else {
        const run = distill(await options({ epochs: 100000 }));
        for await (const event of run) if (event.type === "epoch") parentPort.postMessage("now");
      }
    `);
    expect(outcome).toMatchObject({ code: 0, signal: null, stdout: "16\n", stderr: "" });
  });
});

describe("a run killed without warning", () => {
  it("leaves a whole checkpoint, from which it goes on to the same bits", async () => {
    const out = path.join(folder, "killed");
    const table = path.join(folder, "products.txt");
    const script = (more: string) => `
      import { createHash } from "node:crypto";
      import { readFileSync, writeFileSync } from "node:fs";
      const table = ${JSON.stringify(table)};
      const { product_choices, load_product_choices } = potstill.ops.potstill;
      if (process.env.PLAN) load_product_choices(readFileSync(table, "utf8"));
      potstill.manualSeed(3);
      const run = distill(await options({ epochs: 12, seed: 4, ${more} }));
      for await (const event of run) {
        if (process.env.KILL && event.type === "checkpoint" && event.epoch === 5) {
          writeFileSync(table, product_choices());
          process.kill(process.pid, "SIGKILL");
        }
      }
      const { student } = await run;
      const hash = createHash("sha256");
      for (const value of Object.values(student.stateDict())) hash.update(value.dataSync());
      console.log(hash.digest("hex"));
    `;
    const file = path.join(folder, "killed.mjs");
    const uninterrupted = path.join(folder, "whole.mjs");
    const at = JSON.stringify(out);
    await writeFile(file, prelude + script(`out: ${at}`));
    const killed = await node([file], { env: { KILL: "1" } });
    expect(killed.signal).toBe("SIGKILL");
    // Bits are promised for the same plan, and the products of this one were chosen by measuring:
    // the uninterrupted run is told them, the resumed one has to find them in the checkpoint.
    await writeFile(uninterrupted, prelude + script(""));
    const whole = await node([uninterrupted], { env: { PLAN: "1" } });
    const resumed = await run(script(`out: ${at}, resume: true`));
    expect(resumed.stderr).toBe("");
    expect(whole.stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(resumed.stdout).toBe(whole.stdout);
    const report = JSON.parse(await readFile(path.join(out, "report.json"), "utf8"));
    expect(report.history.distilled.epochs).toBe(12);
  });
});

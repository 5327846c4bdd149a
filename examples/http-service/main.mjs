// `npm run example:http-service`: serves a student for MNIST while it is distilled further. With
// --load it measures itself idle and while distilling, and ends.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { build, datasets, loadModule, nn, optim, train } from "potstill";
import { startService } from "./service.mjs";

const { values: flags } = parseArgs({
  options: {
    port: { type: "string", default: "3000" },
    epochs: { type: "string", default: "20" },
    run: { type: "string", default: "runs/demo" },
    load: { type: "boolean", default: false },
    seconds: { type: "string", default: "10" },
    connections: { type: "string", default: "32" },
  },
});
const log = (text) => console.error(text);
const data = await datasets.mnist();

/** The demo's teacher where it has been run; otherwise one that is trained in half a minute. */
async function teacherModule() {
  const file = path.join(flags.run, "teacher.pt");
  if (existsSync(file)) return await loadModule(file);
  log(`there is no ${file} (npm run demo makes it): training a small teacher first`);
  const { model } = await train({
    model: nn.mlp([784, 800, 10], { dropout: 0.3 }),
    data,
    test: null,
    optimizer: optim.adam({ lr: 0.001 }),
    epochs: 2,
  });
  return model;
}

const teacher = await teacherModule();
const student = await build(nn.mlp([784, 100, 10]));
const port = flags.load ? 0 : Number(flags.port);
const service = await startService({ data, teacher, student, port, log });
log(`serving on ${service.url}: POST /classify, GET /model, GET /metrics`);

const stopped = new Promise((resolve) => {
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, resolve);
});

/** Runs the load of a process of its own; with what the event loop did meanwhile. */
async function measure(images) {
  await fetch(`${service.url}/metrics?reset`);
  const script = fileURLToPath(new URL("load.mjs", import.meta.url));
  const args = [script, service.url, images, flags.seconds, flags.connections];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { loop, samples, batches } = await (await fetch(`${service.url}/metrics`)).json();
  return { ...JSON.parse(stdout), loop, samples, batches };
}

async function loadTest() {
  const folder = await mkdtemp(path.join(tmpdir(), "potstill-load-"));
  try {
    const images = path.join(folder, "images");
    await writeFile(
      images,
      Buffer.from(Array.from({ length: 64 * 784 }, (_, i) => (i * 31) % 251)),
    );
    await measure(images); // warm
    const idle = await measure(images);
    const learning = service.learn(1000);
    const distilling = await measure(images);
    const model = await (await fetch(`${service.url}/model`)).json();
    console.log(
      JSON.stringify(
        { cpu: cpus()[0].model, cores: cpus().length, idle, distilling, model },
        null,
        2,
      ),
    );
    await service.stop();
    await learning;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (flags.load) await loadTest();
else {
  void service.learn(Number(flags.epochs)).then(() => log("the distillation is over; serving on"));
  await stopped;
  await service.stop();
}

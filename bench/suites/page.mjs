// The live page and the report with 100,000 readings: the longest tasks of the browser's main thread.
// Needs Chromium: /usr/bin/chromium, or POTSTILL_CHROMIUM.

import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { LiveServer, reportPage } from "../../dist/report/index.js";
import { temporaryFolder } from "../lib/data.mjs";
import { say } from "../lib/rounds.mjs";
import { summary } from "../lib/stats.mjs";

const readings = 100_000;
const phases = ["alone", "distilled"];
const terms = ["crossEntropy", "softTargets", "hint"];

function* events() {
  const steps = readings / phases.length;
  const plan = { seed: 0, device: "cpu", threads: 2, libtorch: "", cpuCapability: "" };
  for (const phase of phases) {
    yield {
      ...{ type: "start", phase, resumed: null, samples: 1, validationSamples: 1, parameters: 1 },
      ...{ terms, plan: { ...plan, batchSize: 1, accumulate: 1, steps, epochs: 100 } },
    };
    for (let step = 1; step <= steps; step++) {
      const loss = Math.exp((-4 * step) / steps) * (1 + 0.3 * Math.sin(step * step));
      const common = { phase, step, epochs: 100, epoch: 1 + Math.floor((100 * step) / steps) };
      const figures = {
        ...{ loss, lr: 1 - step / steps, samplesPerSecond: 4000 + (step % 97), accuracy: 1 - loss },
        terms: Object.fromEntries(terms.map((name, at) => [name, loss / (at + 1)])),
      };
      yield { type: "step", ...common, ...figures, steps, eta: 1 };
      if (step % 500 !== 0) continue;
      const validation = { samples: 1, loss, errors: 0, accuracy: 1 - loss, agreement: 1 - loss };
      const metrics = { ...figures, gradNorm: 1, samples: 1, steps: 500, seconds: 1, validation };
      yield { type: "epoch", ...common, metrics, best: false };
    }
  }
}

/** Before any script of the page: notes tasks of the main thread that take more than 50 ms. */
const observe = `
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration);
  }).observe({ type: "longtask", buffered: true });
`;

export async function run({ rounds, note }) {
  const places = [process.env.POTSTILL_CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("page: no Chromium here; set POTSTILL_CHROMIUM");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const folder = temporaryFolder();
  note([], { chromium: browser.version() });
  const all = [...events()];
  const rows = [];
  const add = (metric, unit, values) => {
    rows.push({
      ...{ workload: `page, ${readings} readings`, mode: "float32", dtype: "float32" },
      ...{ peer: "potstill", metric, ...summary(values, 1), unit, ratio: null },
    });
  };
  const scenes = [
    ["live page, opened at the end", (page) => opened(page, all)],
    ["live page, 100,000 readings in 10 s", (page) => followed(page, all)],
    ["report.html", (page) => report(page, folder, all)],
  ];
  try {
    for (const [name, scene] of scenes) {
      const longest = [];
      const many = [];
      for (let round = 0; round < rounds; round++) {
        const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
        await page.addInitScript(observe);
        await scene(page);
        // Long tasks are told a little later.
        await setTimeout(300);
        const tasks = await page.evaluate("window.longTasks");
        longest.push(Math.max(0, ...tasks));
        many.push(tasks.length);
        await page.close();
      }
      say(`${name}: longest tasks of ${longest.map((each) => Math.round(each)).join(", ")} ms`);
      add(`${name}: tasks over 50 ms`, "", many);
      add(`${name}: longest of them`, "ms", longest);
    }
    return rows;
  } finally {
    await browser.close();
  }
}

async function opened(page, all) {
  const server = new LiveServer({ title: "run", stop() {} });
  for (const event of all) server.listen(event);
  await page.goto(await server.open());
  await page.waitForSelector("#charts[data-drawn]");
  await server.close("done", "over");
  await page.waitForFunction("document.title.startsWith('Done')");
}

async function followed(page, all) {
  const server = new LiveServer({ title: "run", stop() {} });
  await page.goto(await server.open());
  const parts = 100;
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * all.length) / parts);
    const to = Math.floor(((part + 1) * all.length) / parts);
    for (const event of all.slice(from, to)) server.listen(event);
    await setTimeout(100);
  }
  await server.close("done", "over");
  await page.waitForFunction("document.title.startsWith('Done')");
}

async function report(page, folder, all) {
  const file = path.join(folder, "report.html");
  const environment = { date: new Date().toISOString(), cpu: "", potstill: "" };
  const content = {
    ...{ version: 1, recipe: {}, environment, teacher: null, distilled: null, history: {} },
  };
  writeFileSync(file, reportPage({ title: "run", report: content, events: all }));
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector("#charts[data-drawn]");
}

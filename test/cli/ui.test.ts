/** `potstill distill --ui`: a run that is watched and stopped from a page. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, coloredPixels, launch, why } from "../report/chromium.js";
import { type Outcome, potstill } from "./cli.js";
import { side, writeBars } from "./idx.js";

let folder: string;
let recipe: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-ui-"));
  const training = { optimizer: { sgd: { lr: 0.05 } }, batchSize: 32, validation: 0.2 };
  recipe = path.join(folder, "watched.json");
  await writeFile(
    recipe,
    JSON.stringify({
      data: await writeBars(folder),
      teacher: { train: { model: { "nn.mlp": [side * side, 32, 4] }, ...training, epochs: 1 } },
      student: { "nn.mlp": [side * side, 8, 4] },
      ...training,
      // Longer than anybody watches.
      epochs: 1_000_000,
    }),
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Begins a run; resolves with the address of its page. */
function begin(...args: string[]): {
  address: Promise<string>;
  ended: Promise<Outcome>;
  kill: (signal: NodeJS.Signals) => void;
} {
  let found: (address: string) => void;
  let kill: (signal: NodeJS.Signals) => void = () => {};
  const address = new Promise<string>((resolve) => {
    found = resolve;
  });
  const out = path.join(folder, "out");
  const ended = potstill(["distill", recipe, "--out", out, "--ui", ...args], {
    onStderr: (text, send) => {
      kill = send;
      const [, url] = /live page: (\S+)\n/.exec(text) ?? [];
      if (url) found(url);
    },
  });
  return { address, ended, kill: (signal) => kill(signal) };
}

async function lastCheckpoint(): Promise<{ reason: string; step: number; path: string }> {
  const text = await readFile(path.join(folder, "out", "events.jsonl"), "utf8");
  const events = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return events.filter(({ type }) => type === "checkpoint").at(-1);
}

describe.skipIf(chromiumPath === null)(`a run with a live page${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  async function open(address: string): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(address);
    return { page, problems };
  }

  /** The update that the page is at, once it is beyond `least`. */
  async function reached(page: Page, least: number): Promise<number> {
    const at = await page.waitForFunction((least) => {
      const text = document.getElementById("figure-step")?.textContent ?? "";
      const step = Number(text.split(" ")[0]?.replaceAll(",", ""));
      return document.getElementById("figure-phase")?.textContent?.startsWith("distilled") &&
        step > least
        ? step
        : false;
    }, least);
    return (await at.jsonValue()) as number;
  }

  it("is seen, stopped from the page, saved, and taken up again", async () => {
    const first = begin("--json");
    const { page, problems } = await open(await first.address);
    const early = await reached(page, 0);
    const later = await reached(page, early);
    await page.waitForSelector("#chart-agreement");
    await page.waitForSelector("#charts[data-drawn]");
    for (const { id, colored } of await coloredPixels(page)) {
      expect(colored, id).toBeGreaterThan(0);
    }
    await page.click("#stop");
    await page.click("#ask button.stop");
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain("goes on exactly there");
    // Nothing but JSON lines on stdout.
    expect(stopped.lines().length).toBeGreaterThan(3);
    await page.waitForFunction(() => document.title.startsWith("Stopped"));
    expect(await page.textContent("#state")).toMatch(/stopped after step .* saved .*\.ckpt/);
    expect(problems).toEqual([]);
    await page.close();
    const saved = await lastCheckpoint();
    expect(saved).toMatchObject({ reason: "abort" });
    expect(saved.step).toBeGreaterThanOrEqual(later);

    const second = begin("--resume");
    const again = await open(await second.address);
    await reached(again.page, saved.step);
    // The curves begin where the run began, not where it was taken up.
    await again.page.waitForSelector("#charts[data-drawn]");
    const summary = await again.page.getAttribute("#chart-validationLoss .plot", "aria-label");
    const [, begun] = /distilled: \S+ at step (\d+)/.exec(summary ?? "") ?? [];
    expect(Number(begun)).toBeLessThan(saved.step);
    // A process that dies without a word leaves a page that says so.
    second.kill("SIGKILL");
    expect((await second.ended).signal).toBe("SIGKILL");
    await again.page.waitForFunction(() =>
      document.getElementById("state")?.textContent?.includes("connection to the run is lost"),
    );
    expect(await again.page.isDisabled("#stop")).toBe(true);
    await again.page.close();
  });
});

describe("--ui-port", () => {
  it("is refused where it is no port, or taken", async () => {
    const none = await potstill(["distill", recipe, "--ui-port", "70000"]);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("1 to 65535");
    const { createServer } = await import("node:http");
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const out = path.join(folder, "taken");
    const taken = await potstill(["distill", recipe, "--out", out, "--ui-port", String(port)]);
    server.close();
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain("something else listens there");
  });
});

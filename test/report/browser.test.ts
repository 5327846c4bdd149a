/// <reference lib="dom" />

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportPage } from "../../lib/report/page/page.js";
import { chromiumPath, coloredPixels, launch, problemsOf, why } from "./chromium.js";
import { details, events, report } from "./samples.js";

describe.skipIf(chromiumPath === null)(`report.html in a browser${why}`, () => {
  let folder: string;
  let browser: Browser;
  let problems: string[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "potstill-page-"));
    const page = reportPage({ title: "run", report, details, events });
    await writeFile(path.join(folder, "report.html"), page);
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(width: number, colorScheme: "light" | "dark"): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme,
      offline: true,
    });
    const page = await context.newPage();
    problems = problemsOf(page, (asked) => /^(file|data):/.test(asked));
    await page.goto(pathToFileURL(path.join(folder, "report.html")).href);
    await page.waitForSelector("#charts[data-drawn]");
    return page;
  }

  it("draws a chart per quantity, with ink in every one and no error", async () => {
    const page = await open(1200, "light");
    const charts = await coloredPixels(page);
    expect(charts.map(({ id }) => id)).toEqual([
      "chart-loss",
      "chart-terms-alone",
      "chart-terms-distilled",
      "chart-validationAccuracy",
      "chart-validationLoss",
      "chart-agreement",
      "chart-accuracy",
      "chart-lr",
      "chart-samplesPerSecond",
    ]);
    for (const { id, colored } of charts) expect(colored, id).toBeGreaterThan(100);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("reads values by keyboard and says them", async () => {
    const page = await open(1200, "light");
    const plot = page.locator("#chart-loss .plot");
    await plot.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    const said = page.locator("#chart-loss [aria-live]");
    expect(await said.textContent()).toBe("step 2: student alone 0.3333, distilled 0.3333");
    expect(await plot.getAttribute("aria-label")).toContain("distilled: 0.5000 at step 1");
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("follows the system's theme and the button", async () => {
    const page = await open(1200, "dark");
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await page.click("#theme");
    const light = await background();
    const brightness = (color: string) =>
      (color.match(/\d+/g) as string[]).reduce((sum, part) => sum + Number(part), 0);
    expect(brightness(dark)).toBeLessThan(200);
    expect(brightness(light)).toBeGreaterThan(600);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("softens targets at the temperature that is chosen", async () => {
    const page = await open(1200, "light");
    const first = page.locator("[data-sample='0'][data-phase='teacher'] + span").first();
    await page.locator("#temperature").fill("1");
    const share = Math.exp(2) / (Math.exp(2) + 2);
    expect(await first.textContent()).toBe(`${(100 * share).toFixed(1)} %`);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("fits a phone: nothing is wider than the screen", async () => {
    const page = await open(390, "light");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    const widths = await page.$$eval("canvas", (all) => all.map((each) => each.clientWidth));
    for (const width of widths) expect(width).toBeLessThan(390);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

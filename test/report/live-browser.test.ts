/// <reference lib="dom" />

/** The live page in a browser: what it shows, and that it follows. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LiveServer } from "../../lib/report/live/server.js";
import { chromiumPath, coloredPixels, launch, problemsOf, why } from "./chromium.js";
import { epoch, events, start, step } from "./samples.js";

describe.skipIf(chromiumPath === null)(`the live page in a browser${why}`, () => {
  let browser: Browser;
  let problems: string[];
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  async function serve() {
    let stopped = () => {};
    const stop = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const server = new LiveServer({ title: "run", stop: stopped });
    return { server, stop, address: await server.open() };
  }

  async function open(address: string, width = 1200): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    problems = problemsOf(page, (asked) => new URL(asked).origin === new URL(address).origin);
    await page.goto(address);
    return page;
  }

  it("draws the curves so far and goes on with those that come", async () => {
    const { server, address } = await serve();
    for (const event of events) server.listen(event);
    const page = await open(address);
    await page.waitForSelector("#charts[data-drawn]");
    const drawn = await coloredPixels(page);
    expect(drawn.map(({ id }) => id)).toContain("chart-samplesPerSecond");
    for (const { id, colored } of drawn) expect(colored, id).toBeGreaterThan(100);
    const summary = page.locator("#chart-loss .plot");
    expect(await summary.getAttribute("aria-label")).toContain("at step 40");
    expect(await page.textContent("#figure-step")).toBe("40 of 40");
    expect(await page.textContent("#log")).toContain("epoch 2/2");

    server.listen(start("trained"));
    server.listen(step("trained", 1));
    server.listen({ ...step("trained", 30), loss: 0.25 });
    server.listen({ type: "warning", phase: null, message: "<b>look out</b>" });
    await page.waitForFunction(
      () => document.getElementById("figure-step")?.textContent === "30 of 40",
    );
    expect(await page.textContent("#figure-loss")).toBe("0.2500");
    expect(await page.textContent("#figure-phase")).toBe("model");
    expect(await page.textContent("#log li:last-child")).toContain("warning: <b>look out</b>");
    await page.waitForFunction(() =>
      document
        .querySelector("#chart-loss .plot")
        ?.ariaLabel?.includes("model: 0.5000 at step 1, 0.2500 at step 30"),
    );
    expect(await page.title()).toBe("75 % – run");

    await server.close("done", "the report is there");
    await page.waitForFunction(() => document.title === "Done – run");
    expect(await page.textContent("#state")).toBe("Done: the report is there");
    expect(await page.isDisabled("#stop")).toBe(true);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("stops the run by keyboard, after asking", async () => {
    const { server, stop, address } = await serve();
    server.listen(start("distilled"));
    const page = await open(address);
    await page.waitForFunction(
      () => document.getElementById("figure-step")?.textContent === "0 of 40",
    );
    await page.focus("#stop");
    await page.keyboard.press("Enter");
    expect(await page.getAttribute("#ask", "open")).not.toBeNull();
    await page.keyboard.press("Escape");
    expect(await page.getAttribute("#ask", "open")).toBeNull();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("stop");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await stop;
    await page.waitForFunction(() => document.title.startsWith("Stopping"));
    expect(await page.textContent("#said")).toContain("stopping after the current step");
    await server.close("stopped", "saved");
    await page.waitForFunction(() => document.title.startsWith("Stopped"));
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("draws one chart at a time, of 100,000 points no more than a screen shows", async () => {
    const { server, address } = await serve();
    server.listen(start("distilled"));
    for (let at = 1; at <= 100_000; at++) server.listen(step("distilled", at, 1 + Math.sin(at)));
    server.listen(epoch("distilled", 1));
    const page = await open(address, 390);
    await page.waitForSelector("#charts[data-drawn]");
    const points = await page.$$eval("#charts .plot", (plots) =>
      plots.map((plot) => Number(plot.getAttribute("data-points"))),
    );
    expect(points.length).toBeGreaterThan(5);
    expect(Math.max(...points)).toBeGreaterThan(500);
    expect(Math.max(...points)).toBeLessThan(2010);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    expect(problems).toEqual([]);
    await server.close("done", "over");
    await page.context().close();
  });
});

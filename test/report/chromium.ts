/// <reference lib="dom" />

/** A headless Chromium for tests of pages, where the machine has one. */

import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const places = [
  process.env.POTSTILL_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** Path of the browser, or null. */
export const chromiumPath = places.find((place) => place && existsSync(place)) ?? null;

/** For the name of a test that is skipped. */
export const why =
  chromiumPath === null
    ? " (skipped: no Chromium here; install Debian's chromium or set POTSTILL_CHROMIUM)"
    : "";

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath as string,
    // Containers run as root, where Chromium's sandbox does not start.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

/** Of every chart on a page: pixels that are part of a line. */
export function coloredPixels(page: Page): Promise<{ id: string; colored: number }[]> {
  return page.$$eval("#charts figure", (figures) =>
    figures.map((figure) => {
      const canvas = figure.querySelector("canvas") as HTMLCanvasElement;
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
      let colored = 0;
      for (let at = 0; at < data.length; at += 4) {
        const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!];
        // Lines are colored; axes and grid are gray.
        if (data[at + 3]! > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 40) colored += 1;
      }
      return { id: figure.id, colored };
    }),
  );
}

/** What a page complains of from now on: messages, errors, and requests that are not `wanted`. */
export function problemsOf(page: Page, wanted: (address: string) => boolean): string[] {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (!wanted(request.url())) problems.push(`asked for ${request.url()}`);
  });
  return problems;
}

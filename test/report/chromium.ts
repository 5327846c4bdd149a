/** A headless Chromium for tests of pages, where the machine has one. */

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

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

/** The live page: the charts of the report while the run is under way, its log, and a way to stop. */

import { scripts } from "./assets.js";
import { html } from "./html.js";
import { pageOf } from "./page.js";

/** What the page may do: draw itself, and talk to where it came from. */
export const livePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; " +
  "img-src data:; base-uri 'none'; form-action 'none'";

const figures = [
  ["phase", "Training"],
  ["epoch", "Epoch"],
  ["step", "Update"],
  ["loss", "Loss"],
  ["lr", "Learning rate"],
  ["speed", "Samples per second"],
  ["eta", "Time left"],
] as const;

/** @param title name of the run */
export function livePage(title: string): string {
  return pageOf({
    title,
    policy: livePolicy,
    scripts: scripts(["theme", "charts", "live"]),
    body: html`<section aria-labelledby="now"><h2 id="now" class="hidden">Now</h2>
        <p id="state" class="verdict">Connecting …</p>
        <p class="hidden" id="said" role="status"></p>
        <div class="status"><progress id="progress" max="1" aria-label="Progress of this training"></progress>
          <span id="share" class="muted"></span>
          <button type="button" id="stop" class="stop" disabled>Stop and save</button></div>
        <dl class="figures">${figures.map(([id, name]) => html`<div><dt>${name}</dt><dd id="figure-${id}">–</dd></div>`)}</dl>
      </section>
      <dialog id="ask" aria-labelledby="ask-title"><h2 id="ask-title">Stop this run?</h2>
        <p>It ends after the current step and saves. The same command with <code>--resume</code> goes on
          exactly there.</p>
        <form method="dialog" class="status"><button value="no" autofocus>Go on</button>
          <button value="yes" class="stop">Stop and save</button></form></dialog>
      <section aria-labelledby="curves"><h2 id="curves">Curves</h2>
        <p id="no-curves" class="muted">Nothing has been measured yet.</p>
        <div id="charts" class="charts"></div></section>
      <section aria-labelledby="events"><h2 id="events">Events</h2>
        <ol id="log" class="log" tabindex="0" aria-labelledby="events"></ol></section>
      <noscript><p>This page is drawn by a script.</p></noscript>`,
  });
}

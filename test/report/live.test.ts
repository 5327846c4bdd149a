/** The live page's server: who it talks to, and what it says. */

import http from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { LiveServer } from "../../lib/report/live/server.js";
import { LiveState, type LiveUpdate } from "../../lib/report/live/state.js";
import { epoch, events, start, step } from "./samples.js";

interface Served {
  server: LiveServer;
  port: number;
  token: string;
  stops: () => number;
}

const open: LiveServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close("done", "the end");
});

async function serve(): Promise<Served> {
  let stops = 0;
  const server = new LiveServer({ title: "run <1>", stop: () => stops++ });
  const url = new URL(await server.open());
  open.push(server);
  expect(url.hostname).toBe("127.0.0.1");
  const token = url.searchParams.get("token") as string;
  return { server, port: Number(url.port), token, stops: () => stops };
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Host and Origin as given: `fetch` would not let a test say them. */
function ask(
  { port }: Served,
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: http.OutgoingHttpHeaders } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, path, method, headers, agent: false });
    request.on("error", reject);
    request.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode as number, headers: response.headers, body }),
      );
      response.on("error", reject);
    });
    request.end();
  });
}

describe("the live page's server", () => {
  it("gives the page to whoever has the token, and nothing to anybody else", async () => {
    const served = await serve();
    const { token } = served;
    const page = await ask(served, `/?token=${token}`);
    expect(page.status).toBe(200);
    expect(page.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(page.headers["cache-control"]).toBe("no-store");
    expect(page.body).toContain("run &lt;1&gt;");
    expect(page.body).not.toContain(token);
    const wrong = [
      "/",
      "/?token=",
      "/?token=x",
      `/?token=${token}x`,
      `/?token=${"x".repeat(token.length)}`,
      "/events",
      "/events?token=x",
      "/elsewhere",
    ];
    for (const path of wrong) expect((await ask(served, path)).status, path).toBe(403);
    expect((await ask(served, `/elsewhere?token=${token}`)).status).toBe(404);
    expect((await ask(served, `/../../etc/passwd?token=${token}`)).status).toBe(404);
    expect((await ask(served, `/stop?token=${token}`)).status).toBe(405);
  });

  it("answers under its own address only, and no other site", async () => {
    const served = await serve();
    const { port, token } = served;
    const path = `/?token=${token}`;
    for (const headers of [
      // A name that somebody made to point to this machine.
      { host: `evil.example:${port}` },
      { host: "127.0.0.1" },
      { host: `127.0.0.1:${port + 1}` },
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: `https://127.0.0.1:${port}` },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      expect((await ask(served, path, { headers })).status, JSON.stringify(headers)).toBe(403);
    }
    for (const headers of [
      { host: `localhost:${port}` },
      { origin: `http://127.0.0.1:${port}`, "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none" },
    ]) {
      expect((await ask(served, path, { headers })).status, JSON.stringify(headers)).toBe(200);
    }
  });

  it("stops once, for a request with the token in its header", async () => {
    const served = await serve();
    const { port, token } = served;
    const post = (path: string, headers: http.OutgoingHttpHeaders) =>
      ask(served, path, { method: "POST", headers });
    // An address can be sent by a form or a link of anybody's; a header cannot.
    expect((await post(`/stop?token=${token}`, {})).status).toBe(403);
    expect((await post("/stop", { authorization: "Bearer x" })).status).toBe(403);
    const authorization = `Bearer ${token}`;
    expect((await post("/stop", { authorization, origin: "http://evil.example" })).status).toBe(
      403,
    );
    expect(served.stops()).toBe(0);
    const origin = `http://127.0.0.1:${port}`;
    expect((await post("/stop", { authorization, origin })).status).toBe(202);
    expect((await post("/stop", { authorization, origin })).status).toBe(202);
    expect(served.stops()).toBe(1);
  });

  it("streams what happened and what happens, to the end", async () => {
    const served = await serve();
    for (const event of events) served.server.listen(event);
    const stream = ask(served, `/events?token=${served.token}`);
    // The page is told what there is before anything else happens.
    await new Promise((resolve) => setTimeout(resolve, 200));
    served.server.listen({ type: "warning", phase: null, message: "look out" });
    await served.server.close("stopped", "stopped and saved");
    const { body, headers } = await stream;
    expect(headers["content-type"]).toMatch(/^text\/event-stream/);
    const updates = body
      .split("\n\n")
      .filter((message) => message.startsWith("data: "))
      .map((message) => JSON.parse(message.slice("data: ".length)) as LiveUpdate);
    const [first, last] = [updates[0]!, updates.at(-1)!];
    expect(first.fresh).toBe(true);
    expect(first.curves.distilled?.steps.step).toHaveLength(40);
    expect(last.fresh).toBe(false);
    expect(last.status).toMatchObject({ state: "stopped", message: "stopped and saved" });
    const told = updates.flatMap(({ log }) => log.lines.map(({ text }) => text));
    expect(told.join("\n")).toMatch(/epoch 1\/2 .*\n[\s\S]*warning: look out\nstopped and saved$/);
    expect(new Set(told.slice(-2)).size).toBe(2);
  });
});

describe("LiveState", () => {
  /** What a page makes of the updates, as assets/page/live.js does. */
  function page() {
    const curves: Record<string, number[]> = {};
    return {
      curves,
      take({ fresh, curves: changes }: LiveUpdate) {
        if (fresh) for (const phase of Object.keys(curves)) delete curves[phase];
        for (const [phase, { steps }] of Object.entries(changes)) {
          curves[phase] = [...(curves[phase] ?? []).slice(0, steps.from), ...steps.step];
        }
      },
    };
  }

  it("tells a page only what it lacks, and always enough", () => {
    const state = new LiveState();
    const watching = page();
    let mark = null;
    let largest = 0;
    state.listen(start("distilled"));
    for (let at = 1; at <= 20_000; at++) {
      state.listen(step("distilled", at));
      if (at === 15_000) state.listen(start("distilled", { step: 12_000, epoch: 0 }));
      if (at % 10 !== 0) continue;
      const told = state.update(mark);
      mark = told.mark;
      watching.take(told.update);
      if (told.update.curves.distilled!.steps.from > 0) {
        largest = Math.max(largest, told.update.curves.distilled!.steps.step.length);
      }
    }
    const late = page();
    late.take(state.update(null).update);
    expect(watching.curves).toEqual(late.curves);
    expect(late.curves.distilled!.length).toBeLessThan(2010);
    expect(late.curves.distilled!.at(-1)).toBe(20_000);
    // Ten readings, and those of the group that is open.
    expect(largest).toBeLessThan(20);
  });

  it("keeps a bounded log, of which a page gets every line once", () => {
    const state = new LiveState();
    let mark = null;
    const lines: string[] = [];
    for (let at = 0; at < 2500; at++) {
      state.note(`line ${at}`);
      if (at % 7 !== 0) continue;
      const told = state.update(mark);
      mark = told.mark;
      lines.push(...told.update.log.lines.map(({ text }) => text));
    }
    const told = Math.floor(2499 / 7) * 7 + 1;
    expect(lines).toEqual(Array.from({ length: told }, (_, at) => `line ${at}`));
    const late = state.update(null).update.log;
    expect(late.lines.length).toBeLessThanOrEqual(1000);
    expect(late.first + late.lines.length).toBe(2500);
  });

  it("follows the training from its first step to its end", () => {
    const state = new LiveState();
    expect(state.status).toMatchObject({ state: "running", phase: null, step: null });
    state.listen(start("teacher"));
    expect(state.status).toMatchObject({ phase: "teacher", step: 0, steps: 40, loss: null });
    state.listen(step("teacher", 7));
    expect(state.status).toMatchObject({ step: 7, epoch: 1, lr: 0.1, loss: 1 / 8, eta: 1 });
    state.listen(epoch("teacher", 2));
    state.listen(start("distilled", { step: 20, epoch: 1 }));
    expect(state.status).toMatchObject({ phase: "distilled", step: 20, loss: null });
    state.turn("done", "the report is there");
    expect(state.status).toMatchObject({ state: "done", message: "the report is there", eta: 0 });
  });
});

/** What runs of the package leave in their folder beside what the training itself does. */

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distill, mutual, nn, optim, type TrainEvent, train } from "../../lib/index.js";
import { classes, features, toyData, toyModel } from "../train/toys.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-record-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const student = () => nn.mlp([features, 12, classes]);
const training = () => ({
  ...{ data: toyData(), optimizer: optim.sgd({ lr: 0.2 }), epochs: 3, batchSize: 16, seed: 5 },
});

const recorded = async (out: string) =>
  (await readFile(path.join(out, "events.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as TrainEvent & { time: string });

describe("a run with a folder", () => {
  it("leaves its models, figures, page, events and environment there", async () => {
    const out = path.join(folder, "distilled");
    const run = distill({ ...training(), teacher: await toyModel(7), student: student(), out });
    const heard: TrainEvent[] = [];
    for await (const event of run) heard.push(event);
    const { report, files } = await run;
    expect((await readdir(out)).sort()).toEqual([
      ...["checkpoints", "details.json", "environment.json", "events.jsonl", "report.html"],
      ...["report.json", "student.pt", "student.safetensors"],
    ]);
    expect(files.map((file) => path.relative(out, file)).sort()).toEqual([
      ...["report.html", "report.json", "student.pt", "student.safetensors"],
    ]);
    const events = await recorded(out);
    expect(events.map(({ time: _, ...event }) => event)).toEqual(
      JSON.parse(JSON.stringify(heard.map(({ ...event }) => event))),
    );
    for (const { time } of events) expect(new Date(time).toISOString()).toBe(time);
    const page = await readFile(path.join(out, "report.html"), "utf8");
    expect(page).toContain(`makes ${report.distilled?.errors} errors`);
    expect(page).toContain("<title>distilled");
    const environment = JSON.parse(await readFile(path.join(out, "environment.json"), "utf8"));
    expect({ ...environment, date: report.environment.date }).toEqual(report.environment);
  });

  it("goes on in its events after a stop, and starts over without resume", async () => {
    const out = path.join(folder, "stopped");
    const options = { ...training(), teacher: await toyModel(7), out };
    const controller = new AbortController();
    const run = distill({ ...options, student: student(), signal: controller.signal });
    await expect(
      (async () => {
        for await (const event of run) if (event.type === "epoch") controller.abort();
      })(),
    ).rejects.toMatchObject({ code: "ERR_ABORTED" });
    const before = await recorded(out);
    expect(before.some(({ type }) => type === "checkpoint")).toBe(true);
    expect(await readdir(out)).not.toContain("report.html");
    await distill({ ...options, student: student(), resume: true });
    const after = await recorded(out);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.filter(({ type }) => type === "epoch")).toHaveLength(3);
    expect(await readdir(out)).toContain("report.html");
    await distill({ ...options, student: student() });
    expect((await recorded(out)).filter(({ type }) => type === "start")).toHaveLength(1);
  });

  it("of train() and mutual() leaves as much", async () => {
    const trained = path.join(folder, "trained");
    await train({ ...training(), model: student(), out: trained });
    expect(await readFile(path.join(trained, "report.html"), "utf8")).toContain("makes");
    expect((await recorded(trained)).at(-1)?.type).toBe("done");
    const peers = path.join(folder, "peers");
    const { files } = await mutual({
      ...{ ...training(), students: [student(), nn.mlp([features, 6, classes])], out: peers },
    });
    expect(files).toContain(path.join(peers, "report.html"));
    expect((await recorded(peers)).map((event) => "phase" in event && event.phase)).toContain(
      "peer",
    );
  });

  it("that another process has, or that is none, is left alone", async () => {
    const out = path.join(folder, "shared");
    const options = { ...training(), teacher: await toyModel(7), out };
    const first = distill({ ...options, student: student(), epochs: 200 });
    for await (const event of first) if (event.type === "start") break;
    await expect(distill({ ...options, student: student() })).rejects.toMatchObject({
      code: "ERR_LOCKED",
    });
    await first;
    expect((await recorded(out)).filter(({ type }) => type === "start")).toHaveLength(1);
    const bad = distill({ ...options, student: student(), out: 7 as unknown as string });
    await expect(bad).rejects.toMatchObject({ code: "ERR_CONFIG" });
  });
});

it("a run without a folder writes nothing", async () => {
  const { files } = await distill({
    ...{ ...training(), teacher: await toyModel(7), student: student() },
  });
  expect(files).toEqual([]);
});

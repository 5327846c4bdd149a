/** `--device`: "cpu" works everywhere, and what is not there is refused before anything is done; `--threads`. */

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { potstill } from "./cli.js";
import { side, writeBars } from "./idx.js";

let folder: string;
let data: object;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-cli-device-"));
  data = await writeBars(folder);
  const optimizer = "adam";
  const recipe = {
    ...{ data, optimizer, epochs: 1 },
    teacher: { train: { model: { "nn.mlp": [side * side, 16, 4] }, optimizer, epochs: 1 } },
    student: { "nn.mlp": [side * side, 8, 4] },
  };
  await writeFile(path.join(folder, "r.json"), JSON.stringify(recipe));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (...args: string[]) => potstill(args, { cwd: folder });

it("trains, measures and predicts on the CPU", async () => {
  const trained = await inFolder("distill", "r.json", "--out", "run", "--device", "cpu");
  expect(trained.code, trained.stderr).toBe(0);
  expect(await readFile(path.join(folder, "run", "recipe.yaml"), "utf8")).toMatch(/^device: cpu$/m);

  const model = path.join("run", "student.pt");
  const measured = async (...more: string[]) => {
    const given = ["--data", JSON.stringify(data), "--teacher", "run/teacher.pt", "--json"];
    const { code, stderr, lines } = await inFolder("evaluate", model, ...given, ...more);
    expect(code, stderr).toBe(0);
    const { samplesPerSecond, seconds, ...rest } = lines()[0]!;
    return rest;
  };
  expect(await measured("--device", "cpu")).toEqual(await measured());

  await writeFile(
    path.join(folder, "s.jsonl"),
    `${JSON.stringify(new Array<number>(side * side).fill(0.5))}\n`,
  );
  const said = await inFolder("predict", "run", "s.jsonl", "--json", "--device", "cpu");
  const plain = await inFolder("predict", "run", "s.jsonl", "--json");
  expect(said.code, said.stderr).toBe(0);
  expect(said.lines()).toEqual(plain.lines());
});

it("takes channelsLast, of recipes and of a teacher's training", async () => {
  const set = (key: string) => inFolder("distill", "r.json", "--out", key, "--set", key);
  const auto = await set("channelsLast=auto");
  expect(auto.code, auto.stderr).toBe(0);
  for (const key of ["channelsLast=true", "teacher.train.channelsLast=true"]) {
    const { code, stderr } = await set(key);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/channelsLast is for convolutions/);
  }
  expect((await set("channelsLast=often")).stderr).toMatch(/channelsLast.*true, false or "auto"/s);
});

it("takes a number of threads, or finds it out", async () => {
  const withThreads = async (threads: string) => {
    const run = ["distill", "r.json", "--out", `t${threads}`, "--threads", threads, "--json"];
    const outcome = await inFolder(...run);
    expect(outcome.code, outcome.stderr).toBe(0);
    const events = outcome.lines() as { type: string; plan?: { threads: number } }[];
    return events.flatMap(({ plan }) => plan?.threads ?? []);
  };
  expect(await withThreads("1")).toEqual([1, 1]);
  expect(await withThreads("auto")).toEqual([expect.any(Number), expect.any(Number)]);
  const { code, stderr } = await inFolder("distill", "r.json", "--out", "t", "--threads", "many");
  expect(code).toBe(2);
  expect(stderr).toMatch(/threads.*auto/s);
});

it("refuses what is not there, and leaves no folder behind", async () => {
  const given: [string, ...string[]][] = [
    ["distill", "r.json", "--out", "none"],
    ["sweep", "r.json", "--out", "none", "--grid", "seed=1,2"],
    ["explain", "r.json"],
    ["evaluate", "none.pt", "--data", "mnist"],
    ["predict", "none.pt", "none.jsonl"],
  ];
  for (const [index, args] of given.entries()) {
    const device = index === 0 ? "cuda:x" : "cuda:99";
    const { code, stderr } = await inFolder(...args, "--device", device);
    expect(code, args[0]).toBe(1);
    expect(stderr).toContain(`--device: there is no device "${device}" here; the devices are: cpu`);
  }
  expect(existsSync(path.join(folder, "none"))).toBe(false);
});

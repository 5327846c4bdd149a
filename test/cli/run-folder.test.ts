import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { potstill } from "./cli.js";
import { side, writeBars } from "./idx.js";

let folder: string;
let recipe: Record<string, unknown>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-folder-"));
  const training = { optimizer: { sgd: { lr: 0.1, momentum: 0.9 } }, epochs: 2, batchSize: 32 };
  recipe = {
    seed: 1,
    data: await writeBars(folder),
    teacher: { train: { model: { "nn.mlp": [side * side, 32, 4] }, ...training } },
    student: { "nn.mlp": [side * side, 8, 4] },
    ...training,
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeRecipe(name: string, value: object): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, JSON.stringify(value));
  return file;
}

describe("the folder of a run", () => {
  it("has the recipe with its hash, the environment, every event and the page", async () => {
    const file = await writeRecipe("folder.json", recipe);
    const out = path.join(folder, "folder");
    const outcome = await potstill(["distill", file, "--out", out, "--json", "--set", "seed=7"]);
    expect(outcome.code).toBe(0);
    const read = (name: string) => readFile(path.join(out, name), "utf8");
    const written = await read("recipe.yaml");
    expect(parse(written)).toEqual({ ...recipe, seed: 7 });
    const hash = createHash("sha256").update(written).digest("hex");
    expect(await read("recipe.sha256")).toBe(`${hash}  recipe.yaml\n`);
    expect(JSON.parse(await read("environment.json"))).toMatchObject({ node: process.version });
    const events = (await read("events.jsonl")).trimEnd().split("\n");
    const told = outcome.lines();
    expect(events.map((line) => JSON.parse(line)).map(({ time: _, ...event }) => event)).toEqual(
      told,
    );
    const page = await read("report.html");
    const { report } = told.at(-1) as unknown as { report: { distilled: { errors: number } } };
    expect(page).toContain(`makes ${report.distilled.errors} errors`);
    await rm(path.join(out, "report.html"));
    expect((await potstill(["report", out])).code).toBe(0);
    expect(await read("report.html")).toBe(page);
  });

  it("goes on in the same file after half a line, and starts over without --resume", async () => {
    const out = path.join(folder, "folder");
    const events = path.join(out, "events.jsonl");
    const before = await readFile(events, "utf8");
    await writeFile(events, `${before}{"type":"st`);
    const file = path.join(folder, "folder.json");
    const args = ["distill", file, "--out", out, "--json", "--set", "seed=7"];
    expect((await potstill([...args, "--resume"])).code).toBe(0);
    const after = await readFile(events, "utf8");
    expect(after.startsWith(before)).toBe(true);
    expect(after.length).toBeGreaterThan(before.length);
    for (const line of after.trimEnd().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
    expect((await potstill(args)).code).toBe(0);
    expect((await readFile(events, "utf8")).length).toBeLessThan(after.length);
  });

  it("touches nothing of a folder that another run is writing to", async () => {
    const out = path.join(folder, "folder");
    const names = ["events.jsonl", "recipe.yaml", "report.html", "report.json"];
    const read = () => Promise.all(names.map((name) => readFile(path.join(out, name), "utf8")));
    const before = await read();
    // This process is alive, so the lock is no leftover.
    await writeFile(path.join(out, ".lock"), `${process.pid}\n`);
    const file = path.join(folder, "folder.json");
    const outcome = await potstill(["distill", file, "--out", out, "--set", "epochs=1"]);
    const listed = await potstill(["runs", out, "--json"]);
    await rm(path.join(out, ".lock"));
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("[ERR_LOCKED]");
    expect(await read()).toEqual(before);
    expect(listed.lines()[0]).toMatchObject({ state: "running" });
  });

  it("says so where the folder is a file, or none of a run", async () => {
    const file = path.join(folder, "folder.json");
    const outcome = await potstill(["distill", file, "--out", file]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("[ERR_IO]");
    const none = await potstill(["report", path.join(folder, "nowhere")]);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/cannot read .*report\.json: no such file/);
  });

  it("lists runs and says where their recipes differ", async () => {
    const other = path.join(folder, "other");
    const file = path.join(folder, "folder.json");
    await potstill(["distill", file, "--out", other, "--set", "optimizer.sgd.lr=0.2"]);
    const dirs = [path.join(folder, "folder"), other];
    const json = await potstill(["runs", ...dirs, "--json"]);
    const runs = json.lines();
    expect(runs.map(({ type, state }) => [type, state])).toEqual([
      ["run", "done"],
      ["run", "done"],
    ]);
    const report = JSON.parse(await readFile(path.join(other, "report.json"), "utf8"));
    expect(runs[1]!.distilled).toEqual(report.distilled);
    expect(runs[0]!.recipeHash).not.toBe(runs[1]!.recipeHash);
    const text = await potstill(["runs", ...dirs], { cwd: folder });
    expect(text.stdout).toMatch(/folder\s+done/);
    expect(text.stdout).toMatch(/optimizer\.sgd\.lr\s+0\.1\s+0\.2/);
    expect(text.stdout).toMatch(/seed\s+7\s+1/);
    expect(text.stdout).not.toMatch(/batchSize/);
    expect((await potstill(["runs", path.join(folder, "nowhere")])).code).toBe(2);
  });
});

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { potstill } from "./cli.js";
import { side, writeBars } from "./idx.js";

let folder: string;

const training = {
  optimizer: { sgd: { lr: 0.1, momentum: 0.9 } },
  epochs: 2,
  batchSize: 32,
};

async function writeRecipe(name: string, recipe: object): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, JSON.stringify(recipe));
  return file;
}

let recipe: Record<string, unknown>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-cli-"));
  recipe = {
    seed: 1,
    data: await writeBars(folder),
    teacher: { train: { model: { "nn.mlp": [side * side, 32, 4] }, ...training } },
    student: { "nn.mlp": [side * side, 8, 4] },
    alone: true,
    ...training,
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("potstill distill", () => {
  it("writes a run and prints JSON lines and nothing else", async () => {
    const file = await writeRecipe("run.json", recipe);
    const out = path.join(folder, "run");
    const outcome = await potstill(["distill", file, "--out", out, "--json", "--set", "epochs=1"]);
    expect(outcome.stderr).toBe("");
    expect(outcome.code).toBe(0);
    const lines = outcome.lines();
    const phases = lines.filter(({ type }) => type === "start").map(({ phase }) => phase);
    expect(phases).toEqual(["teacher", "alone", "distilled"]);
    expect(
      lines.filter(({ type, phase }) => type === "epoch" && phase === "distilled"),
    ).toHaveLength(1);
    expect(lines.at(-1)?.type).toBe("done");
    const report = JSON.parse(await readFile(path.join(out, "report.json"), "utf8"));
    expect(lines.at(-1)?.report).toEqual(report);
    expect(report.recipe.epochs).toBe(1);
    for (const key of ["teacher", "alone", "distilled"]) {
      const section = report[key];
      expect(section.samples).toBe(64);
      expect(section.accuracy).toBeCloseTo(1 - section.errors / 64, 12);
      expect(section.perClass).toHaveLength(4);
      expect(section.seconds).toBeGreaterThan(0);
      expect(section.samplesPerSecond).toBeGreaterThan(0);
    }
    expect(report.distilled.parameters).toBe(64 * 8 + 8 + 8 * 4 + 4);
    for (const name of ["student.pt", "student.safetensors", "teacher.pt", "alone.pt"]) {
      expect(existsSync(path.join(out, name)), name).toBe(true);
    }
  });

  it("uses the teacher that is there, shows a table and plain lines", async () => {
    const file = path.join(folder, "run.json");
    const outcome = await potstill(["distill", file, "--out", path.join(folder, "run")]);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).not.toContain("teacher:  ");
    expect(outcome.stderr).toMatch(/distilled: 556 parameters, 128 samples, 2 epochs, batch 32/);
    expect(outcome.stderr).not.toContain("\r");
    expect(outcome.stdout).toMatch(/student distilled\s+\d+\s+\d+\.\d\d %\s+556/);
    expect(outcome.stdout).toMatch(/wrote .*report\.json/);
  });

  it("says with --profile where the time goes, and that a run was too short for it", async () => {
    const file = path.join(folder, "run.json");
    const run = (epochs: number, ...flags: string[]) => {
      const out = path.join(folder, `profiled-${epochs}`);
      const set = ["--set", `epochs=${epochs}`, "--set", "alone=false"];
      return potstill(["distill", file, "--out", out, "--profile", ...set, ...flags]);
    };
    const table = await run(8);
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/of \d+ steps .* ms each +share/);
    for (const part of ["waiting for data", "teacher", "backward", "optimizer", "idle"]) {
      expect(table.stdout).toMatch(new RegExp(`${part} +\\S+ ms +\\S+ %`));
    }
    const trace = path.join(folder, "profiled-8", "trace.json");
    expect(table.stdout).toContain(`wrote ${trace}`);
    const { traceEvents } = JSON.parse(await readFile(trace, "utf8"));
    expect(traceEvents.some(({ name }: { name: string }) => name === "backward")).toBe(true);

    const lines = (await run(8, "--json")).lines();
    expect(lines.filter(({ type }) => type === "profile")).toHaveLength(1);

    const short = await run(1);
    expect(short.code).toBe(0);
    expect(short.stderr).toMatch(/the run ended before step 11/);
    expect(existsSync(path.join(folder, "profiled-1", "trace.json"))).toBe(false);
  });

  it("ends with 2 for a recipe that is wrong, and names key and nearest name", async () => {
    const file = await writeRecipe("wrong.json", { ...recipe, epocs: 3, batchSize: "big" });
    const outcome = await potstill(["distill", file]);
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toMatch(/batchSize: expected a whole number of at least 1, got "big"/);
    expect(outcome.stderr).toMatch(/epocs: there is no such key \(did you mean "epochs"\?\)/);
    expect(outcome.stderr).toContain("[ERR_CONFIG]");
    expect(outcome.stderr).not.toContain("    at ");
  });

  it.each([
    [["distill"], /missing required argument 'recipe'/],
    [["distil", "x"], /unknown command 'distil'.*\n?.*distill/],
    [["distill", "x.yaml", "--frobnicate"], /unknown option '--frobnicate'/],
    [["distill", "nowhere.yaml"], /nowhere\.yaml: there is no such file/],
    [["evaluate", "x.pt", "--data", "mnist", "--top", "many"], /whole number/],
    [["inspect", "x.pt", "--input", "1,2"], /expected sizes with x/],
    [["inspect", "x.pt", "--taps"], /--taps: give a sample batch too/],
  ])("ends with 2 for wrong usage: %j", async (args, message) => {
    const outcome = await potstill(args);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.code).toBe(2);
  });

  it("ends with 1 for a run that fails, with an object on stdout under --json", async () => {
    const file = await writeRecipe("fails.json", { ...recipe, teacher: "missing.pt" });
    const outcome = await potstill(["distill", file, "--json"], { cwd: folder });
    expect(outcome.code).toBe(1);
    expect(outcome.lines()).toEqual([
      { type: "error", code: "ERR_MODEL_LOAD", message: expect.stringContaining("missing.pt") },
    ]);
    expect(outcome.stderr).toContain("[ERR_MODEL_LOAD]");
  });

  // Step events are throttled: epochs as short as these may pass without one.
  const underWay = /"type":"(step|epoch)","phase":"distilled"/;

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("stops after %s, saves, says so and goes on with --resume", async (signal, code) => {
    const file = await writeRecipe("long.json", { ...recipe, alone: false, epochs: 100_000 });
    const out = path.join(folder, `long-${signal}`);
    let sent = false;
    const stopped = await potstill(["distill", file, "--out", out, "--json"], {
      onStdout: (text, kill) => {
        if (sent || !underWay.test(text)) return;
        sent = true;
        kill(signal);
      },
    });
    expect(stopped.code).toBe(code);
    expect(stopped.stderr).toMatch(/stopped after step \d+ .*saved .*distilled\.ckpt/);
    const lines = stopped.lines();
    const saved = lines.find(({ type, reason }) => type === "checkpoint" && reason === "abort");
    expect(existsSync(saved?.path as string)).toBe(true);
    expect(lines.at(-1)).toMatchObject({ type: "error", code: "ERR_ABORTED" });

    const resumed = await potstill(["distill", file, "--out", out, "--json", "--resume"], {
      onStdout: (text, kill) => {
        if (underWay.test(text)) kill(signal);
      },
    });
    const start = resumed
      .lines()
      .find(({ type, phase }) => type === "start" && phase === "distilled");
    expect(start).toMatchObject({ resumed: { step: saved?.step } });
  });
});

describe("potstill train", () => {
  it("trains a model on labels", async () => {
    const { data } = recipe;
    const file = await writeRecipe("train.json", {
      data,
      model: { "nn.mlp": [side * side, 16, 4] },
      validation: 0.25,
      ...training,
    });
    const out = path.join(folder, "trained");
    const outcome = await potstill(["train", file, "--out", out]);
    expect(outcome.code).toBe(0);
    expect(existsSync(path.join(out, "model.pt"))).toBe(true);
    const report = JSON.parse(await readFile(path.join(out, "report.json"), "utf8"));
    expect(report.trained.errors).toBeLessThan(48);
    expect(report.distilled).toBeNull();
    expect(report.history.trained.metrics[0].validation.samples).toBe(32);
  });
});

describe("potstill evaluate and inspect", () => {
  it("measures a model, alone and against its teacher", async () => {
    const student = path.join(folder, "run", "student.pt");
    const teacher = path.join(folder, "run", "teacher.pt");
    const data = JSON.stringify(recipe.data);
    const args = [
      "evaluate",
      student,
      "--data",
      data,
      "--teacher",
      teacher,
      "--top",
      "2",
      "--confusion",
    ];
    const json = await potstill([...args, "--json"], { cwd: folder });
    expect(json.code).toBe(0);
    const [result] = json.lines();
    expect(result).toMatchObject({ type: "evaluation", split: "test", samples: 64 });
    expect(result?.agreement).toBeGreaterThan(0);
    const report = JSON.parse(await readFile(path.join(folder, "run", "report.json"), "utf8"));
    expect(result?.errors).toBe(report.distilled.errors);
    const text = await potstill(args, { cwd: folder });
    expect(text.stdout).toMatch(/errors\s+\d+/);
    expect(text.stdout).toMatch(/class\s+samples\s+errors\s+accuracy\s+precision/);
    expect(text.stdout).toContain("columns: prediction");
  });

  it("shows the paths of a model", async () => {
    const student = path.join(folder, "run", "student.pt");
    const json = await potstill(["inspect", student, "--input", `1x1x${side}x${side}`, "--json"]);
    expect(json.code).toBe(0);
    const [model] = json.lines() as unknown as [
      { modules: { path: string; outputShape: number[] }[] },
    ];
    const last = model.modules.find((row) => row.path === "2");
    expect(last?.outputShape).toEqual([1, 4]);
    const text = await potstill(["inspect", student]);
    expect(text.stdout).toContain("556 parameters");
  });

  it("lists what can be tapped, with what is there", async () => {
    const student = path.join(folder, "run", "student.pt");
    const input = ["--input", `2x1x${side}x${side}`];
    const json = await potstill(["inspect", student, "--taps", ...input, "--json"]);
    expect(json.code).toBe(0);
    expect(json.lines()).toHaveLength(1);
    const [{ type, taps }] = json.lines() as unknown as [{ type: string; taps: object[] }];
    expect(type).toBe("taps");
    expect(taps.at(-2)).toMatchObject({
      path: "2",
      className: "Linear",
      shape: [2, 4],
      dtype: "float32",
      calls: 1,
    });
    expect(taps.at(-1)).toMatchObject({ path: "", shape: [2, 4] });
    const text = await potstill(["inspect", student, "--taps", ...input]);
    expect(text.stdout).toMatch(/^path +class +shape +dtype +calls/m);
    expect(text.stdout).toMatch(/^2 +Linear +\[2, 4\] +float32$/m);
  });

  it("says what a file is that is no model", async () => {
    const file = path.join(folder, "images");
    const outcome = await potstill(["inspect", file]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("[ERR_MODEL_LOAD]");
  });
});

describe("potstill doctor and schema", () => {
  it("reports a working installation", async () => {
    const outcome = await potstill(["doctor", "--json"]);
    expect(outcome.code).toBe(0);
    expect(outcome.lines()[0]).toMatchObject({ type: "doctor", ok: true });
  });

  it("prints the schema of recipes", async () => {
    const outcome = await potstill(["schema"]);
    expect(outcome.code).toBe(0);
    const schema = JSON.parse(outcome.stdout);
    expect(schema.properties).toHaveProperty("student");
    expect(schema.additionalProperties).toBe(false);
    expect((await potstill(["schema", "other"])).code).toBe(2);
  });
});

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { potstill } from "./cli.js";
import { classes, side, writeBars } from "./idx.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-start-"));
  await writeBars(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => path.join(folder, name);

describe("potstill init", () => {
  const flags = [
    ...["--images", "images", "--labels", "labels"],
    ...["--test-images", "t-images", "--test-labels", "t-labels"],
    ...["--hidden", "8", "--temperature", "3", "--epochs", "1"],
  ];

  it("writes a commented recipe for one's own data that distill takes", async () => {
    const made = await potstill(["init", "own.yaml", ...flags], { cwd: folder });
    expect(made.code, made.stderr).toBe(0);
    const text = await readFile(at("own.yaml"), "utf8");
    expect(text).toContain(`nn.mlp: [${side * side}, 8, ${classes}]`);
    expect(text).toContain("temperature: 3");
    expect(text.split("\n").filter((line) => line.startsWith("#")).length).toBeGreaterThan(5);
    const quick = ["--set", "teacher.train.epochs=1", "--set", "batchSize=32", "--out", "own"];
    const run = await potstill(["distill", "own.yaml", ...quick], { cwd: folder });
    expect(run.code, run.stderr).toBe(0);
    expect(existsSync(at("own/report.html"))).toBe(true);
  });

  it("keeps a file that is there, and refuses answers that make no recipe", async () => {
    const again = await potstill(["init", "own.yaml", ...flags], { cwd: folder });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("--force writes over it");
    for (const [args, message] of [
      [["--data", "cifar"], /--data cifar: expected mnist, fashionMnist, idx/],
      [["--epochs", "soon"], /--epochs soon: expected a number/],
      [["--alpha", "2"], /alpha/],
      [["--images", "labels", "--labels", "labels"], /expected images \[count, height, width\]/],
    ] as const) {
      const outcome = await potstill(["init", "bad.yaml", ...args], { cwd: folder });
      expect(outcome.code, args.join(" ")).toBe(2);
      expect(outcome.stderr).toMatch(message);
    }
    expect(existsSync(at("bad.yaml"))).toBe(false);
  });

  it("writes the default recipe for MNIST", async () => {
    const made = await potstill(["init", "mnist.yaml", "--yes"], { cwd: folder });
    expect(made.code).toBe(0);
    expect(await readFile(at("mnist.yaml"), "utf8")).toContain("nn.mlp: [784, 100, 10]");
  });
});

describe("potstill sweep", () => {
  const grid = ["--grid", "temperature=2,4", "--grid", "alpha=0.5,1.0"];
  const names = ["2,alpha=0.5", "2,alpha=1.0", "4,alpha=0.5", "4,alpha=1.0"].map(
    (name) => `temperature=${name}`,
  );

  it("runs every combination with one teacher and shows a table", async () => {
    await writeFile(
      at("sweep.json"),
      JSON.stringify({
        data: await writeBars(folder),
        teacher: {
          train: { model: { "nn.mlp": [side * side, 16, classes] }, optimizer: "adam", epochs: 1 },
        },
        student: { "nn.mlp": [side * side, 8, classes] },
        objective: { response: { alpha: 0.9, temperature: 4 } },
        optimizer: { sgd: { lr: 0.1 } },
        epochs: 1,
      }),
    );
    const outcome = await potstill(["sweep", "sweep.json", ...grid, "--out", "s"], { cwd: folder });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr.match(/^teacher: \d+ errors/gm)).toHaveLength(4);
    // Trained once: it starts once.
    expect(outcome.stderr.match(/^teacher: .*parameters/gm)).toHaveLength(1);
    for (const name of names) {
      const report = JSON.parse(await readFile(at(`s/${name}/report.json`), "utf8"));
      const { temperature, alpha } = report.recipe.objective.response;
      expect(`temperature=${temperature},alpha=${alpha.toFixed(1)}`).toBe(name);
    }
    expect(outcome.stdout).toMatch(/temperature\s+alpha\s+distilled\s+accuracy\s+alone\s+teacher/);
    expect(
      outcome.stdout
        .trimEnd()
        .split("\n")
        .slice(-4)
        .map((row) => row.slice(0, 1))
        .sort(),
    ).toEqual(["2", "2", "4", "4"]);
  });

  it("goes on with what is not done, and with nothing else", async () => {
    const before = await stat(at(`s/${names[0]}/report.json`));
    await rm(at(`s/${names[2]}/report.json`));
    const outcome = await potstill(["sweep", "sweep.json", ...grid, "--out", "s", "--json"], {
      cwd: folder,
    });
    expect(outcome.code).toBe(0);
    expect(outcome.stderr.match(/is done/g)).toHaveLength(3);
    expect((await stat(at(`s/${names[0]}/report.json`))).mtimeMs).toBe(before.mtimeMs);
    const told = outcome.lines().filter(({ type }) => type === "sweep") as unknown as {
      values: Record<string, string>;
      distilled: { errors: number };
    }[];
    expect(told.map(({ values }) => values["objective.response.temperature"])).toEqual([
      "2",
      "2",
      "4",
      "4",
    ]);
    for (const { distilled } of told) expect(distilled.errors).toBeGreaterThanOrEqual(0);
  });

  it("tells of a run that fails and does the others", async () => {
    const rates = ["--grid", "lr=1e30,0.1", "--out", "rates"];
    const outcome = await potstill(["sweep", "sweep.json", ...rates], { cwd: folder });
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/failed: .*(NaN|not finite)/);
    expect(outcome.stdout).toMatch(/1e30\s+failed/);
    expect(outcome.stdout).toMatch(/0\.1\s+\d+/);
  });

  it("runs variants with several seeds, and shows mean and spread", async () => {
    await writeFile(
      at("variants.yaml"),
      [
        "labels: { objective: crossEntropy }",
        "soft: { objective: { softTargets: { temperature: 2 } } }",
        "staged: { objective: null, epochs: null, stages: [{ objective: crossEntropy, epochs: 1 }] }",
      ].join("\n"),
    );
    const sweep = ["sweep", "sweep.json", "--variants", "variants.yaml", "--grid", "seed=1,2"];
    const outcome = await potstill([...sweep, "--out", "v"], { cwd: folder });
    expect(outcome.code, outcome.stderr).toBe(0);
    const kinds = { labels: "objective", soft: "objective", staged: "stages" };
    for (const [name, key] of Object.entries(kinds)) {
      const file = at(`v/variant=${name},seed=2/report.json`);
      const { recipe } = JSON.parse(await readFile(file, "utf8"));
      expect(recipe[key]).toBeDefined();
      expect(recipe.seed).toBe(2);
      expect(outcome.stdout).toMatch(
        new RegExp(`^${name} +\\d+\\.\\d +± \\d+\\.\\d +\\d+, \\d+$`, "m"),
      );
    }
    const { runs } = JSON.parse(await readFile(at("v/sweep.json"), "utf8"));
    expect(runs).toHaveLength(6);
    expect(await readFile(at("v/sweep.svg"), "utf8")).toMatch(/<svg.*>staged<.*<\/svg>/s);
  });

  it.each([
    ["{}", /there are no variants/],
    ["a: [1]", /a: expected keys of the recipe/],
  ])("refuses the variants %s", async (text, message) => {
    await writeFile(at("wrong.yaml"), text);
    const wrong = await potstill(["sweep", "sweep.json", "--variants", "wrong.yaml"], {
      cwd: folder,
    });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(message);
  });

  it("refuses a grid that is none", async () => {
    expect((await potstill(["sweep", "sweep.json"], { cwd: folder })).code).toBe(2);
    const wrong = await potstill(["sweep", "sweep.json", "--grid", "tau=1"], { cwd: folder });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("the recipe does not have it");
  });
});

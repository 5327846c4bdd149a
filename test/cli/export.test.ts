import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadModule, loadSafetensors, readIdx, tensor } from "../../lib/index.js";
import { main, potstill } from "./cli.js";
import { classes, side, writeBars } from "./idx.js";

let folder: string;
let run: string;
let out: string;

const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-export-"));
  run = at("run");
  out = at("handed-over");
  const training = { optimizer: { sgd: { lr: 0.1, momentum: 0.9 } }, epochs: 4, batchSize: 32 };
  const recipe = {
    data: await writeBars(folder),
    normalize: { mean: [0.3], std: [0.2] },
    teacher: { train: { model: { "nn.mlp": [side * side, 32, classes] }, ...training } },
    student: { "nn.mlp": [side * side, 8, classes] },
    ...training,
  };
  await writeFile(at("recipe.json"), JSON.stringify(recipe));
  const outcome = await potstill(["distill", at("recipe.json"), "--out", run]);
  expect(outcome.code, outcome.stderr).toBe(0);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("potstill export", () => {
  it("writes model, weights, card and hashes, and checks them", async () => {
    const outcome = await potstill(["export", run, "--out", out, "--json"]);
    expect(outcome.code, outcome.stderr).toBe(0);
    const [told] = outcome.lines() as [
      { files: string[]; sha256: Record<string, string>; difference: number },
    ];
    expect(told.difference).toBeLessThan(1e-6);
    for (const [name, hash] of Object.entries(told.sha256)) {
      const content = await readFile(path.join(out, name));
      expect(createHash("sha256").update(content).digest("hex"), name).toBe(hash);
    }
    const card = await readFile(path.join(out, "README.md"), "utf8");
    const report = JSON.parse(await readFile(path.join(run, "report.json"), "utf8"));
    const [, front] = card.split("---\n") as [string, string];
    expect(parse(front).metrics[0].value).toBe(report.distilled.accuracy);
    expect(card).toContain(report.environment.libtorch);
    expect(card).toContain(told.sha256["model.pt"] as string);
    expect(card).toContain("nn.mlp");
    const manifest = JSON.parse(await readFile(path.join(out, "potstill.json"), "utf8"));
    expect(manifest.input).toEqual({
      shape: [1, side, side],
      normalize: { mean: [0.3], std: [0.2] },
    });
  });

  it("gives weights that take gradients, or none", async () => {
    const grads = async (file: string) => {
      using model = await loadModule(file);
      return [...model.parameters().values()].map((each) => each.requiresGrad);
    };
    expect(await grads(path.join(out, "model.pt"))).toEqual([true, true, true, true]);
    const quiet = at("quiet");
    const outcome = await potstill(["export", run, "--out", quiet, "--inference"]);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain("outputs of what was written");
    expect(await grads(path.join(quiet, "model.pt"))).toEqual([false, false, false, false]);
  });

  it("freezes, and keeps the weights beside", async () => {
    const frozen = at("frozen");
    const outcome = await potstill(["export", run, "--out", frozen, "--frozen"]);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stdout).toContain("outputs of what was written");
    using model = await loadModule(path.join(frozen, "model.pt"));
    expect(model.parameters().size).toBe(0);
    const weights = await loadSafetensors(path.join(frozen, "model.safetensors"));
    expect(Object.keys(weights)).toHaveLength(4);
    expect(await readFile(path.join(frozen, "README.md"), "utf8")).toContain("frozen");
  });

  it("takes a bare file, without a shape too, and refuses what is none", async () => {
    const file = path.join(run, "teacher.pt");
    const copy = at("lonely.pt");
    await writeFile(copy, await readFile(file));
    const bare = await potstill(["export", copy, "--out", at("bare")]);
    expect(bare.stdout).toContain("the shape of a sample is unknown");
    const shaped = await potstill(["export", copy, "--out", at("b"), "--input", "1x1x8x8"]);
    expect(shaped.stdout).toContain("differ from the model's by at most");
    expect((await potstill(["export", at("nowhere")])).code).toBe(2);
    const own = await potstill(["export", out, "--out", out]);
    expect(own.code).toBe(2);
    expect(own.stderr).toContain("the folder of the model itself");
    const text = await potstill(["export", at("recipe.json"), "--out", at("c")]);
    expect(text.stderr).toContain("[ERR_MODEL_LOAD]");
  });
});

describe("potstill predict", () => {
  /** Probabilities of the first test images, the long way. */
  async function expected(count: number) {
    const { data } = await readIdx(at("t-images"));
    const values = Float32Array.from(
      data.subarray(0, count * side * side) as Uint8Array,
      (value) => (value / 255 - 0.3) / 0.2,
    );
    using model = await loadModule(path.join(run, "student.pt"));
    const logits = await model.predict(tensor(values, { shape: [count, 1, side, side] }));
    const shares = Array.from(await logits.softmax(1).data(), Number);
    return Array.from({ length: count }, (_, row) =>
      shares.slice(row * classes, (row + 1) * classes),
    );
  }

  it("reads IDX files, from the run and from the export alike", async () => {
    const [first] = await expected(1);
    for (const model of [run, out, path.join(out, "model.pt")]) {
      const outcome = await potstill(["predict", model, at("t-images"), "--json", "--top", "4"]);
      expect(outcome.code, outcome.stderr).toBe(0);
      const lines = outcome.lines() as {
        class: number;
        top: { class: number; probability: number }[];
      }[];
      expect(lines).toHaveLength(64);
      for (const { class: label, probability } of lines[0]!.top) {
        expect(probability).toBeCloseTo(first![label]!, 5);
      }
      const right = lines.filter((line, index) => line.class === index % classes);
      const report = JSON.parse(await readFile(path.join(run, "report.json"), "utf8"));
      expect(64 - right.length).toBe(report.distilled.errors);
    }
  });

  it("reads images through sharp, in gray and at the model's size", async () => {
    const { data } = await readIdx(at("t-images"));
    const raw = { width: side, height: side, channels: 1 } as const;
    const pixels = Buffer.from(data.subarray(0, side * side) as Uint8Array);
    await sharp(pixels, { raw }).toColourspace("b-w").png().toFile(at("same.png"));
    await sharp(pixels, { raw })
      .resize(64, 64, { kernel: "nearest" })
      .png()
      .toFile(at("large.png"));
    const outcome = await potstill(["predict", out, at("same.png"), at("large.png"), "--json"]);
    expect(outcome.code, outcome.stderr).toBe(0);
    const [first] = await expected(1);
    const [same, large] = outcome.lines() as [Record<string, number>, Record<string, number>];
    expect(same.probability).toBeCloseTo(Math.max(...first!), 4);
    expect(large.class).toBe(same.class);
    const text = await potstill(["predict", out, at("same.png"), "--classes", "a,b,c,d"]);
    expect(text.stdout).toMatch(/same\.png {2}a \d+\.\d %\n/);
  });

  it.each([
    ["no file", []],
    ["-", ["-"]],
  ])("answers JSON lines on stdin as they come, and names a bad one, with %s", async (_, files) => {
    const child = spawn(process.execPath, [main, "predict", run, ...files, "--json"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    let stdout = "";
    const answered = new Promise<void>((resolve) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        resolve();
      });
    });
    const { data } = await readIdx(at("t-images"));
    const flat = [...data.subarray(0, side * side)].map((value) => value / 255);
    const nested = [Array.from({ length: side }, (_, y) => flat.slice(y * side, (y + 1) * side))];
    child.stdin.write(`${JSON.stringify(flat)}\n${JSON.stringify({ inputs: nested })}\n`);
    // The answer is there while stdin is still open.
    await answered;
    child.stdin.end("[1, 2]\n");
    const code = await new Promise((resolve) => child.on("close", resolve));
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const [first] = await expected(1);
    expect(lines).toHaveLength(3);
    for (const line of lines.slice(0, 2)) {
      expect(line.probability).toBeCloseTo(Math.max(...first!), 5);
    }
    expect(lines[2]).toMatchObject({
      type: "error",
      code: "ERR_SHAPE",
      message: expect.stringContaining("stdin, line 3: 2 values"),
    });
    expect(code).toBe(1);
  });

  it.each([
    ["{", /line 1: this is no JSON/],
    ["7", /line 1: expected a list of numbers/],
    ['["a"]', /line 1: expected numbers only, got "a"/],
    ["[[1,2],[3]]", /line 1: expected numbers only, got lists of different lengths/],
  ])("refuses the line %s", async (line, message) => {
    await writeFile(at("bad.jsonl"), `${line}\n`);
    const outcome = await potstill(["predict", out, at("bad.jsonl")]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(message);
  });

  it("says what is no image, no file, no manifest", async () => {
    await writeFile(at("bad.png"), "no image");
    const outcome = await potstill(["predict", out, at("bad.png")]);
    expect(outcome.stderr).toMatch(/bad\.png: this is no image/);
    const missing = await potstill(["predict", out, at("missing.png")]);
    expect(missing.stderr).toMatch(/there is no such file/);
    await writeFile(path.join(out, "potstill.json"), '{"version": 9}');
    const newer = await potstill(["predict", out, at("t-images")]);
    expect(newer.stderr).toMatch(/was not written by this version of potstill export: version/);
  });
});

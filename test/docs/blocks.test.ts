import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { build, loadModule, nn, randn } from "../../lib/index.js";
import { node, potstill } from "../cli/cli.js";
import { allBlocks, type Block, blocksOf, placeOf, root } from "./blocks.js";
import { compile, sourcesOf } from "./modules.js";
import {
  commandsIn,
  linkPackages,
  shell,
  writeNetworks,
  writeProject,
  writeReadmeProject,
} from "./project.js";

// Slow machines take a minute for the longest.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;
let env: Record<string, string>;
const blocks = allBlocks();
const notRun = (block: Block) => block.mark?.startsWith("not run: ") ?? false;
const elsewhere = (block: Block) => /^(tutorial|save )/.test(block.mark ?? "");
const run = blocks.filter((block) => !notRun(block) && !elsewhere(block));
const inLanguage = (language: string) => run.filter((block) => block.language === language);

const at = (...names: string[]) => path.join(folder, ...names);

/** A copy of the project for each page, so that pages cannot lean on one another. */
async function copyFor(page: string, kind: string): Promise<string> {
  const own = at(`${kind}-${page.replaceAll("/", "_")}`);
  if (!existsSync(own)) await cp(at("project"), own, { recursive: true });
  return own;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-docs-"));
  env = await commandsIn(folder);
  await linkPackages(folder);
  await writeProject(at("project"));
  await writeNetworks(at("project"));
  await cp(path.join(root, "test/fixtures/dict.pt"), at("project/dict.pt"));
  await writeReadmeProject(at("readme"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the documentation's code", () => {
  it("says of every block what it is, and why where it is not run", () => {
    const known = ["ts", "js", "sh", "yaml", "python", "text"];
    const unknown = blocks.filter(({ language }) => !known.includes(language)).map(placeOf);
    expect(unknown).toEqual([]);
    const marks = /^(continues|options|expression|recipe|save .+|tutorial.*|not run: .{10,})$/;
    const wrong = blocks.filter(({ mark }) => mark !== null && !marks.test(mark)).map(placeOf);
    expect(wrong).toEqual([]);
    expect(blocks.filter(notRun).length).toBeLessThan(blocks.length / 10);
    expect(inLanguage("ts").length).toBeGreaterThan(40);
  });

  it("extracts blocks and their marks", () => {
    const text = "a\n\n<!-- example: continues -->\n```ts\nb;\n```\n\n```sh\nc\n```\n";
    expect(blocksOf("x.md", text)).toEqual([
      { page: "x.md", line: 4, language: "ts", code: "b;\n", mark: "continues" },
      { page: "x.md", line: 8, language: "sh", code: "c\n", mark: null },
    ]);
    expect(() => blocksOf("x.md", "```ts\n")).toThrow("never closed");
  });

  it("compiles and runs in TypeScript", async () => {
    const sources = sourcesOf(inLanguage("ts"));
    const cwds = new Map<string, string>();
    for (const { page } of sources) cwds.set(page, await copyFor(page, "ts"));
    // The README's teacher is for MNIST, that of the page about taps has layers in layers.
    using teacher = await build(nn.mlp([784, 16, 10]));
    await teacher.save(path.join(cwds.get("README.md")!, "teacher.pt"));
    await cp(at("project/deep.pt"), path.join(cwds.get("docs/taps.md")!, "teacher.pt"));
    const deploy = { cwd: cwds.get("docs/how-to/deploy.md")! };
    await potstill(["export", "runs/mine", "--out", "digits"], deploy);
    const { modules, errors } = await compile(sources, at("modules"), (page) => cwds.get(page)!);
    expect(errors).toEqual([]);
    await writeFile(at("list.json"), JSON.stringify(modules));
    const runner = fileURLToPath(new URL("run-modules.mjs", import.meta.url));
    const outcome = await node([runner, at("list.json")], { env });
    const results = outcome.lines() as { place: string; error: string | null }[];
    expect(results.filter(({ error }) => error !== null)).toEqual([]);
    expect(results.map(({ place }) => place)).toEqual(sources.map(({ place }) => place));
  });

  it("says when a module of it fails", async () => {
    const block = { page: "docs/taps.md", line: 1, language: "ts", mark: null };
    const sources = sourcesOf([
      { ...block, code: 'const n: number = "";\nawait loadModule("none");\n' },
    ]);
    const { modules, errors } = await compile(sources, at("modules"), () => folder);
    expect(errors).toEqual([expect.stringContaining("docs/taps.md:1: Type 'string'")]);
    await writeFile(at("list.json"), JSON.stringify(modules));
    const runner = fileURLToPath(new URL("run-modules.mjs", import.meta.url));
    const [result] = (await node([runner, at("list.json")], { env })).lines();
    expect(result).toMatchObject({ error: expect.stringContaining("none") });
  });

  it("runs in the shell", async () => {
    for (const block of inLanguage("sh")) {
      const cwd = block.page === "README.md" ? at("readme") : await copyFor(block.page, "sh");
      const outcome = await shell(block.code, cwd, env);
      expect(outcome.code, `${placeOf(block)}\n${outcome.stdout}\n${outcome.stderr}`).toBe(0);
    }
  });

  it("has recipes that are taken", async () => {
    for (const block of inLanguage("yaml")) {
      expect(block.mark, placeOf(block)).toBe("recipe");
      const cwd = await copyFor(block.page, "yaml");
      const base = {
        teacher: "deep.pt",
        student: "deep.pt",
        data: { idx: { images: "data/train-images", labels: "data/train-labels" } },
        optimizer: { sgd: { lr: 1e-4 } },
        epochs: 1,
      };
      const recipe = { ...base, ...parse(block.code) };
      await writeFile(path.join(cwd, "recipe.json"), JSON.stringify(recipe));
      const outcome = await potstill(["distill", "recipe.json", "--set", "epochs=1"], { cwd });
      expect(outcome.code, `${placeOf(block)}\n${outcome.stderr}`).toBe(0);
    }
  });
});

/** What the README's two lines take for granted. */
const pythonPrelude = `
import torch
model = torch.nn.Linear(256, 3)
example = torch.zeros(1, 256)
`;
const python = process.env.POTSTILL_BENCH_PYTHON;

describe.skipIf(python === undefined)(
  "the documentation's Python (needs POTSTILL_BENCH_PYTHON)",
  () => {
    it("exports teachers that load", async () => {
      const cwd = at("python");
      await cp(at("project"), cwd, { recursive: true });
      const code = inLanguage("python").map((block) => block.code);
      await writeFile(path.join(cwd, "all.py"), `${pythonPrelude}\n${code.join("\n")}`);
      const outcome = await shell(`"${python}" all.py`, cwd, env);
      expect(outcome.code, outcome.stderr).toBe(0);
      using teacher = await loadModule(path.join(cwd, "teacher.pt"));
      using dict = await loadModule(path.join(cwd, "dict.pt"), { output: "logits" });
      for (const each of [teacher, dict]) {
        expect((await each.logits(randn([2, 256]), { grad: false })).shape).toEqual([2, 3]);
      }
    });
  },
);

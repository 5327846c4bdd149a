import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, nn, readIdx } from "../../lib/index.js";
import { node } from "../cli/cli.js";
import { blocksOf, root } from "./blocks.js";
import { compile, sourcesOf } from "./modules.js";
import { commandsIn, linkPackages, makeData, shell } from "./project.js";

// What the tutorial says, word for word, in an empty folder. Compiling the addon is the one thing
// left out: `npm run build` takes over what was built in this checkout.

const minutes = 60_000;
const blocks = blocksOf("docs/tutorial.md");
const [five, more] = blocks.filter(({ language }) => language === "sh");
const python = process.env.POTSTILL_BENCH_PYTHON;
let folder: string;
let clone: string;
let env: Record<string, string>;
/** The class that `potstill predict` finds in the first test image. */
let predicted: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-tutorial-"));
  clone = path.join(folder, "potstill");
  env = await commandsIn(folder);
  await writeFile(path.join(folder, "make-data.mjs"), makeData());
  const made = await node(["make-data.mjs"], { cwd: folder });
  expect(made.code, made.stderr).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs one line of the tutorial. */
async function command(line: string, cwd: string) {
  const outcome = await shell(line, cwd, env);
  expect(outcome.code, `${line}\n${outcome.stdout}\n${outcome.stderr}`).toBe(0);
  return outcome;
}

describe("the tutorial", () => {
  it(
    "goes from a clone to one's own recipe on one's own data in five commands",
    async () => {
      const lines = five!.code.trim().split("\n");
      expect(lines).toHaveLength(5);
      const [first, second, ...rest] = lines as [string, string, ...string[]];
      const cloning = first.replace("URL", `"file://${root}"`);
      const cloned = existsSync(path.join(root, ".git")) ? await shell(cloning, folder, env) : null;
      // Git refuses a checkout of another user, as some machines for tests have it.
      if (cloned !== null && !/dubious ownership|not found/.test(cloned.stderr)) {
        expect(cloned.code, cloned.stderr).toBe(0);
      } else {
        const without = (from: string) => !/(node_modules|build|dist|runs)$/.test(from);
        await cp(root, clone, { recursive: true, filter: without });
      }
      await command(second, clone);
      await cp(path.join(folder, "data"), path.join(clone, "data"), { recursive: true });
      let said = "";
      for (const line of rest) said = (await command(line, clone)).stdout;
      const report = JSON.parse(await readFile(path.join(clone, "runs/mine/report.json"), "utf8"));
      expect(report.distilled.samples).toBe(300);
      // Bars in three directions are no riddle.
      expect(report.teacher.accuracy).toBeGreaterThan(0.9);
      expect(report.distilled.accuracy).toBeGreaterThan(0.9);
      expect(existsSync(path.join(clone, "runs/mine/report.html"))).toBe(true);
      expect(said.trim().split("\n")).toHaveLength(300);
      predicted = Number(/\[0\]\s+(\d+)/.exec(said)?.[1]);
    },
    5 * minutes,
  );

  it(
    "takes a teacher of one's own",
    async () => {
      if (python === undefined) {
        using teacher = await build(nn.mlp([256, 24, 3]));
        await teacher.save(path.join(clone, "teacher.pt"));
      } else {
        const exporter = blocks.find(({ language }) => language === "python")!;
        await writeFile(path.join(clone, "export.py"), exporter.code);
        await command(`"${python}" export.py`, clone);
      }
      for (const line of more!.code.trim().split("\n")) await command(line, clone);
      expect(existsSync(path.join(clone, "runs/with-teacher/student.pt"))).toBe(true);
    },
    5 * minutes,
  );

  it("serves the student", async () => {
    await linkPackages(folder);
    const server = blocks.filter(({ mark }) => mark === "tutorial server");
    const image = await firstImage(path.join(clone, "data"));
    const asking = `
      const answer = await app.inject({ method: "POST", url: "/classify", payload: ${JSON.stringify(image)} });
      console.log(answer.body);
      await app.close();
    `;
    const sources = sourcesOf([{ ...server[0]!, code: `${server[0]!.code}\n${asking}` }]);
    const { modules, errors } = await compile(sources, path.join(folder, "modules"), () => clone);
    expect(errors).toEqual([]);
    const outcome = await node([modules[0]!.file], { cwd: clone, env });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(JSON.parse(outcome.stdout)).toEqual({ class: predicted });
  });
});

/** The first test image, as the service takes it. */
async function firstImage(data: string): Promise<number[]> {
  const { data: pixels } = await readIdx(path.join(data, "test-images"));
  return Array.from(pixels.subarray(0, 256) as Uint8Array, (value) => value / 255);
}

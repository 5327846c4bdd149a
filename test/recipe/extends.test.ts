import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseDistill } from "../../lib/recipe/parse.js";
import { readRecipe, recipeFromText } from "../../lib/recipe/source.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "potstill-extends-"));
  await mkdir(path.join(folder, "shared"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function recipe(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

describe("extends", () => {
  it("merges mappings, replaces the rest, and lets the later and the own win", async () => {
    await recipe("a.yaml", "seed: 1\nepochs: 3\noptimizer: { sgd: { lr: 0.1, momentum: 0.9 } }\n");
    await recipe("b.yaml", "epochs: 4\nclip: { norm: 1 }\n");
    const file = await recipe(
      "c.yaml",
      "extends: [a.yaml, b.yaml]\noptimizer: { sgd: { lr: 0.2 } }\n",
    );
    const { value } = await readRecipe(file, ["clip.norm=2"]);
    expect(value).toEqual({
      seed: 1,
      epochs: 4,
      optimizer: { sgd: { lr: 0.2, momentum: 0.9 } },
      clip: { norm: 2 },
    });
  });

  it("replaces what is made by another name, with its options", async () => {
    await recipe(
      "base.yaml",
      "student: { nn.mlp: [4, 3] }\nobjective: { response: { alpha: 0.9 } }\ndata: { mnist: {}, samples: 500 }\n",
    );
    const other = await recipe(
      "other.yaml",
      "extends: base.yaml\nobjective: { dkd: {} }\ndata: { samples: 100 }\nstudent: nn.relu\n",
    );
    expect((await readRecipe(other)).value).toEqual({
      student: "nn.relu",
      objective: { dkd: {} },
      data: { mnist: {}, samples: 100 },
    });
  });

  it("keeps the paths of a recipe in another folder where they were", async () => {
    await recipe(
      path.join("shared", "base.yaml"),
      "teacher: { path: teacher.pt }\nteachers: [../t.pt]\nstudent: student.pt\n" +
        "data: { idx: { dir: digits, labels: l, classes: 3 } }\nobjective: response\nout: /abs\n",
    );
    const file = await recipe("far.yaml", "extends: shared/base.yaml\n");
    expect((await readRecipe(file)).value).toEqual({
      teacher: { path: "shared/teacher.pt" },
      teachers: ["t.pt"],
      student: "shared/student.pt",
      data: { idx: { dir: "shared/digits", labels: "shared/l", classes: 3 } },
      objective: "response",
      out: "/abs",
    });
  });

  it("refuses circles, files that are not there, and what is no path", async () => {
    await recipe("x.yaml", "extends: y.yaml\n");
    const file = await recipe("y.yaml", "extends: x.yaml\n");
    await expect(readRecipe(file)).rejects.toThrow(/circle: y\.yaml → x\.yaml → y\.yaml/);
    const gone = await recipe("gone.yaml", "extends: nowhere.yaml\n");
    await expect(readRecipe(gone)).rejects.toMatchObject({ code: "ERR_IO" });
    const bad = await recipe("bad.yaml", "extends: 3\n");
    await expect(readRecipe(bad)).rejects.toThrow(/extends: expected the path of a recipe.*got 3/);
  });
});

describe("variables", () => {
  /** `${text}`, without a template's meaning. */
  const variable = (text: string) => ["$", "{", text, "}"].join("");
  const rate = variable("POTSTILL_TEST_LR");

  it("fills them in, as YAML where they are the whole value", () => {
    vi.stubEnv("POTSTILL_TEST_LR", "0.25");
    vi.stubEnv("POTSTILL_TEST_NAME", "x");
    const { value } = recipeFromText(
      JSON.stringify({
        optimizer: { sgd: { lr: rate } },
        epochs: variable("NOT_SET:-5"),
        out: `runs/${variable("POTSTILL_TEST_NAME")}-${variable("NOT_SET:-y")}`,
        note: `$${variable("KEPT")}`,
        list: [rate],
      }),
      "r.yaml",
    );
    expect(value).toEqual({
      optimizer: { sgd: { lr: 0.25 } },
      epochs: 5,
      out: "runs/x-y",
      note: variable("KEPT"),
      list: [0.25],
    });
    vi.unstubAllEnvs();
  });

  it("names key and variable where one is not set", () => {
    expect(() => recipeFromText(`a: { b: ["${variable("NOT_SET")}"] }`, "r.yaml")).toThrow(
      /r\.yaml: a\.b\[0\]: the environment variable NOT_SET is not set/,
    );
  });
});

it("refuses a recipe of a newer version", () => {
  const source = recipeFromText(
    "version: 2\ndata: mnist\nstudent: { nn.mlp: [4, 3] }\noptimizer: sgd\n",
    "r.yaml",
  );
  expect(() => parseDistill(source)).toThrow(/version: expected 1: .*another version of potstill/);
});

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { applyOverride, readRecipe, recipeFromText } from "../../lib/recipe/source.js";

const text = `
seed: 1
student: { nn.mlp: [784, 10] }
objective: response
optimizer:
  sgd: { lr: 0.05 }
teachers: [{ path: a.pt }, { path: b.pt }]
`;

function overridden(...overrides: string[]) {
  return recipeFromText(text, "recipe.yaml", overrides).value as Record<string, unknown>;
}

describe("recipeFromText", () => {
  it("reads YAML and JSON", () => {
    expect(overridden().optimizer).toEqual({ sgd: { lr: 0.05 } });
    expect(recipeFromText('{"seed": 3}', "a.json").value).toEqual({ seed: 3 });
  });

  it("says where YAML is broken", () => {
    expect(() => recipeFromText("a: [1, 2\nb: 3", "broken.yaml")).toThrowError(
      expect.objectContaining({
        code: "ERR_CONFIG",
        message: expect.stringMatching(/broken\.yaml.*line/s),
      }),
    );
  });

  it.each(["- 1", "text", "", "3"])("wants a mapping, not %j", (value) => {
    expect(() => recipeFromText(value, "r.yaml")).toThrowError(/r\.yaml: expected a mapping/);
  });
});

describe("applyOverride", () => {
  it("sets values of every YAML type", () => {
    const recipe = overridden("seed=7", "alone=true", "augment={shift: 2}", "output=logits");
    expect(recipe).toMatchObject({ seed: 7, alone: true, augment: { shift: 2 }, output: "logits" });
  });

  it("reaches into mappings, lists and keys with dots", () => {
    const recipe = overridden(
      "optimizer.sgd.lr=0.1",
      "teachers.1.path=c.pt",
      "student.nn.mlp=[784, 20, 10]",
    );
    expect(recipe.optimizer).toEqual({ sgd: { lr: 0.1 } });
    expect(recipe.teachers).toEqual([{ path: "a.pt" }, { path: "c.pt" }]);
    expect(recipe.student).toEqual({ "nn.mlp": [784, 20, 10] });
  });

  it("gives a bare name its arguments, and makes mappings that are not there", () => {
    const recipe = overridden("objective.response.alpha=0.5", "clip.norm=1");
    expect(recipe.objective).toEqual({ response: { alpha: 0.5 } });
    expect(recipe.clip).toEqual({ norm: 1 });
  });

  it("takes nn.… and models.… for one name", () => {
    const recipe = overridden("student={}", "student.models.lenet.classes=10");
    expect(recipe.student).toEqual({ "models.lenet": { classes: 10 } });
  });

  it("lets later ones win", () => {
    expect(overridden("seed=2", "seed=3").seed).toBe(3);
  });

  it.each(["seed", "=3"])("refuses %j", (override) => {
    expect(() => overridden(override)).toThrowError(/expected key=value/);
  });

  it("refuses a path through a number", () => {
    expect(() => overridden("seed.x=1")).toThrowError(/seed is 1 and has no keys/);
  });

  it("cannot reach the prototype", () => {
    const recipe: Record<string, unknown> = {};
    expect(() => applyOverride(recipe, "__proto__.polluted=1")).toThrowError(/__proto__/);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe("readRecipe", () => {
  it("knows the folder of the file", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "potstill-"));
    const file = path.join(folder, "recipe.yaml");
    await writeFile(file, "seed: 4\n");
    expect(await readRecipe(file)).toEqual({ file, folder, value: { seed: 4 } });
  });

  it("says that a file is not there", async () => {
    await expect(readRecipe("nowhere.yaml")).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining("nowhere.yaml: there is no such file"),
    });
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Each folder and the folders that it may import directly; what those may import, it may too. */
const libLayers: Record<string, string[]> = {
  native: [],
  files: ["native"],
  install: ["native"],
  tensor: ["native"],
  nn: ["tensor", "files"],
  losses: ["tensor"],
  optim: ["tensor"],
  data: ["tensor"],
  train: ["nn", "losses", "optim", "data"],
  report: [],
  recipe: ["train"],
  record: ["train", "report"],
  cli: ["recipe", "record", "install"],
};
const nativeLayers: Record<string, string[]> = {
  ops: [],
  core: ["ops"],
  engine: ["core"],
  node: ["engine"],
};

/** Types that a folder may name although it may not import the folder that declares them. */
const typesOnly: Record<string, RegExp> = { report: /^lib\/train\/(events|profile|report)\.ts$/ };

const nodeHeaders = /^(node|node_api|js_native_api|napi|uv|v8)([-_./].*)?$/;

function closure(layers: Record<string, string[]>, folder: string): Set<string> {
  const reached = new Set([folder]);
  for (const next of layers[folder] ?? []) {
    for (const other of closure(layers, next)) reached.add(other);
  }
  return reached;
}

function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));
}

interface Import {
  specifier: string;
  typeOnly: boolean;
}

/** Every module that a TypeScript file names: import, export from, import(), and import types. */
function importsOf(text: string): Import[] {
  const source = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const clause = ts.isImportDeclaration(node) ? node.importClause : undefined;
      const named = clause?.namedBindings;
      const typeOnly = ts.isExportDeclaration(node)
        ? node.isTypeOnly
        : clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
          (clause !== undefined &&
            clause.name === undefined &&
            named !== undefined &&
            ts.isNamedImports(named) &&
            named.elements.length > 0 &&
            named.elements.every((element) => element.isTypeOnly));
      const module = node.moduleSpecifier;
      if (module !== undefined && ts.isStringLiteral(module)) {
        found.push({ specifier: module.text, typeOnly });
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const argument = node.arguments[0];
      if (argument !== undefined && ts.isStringLiteralLike(argument)) {
        found.push({ specifier: argument.text, typeOnly: false });
      }
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const literal = node.argument.literal;
      if (ts.isStringLiteral(literal)) found.push({ specifier: literal.text, typeOnly: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Headers that a C++ file includes, in either form; comments and strings are none. */
function includesOf(text: string): string[] {
  const plain = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  return [...plain.matchAll(/^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]/gm)].map(
    (match) => match[1] as string,
  );
}

/** Violations of the layers by one TypeScript file of lib/. */
function checkFile(file: string, text: string): string[] {
  const folder = file.split("/")[1] as string;
  const allowed = closure(libLayers, folder);
  const problems: string[] = [];
  for (const { specifier, typeOnly } of importsOf(text)) {
    if (!specifier.startsWith(".")) continue;
    const target = relative(root, resolve(root, dirname(file), specifier)).replace(/\.js$/, ".ts");
    const other = target.split("/")[1] as string;
    if (!target.startsWith("lib/")) problems.push(`${file} reaches out of lib/: ${specifier}`);
    else if (!specifier.endsWith(".js")) problems.push(`${file}: ${specifier} lacks .js`);
    else if (!allowed.has(other) && !(typeOnly && typesOnly[folder]?.test(target))) {
      problems.push(`${file} imports ${target}`);
    }
  }
  return problems;
}

describe("lib/", () => {
  const files = filesBelow("lib", /\.ts$/).filter((file) => file.split("/").length > 2);

  test("every folder has a place among the layers", () => {
    const folders = new Set(files.map((file) => file.split("/")[1] as string));
    expect([...folders].filter((folder) => !(folder in libLayers))).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  test("imports point down only", () => {
    expect(
      files.flatMap((file) => checkFile(file, readFileSync(join(root, file), "utf8"))),
    ).toEqual([]);
  });

  test("the check sees every way to import", () => {
    const upward = (text: string) => checkFile("lib/tensor/x.ts", text);
    expect(upward('import { a } from "../nn/index.js";')).toHaveLength(1);
    expect(upward('import "../nn/index.js";')).toHaveLength(1);
    expect(upward('export * from "../nn/index.js";')).toHaveLength(1);
    expect(upward('import type { A } from "../nn/index.js";')).toHaveLength(1);
    expect(upward('const a = await import("../nn/index.js");')).toHaveLength(1);
    expect(upward('let a: import("../nn/index.js").A;')).toHaveLength(1);
    expect(upward('// import "../nn/index.js";\nimport "../native/index.js";')).toEqual([]);
    const report = (text: string) => checkFile("lib/report/x.ts", text);
    expect(report('import type { E } from "../train/events.js";')).toEqual([]);
    expect(report('import { type E } from "../train/events.js";')).toEqual([]);
    expect(report('import { e } from "../train/events.js";')).toHaveLength(1);
    expect(report('import type { R } from "../train/run.js";')).toHaveLength(1);
  });

  test("only what package.json lists is imported", () => {
    const { dependencies, peerDependencies } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    ) as { dependencies: object; peerDependencies: object };
    const known = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
    const strangers = filesBelow("lib", /\.ts$/).flatMap((file) =>
      importsOf(readFileSync(join(root, file), "utf8"))
        .map(({ specifier }) => specifier)
        .filter((specifier) => !specifier.startsWith("."))
        .filter((specifier) => !builtinModules.includes(specifier.replace(/^node:/, "")))
        .filter((specifier) => !known.has(specifier.split("/")[0] as string))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(strangers).toEqual([]);
  });

  test("only lib/native touches the addon's file", () => {
    const touching = files.filter(
      (file) =>
        !/^lib\/(native|install)\//.test(file) &&
        /\.node["'`]|process\.dlopen/.test(readFileSync(join(root, file), "utf8")),
    );
    expect(touching).toEqual([]);
  });
});

describe("native/", () => {
  const files = filesBelow("native", /\.(cpp|cu|cuh|h)$/).filter(
    (file) => file.split("/").length > 2,
  );

  test("includes point down only, and Node's headers stay in node/", () => {
    const problems: string[] = [];
    for (const file of files) {
      const folder = file.split("/")[1] as string;
      const allowed = closure(nativeLayers, folder);
      for (const header of includesOf(readFileSync(join(root, file), "utf8"))) {
        const nearby = join(dirname(file), header);
        const ours = [join("native", header), nearby].find((path) => existsSync(join(root, path)));
        const target = ours?.split("/")[1];
        if (target !== undefined && !allowed.has(target))
          problems.push(`${file} includes ${header}`);
        if (target === undefined && folder !== "node" && nodeHeaders.test(header)) {
          problems.push(`${file} includes ${header}`);
        }
      }
    }
    expect(problems).toEqual([]);
    expect(files.length).toBeGreaterThan(30);
  });

  test("the check reads includes as a compiler does", () => {
    const text =
      '#include "a.h"\n  #  include <b/c.h>\n// #include "d.h"\n/* #include "e.h" */\nint x;';
    expect(includesOf(text)).toEqual(["a.h", "b/c.h"]);
    expect(nodeHeaders.test("node_api.h")).toBe(true);
    expect(nodeHeaders.test("node/convert.h")).toBe(true);
    expect(nodeHeaders.test("nodes.h")).toBe(false);
  });
});

/** TypeScript blocks as modules: put together, type-checked and compiled. */

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import ts from "typescript";
import { type Block, placeOf } from "./blocks.js";

export interface CompiledModule {
  /** JavaScript. */
  file: string;
  /** Where the example is run. */
  cwd: string;
  place: string;
}

/** What a page says once for all its blocks. */
const preludes: Record<string, string> = {
  "docs/taps.md": 'import { loadModule, randn } from "potstill"; const x = randn([2, 1, 16, 16]);',
  "docs/losses/response.md": `import { ops, randn, tensor } from "potstill";
const [studentHidden, studentWeight] = [randn([6, 8]), randn([10, 8])];
studentHidden.requiresGrad = studentWeight.requiresGrad = true;
const [teacherHidden, teacherWeight] = [randn([6, 12]), randn([11, 12])];
const labels = tensor(BigInt64Array.from([0n, 1n, 2n, 3n, 4n, 9n]), { shape: [6] });`,
};
const names = "connectors, datasets, distill, loadModule, losses, nn, optim, schedules";

/** One module for each block, or for several of which the later ones continue. */
export function sourcesOf(
  blocks: readonly Block[],
): { place: string; page: string; source: string }[] {
  const sources: { place: string; page: string; source: string }[] = [];
  for (const block of blocks) {
    const { page, mark, code } = block;
    if (mark === "continues") {
      const before = sources.at(-1);
      if (before?.page !== page) throw new Error(`${placeOf(block)} continues nothing`);
      before.source += code;
      continue;
    }
    let source = `${preludes[page] ?? ""}\n${code}`;
    if (mark === "options") source = asOptions(code);
    else if (mark === "expression" || (mark === null && isLoss(block))) {
      source = `import { ${names} } from "potstill";\nexport const value = (\n${code.trimEnd().replace(/;$/, "")}\n);\n`;
    }
    sources.push({ place: placeOf(block), page, source: `${source}\nexport {};\n` });
  }
  return sources;
}

/** Pages of losses begin with how the loss is made. */
function isLoss({ page, code }: Block): boolean {
  return page.startsWith("docs/losses/") && !/^(const|await|import) /.test(code);
}

/** Options of distill() beside those that every run has, and the run itself. */
function asOptions(code: string): string {
  return `import { ${names}, type DistillOptions } from "potstill";
const large = await loadModule("deep.pt");
const small = await loadModule("deep.pt");
const given = {
${code}
} satisfies Partial<DistillOptions>;
const options: DistillOptions = {
  student: await loadModule("thin.pt"),
  data: await datasets.idx({ images: "data/train-images", labels: "data/train-labels" }),
  optimizer: optim.sgd({ lr: 1e-4 }),
  ...("stages" in given ? {} : { epochs: 1 }),
  ...("teachers" in given ? {} : { teacher: large }),
  ...given,
};
await distill(options);
`;
}

/**
 * Type-checks and compiles.
 *
 * @param folder with node_modules as in a project
 * @param cwdOf folder that a page's examples run in
 * @returns the modules, and what the compiler says, by place
 */
export async function compile(
  sources: readonly { place: string; page: string; source: string }[],
  folder: string,
  cwdOf: (page: string) => string,
): Promise<{ modules: CompiledModule[]; errors: string[] }> {
  await mkdir(folder, { recursive: true });
  const places = new Map<string, string>();
  for (const [index, { place, source }] of sources.entries()) {
    const file = path.join(folder, `example${index}.mts`);
    await writeFile(file, source);
    places.set(file, place);
  }
  const program = ts.createProgram([...places.keys()], {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    typeRoots: [path.join(folder, "..", "node_modules", "@types")],
    strict: true,
    skipLibCheck: true,
  });
  const { diagnostics } = program.emit();
  const errors = [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(
    ({ file, start, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, "\n");
      const where = file && places.get(file.fileName);
      const line = file?.text.slice(0, start).split("\n").length ?? 0;
      return `${where ?? file?.fileName}: ${text} (at ${file?.text.split("\n")[line - 1]?.trim()})`;
    },
  );
  const modules = sources.map(({ place, page }, index) => ({
    file: path.join(folder, `example${index}.mjs`),
    cwd: cwdOf(page),
    place,
  }));
  return { modules, errors };
}

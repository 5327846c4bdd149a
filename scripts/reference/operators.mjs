// docs/reference/operators.md, from the schemas in native/ops/library.cpp and the contracts in the
// headers beside it.

import { readFile } from "node:fs/promises";
import { heading } from "./markdown.mjs";

const intro = `
The operators of the namespace \`potstill\`, registered with PyTorch's dispatcher. From TypeScript
\`ops.potstill.<name>.default(…)\`, or \`.default.async(…)\` on the native thread; from Python
\`torch.ops.potstill.<name>\` after \`torch.ops.load_library("libpotstill_ops.so")\`. Losses have options,
checks and defaults on top of them: [losses](../losses/README.md). Operators that begin with an
underscore are their forward and backward parts and may change.

Every operator of libtorch is there as well, as \`ops.aten.<name>.<overload>\`.
`;

/** @param folder URL of native/ops/ */
export async function operatorsPage(folder) {
  const library = await readFile(new URL("library.cpp", folder), "utf8");
  const sections = [];
  for (const [header, schemas] of headersOf(library)) {
    const shown = schemas.filter((schema) => !schema.startsWith("_"));
    if (shown.length === 0) continue;
    const contract = contractOf(await readFile(new URL(header, folder), "utf8"));
    const title = shown.map((schema) => schema.slice(0, schema.indexOf("("))).join(", ");
    sections.push([`## ${title}`, "", fence(shown.join("\n")), "", fence(contract), ""].join("\n"));
  }
  return [heading("Operators"), intro, ...sections].join("\n");
}

function fence(text) {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** Schemas by the header that a comment above them names, in order. */
function headersOf(library) {
  const found = new Map();
  let header = null;
  const parts = library.matchAll(
    /\/\/ ((?:\w+\/)*\w+\.h)|m\.def\(\s*(?:torch::schema\(\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)/g,
  );
  for (const [, file, literals] of parts) {
    if (file !== undefined) header = file;
    else {
      const text = [...literals.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => part).join("");
      const schema = text.replaceAll('\\"', '"').replace(/^potstill::/, "");
      found.set(header, [...(found.get(header) ?? []), schema]);
    }
  }
  return found;
}

/** The comment above the first declaration that has one of two lines or more. */
function contractOf(header) {
  const blocks = header.match(/(?:^\/\/.*\n){2,}/gm) ?? [];
  const [first = ""] = blocks;
  return first
    .split("\n")
    .map((line) => line.replace(/^\/\/ ?/, ""))
    .join("\n")
    .trim();
}

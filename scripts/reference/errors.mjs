// docs/reference/errors.md, from the union of codes in lib/native/errors.ts.

import { heading, table } from "./markdown.mjs";

const intro = `
What potstill throws on purpose is a \`PotstillError\` with a stable \`code\`. Its message says what was
wrong, where (file, key, path, shape), and what to do; \`cause\` has what lies behind, such as libtorch's
full text. Promises reject with it, and its stack names the line that submitted the job.

\`\`\`ts
import { loadModule, PotstillError } from "potstill";

try {
  await loadModule("absent.pt");
} catch (error) {
  if (!(error instanceof PotstillError)) throw error;
  console.log(error.code, error.message);
}
\`\`\`
`;

/** @param source text of lib/native/errors.ts */
export function errorsPage(source) {
  const codes = [...source.matchAll(/\/\*\* (.+?) \*\/\s*\|\s*"(ERR_\w+)"/g)];
  return [
    heading("Errors"),
    intro,
    table(
      ["code", "when"],
      codes.map(([, text, code]) => [`\`${code}\``, text]),
    ),
    "",
  ].join("\n");
}

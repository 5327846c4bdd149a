import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { addonPath } from "../../lib/native/loader.js";

const require = createRequire(import.meta.url);
const file = fileURLToPath(new URL("../../lib/native/binding.ts", import.meta.url));

/** Names and numbers of parameters of the functions that `interface Binding` declares. */
function declared(): Map<string, number> {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const binding = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === "Binding",
  );
  if (binding === undefined) throw new Error("binding.ts has no interface Binding");
  return new Map(
    binding.members.map((member) => {
      if (!ts.isMethodSignature(member) || !ts.isIdentifier(member.name)) {
        throw new Error(`Binding declares something other than a method: ${member.getText()}`);
      }
      return [member.name.text, member.parameters.length];
    }),
  );
}

test("the addon exports what binding.ts declares, no more and no less", () => {
  const addon = require(addonPath()) as Record<string, unknown>;
  const names = [...declared().keys()].sort();
  expect(names.length).toBeGreaterThan(50);
  expect(Object.keys(addon).sort()).toEqual(names);
  for (const name of names) expect(typeof addon[name], name).toBe("function");
});

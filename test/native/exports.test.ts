import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { addonPath } from "../../lib/native/loader.js";

const require = createRequire(import.meta.url);
const file = fileURLToPath(new URL("../../lib/native/binding.ts", import.meta.url));

/** Names of the functions that `interface Binding` has of the interfaces that it extends. */
function declared(): string[] {
  const program = ts.createProgram([file], { noLib: true, module: ts.ModuleKind.NodeNext });
  const checker = program.getTypeChecker();
  const binding = program
    .getSourceFile(file)
    ?.statements.find(
      (statement): statement is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(statement) && statement.name.text === "Binding",
    );
  if (binding === undefined) throw new Error("binding.ts has no interface Binding");
  return checker
    .getTypeAtLocation(binding)
    .getProperties()
    .map((member) => {
      const { valueDeclaration: declaration } = member;
      if (declaration === undefined || !ts.isMethodSignature(declaration)) {
        throw new Error(`Binding declares something other than a method: ${member.name}`);
      }
      return member.name;
    });
}

test("the addon exports what binding.ts declares, no more and no less", () => {
  const addon = require(addonPath()) as Record<string, unknown>;
  const names = declared().sort();
  expect(names.length).toBeGreaterThan(50);
  expect(Object.keys(addon).sort()).toEqual(names);
  for (const name of names) expect(typeof addon[name], name).toBe("function");
});

// Turns operator schemas into the TypeScript of lib/tensor/generated/ops.ts. No dependencies; the
// parsed schemas come from lib/tensor/schema.ts.

/** Types of a schema that are written the same way wherever they stand. */
const NAMES = {
  Tensor: "Tensor",
  int: "Int",
  SymInt: "Int",
  float: "number",
  bool: "boolean",
  str: "string",
  Scalar: "Scalar",
  number: "Scalar",
  ScalarType: "DType",
  Device: "string",
  DeviceIndex: "Int",
  Layout: "Layout",
  MemoryFormat: "MemoryFormat",
  Generator: "Generator",
};

/** What a result of the type is in JavaScript, where that differs from what an argument may be. */
const RESULTS = { Int: "number", Scalar: "number | bigint | boolean", DType: "number" };

/** Words that cannot name a parameter. */
const RESERVED = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum " +
    "eval export extends false finally for function if implements import in instanceof interface " +
    "let new null package private protected public return static super switch this throw true " +
    "try typeof var void while with yield"
  ).split(" "),
);

class Unsupported extends Error {}

function argumentType(type) {
  switch (type.kind) {
    case "name": {
      const name = NAMES[type.name];
      if (name === undefined) throw new Unsupported(type.name);
      return name;
    }
    case "optional": {
      const inner = argumentType(type.of);
      return inner === "Generator" ? inner : `${inner} | null`;
    }
    case "list": {
      const element = argumentType(type.of);
      if (type.size !== null && element === "Int") return "Ints";
      if (type.size !== null && element === "number") return "Floats";
      return `readonly ${element.includes("|") ? `(${element})` : element}[]`;
    }
    default:
      throw new Unsupported(type.name ?? type.kind);
  }
}

function resultType(type) {
  switch (type.kind) {
    case "name": {
      const name = argumentType(type);
      return RESULTS[name] ?? name;
    }
    case "optional":
      return `${resultType(type.of)} | null`;
    case "list": {
      const element = resultType(type.of);
      return `${element.includes("|") ? `(${element})` : element}[]`;
    }
    default:
      throw new Unsupported(type.name ?? type.kind);
  }
}

function results(returns) {
  if (returns.length === 0) return "void";
  if (returns.length === 1) return resultType(returns[0].type);
  const named = returns.every((value) => value.name !== undefined);
  const items = returns.map((value) =>
    named ? `${value.name}: ${resultType(value.type)}` : resultType(value.type),
  );
  return `[${items.join(", ")}]`;
}

const parameter = (argument) =>
  `${RESERVED.has(argument.name) ? `${argument.name}_` : argument.name}`;

/** `(self: Tensor, other: Tensor, options?: { alpha?: Scalar }) => Tensor` */
function signature(schema) {
  if (schema.isVararg || schema.isVarret) throw new Unsupported("...");
  const positional = schema.arguments.filter((argument) => !argument.keywordOnly);
  const last = positional.findLastIndex((argument) => argument.default === undefined);
  const required = positional.slice(0, last + 1);
  const optional = positional.slice(last + 1);
  const keywords = schema.arguments.filter((argument) => argument.keywordOnly);
  const record = [...optional, ...keywords].map(
    (argument) =>
      `${argument.name}${argument.default === undefined ? "" : "?"}: ${argumentType(argument.type)}`,
  );
  const needed = keywords.some((argument) => argument.default === undefined);
  const options = record.length === 0 ? "" : `{ ${record.join("; ")} }`;
  const head = required.map((argument) => `${parameter(argument)}: ${argumentType(argument.type)}`);
  const result = results(schema.returns);
  if (optional.length === 0 || needed) {
    // An operator that needs an argument by name takes those with a default by name as well.
    if (options !== "") head.push(`options${needed ? "" : "?"}: ${options}`);
    return `(${head.join(", ")}) => ${result}`;
  }
  const tail = optional.map((argument) => `${parameter(argument)}: ${argumentType(argument.type)}`);
  return `(...args: Args<[${head.join(", ")}], [${tail.join(", ")}], ${options}>) => ${result}`;
}

const property = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/**
 * Declarations of the operators of one namespace.
 *
 * @param {string} title Name of the interface.
 * @param {import("../lib/tensor/schema.js").OperatorSchema[]} schemas
 * @returns {{ text: string, operators: number, overloads: number, leftOut: string[] }}
 */
function namespaceInterface(title, schemas) {
  const operators = new Map();
  const leftOut = [];
  let overloads = 0;
  for (const schema of schemas) {
    const overload = schema.overload === "" ? "default" : schema.overload;
    let declared;
    try {
      declared = signature(schema);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      leftOut.push(`${schema.name}.${overload}`);
      continue;
    }
    overloads++;
    if (!operators.has(schema.name)) operators.set(schema.name, []);
    operators.get(schema.name).push(`    ${property(overload)}: ${declared};\n`);
  }
  let text = `export interface ${title} {\n`;
  for (const name of [...operators.keys()].sort()) {
    // Fixed order, whatever order the dispatcher lists them in: it is a hash table.
    const lines = operators.get(name).sort();
    text += `  readonly ${property(name)}: Operator<{\n${lines.join("")}  }>;\n`;
  }
  return { text: `${text}}\n`, operators: operators.size, overloads, leftOut: leftOut.sort() };
}

/**
 * The whole file.
 *
 * @param {{ aten: OperatorSchema[], potstill: OperatorSchema[], libtorch: string }} input Parsed
 * schemas and the version they were read from (`major.minor`).
 */
export function operatorDeclarations({ aten, potstill, libtorch }) {
  const a = namespaceInterface("AtenOps", aten);
  const p = namespaceInterface("PotstillOps", potstill);
  return `// Written by scripts/generate-ops.mjs from the operator schemas of libtorch ${libtorch}; not by hand.
// ${a.operators} operators aten::* with ${a.overloads} overloads, ${p.operators} potstill::* with ${p.overloads}.
// Left out, because their types have no counterpart in JavaScript:
${a.leftOut.map((name) => `//   aten::${name}\n`).join("")}
import type { DType } from "../../native/binding.js";
import type {
  Args,
  Floats,
  Generator,
  Int,
  Ints,
  Layout,
  MemoryFormat,
  Operator,
  Scalar,
} from "../operator-types.js";
import type { Tensor } from "../tensor.js";

${a.text}
${p.text}`;
}

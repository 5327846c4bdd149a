/**
 * Parser of PyTorch's operator schemas, such as
 * `aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`.
 *
 * The grammar is the one of `torch/csrc/jit/frontend/function_schema_parser.h`, as printed by
 * `c10::FunctionSchema`.
 */

import { PotstillError } from "../native/errors.js";

/** `Tensor(a!)`: which storages a value shares, and whether the operator writes to them. */
export interface AliasInfo {
  /** Names of the alias sets before the call; `*` is the wildcard. */
  before: readonly string[];
  /** Names after the call; the same as `before` unless the schema has an arrow. */
  after: readonly string[];
  isWrite: boolean;
}

export type SchemaType =
  | { kind: "name"; name: string; alias?: AliasInfo }
  | { kind: "optional"; of: SchemaType }
  /** `size` is the length to which a single number is expanded, as in `int[2]`. */
  | { kind: "list"; of: SchemaType; size: number | null; alias?: AliasInfo }
  | { kind: "tuple"; of: SchemaType[] }
  /** `Dict(str, Tensor)`, `Future(t)`, `RRef(t)`, … */
  | { kind: "generic"; name: string; of: SchemaType[]; alias?: AliasInfo };

export type SchemaDefault = null | boolean | number | string | (boolean | number | string)[];

export interface SchemaArgument {
  name: string;
  type: SchemaType;
  /** Present only where the schema has a default; `null` is Python's None. */
  default?: SchemaDefault;
  keywordOnly: boolean;
}

export interface SchemaReturn {
  name?: string;
  type: SchemaType;
}

export interface OperatorSchema {
  /** Such as `aten`. */
  namespace: string;
  /** Such as `sum`. */
  name: string;
  /** Such as `dim_IntList`; empty for the default overload. */
  overload: string;
  arguments: SchemaArgument[];
  returns: SchemaReturn[];
  /** `...` at the end of the arguments or of the returns. */
  isVararg: boolean;
  isVarret: boolean;
}

/** Types that take a parenthesized list of types, where others take an alias annotation. */
const GENERICS = new Set(["Dict", "Future", "RRef", "Await", "Union", "Optional", "List"]);
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const DOTTED = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y;
const NUMBER = /[+-]?(?:inf|nan|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const ESCAPES: Record<string, string> = {
  n: "\n",
  t: "\t",
  r: "\r",
  f: "\f",
  v: "\v",
  a: "\x07",
  b: "\b",
  "0": "\0",
};

class Parser {
  private position = 0;

  constructor(private readonly text: string) {}

  schema(): OperatorSchema {
    const namespace = this.match(IDENTIFIER, "a namespace");
    this.expect("::");
    const name = this.match(IDENTIFIER, "an operator name");
    const overload = this.accept(".") ? this.match(IDENTIFIER, "an overload name") : "";
    this.expect("(");
    const { list, isVararg } = this.arguments();
    this.expect("->");
    const { returns, isVarret } = this.returns();
    this.skipSpace();
    if (this.position !== this.text.length) this.fail("the end of the schema");
    return { namespace, name, overload, arguments: list, returns, isVararg, isVarret };
  }

  private arguments(): { list: SchemaArgument[]; isVararg: boolean } {
    const list: SchemaArgument[] = [];
    let keywordOnly = false;
    let isVararg = false;
    if (this.accept(")")) return { list, isVararg };
    do {
      if (this.accept("...")) {
        isVararg = true;
      } else if (this.accept("*")) {
        keywordOnly = true;
      } else {
        list.push(this.argument(keywordOnly));
      }
    } while (this.accept(","));
    this.expect(")");
    return { list, isVararg };
  }

  private argument(keywordOnly: boolean): SchemaArgument {
    const type = this.type();
    const name = this.match(IDENTIFIER, "an argument name");
    if (!this.accept("=")) return { name, type, keywordOnly };
    return { name, type, default: this.value(), keywordOnly };
  }

  private returns(): { returns: SchemaReturn[]; isVarret: boolean } {
    if (this.accept("...")) return { returns: [], isVarret: true };
    if (!this.accept("(")) return { returns: [this.return()], isVarret: false };
    const returns: SchemaReturn[] = [];
    if (this.accept(")")) return { returns, isVarret: false };
    do {
      if (this.accept("...")) {
        this.expect(")");
        return { returns, isVarret: true };
      }
      returns.push(this.return());
    } while (this.accept(","));
    this.expect(")");
    return { returns, isVarret: false };
  }

  private return(): SchemaReturn {
    const type = this.type();
    const name = this.maybe(IDENTIFIER);
    return name === null ? { type } : { type, name };
  }

  private type(): SchemaType {
    let type = this.baseType();
    for (;;) {
      if (this.accept("?")) {
        type = { kind: "optional", of: type };
      } else if (this.accept("[")) {
        const size = this.maybe(/\d+/y);
        this.expect("]");
        type = { kind: "list", of: type, size: size === null ? null : Number(size) };
        if (this.accept("(")) type.alias = this.alias();
      } else {
        return type;
      }
    }
  }

  private baseType(): SchemaType {
    if (this.accept("(")) {
      const of: SchemaType[] = [];
      if (!this.accept(")")) {
        do of.push(this.type());
        while (this.accept(","));
        this.expect(")");
      }
      return { kind: "tuple", of };
    }
    const name = this.match(DOTTED, "a type");
    if (!this.accept("(")) return { kind: "name", name };
    if (!GENERICS.has(name)) return { kind: "name", name, alias: this.alias() };
    const of: SchemaType[] = [];
    do of.push(this.type());
    while (this.accept(","));
    this.expect(")");
    if (!this.accept("(")) return { kind: "generic", name, of };
    return { kind: "generic", name, of, alias: this.alias() };
  }

  /** After `(`: `a`, `a!`, `a|b`, `*`, `a -> *`, `a! -> a|b`. */
  private alias(): AliasInfo {
    const before = this.aliasSet();
    const isWrite = this.accept("!");
    const after = this.accept("->") ? this.aliasSet() : before;
    const writesAfter = this.accept("!");
    this.expect(")");
    return { before, after, isWrite: isWrite || writesAfter };
  }

  private aliasSet(): string[] {
    const names: string[] = [];
    do names.push(this.accept("*") ? "*" : this.match(IDENTIFIER, "an alias set"));
    while (this.accept("|"));
    return names;
  }

  private value(): SchemaDefault {
    if (!this.accept("[")) return this.scalar();
    const list: (boolean | number | string)[] = [];
    if (this.accept("]")) return list;
    do {
      const item = this.scalar();
      if (item === null) this.fail("a value that is not None in a list");
      list.push(item);
    } while (this.accept(","));
    this.expect("]");
    return list;
  }

  private scalar(): null | boolean | number | string {
    this.skipSpace();
    const quote = this.text[this.position];
    if (quote === '"' || quote === "'") return this.string(quote);
    const number = this.maybe(NUMBER);
    if (number !== null) return Number(number.replace("inf", "Infinity").replace("nan", "NaN"));
    const word = this.match(IDENTIFIER, "a default value");
    if (word === "None") return null;
    if (word === "True") return true;
    if (word === "False") return false;
    return word; // an enumerator: Mean, contiguous_format, …
  }

  private string(quote: string): string {
    let out = "";
    for (this.position++; this.position < this.text.length; this.position++) {
      const character = this.text[this.position] as string;
      if (character === quote) {
        this.position++;
        return out;
      }
      if (character === "\\") {
        const escaped = this.text[++this.position] ?? "";
        out += ESCAPES[escaped] ?? escaped;
      } else {
        out += character;
      }
    }
    return this.fail(`a closing ${quote}`);
  }

  private skipSpace(): void {
    while (this.text[this.position] === " ") this.position++;
  }

  private accept(token: string): boolean {
    this.skipSpace();
    if (!this.text.startsWith(token, this.position)) return false;
    this.position += token.length;
    return true;
  }

  private expect(token: string): void {
    if (!this.accept(token)) this.fail(`"${token}"`);
  }

  private maybe(pattern: RegExp): string | null {
    this.skipSpace();
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.position += found.length;
    return found;
  }

  private match(pattern: RegExp, what: string): string {
    return this.maybe(pattern) ?? this.fail(what);
  }

  private fail(expected: string): never {
    const near = this.text.slice(this.position, this.position + 20);
    throw new PotstillError(
      "ERR_CONFIG",
      `Operator schema "${this.text}": expected ${expected} at column ${this.position + 1}, ` +
        `found ${near === "" ? "the end" : `"${near}"`}.`,
    );
  }
}

/**
 * Parses one operator schema.
 *
 * @param text Such as `aten::relu(Tensor self) -> Tensor`.
 * @throws PotstillError `ERR_CONFIG` with the column when the text is no schema.
 */
export function parseSchema(text: string): OperatorSchema {
  return new Parser(text.trim()).schema();
}

function formatAlias(alias: AliasInfo | undefined): string {
  if (alias === undefined) return "";
  const before = alias.before.join("|");
  const after = alias.after.join("|");
  return `(${before}${alias.isWrite ? "!" : ""}${after === before ? "" : ` -> ${after}`})`;
}

/** Text of a type, as PyTorch writes it. */
export function formatType(type: SchemaType): string {
  switch (type.kind) {
    case "name":
      return type.name + formatAlias(type.alias);
    case "optional":
      return `${formatType(type.of)}?`;
    case "list":
      return `${formatType(type.of)}[${type.size ?? ""}]${formatAlias(type.alias)}`;
    case "tuple":
      return `(${type.of.map(formatType).join(", ")})`;
    case "generic":
      return `${type.name}(${type.of.map(formatType).join(", ")})${formatAlias(type.alias)}`;
  }
}

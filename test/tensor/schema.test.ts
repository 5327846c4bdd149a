import { describe, expect, test } from "vitest";
import { native } from "../../lib/native/index.js";
import { formatType, parseSchema } from "../../lib/tensor/schema.js";

const types = (text: string): string[] =>
  parseSchema(text).arguments.map((argument) => formatType(argument.type));

describe("parseSchema", () => {
  test("overload, keyword-only arguments, sizes and defaults", () => {
    const schema = parseSchema(
      "aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
    );
    expect(schema).toMatchObject({ namespace: "aten", name: "sum", overload: "dim_IntList" });
    expect(schema.arguments.map((argument) => argument.name)).toEqual([
      "self",
      "dim",
      "keepdim",
      "dtype",
    ]);
    expect(schema.arguments.map((argument) => argument.keywordOnly)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(schema.arguments[1]?.type).toEqual({
      kind: "optional",
      of: { kind: "list", of: { kind: "name", name: "int" }, size: 1 },
    });
    expect(schema.arguments[1]).not.toHaveProperty("default");
    expect(schema.arguments[2]?.default).toBe(false);
    expect(schema.arguments[3]?.default).toBeNull();
    expect(schema.returns).toEqual([{ type: { kind: "name", name: "Tensor" } }]);
  });

  test("aliases, in lists too", () => {
    const schema = parseSchema(
      "aten::max.dim_max(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) max, Tensor(b!) max_values) -> (Tensor(a!) values, Tensor(b!) indices)",
    );
    expect(schema.arguments[3]?.type).toEqual({
      kind: "name",
      name: "Tensor",
      alias: { before: ["a"], after: ["a"], isWrite: true },
    });
    expect(schema.returns.map((value) => value.name)).toEqual(["values", "indices"]);
    expect(
      parseSchema(
        "aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]",
      ),
    ).toMatchObject({
      arguments: [{ type: { alias: { before: ["a"], after: ["*"], isWrite: false } } }, {}, {}],
      returns: [{ type: { kind: "list", size: null, of: { alias: { before: ["a"] } } } }],
    });
    expect(types("aten::f(Tensor(a|b) x, t(a!)[] y, Tensor(a!)[](b!) z) -> ()")).toEqual([
      "Tensor(a|b)",
      "t(a!)[]",
      "Tensor(a!)[](b!)",
    ]);
  });

  test("lists of optionals, optionals of lists, tuples and generics", () => {
    expect(
      types(
        "aten::f(Tensor?[] a, SymInt[]? b, Tensor?[]? c, (int, Tensor)[] d, Dict(str, Tensor) e, Future(t) f, __torch__.torch.classes.quantized.LinearPackedParamsBase g) -> ()",
      ),
    ).toEqual([
      "Tensor?[]",
      "SymInt[]?",
      "Tensor?[]?",
      "(int, Tensor)[]",
      "Dict(str, Tensor)",
      "Future(t)",
      "__torch__.torch.classes.quantized.LinearPackedParamsBase",
    ]);
  });

  test.each([
    ["-100", -100],
    ["1.0000000000000001e-05", 1e-5],
    ["1.", 1],
    ["-inf", -Infinity],
    ["[0, 1]", [0, 1]],
    ["[]", []],
    ['"none"', "none"],
    ["'it'", "it"],
    ['" \\n\\t\\f\\v"', " \n\t\f\v"],
    ['"\\"\\\'\\\\"', "\"'\\"],
    ['"a, b) -> ("', "a, b) -> ("],
    ["True", true],
    ["None", null],
    ["contiguous_format", "contiguous_format"],
  ])("default %s", (text, value) => {
    const schema = parseSchema(`aten::f(Tensor a, int x=${text}, *, bool y=True) -> Tensor`);
    expect(schema.arguments[1]?.default).toEqual(value);
    expect(schema.arguments[2]?.name).toBe("y");
  });

  test("no arguments, no results, any number of either", () => {
    expect(parseSchema("aten::f() -> ()")).toMatchObject({ arguments: [], returns: [] });
    expect(parseSchema("aten::f(...) -> ...")).toMatchObject({ isVararg: true, isVarret: true });
    expect(parseSchema("aten::format(str self, ...) -> str").isVararg).toBe(true);
  });

  test.each([
    ["aten::f(Tensor self -> Tensor", 'expected ")" at column 21, found "-> Tensor"'],
    ["aten:f() -> ()", 'expected "::" at column 5'],
    ["aten::f(Tensor) -> ()", "expected an argument name at column 15"],
    ["aten::f(int x=) -> ()", "expected a default value at column 15"],
    ['aten::f(str x="a) -> ()', 'expected a closing "'],
    ["aten::f() -> () x", "expected the end of the schema at column 17"],
    ["", "expected a namespace at column 1, found the end"],
  ])("refuses %s", (text, message) => {
    expect(() => parseSchema(text)).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringContaining(message) }),
    );
  });

  test("every schema of the dispatcher, and its types come out as they went in", () => {
    const schemas = ["aten", "potstill", "prims", "quantized"].flatMap(native.listSchemas);
    expect(schemas.length).toBeGreaterThan(2500);
    for (const text of schemas) {
      const schema = parseSchema(text);
      const head = `${schema.namespace}::${schema.name}${schema.overload && `.${schema.overload}`}(`;
      expect(text.startsWith(head), text).toBe(true);
      let rest = text.slice(head.length);
      for (const { type, name } of [...schema.arguments, ...schema.returns]) {
        const written = name === undefined ? formatType(type) : `${formatType(type)} ${name}`;
        const at = rest.indexOf(written);
        expect(at, `${written} in ${text}`).toBeGreaterThanOrEqual(0);
        rest = rest.slice(at + written.length);
      }
    }
  });
});

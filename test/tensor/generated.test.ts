import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { native } from "../../lib/native/index.js";
import { ops, parseSchema, type Tensor } from "../../lib/tensor/index.js";
import { operatorDeclarations } from "../../scripts/operator-declarations.mjs";

const VERSION = /from the operator schemas of libtorch (\d+\.\d+);/;
const committed = readFileSync(
  new URL("../../lib/tensor/generated/ops.ts", import.meta.url),
  "utf8",
);
const libtorch = native.versionInfo().libtorch.split(".").slice(0, 2).join(".");

describe("declarations of the operators", () => {
  // Another supported libtorch has other operators; the committed file is of one version.
  test.runIf(VERSION.exec(committed)?.[1] === libtorch)("are those of this libtorch", () => {
    const text = operatorDeclarations({
      aten: native.listSchemas("aten").map(parseSchema),
      potstill: native.listSchemas("potstill").map(parseSchema),
      libtorch,
    });
    const lines = committed.split("\n");
    const differing = text.split("\n").find((line, i) => line !== lines[i]);
    expect(differing, "run node scripts/generate-ops.mjs").toBeUndefined();
    expect(text.length).toBe(committed.length);
  });

  test("what each kind of argument becomes", () => {
    const declare = (schema: string): string =>
      operatorDeclarations({ aten: [parseSchema(schema)], potstill: [], libtorch: "2.13" })
        .split("\n")
        .filter((line) => line.startsWith("    "))
        .join("\n")
        .trim();
    expect(declare("aten::relu(Tensor self) -> Tensor")).toBe("default: (self: Tensor) => Tensor;");
    expect(
      declare("aten::topk(Tensor self, SymInt k, int dim=-1) -> (Tensor values, Tensor indices)"),
    ).toBe(
      "default: (...args: Args<[self: Tensor, k: Int], [dim: Int], { dim?: Int }>) => " +
        "[values: Tensor, indices: Tensor];",
    );
    expect(
      declare(
        "aten::f.x(Tensor?[] in, int[2] size, float[]? scale, *, ScalarType dtype, Layout? layout=None, Tensor(a!) out) -> ()",
      ),
    ).toBe(
      "x: (in_: readonly (Tensor | null)[], size: Ints, scale: readonly number[] | null, options: " +
        "{ dtype: DType; layout?: Layout | null; out: Tensor }) => void;",
    );
    expect(declare("aten::qscheme(Tensor self) -> QScheme")).toBe("");
  });

  /** Never called: the compiler holds it against the declarations. */
  function _types(a: Tensor): void {
    const _add: Tensor = ops.aten.add(a, a, { alpha: 2 });
    const _scalar: Tensor = ops.aten.add(a, 2);
    const _conv: Tensor = ops.aten.conv2d(a, a, a, { stride: 2, padding: [1, 1] });
    const _same: Tensor = ops.aten.conv2d(a, a, { padding: "same" });
    const _topk: [Tensor, Tensor] = ops.aten.topk(a, 3);
    const _split: Tensor[] = ops.aten.split(a, 2);
    const _equal: boolean = ops.aten.equal(a, a);
    const _out: Tensor = ops.aten.add.out(a, a, { out: a });
    const _mm: Promise<Tensor> = ops.aten.mm.async(a, a);
    const _sum: Promise<Tensor> = ops.aten.sum.dim_IntList.async(a, 1, { keepdim: true });
    // @ts-expect-error a string is no tensor
    ops.aten.add(a, "x");
    // @ts-expect-error no such operator
    ops.aten.addd(a, a);
    // @ts-expect-error no such option
    ops.aten.conv2d(a, a, { strid: 2 });
    // @ts-expect-error out is needed
    ops.aten.add.out(a, a);
    // @ts-expect-error no such dtype
    ops.aten.zeros([2], { dtype: "float31" });
  }
  void _types;
});

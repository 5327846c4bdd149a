/** The table that `Module.summary()` gives. */

import type { DType, ModuleInfo, SummaryRow } from "../native/binding.js";

export interface SummaryEntry {
  /** Path as in state dicts; empty for the module itself. */
  path: string;
  className: string;
  /** Of what the module returned in the sample forward; null where it was not called. */
  outputShape: number[] | null;
  outputDtype: DType | null;
  /** Parameters of this module itself, without its children's. */
  parameters: number;
}

/** Rows in the order of the module tree, and totals; `toString()` prints the table. */
export class Summary {
  constructor(
    readonly rows: readonly SummaryEntry[],
    /** Elements of all parameters. */
    readonly parameters: number,
    /** Those with requiresGrad. */
    readonly trainable: number,
    /** Elements of all buffers. */
    readonly buffers: number,
  ) {}

  toString(): string {
    const header = ["path", "class", "output", "parameters"];
    const cells = this.rows.map((row) => [
      "  ".repeat(row.path === "" ? 0 : row.path.split(".").length) +
        (row.path.split(".").at(-1) || "(module)"),
      row.className,
      row.outputShape === null ? "" : `[${row.outputShape.join(", ")}]`,
      row.parameters === 0 ? "" : grouped(row.parameters),
    ]);
    const widths = header.map((title, i) =>
      Math.max(title.length, ...cells.map((row) => row[i]!.length)),
    );
    const line = (row: readonly string[]) =>
      row
        .map((cell, i) => (i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join("  ")
        .trimEnd();
    const rule = widths.map((width) => "-".repeat(width)).join("  ");
    const totals =
      `${grouped(this.parameters)} parameters, ${grouped(this.trainable)} trainable` +
      (this.buffers > 0 ? `; ${grouped(this.buffers)} values in buffers` : "");
    return [line(header), rule, ...cells.map(line), rule, totals].join("\n");
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

/** Joins the tree with what a sample forward reported, if there was one. */
export function summarize(
  modules: readonly ModuleInfo[],
  called: readonly SummaryRow[],
  totals: { parameters: number; trainable: number; buffers: number },
): Summary {
  const byPath = new Map(called.map((row) => [row.path, row]));
  const rows = modules.map(({ path, className, ownParameters }) => ({
    path,
    className,
    outputShape: byPath.get(path)?.outputShape ?? null,
    outputDtype: byPath.get(path)?.outputDtype ?? null,
    parameters: ownParameters,
  }));
  return new Summary(rows, totals.parameters, totals.trainable, totals.buffers);
}

// Rows of the results as a table in plain text.

/** Potstill's mode, and what the peer computed in. */
export const rowName = ({ mode, dtype }) => (mode === dtype ? mode : `${mode}, ${dtype}`);

const columns = [
  ["workload", (row) => row.workload],
  ["row", rowName],
  ["metric", (row) => row.metric],
  ["peer", (row) => row.peer],
  ["ratio", (row) => number(row.ratio)],
  [
    "p10..p90",
    (row) => (row.ratioP10 == null ? "" : `${number(row.ratioP10)}..${number(row.ratioP90)}`),
  ],
  ["median", (row) => `${number(row.median)} ${row.unit}`],
  ["p10..p90", (row) => `${number(row.p10)}..${number(row.p90)}`],
];

function number(value) {
  return value == null ? "" : String(Number(value.toPrecision(3)));
}

/** The ratio comes first: it is what travels from one machine to another. */
export function table(rows) {
  const cells = [
    columns.map(([name]) => name),
    ...rows.map((row) => columns.map(([, of]) => of(row))),
  ];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The same as Markdown. */
export function markdown(rows, wanted) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    line(wanted.map(([name]) => name)),
    line(wanted.map(() => "---")),
    ...rows.map((row) => line(wanted.map(([, of]) => of(row)))),
  ].join("\n");
}

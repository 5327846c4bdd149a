// Pieces of the generated pages.

/** Title and where the page comes from. */
export function heading(title) {
  return `<!-- Written by scripts/reference.mjs; change its sources instead. -->\n\n# ${title}`;
}

export function table(header, rows) {
  const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

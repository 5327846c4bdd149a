// The whole steps as a chart: how many times as long the best of each kind of peer takes.

const bar = 16;
const gap = 26;
const left = 150;
const width = 760;

/** Kinds of peers in the chart, from grey to colour. */
const kinds = [
  { name: "PyTorch eager", peers: ["pytorch-eager"], fill: "#b8c4cc" },
  {
    name: "PyTorch, best setting",
    peers: ["pytorch-eager", "pytorch-eager-malloc", "pytorch-compile", "pytorch-tuned"],
    fill: "#7d93a3",
  },
  { name: "bare products (limit)", peers: ["limit"], fill: "#3b4f5e" },
];

const shown = (value) => value.toFixed(2);

/** Rows of one workload and mode as bars; what was not measured is left out. */
function barsOf({ name, rows }) {
  const steps = rows.filter(({ metric, ratio }) => metric === "step" && ratio != null);
  const modes = [...new Set(steps.map(({ mode }) => mode))];
  return modes.map((mode) => ({
    title: `${name.toUpperCase()} ${mode}`,
    bars: kinds.flatMap(({ name: kind, peers, fill }) => {
      const ratios = steps
        .filter((row) => row.mode === mode && peers.includes(row.peer))
        .map(({ ratio }) => ratio);
      return ratios.length > 0 ? [{ kind, fill, ratio: Math.min(...ratios) }] : [];
    }),
  }));
}

/**
 * An SVG of the results.
 * @param suites `{ name, rows }` of each workload that was measured
 */
export function chart(suites) {
  const groups = suites.flatMap(barsOf).filter(({ bars }) => bars.length > 0);
  const most = Math.max(2, ...groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)));
  const scale = (width - left - 60) / most;
  const at = (ratio) => (left + ratio * scale).toFixed(1);
  const parts = [];
  let y = 50;
  for (const { title, bars } of groups) {
    parts.push(
      `<text x="${left - 10}" y="${y + (bars.length * bar) / 2 + 4}" text-anchor="end">${title}</text>`,
    );
    for (const { kind, fill, ratio } of bars) {
      parts.push(
        `<rect x="${left}" y="${y}" width="${(ratio * scale).toFixed(1)}" height="${bar - 3}" fill="${fill}"><title>${kind}: ${shown(ratio)}</title></rect>`,
        `<text x="${Number(at(ratio)) + 4}" y="${y + 11}" class="n">${shown(ratio)}</text>`,
      );
      y += bar;
    }
    y += gap - bar;
  }
  const legend = kinds.map(
    ({ name, fill }, index) =>
      `<rect x="${left + index * 190}" y="12" width="12" height="12" fill="${fill}"/><text x="${left + 18 + index * 190}" y="22">${name}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 10}" viewBox="0 0 ${width} ${y + 10}" role="img" aria-label="Times of a step of distillation over potstill's">
<style>text{font:13px system-ui,sans-serif;fill:#223}.n{font-size:11px}</style>
<rect width="100%" height="100%" fill="#fff"/>
${legend.join("\n")}
${parts.join("\n")}
<line x1="${at(1)}" y1="38" x2="${at(1)}" y2="${y}" stroke="#c0392b" stroke-dasharray="4 3"/>
<text x="${at(1)}" y="${y + 8}" text-anchor="middle" class="n">potstill = 1</text>
</svg>
`;
}

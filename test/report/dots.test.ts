import { describe, expect, it } from "vitest";
import { dotChart } from "../../lib/report/dots.js";

const chart = (rows: { label: string; values: number[] }[], mark?: number) =>
  dotChart({
    title: "Errors",
    unit: "errors of 100",
    rows,
    mark: mark === undefined ? undefined : { label: "teacher", value: mark },
  });

const numbers = (svg: string, what: RegExp) => [...svg.matchAll(what)].map(([, x]) => Number(x));

describe("dot charts", () => {
  it("puts values where they belong, and a bar at their mean", () => {
    const svg = chart([{ label: "a", values: [10, 20] }], 30);
    const [first, second] = numbers(svg, /<circle cx="([\d.]+)"/g);
    const [mean] = numbers(svg, /class="mean" x1="([\d.]+)"/g);
    const [mark] = numbers(svg, /class="mark" x1="([\d.]+)"/g);
    expect(second! - first!).toBeGreaterThan(0);
    expect(mean).toBeCloseTo((first! + second!) / 2, 6);
    expect(mark! - second!).toBeCloseTo(second! - first!, 6);
  });

  it.each([[[5]], [[5, 5]], [[0]], [[-1e-9, 1e9]], [[]]])("stays on the paper for %j", (values) => {
    const svg = chart([{ label: "a", values }]);
    expect(svg).not.toMatch(/NaN|Infinity/);
    for (const x of numbers(svg, /<circle cx="([\d.-]+)"/g)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(720);
    }
    if (values.length === 0) expect(svg).toContain("no result");
  });

  it("escapes names", () => {
    expect(chart([{ label: "<b>&", values: [1] }])).toContain("&lt;b&gt;&amp;");
  });
});

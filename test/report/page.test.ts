import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32, crc32c } from "../../lib/report/crc.js";
import { reportPage } from "../../lib/report/page/page.js";
import { png } from "../../lib/report/page/png.js";
import { details, events, report } from "./samples.js";

const page = reportPage({ title: "a <run>", report, details, events });
/** Without scripts and styles. */
const text = page.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, "");

describe("reportPage", () => {
  it("loads nothing from elsewhere", () => {
    expect(page).toContain("default-src &#39;none&#39;");
    expect(text).not.toMatch(/\b(src|href)="(?!data:|#)/);
    expect(page).not.toMatch(/<link[^>]+href="(?!data:)/);
    expect(page).not.toMatch(/@import|url\((?!data:)/);
  });

  it("escapes what comes from outside", () => {
    expect(text).toContain("a &lt;run&gt;");
    expect(text).toContain("&lt;b&gt;ox&lt;/b&gt;");
    expect(page).not.toContain("<b>ox</b>");
  });

  it("says in words and in a table what was reached", () => {
    expect(text).toContain(
      "The distilled student makes 5 errors on 60 test samples, 4 fewer than alone (9); the teacher, 9.0 times as large, makes 3.",
    );
    const rows = [...text.matchAll(/<tr><th scope="row">(\w+)[\s\S]*?<\/tr>/g)].map(
      (row) => row[0],
    );
    const cells = (name: string) =>
      [
        ...(rows.find((row) => row.includes(`>${name}`)) ?? "").matchAll(/<td>([\s\S]*?)<\/td>/g),
      ].map((cell) => (cell[1] as string).replace(/<[^>]+>/g, ""));
    expect(cells("errors")).toEqual(["3", "9", "5"]);
    expect(cells("agreement")).toEqual(["–", "80.00 %", "90.00 %"]);
    expect(cells("size")).toEqual(["–", "–", "4 kB"]);
    expect(cells("inference")).toEqual(["–", "–", "123,456"]);
    expect(text).toMatch(/<span class="best">5<\/span>/);
  });

  it("shows classes, confusion, calibration, differences and soft targets at the recipe's T", () => {
    for (const id of ["classes", "confusion", "calibration", "differences", "soft", "recipe"]) {
      expect(text).toContain(`<h2 id="${id}">`);
    }
    expect(text).toContain('<td class="hit">15</td>');
    expect(text).toContain('alt="test sample 7, true class cat"');
    expect(text).toMatch(/max="20" step="0.5" value="6"/);
    // softmax([2, 0, 0] / 6)
    const share = Math.exp(2 / 6) / (Math.exp(2 / 6) + 2);
    expect(text).toContain(`${(100 * share).toFixed(1)} %`);
  });

  it("leaves out what a run has not", () => {
    const { alone: _, ...rest } = report;
    const bare = reportPage({ title: "x", report: { ...rest, teacher: null, distilled: null } });
    expect(bare).toContain("There is no test set, so nothing was measured.");
    for (const id of ["curves", "classes", "confusion", "differences"]) {
      expect(bare).not.toContain(`<h2 id="${id}">`);
    }
  });
});

describe("png", () => {
  it("writes pixels that come back", () => {
    const bytes = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const file = png({ width: 2, height: 2, channels: 3, data: bytes.toString("base64") });
    const at = file.indexOf("IDAT");
    const length = file.readUInt32BE(at - 4);
    const rows = inflateSync(file.subarray(at + 4, at + 4 + length));
    expect([...rows]).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12]);
    expect(file.readUInt32BE(at + 4 + length)).toBe(crc32(file.subarray(at, at + 4 + length)));
  });

  it("has the published check values of its checksums", () => {
    expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  });
});

import { describe, expect, it } from "vitest";
import * as format from "../../lib/report/format.js";

describe("format", () => {
  it("writes durations", () => {
    expect(format.duration(4.21)).toBe("4.2 s");
    expect(format.duration(59.97)).toBe("1 min 00 s");
    expect(format.duration(185)).toBe("3 min 05 s");
    expect(format.duration(7620)).toBe("2 h 07 min");
    expect(format.clock(65)).toBe("1:05");
    expect(format.clock(7629)).toBe("2:07:09");
  });

  it("writes numbers", () => {
    expect(format.count(1276810)).toBe("1,276,810");
    expect(format.compact(1276810)).toBe("1.28 M");
    expect(format.compact(61706)).toBe("61.7 k");
    expect(format.compact(640)).toBe("640");
    expect(format.figure(0.123456)).toBe("0.1235");
    expect(format.figure(0.0000123)).toBe("1.23e-5");
    expect(format.figure(1234.5)).toBe("1235");
    expect(format.figure(12345.6)).toBe("12,346");
    expect(format.percent(0.98315)).toBe("98.31 %");
  });

  it("gives mean and sample deviation", () => {
    expect(format.meanAndSpread([104, 105, 109])).toEqual({ mean: 106, spread: Math.sqrt(7) });
    expect(format.meanAndSpread([3]).spread).toBeNull();
  });

  it("aligns tables", () => {
    expect(
      format.table(
        ["", "errors"],
        [
          ["teacher", "49"],
          ["student", "105"],
        ],
      ),
    ).toBe(["         errors", "───────  ──────", "teacher      49", "student     105"].join("\n"));
  });
});

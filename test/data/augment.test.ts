import { describe, expect, it } from "vitest";
import { parseAugment, parseNormalize } from "../../lib/data/augment.js";

describe("augment options", () => {
  it("fills in what is missing, and is null when nothing is on", () => {
    expect(parseAugment({ shift: 2 })).toEqual({
      shift: 2,
      flip: false,
      crop: 0,
      cutout: 0,
      mixup: 0,
    });
    expect(parseAugment(undefined)).toBeNull();
    expect(parseAugment(null)).toBeNull();
    expect(parseAugment({ shift: 0, flip: false, mixup: 0 })).toBeNull();
  });

  it.each<[unknown, RegExp]>([
    [{ shift: -1 }, /augment\.shift.*got -1/],
    [{ shift: 1.5 }, /augment\.shift/],
    [{ shift: "2" }, /augment\.shift.*got "2"/],
    [{ flip: 1 }, /augment\.flip/],
    [{ cutout: Number.NaN }, /augment\.cutout/],
    [{ mixup: -0.1 }, /augment\.mixup/],
    [{ rotate: 3 }, /no option "rotate"; it takes shift, flip/],
    ["shift", /augment/],
  ])("refuses %j", (value, message) => {
    expect(() => parseAugment(value)).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(message) }),
    );
  });
});

describe("normalize", () => {
  it("takes one constant or several", () => {
    expect(parseNormalize({ mean: [0.5], std: [0.25] })).toEqual({ mean: [0.5], std: [0.25] });
    expect(parseNormalize(null)).toBeNull();
  });

  it.each<[unknown, RegExp]>([
    [{ mean: [0.5] }, /normalize\.std/],
    [{ mean: [0.5], std: [0] }, /normalize\.std\.0/],
    [{ mean: [0.5, 0.5], std: [1] }, /same number/],
    [{ mean: [], std: [] }, /normalize\.mean/],
    [{ mean: [0.5], std: [1], scale: 2 }, /no option "scale"/],
  ])("refuses %j", (value, message) => {
    expect(() => parseNormalize(value)).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringMatching(message) }),
    );
  });
});

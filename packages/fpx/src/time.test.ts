import { describe, expect, it } from "vitest";
import { fromFpxTime, malaysianDay, toFpxTime, toMalaysianText } from "./time.ts";

describe("FPX time", () => {
  it("is Malaysia's, eight hours ahead, on a 24-hour clock", () => {
    expect(toFpxTime(new Date("2023-06-15T03:23:27.999Z"))).toBe("20230615112327");
    expect(toFpxTime(new Date("2023-12-31T16:00:00Z"))).toBe("20240101000000");
    expect(toFpxTime(new Date("2024-02-29T15:59:59Z"))).toBe("20240229235959");
    expect(toMalaysianText(new Date("2023-06-15T03:23:27Z"))).toBe("2023-06-15 11:23:27");
  });

  it("reads back to the same second", () => {
    expect(fromFpxTime("20230615112327").toISOString()).toBe("2023-06-15T03:23:27.000Z");
    expect(toFpxTime(fromFpxTime("20240229235959"))).toBe("20240229235959");
  });

  it.each([
    "",
    "2023061511232",
    "202306151123270",
    "2023-06-15 11:23",
    "20230230112327",
    "20231315112327",
    "20230615240000",
    "20230615116027",
  ])("refuses %j", (text) => {
    expect(() => fromFpxTime(text)).toThrow(RangeError);
  });

  it("refuses a date that is none", () => {
    expect(() => toFpxTime(new Date(Number.NaN))).toThrow(RangeError);
    expect(() => toMalaysianText(new Date("+012000-01-01T00:00:00Z"))).toThrow(RangeError);
  });

  it("starts a new day at midnight in Malaysia", () => {
    const before = malaysianDay(new Date("2023-06-15T15:59:59.999Z"));
    expect(malaysianDay(new Date("2023-06-15T16:00:00Z"))).toBe(before + 1);
  });
});

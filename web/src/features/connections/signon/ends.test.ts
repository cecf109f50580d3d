import { describe, expect, test } from "vitest";
import { dayEnd, dayOf, endOf, toneOf } from "./ends";

const now = new Date("2026-11-22T12:00:00Z");

describe("endOf", () => {
  test.each([
    ["2027-03-01T00:00:00Z", undefined, "quiet"],
    ["2027-01-21T11:00:00Z", 60, "warn"],
    ["2026-12-22T11:00:00Z", 30, "warn"],
    ["2026-12-06T11:00:00Z", 14, "bad"],
    ["2026-11-29T11:00:00Z", 7, "bad"],
    ["2026-11-23T11:00:00Z", 1, "bad"],
    ["2026-11-22T12:00:00Z", 0, "bad"],
    [null, undefined, "quiet"],
  ])("%s", (at, end, tone) => {
    expect(endOf(at, now)).toBe(end);
    expect(toneOf(end)).toBe(tone);
  });
});

test("a day that was chosen lasts until it is over", () => {
  expect(dayEnd("2027-01-31")).toBe("2027-01-31T23:59:59.000Z");
  expect(dayEnd("")).toBeNull();
  expect(dayOf("2027-01-31T23:59:59Z")).toBe("2027-01-31");
});

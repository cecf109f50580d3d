import { expect, test } from "vitest";
import { duration, exact, knownZone, relative } from "./time";

const now = new Date("2026-03-04T12:00:00Z");

test.each([
  ["2026-03-04T11:59:55Z", "now"],
  ["2026-03-04T11:59:20Z", "40 seconds ago"],
  ["2026-03-04T11:20:00Z", "40 minutes ago"],
  ["2026-03-04T14:00:00Z", "in 2 hours"],
  ["2026-03-03T12:00:00Z", "yesterday"],
  ["2025-11-04T12:00:00Z", "4 months ago"],
  ["2023-03-04T12:00:00Z", "3 years ago"],
])("%s is %s", (at, words) => {
  expect(relative(new Date(at), now, "en")).toBe(words);
});

test.each([
  [12, "12 ms"],
  [1500, "1.5 seconds"],
  [2_400_000, "40 minutes"],
  [7_200_000, "2 hours"],
])("%d milliseconds are %s", (length, words) => {
  expect(duration(length, "en")).toBe(words);
});

test("an exact time stands in the zone that was asked for, whatever the browser's", () => {
  expect(exact(now, "en", "America/New_York")).toMatch(/^Mar 4, 2026, 7:00:00.AM EST$/);
  expect(exact(now, "en", "UTC")).toMatch(/^Mar 4, 2026, 12:00:00.PM UTC$/);
});

test("a zone that the browser lacks is none", () => {
  expect(knownZone("Europe/Entenhausen")).toBeUndefined();
  expect(knownZone(null)).toBeUndefined();
  expect(knownZone("Europe/Berlin")).toBe("Europe/Berlin");
});

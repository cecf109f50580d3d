import { expect, test } from "vitest";
import { boundsOf } from "./period";

const now = new Date("2026-03-30T12:00:00Z");

test("a length of time ends now", () => {
  expect(boundsOf({ since: "24h" }, now, "UTC")).toEqual({ from: "2026-03-29T12:00:00.000Z" });
});

test("days begin at midnight of the zone, also where the clock changes", () => {
  expect(boundsOf({ from: "2026-03-28", to: "2026-03-29" }, now, "Europe/Berlin")).toEqual({
    from: "2026-03-27T23:00:00.000Z",
    before: "2026-03-29T22:00:00.000Z", // a day of 23 hours
  });
  expect(boundsOf({ from: "2026-03-28" }, now, "America/New_York")).toEqual({
    from: "2026-03-28T04:00:00.000Z",
  });
});

test("what makes no sense is no bound", () => {
  expect(boundsOf({ since: "9y", from: "2026-02-31", to: "gestern" }, now, "UTC")).toEqual({});
});

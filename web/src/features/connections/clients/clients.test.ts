import { expect, test } from "vitest";
import { type ClientSecret, daysUntil, removable } from "./documents";

const secret = (id: string, usedAt: string | null): ClientSecret => ({
  id,
  hint: id,
  addedAt: "2026-11-01T00:00:00Z",
  expiresAt: null,
  usedAt,
});

test("a secret can go when another one has been used after it", () => {
  const old = secret("old", "2026-11-20T10:00:00Z");
  const unused = secret("new", null);
  const used = secret("new", "2026-11-21T10:00:00Z");
  expect(removable(old, [old])).toBe(false);
  expect(removable(old, [old, unused])).toBe(false);
  expect(removable(old, [old, used])).toBe(true);
  expect(removable(used, [old, used])).toBe(false);
  expect(removable(unused, [old, unused])).toBe(true);
});

test("the last day of a secret counts", () => {
  const now = new Date("2026-11-22T16:00:00Z");
  expect(daysUntil("", now)).toBe(undefined);
  expect(daysUntil("2026-11-22", now)).toBe(1);
  expect(daysUntil("2026-11-23", now)).toBe(2);
  expect(daysUntil("2027-11-22", now)).toBe(366);
  expect(daysUntil("2026-11-20", now)).toBeLessThan(0);
});

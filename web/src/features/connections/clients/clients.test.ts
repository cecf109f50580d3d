import { expect, test } from "vitest";
import { type ClientSecret, removable } from "./documents";

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
